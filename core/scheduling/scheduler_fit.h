// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheduling/resources.h"
#include "core/scheduling/taint.h"

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace core {

// The filters and scores of kube-scheduler v1.36 that look at one pod and one node; node affinity is in
// node_affinity.h, taints in taint.h.

/// A port that a pod takes on its node.
struct HostPort {
    std::string ip = "0.0.0.0"; ///< 0.0.0.0 (also written as empty) means every address of the node
    std::string protocol = "TCP";
    std::int64_t port = 0;
    bool operator==(const HostPort &) const = default;
};

/// NodePorts: the first wanted port that is taken; nullptr when all are free. Equal protocol and port collide on the
/// same address and when one of both sides takes every address.
const HostPort *firstConflict(std::span<const HostPort> wanted, std::span<const HostPort> taken);

/// Named like "nvidia.com/gpu": with a domain that is not kubernetes.io, and not a quota name ("requests.…").
bool isExtendedResource(std::string_view name);
/// Does the scheduler count the resource at all, besides cpu, memory and ephemeral-storage? Extended resources, huge
/// pages, names in kubernetes.io/ and attachable volumes; a request of anything else never keeps a pod off a node.
bool isScalarResource(std::string_view name);

/// What one node lacks. Amounts in the scheduler's units; `capacity` is what the node offers to pods.
struct Shortage {
    std::string resource; ///< "pods" when no slot is left
    std::int64_t requested = 0, used = 0, capacity = 0;
    /// More than the node could ever give: no other pod has to go for it to fit.
    bool isBeyondNode() const { return requested > capacity; }
    bool operator==(const Shortage &) const = default;
};

/// NodeResourcesFitArgs: extended resources that an extender looks after.
struct IgnoredResources {
    std::set<std::string, std::less<>> names, groups; ///< groups: the part before the slash
};

/// NodeResourcesFit: everything the node lacks for `requests`; empty when it fits. `used` includes "pods", the number
/// of pods there. Order: pods, cpu, memory, ephemeral-storage, then the others by name. A node that does not say how
/// many pods it takes, takes none.
std::vector<Shortage> shortages(const Resources &requests, const Resources &allocatable, const Resources &used,
                                const IgnoredResources &ignored = {});

/// NodeUnschedulable: may the pod go to a cordoned node? It may when it tolerates the taint that cordoning sets.
bool toleratesCordon(std::span<const Toleration> tolerations);

/// TaintToleration's score before normalising: PreferNoSchedule taints that no toleration covers.
std::int64_t countUnpreferred(std::span<const Toleration> tolerations, std::span<const Taint> taints,
                              bool comparisonOperators = false);
/// DefaultNormalizeScore: scales to 0..100 by the highest; `reverse` makes the least the best. All zero: 0, or 100 when
/// reversed.
void normalise(std::span<std::int64_t> scores, bool reverse);

} // namespace core
