// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inventory/node.h"
#include "core/scheduling/node_affinity.h"
#include "core/scheduling/pod_claims.h"
#include "core/scheduling/scheduler_fit.h"

namespace core {

enum class PodPhase { Pending, Running, Succeeded, Failed, Unknown };

/// Where a pod may go besides what its requests need.
struct PodRules {
    RequiredNodeAffinity affinity;
    std::vector<Toleration> tolerations; ///< without the two that admission gives to every pod (not-ready, unreachable)
    /// Rules that depend on more than the pod and one node: "spec.topologySpreadConstraints" and its like.
    std::vector<std::string> beyondNode;
    std::vector<PodClaim> claims; ///< devices by Dynamic Resource Allocation
    bool operator==(const PodRules &) const = default;
};

/// Rules behind one pointer, as most pods have none; compared by value.
struct SharedPodRules {
    std::shared_ptr<const PodRules> value; ///< null: no rules
    bool operator==(const SharedPodRules &other) const
    {
        return value == other.value || (value && other.value && *value == *other.value);
    }
};

/// A pod, reduced to what the accounting, the what-ifs and the pages need.
struct Pod {
    std::string nameSpace;
    std::string name;
    std::string nodeName; ///< empty while unscheduled
    PodPhase phase = PodPhase::Unknown;
    bool deleting = false; ///< has a deletionTimestamp
    Resources requests;    ///< effective, by the scheduler's arithmetic (init, sidecars, overhead, pod level, resizes)
    std::vector<HostPort> hostPorts; ///< that containers and sidecars hold on the node
    SharedPodRules rules;
    std::string owner;         ///< "ReplicaSet/x", empty for a bare pod
    std::string berthPlan;     ///< value of label berth.dev/plan, empty when not ours
    std::string berthModel;    ///< value of label berth.dev/model
    std::string waitingReason; ///< e.g. "Unschedulable: 0/14 nodes ..." or "ImagePullBackOff"

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
