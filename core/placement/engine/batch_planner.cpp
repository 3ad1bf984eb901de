// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/engine/batch_planner.h"

#include "core/placement/engine/online_placer.h"

#include <algorithm>
#include <numeric>

namespace core::engine {

namespace {

/// Hard pods first: groups by size, then pods bound to kinds of GPU, then shares from large to small, then single GPUs,
/// then pods without GPUs; more CPU first among equals.
auto hardness(const Demand &demand)
{
    const int shape = demand.gpus > 1 ? demand.gpus + 2 : demand.isShare() ? 2 : demand.gpus;
    return std::tuple(demand.gpus > 0, demand.gpus > 1 ? shape : 0, demand.skus.has_value(), shape, demand.milli,
                      demand.cpuMilli);
}

double boundByCapacity(const Fleet &fleet, const std::vector<Demand> &pods)
{
    double wanted = 0;
    for (const auto &pod : pods)
        wanted += static_cast<double>(pod.gpuMilli());
    return std::min(wanted, static_cast<double>(fleet.idleMilli()));
}

} // namespace

BatchPlan planBatch(const Fleet &fleet, const std::vector<Demand> &pods, std::chrono::milliseconds limit,
                    std::stop_token stop)
{
    (void)limit;
    BatchPlan plan{.spots = std::vector<std::optional<Spot>>(pods.size()), .boundMilli = boundByCapacity(fleet, pods)};
    std::vector<std::size_t> order(pods.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](auto a, auto b) { return hardness(pods[a]) > hardness(pods[b]); });
    OnlinePlacer placer(fleet, {});
    for (const auto index : order) {
        if (stop.stop_requested())
            break;
        plan.spots[index] = placer.place(pods[index]).spot;
        plan.placedMilli += plan.spots[index] ? pods[index].gpuMilli() : 0;
    }
    return plan;
}

} // namespace core::engine
