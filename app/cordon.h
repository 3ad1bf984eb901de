// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/snapshot.h"
#include "core/fit/probed_node.h"
#include "core/kube/kube_client.h"

namespace app {

/// A node that should take no new work, because a probe failed on it. Only ever proposed.
struct CordonProposal {
    std::string node, why;
    bool operator==(const CordonProposal &) const = default;
};

/// Nodes with a failed probe that still take work, by name.
std::vector<CordonProposal> cordonProposals(const core::ProbedNodes &probed, const core::ClusterSnapshot &snapshot);

/// Sets spec.unschedulable of the node, and nothing else, as field manager "berth". A node that was replaced meanwhile
/// is not touched and one that is gone is not made. Call it only when a person said so. Errors: as KubeClient::apply();
/// Forbidden with the command that someone with the right can run.
core::Result<void> cordon(core::KubeClient &client, const std::string &node, const std::stop_token &stop = {});

} // namespace app
