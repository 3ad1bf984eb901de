// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/kube_client.h"
#include "core/manifests/manifest.h"

namespace app {

/// Where the API server keeps an object of an export. Berth writes Deployments, Services and ResourceClaimTemplates;
/// any other kind is our bug, and an error.
core::Result<std::string> pathOf(const core::ManifestObject &object);

} // namespace app
