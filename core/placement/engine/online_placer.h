// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/engine/scarcity.h"
#include "core/placement/engine/share_remainders.h"

namespace core::engine {

/// Why a spot was chosen: score points, less is better; one point is one thousandth of a GPU.
struct SpotCost {
    double leftover = 0;  ///< what the known shares cannot fill of a shared device, now against before
    double balance = 0;   ///< CPU per GPU of the pod against that of the node: both run out together
    double spread = 0;    ///< free devices of the node: full nodes first
    double scarceSku = 0; ///< the kind of GPU is wanted by pods that can go nowhere else
    double groups = 0;    ///< breaks a group of free devices that pods to come want

    double total() const { return leftover + balance + spread + scarceSku + groups; }
};

/// One answer: a spot and what it costs, or none when the pod fits nowhere (then explainRefusal() says why).
struct Decision {
    std::optional<Spot> spot;
    SpotCost cost;
};

/// Places pods one at a time, for good, knowing the mix of what will come but not the order.
///
/// A pod is refused only when it fits nowhere. Among the nodes that can take it the one of least SpotCost wins, the
/// first in fleet order on a tie. The measure stands on
///  * fragmentation as capacity the known demand cannot use: Weng et al., "Beware of Fragmentation: Scheduling
///    GPU-Sharing Workloads with Fragmentation Gradient Descent", USENIX ATC 2023;
///  * CPU beside GPU: Mohan et al., "Looking Beyond GPUs for DNN Scheduling on Multi-Tenant Clusters" (Synergy),
///    OSDI 2022;
///  * prices that follow the remaining demand (bid prices): Talluri and van Ryzin, "An Analysis of Bid-Price
///    Controls for Network Revenue Management", Management Science 44(11), 1998.
/// Deterministic. One decision scans the nodes once and allocates nothing but the answer.
class OnlinePlacer {
public:
    OnlinePlacer(Fleet fleet, DemandMix mix);

    const Fleet &fleet() const { return m_fleet; }
    /// Chooses and takes the spot, and counts the arrival.
    Decision place(const Demand &demand);
    /// Chooses only: what place() would answer.
    Decision choose(const Demand &demand) const;
    /// What the best spot of one node costs; nullopt when the node cannot take the pod.
    std::optional<SpotCost> costOf(const Demand &demand, std::size_t index) const;
    /// Takes the best spot of a node that someone else chose; prices stay as they are. Error: it does not fit there.
    Result<void> placeOn(const Demand &demand, std::size_t index);

private:
    SpotCost costOn(const Demand &demand, std::size_t index, int &gpu) const;

    Fleet m_fleet;
    ShareRemainders m_remainders;
    Scarcity m_scarcity;
    int m_sinceRefresh = 0;
};

} // namespace core::engine
