// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inventory/node.h"
#include "core/scheduling/scheduler_fit.h"

namespace core {

enum class PodPhase { Pending, Running, Succeeded, Failed, Unknown };

/// A pod, reduced to what the accounting and the pages need.
struct Pod {
    std::string nameSpace;
    std::string name;
    std::string nodeName; ///< empty while unscheduled
    PodPhase phase = PodPhase::Unknown;
    bool deleting = false; ///< has a deletionTimestamp
    Resources requests;    ///< effective, by the scheduler's arithmetic (init, sidecars, overhead, pod level, resizes)
    std::vector<HostPort> hostPorts; ///< that containers and sidecars hold on the node
    std::string owner;               ///< "ReplicaSet/x", empty for a bare pod
    std::string berthPlan;           ///< value of label berth.dev/plan, empty when not ours
    std::string berthModel;          ///< value of label berth.dev/model
    std::string waitingReason;       ///< e.g. "Unschedulable: 0/14 nodes ..." or "ImagePullBackOff"

    /// Terminal pods hold nothing: the scheduler does not count them.
    bool holdsResources() const
    {
        return !nodeName.empty() && phase != PodPhase::Succeeded && phase != PodPhase::Failed;
    }
    std::string key() const { return nameSpace + "/" + name; }
    bool operator==(const Pod &) const = default;
};
using PodPtr = std::shared_ptr<const Pod>;

} // namespace core
