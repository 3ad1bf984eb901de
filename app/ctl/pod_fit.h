// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/fit/verdict.h"

#include <nlohmann/json.hpp>

#include <filesystem>

namespace app::ctl {

/// Reads one Pod, or the pod template of a Deployment, StatefulSet or Job. Errors name file and field.
core::Result<nlohmann::json> loadPod(const std::filesystem::path &file);

/// Judges every node for a pod by what the scheduler looks at: extended resources free, ready and not cordoned, taints,
/// node selector and required node affinity, CPU, memory and pod slots. One candidate a node that offers a resource the
/// pod asks for (every node when it asks for none). Where pods may not be read, free counts are unknown.
core::Result<std::vector<core::Candidate>> evaluatePod(const core::ClusterSnapshot &snapshot,
                                                       const core::ClusterUsage &usage, const nlohmann::json &pod);

} // namespace app::ctl
