// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/snapshot.h"
#include "core/kube/kube_client.h"

namespace app {

/// Reads a v1.DeploymentList page, or the object of a watch line, as the workloads they are. Missing fields are 0 or
/// "".
core::Result<std::vector<core::Workload>> parseWorkloads(std::string_view page);
core::Result<core::Workload> parseWatchedWorkload(std::string_view line);
core::Workload workloadOf(const nlohmann::json &deployment);

/// Names of the cluster's RuntimeClasses, ordered. Blocks.
core::Result<std::vector<std::string>> readRuntimeClasses(core::KubeClient &client, const std::stop_token &stop);

} // namespace app
