// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/verdict.h"
#include "core/scheduling/dra/allocation.h"
#include "core/scheduling/pod_spec.h"

#include <memory>

namespace core {

/// Link 1 of a pod whose devices come through Dynamic Resource Allocation: its claims, and extended resources that a
/// node does not offer but a device class stands for. Made once a pod, asked for each node. Keeps pointers into the
/// snapshot and the pod. Not for several threads.
class DeviceClaims {
public:
    DeviceClaims(const ClusterSnapshot &snapshot, const SchedulingPod &pod);
    /// With an allocator that is made already: of what the snapshot has, or what would come of it.
    DeviceClaims(const ClusterSnapshot &snapshot, const SchedulingPod &pod, std::shared_ptr<dra::Allocator> allocator);

    /// The class of the first device asked for; empty when the pod claims none.
    const std::string &firstClass() const { return m_firstClass; }
    /// How many devices the request for that class needs; one for mode All, which needs at least one.
    std::int64_t firstCount() const { return m_firstCount; }
    /// Devices of the first class that the node reaches and no claim holds.
    std::int64_t freeOfFirstClass(const Node &node);

    /// Requests that the node's device plugins do not answer, because a device class does.
    std::vector<std::string> delegated(const Node &node) const;
    /// What the scheduler says of the claims on this node, and of the resources that were delegated; empty when there
    /// is nothing to say.
    std::vector<Reason> judge(const Node &node, const std::vector<std::string> &delegated);
    /// The devices that claims still to be allocated would be given on the node; empty where they cannot be.
    std::vector<dra::AllocatedDevice> devicesOn(const Node &node);

private:
    struct Named {
        std::string name;
        const dra::ClaimSpec *spec;
    };
    std::vector<dra::Wanted> wanted() const;
    void noteFirst(const dra::ClaimSpec &spec);
    void resolve(const PodClaim &claim);
    void useClaim(const PodClaim &claim, const dra::Claim &found);
    void refuse(const char *code, std::string detail, std::string remedy = {});
    bool isBlind(const ClusterSnapshot &snapshot);

    const SchedulingPod &m_pod;
    const dra::Resources *m_resources = nullptr;
    std::shared_ptr<dra::Allocator> m_allocator; ///< null: nothing of resource.k8s.io was read
    std::vector<Reason> m_everywhere;            ///< the same on each node
    std::vector<Named> m_wanted;                 ///< claims that are still to be allocated
    std::vector<std::pair<std::string, const dra::Allocation *>> m_allocated;
    std::string m_firstClass;
    std::int64_t m_firstCount = 0;
};

} // namespace core
