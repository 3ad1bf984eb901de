// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/session.h"
#include "app/probed_nodes.h"
#include "core/placement/plan.h"

namespace app::ctl {

/// The cluster at the moment a command looks at it.
struct ClusterView {
    Session session;
    core::SnapshotPtr snapshot;
    core::ClusterUsage usage;
};

/// Reads the cluster; what may not be read is said on standard error.
core::Result<ClusterView> readClusterView(const GlobalOptions &global);

/// What the history holds of probes and serving benchmarks. One that cannot be read is said on standard error and
/// counts as none: verdicts and estimates must not wait for it.
Measured measuredSoFar(const core::Catalog &catalog);
/// Of that, what counts for the cluster's nodes now.
core::ProbedNodes measuredNodes(const Measured &measured, const core::ClusterSnapshot &snapshot);

/// The plan in a file, or nullopt when none was named.
core::Result<std::optional<core::Plan>> loadPlanIfNamed(const std::optional<std::filesystem::path> &file);

} // namespace app::ctl
