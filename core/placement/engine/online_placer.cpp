// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/engine/online_placer.h"

#include <cmath>
#include <limits>

namespace core::engine {

namespace {

constexpr double TightWeight = 0.15; // of what stays free and can be filled: it has to be filled first
constexpr double BalanceWeight = 10; // points for one core per GPU of difference
constexpr double SpreadWeight = 10;  // points for each free GPU of the node
constexpr double CpuOnlyScale = 1e3; // CPU-only pods: cores per idle GPU decide
constexpr double CpuOnlyFuller = 1e-7;
constexpr int RefreshEvery = 20; // arrivals between two price lists

std::vector<int> chosenGpus(const Fleet &fleet, const Demand &demand, std::size_t index, int gpu)
{
    if (demand.isShare())
        return {gpu};
    std::vector<int> chosen;
    const auto free = fleet.gpuFree(index);
    for (int at = 0; at < static_cast<int>(free.size()) && static_cast<int>(chosen.size()) < demand.gpus; ++at)
        if (free[static_cast<std::size_t>(at)] >= demand.milli)
            chosen.push_back(at);
    return chosen;
}

/// CPU-only pods go where CPU is of least use to GPUs: no idle GPU at all, else the most cores for each idle one.
double cpuOnlyCost(const Fleet::Node &node)
{
    const double fuller = CpuOnlyFuller * static_cast<double>(node.cpuFree);
    if (node.idleMilli == 0)
        return fuller;
    return fuller + CpuOnlyScale * node.idleMilli / std::max(1.0, static_cast<double>(node.cpuFree));
}

} // namespace

OnlinePlacer::OnlinePlacer(Fleet fleet, DemandMix mix)
    : m_fleet(std::move(fleet))
    , m_remainders(mix)
    , m_scarcity(m_fleet, std::move(mix))
{
}

SpotCost OnlinePlacer::costOn(const Demand &demand, std::size_t index, int &gpu) const
{
    const auto &node = m_fleet.node(index);
    SpotCost cost;
    if (demand.gpus == 0) {
        cost.balance = cpuOnlyCost(node);
        return cost;
    }
    int left = node.wholeFree - demand.gpus;
    if (demand.isShare()) {
        const auto free = m_fleet.gpuFree(index);
        int best = WholeGpu + 1;
        for (int at = 0; at < static_cast<int>(free.size()); ++at)
            if (const int share = free[static_cast<std::size_t>(at)]; share >= demand.milli && share < best) {
                best = share;
                gpu = at;
            }
        const int after = best - demand.milli;
        cost.leftover = m_remainders.unfillable(after) - m_remainders.unfillable(best) + TightWeight * after;
        left = node.wholeFree - (best == WholeGpu);
    }
    const double asked = static_cast<double>(demand.cpuMilli) / static_cast<double>(demand.gpuMilli());
    cost.balance =
        BalanceWeight * m_scarcity.ofCpu() * std::abs(static_cast<double>(node.cpuFree) / node.idleMilli - asked);
    cost.spread = SpreadWeight * node.idleMilli / WholeGpu;
    cost.scarceSku = m_scarcity.ofSku(node.sku) * static_cast<double>(demand.gpuMilli()) / WholeGpu;
    cost.groups = m_scarcity.ofGroups(node.wholeFree, left, demand.isShare() ? 0 : demand.gpus);
    return cost;
}

Decision OnlinePlacer::choose(const Demand &demand) const
{
    Decision best;
    double least = std::numeric_limits<double>::infinity();
    std::size_t chosen = 0;
    int chosenGpu = -1;
    for (std::size_t index = 0; index < m_fleet.size(); ++index) {
        if (!m_fleet.fits(demand, index))
            continue;
        int gpu = -1;
        const auto cost = costOn(demand, index, gpu);
        if (const double total = cost.total(); total < least) {
            least = total;
            best.cost = cost;
            chosen = index;
            chosenGpu = gpu;
        }
    }
    if (least < std::numeric_limits<double>::infinity())
        best.spot = Spot{chosen, chosenGpus(m_fleet, demand, chosen, chosenGpu)};
    return best;
}

Decision OnlinePlacer::place(const Demand &demand)
{
    if (m_sinceRefresh++ % RefreshEvery == 0)
        m_scarcity.refresh(m_fleet);
    m_scarcity.arrived();
    auto decision = choose(demand);
    if (decision.spot && !m_fleet.take(demand, *decision.spot))
        decision.spot.reset(); // cannot happen: choose() only names spots that fit
    return decision;
}

std::optional<SpotCost> OnlinePlacer::costOf(const Demand &demand, std::size_t index) const
{
    int gpu = -1;
    return m_fleet.fits(demand, index) ? std::optional(costOn(demand, index, gpu)) : std::nullopt;
}

Result<void> OnlinePlacer::placeOn(const Demand &demand, std::size_t index)
{
    if (!m_fleet.fits(demand, index))
        return fail(ErrorKind::Invalid, "the node cannot take the pod", m_fleet.name(index));
    int gpu = -1;
    costOn(demand, index, gpu);
    return m_fleet.take(demand, {index, chosenGpus(m_fleet, demand, index, gpu)});
}

} // namespace core::engine
