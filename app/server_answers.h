// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/kube_client.h"
#include "core/manifests/manifest.h"
#include "ui/manifests/manifests_page.h"

namespace app {

/// Asks the server about every object of an export: what lives now (for the diff), and whether it would take ours.
/// With `apply` it is not a question: the objects are stored. Blocks; runs on the command queue.
core::Result<ui::ServerAnswers> askServer(core::KubeClient &client, const core::Export &tree,
                                          const core::ApplyOptions &options, const std::stop_token &stop);

} // namespace app
