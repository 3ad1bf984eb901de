// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/snapshot.h"
#include "core/kube/kube_client.h"

namespace app {

/// The version of resource.k8s.io to read: the newest of v1, v1beta2 and v1beta1 that the server serves; nullopt when
/// it serves none, as servers before 1.32 and those with the feature off do. Blocks.
core::Result<std::optional<std::string>> draVersion(core::KubeClient &client, const std::stop_token &stop = {});

/// Fills in `dra` and `draServed`; claim templates only where asked for. A kind that the user may not list becomes a
/// blind spot. Blocks.
core::Result<void> readDra(core::KubeClient &client, core::ClusterSnapshot &snapshot, int pageSize, bool templates,
                           const std::stop_token &stop = {});

} // namespace app
