// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/device_claims.h"

#include <set>

namespace core {

/// The device claims of pods that leave a node: the cluster as it is once they have given their devices back, and what
/// those that moved were given since. A claim that a pod shares with one that stays is not given back. Not for several
/// threads.
class DrainClaims {
public:
    /// `going`: keys of the pods that leave. Costs nothing while none of them has claims.
    DrainClaims(const ClusterSnapshot &snapshot, const std::set<std::string> &going);

    /// Can it be said which devices the pod's claims ask for? Not where claims, slices or classes cannot be read.
    bool know(const SchedulingPod &pod) const;
    /// The pod's claims, to be asked node by node. Valid as long as the pod, and until the next take().
    DeviceClaims of(const SchedulingPod &pod) const { return {*m_after, pod, m_allocator}; }
    /// Fits, No, or Unknown where a selector is not understood.
    static Verdict verdictOn(const Node &node, DeviceClaims &claims);
    /// From now on the pod's claims hold devices of that node. The first pool of cards that they are
    /// of; null where it is unknown which they are, or they are no cards.
    const DevicePool *take(const SchedulingPod &pod, const Node &node);
    /// From now on `count` devices of a driver's pool are held there.
    void take(const Node &node, const DevicePool &pool, std::int64_t count);

    /// The cluster with all that, to explain a refusal; the one given when there are no claims.
    const ClusterSnapshot &after() const { return m_after ? *m_after : m_snapshot; }

private:
    const DevicePool *poolOf(const std::string &node, const dra::AllocatedDevice &device) const;

    const ClusterSnapshot &m_snapshot;
    std::shared_ptr<ClusterSnapshot> m_after;    ///< null: there are no claims to speak of
    std::shared_ptr<dra::Resources> m_resources; ///< of m_after
    std::shared_ptr<dra::Allocator> m_allocator;
};

} // namespace core
