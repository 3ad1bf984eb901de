// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/engine/batch_planner.h"

#include "core/placement/engine/online_placer.h"

#include <algorithm>
#include <map>
#include <tuple>

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

/// The batch is its own forecast.
DemandMix mixOf(const std::vector<Demand> &pods)
{
    using Key = std::tuple<std::int64_t, int, int, std::optional<std::vector<SkuId>>>;
    std::map<Key, std::size_t> counts;
    for (const auto &pod : pods)
        ++counts[{pod.cpuMilli, pod.gpus, pod.milli, pod.skus}];
    DemandMix mix;
    for (const auto &[key, count] : counts) {
        const auto &[cpu, gpus, milli, skus] = key;
        mix.classes.push_back({{.cpuMilli = cpu, .gpus = gpus, .milli = milli, .skus = skus},
                               static_cast<double>(count) / static_cast<double>(pods.size())});
    }
    return mix;
}

/// What pods that can only go to some kinds ask for beyond what is free on those kinds.
struct Excess {
    double milli = 0;
    std::vector<SkuId> skus;
};

/// By set of kinds; the pods counted for a set are those bound to it or to a part of it. Only sets that lack.
std::vector<Excess> excesses(const Fleet &fleet, const std::vector<Demand> &pods)
{
    std::map<std::vector<SkuId>, double> wanted;
    std::vector<double> free(fleet.skuCount(), 0.0);
    for (const auto &node : fleet.nodes())
        free[node.sku] += node.closed ? 0 : node.idleMilli;
    for (const auto &pod : pods)
        if (pod.skus)
            wanted[*pod.skus] += static_cast<double>(pod.gpuMilli());
    std::vector<Excess> found;
    for (const auto &[skus, own] : wanted) {
        double lacks = 0;
        for (const auto &[others, milli] : wanted)
            lacks += std::ranges::includes(skus, others) ? milli : 0;
        for (const auto sku : skus)
            lacks -= free[sku];
        if (lacks > 0)
            found.push_back({lacks, skus});
    }
    std::ranges::stable_sort(found, std::greater{}, &Excess::milli);
    return found;
}

/// No plan places more than is asked for less what bound pods cannot get (sets of kinds that share none lack
/// independently), nor more than is free.
double upperBound(const Fleet &fleet, const std::vector<Demand> &pods)
{
    double wanted = 0;
    for (const auto &pod : pods)
        wanted += static_cast<double>(pod.gpuMilli());
    std::vector<bool> counted(fleet.skuCount(), false);
    for (const auto &[milli, skus] : excesses(fleet, pods)) {
        if (std::ranges::any_of(skus, [&](SkuId sku) { return counted[sku]; }))
            continue;
        wanted -= milli;
        for (const auto sku : skus)
            counted[sku] = true;
    }
    return std::min(wanted, static_cast<double>(fleet.idleMilli()));
}

/// Places the pods one after the other in that order.
BatchPlan placeInOrder(const Fleet &fleet, const DemandMix &mix, const std::vector<Demand> &pods,
                       const std::vector<std::size_t> &order, const std::stop_token &stop)
{
    BatchPlan plan{.spots = std::vector<std::optional<Spot>>(pods.size())};
    OnlinePlacer placer(fleet, mix);
    for (const auto index : order) {
        if (stop.stop_requested())
            break;
        plan.spots[index] = placer.place(pods[index]).spot;
        plan.placedMilli += plan.spots[index] ? pods[index].gpuMilli() : 0;
    }
    return plan;
}

} // namespace

BatchPlan planBatch(const Fleet &fleet, const std::vector<Demand> &pods, std::chrono::milliseconds limit,
                    std::stop_token stop)
{
    const auto end = std::chrono::steady_clock::now() + limit;
    const auto mix = mixOf(pods);
    std::vector<std::size_t> asGiven(pods.size());
    for (std::size_t index = 0; index < pods.size(); ++index)
        asGiven[index] = index;
    auto hardFirst = asGiven;
    std::ranges::stable_sort(hardFirst, [&](auto a, auto b) { return hardness(pods[a]) > hardness(pods[b]); });
    auto best = placeInOrder(fleet, mix, pods, asGiven, stop);
    if (!stop.stop_requested() && std::chrono::steady_clock::now() < end)
        if (auto plan = placeInOrder(fleet, mix, pods, hardFirst, stop); plan.placedMilli > best.placedMilli)
            best = std::move(plan);
    best.boundMilli = upperBound(fleet, pods);
    return best;
}

} // namespace core::engine
