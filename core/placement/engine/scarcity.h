// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/engine/demand_mix.h"

#include <array>

namespace core::engine {

/// Prices of what will be short, from the known demand alone: where nothing is bound to a kind of GPU, kinds cost
/// nothing; where no pod wants several devices of one node, breaking a group of free devices costs nothing.
///
/// Pressure of a kind   = milli still expected to be bound to it / milli free on it.
/// Pressure of CPU      = CPU still expected to be asked for / CPU free on nodes with an idle GPU: where CPU is plenty,
///                        a node whose CPU and GPUs do not run out together strands nothing.
/// Pressure of a group  = groups of 2, 4, 8 whole devices of one node still expected / such groups still free.
/// "Expected" counts pods until the fleet as first seen is full; the price falls as the expected pods arrive.
/// A fixed weight instead loses where few pods are bound (measured, docs/placement.md).
class Scarcity {
public:
    static constexpr std::array<int, 3> GroupSizes{2, 4, 8};

    Scarcity(const Fleet &fleet, DemandMix mix);

    /// Counts an arrival, placed or not.
    void arrived() { ++m_arrived; }
    /// Recomputes every price from the fleet: O(nodes + classes x kinds).
    void refresh(const Fleet &fleet);

    /// How much CPU matters beside GPU, 0 (plenty) … 1 (as short as the GPUs).
    double ofCpu() const { return m_cpu; }
    /// Score points for one whole GPU of the kind.
    double ofSku(SkuId sku) const { return m_sku[sku]; }
    /// Score points for taking `taken` of `whole` free devices of a node, `useful` of the taken by the pod as a group.
    double ofGroups(int whole, int left, int useful) const;

private:
    double expectedPods() const;
    void refreshCpu(const Fleet &fleet);
    void refreshSkus(const Fleet &fleet);
    void refreshGroups(const Fleet &fleet);

    DemandMix m_mix;
    double m_horizonPods = 0;
    double m_arrived = 0;
    double m_cpu = 0; ///< nothing known of the demand: best fit
    std::vector<double> m_sku;
    std::array<double, GroupSizes.size()> m_group{};
};

} // namespace core::engine
