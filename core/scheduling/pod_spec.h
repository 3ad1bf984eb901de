// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/scheduling/node_affinity.h"
#include "core/scheduling/pod_claims.h"
#include "core/scheduling/pod_resources.h"
#include "core/scheduling/scheduler_fit.h"

#include <nlohmann/json.hpp>

namespace core {

/// How a pod document is taken.
enum class PodDefaults {
    AsWritten,
    /// As the API server would store it: limits as requests, pod-level requests, ports of the host network, and the
    /// tolerations of the admission plugin DefaultTolerationSeconds.
    AsStored
};

/// What the scheduler looks at in a pod.
struct SchedulingPod {
    std::string name, nameSpace;
    std::string nodeName; ///< spec.nodeName: already placed, or asked for by name
    Resources requests;   ///< in the scheduler's units
    std::vector<Toleration> tolerations;
    RequiredNodeAffinity affinity;
    std::vector<PreferredTerm> preferred;
    std::vector<HostPort> hostPorts; ///< of containers and sidecars
    std::vector<PodClaim> claims;    ///< devices by Dynamic Resource Allocation
    std::vector<std::string> gates;  ///< schedulingGates: any of them keeps the pod off every node
    /// Rules that depend on more than this pod and one node: "spec.topologySpreadConstraints" and its like.
    std::vector<std::string> beyondNode;
};

/// Reads a v1.Pod or anything with its `spec` (metadata may be missing). Unknown fields are ignored; a field of the
/// wrong type, a quantity that is none, an unknown taint effect or a negative request is an error that names the field.
Result<SchedulingPod> readSchedulingPod(const nlohmann::json &pod, PodDefaults defaults);

/// Requests and limits of the pod with what `status` reports of a resize. Same errors.
template <class Amount>
Result<PodAsk<Amount>> readPodAsk(const nlohmann::json &pod);

/// spec.taints of a v1.Node, one taint, or one toleration. Same errors.
Result<std::vector<Taint>> readTaints(const nlohmann::json &node);
Result<Taint> readTaint(const nlohmann::json &document);
Result<Toleration> readToleration(const nlohmann::json &document);

/// v1.NodeSelector (its terms), []v1.NodeSelectorRequirement and []v1.PreferredSchedulingTerm; null reads as empty.
Result<std::vector<NodeSelectorTerm>> readNodeSelector(const nlohmann::json &selector);
Result<std::vector<NodeSelectorRequirement>> readSelectorRequirements(const nlohmann::json &requirements);
Result<std::vector<PreferredTerm>> readPreferredTerms(const nlohmann::json &preferred);

/// A v1.ResourceList in the scheduler's units. Same errors.
Result<Resources> readResources(const nlohmann::json &list);

} // namespace core
