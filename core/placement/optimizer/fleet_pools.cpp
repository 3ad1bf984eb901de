// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimizer/fleet_pools.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace core::optimizer {

namespace {

std::vector<Pool> poolsOf(const FleetProblem &problem)
{
    std::map<std::tuple<std::size_t, std::string, std::vector<std::string>>, Pool> pools;
    for (std::size_t i = 0; i < problem.nodes.size(); ++i) {
        const auto &node = problem.nodes[i];
        auto taints = node.taints;
        std::ranges::sort(taints);
        auto &pool = pools[{node.kind, node.zone, taints}];
        pool.kind = node.kind;
        pool.nodes.push_back(i);
    }
    std::vector<Pool> list;
    list.reserve(pools.size());
    for (auto &[key, pool] : pools)
        list.push_back(std::move(pool));
    return list;
}

PooledModel pooled(const FleetProblem &problem, const ServedModel &model, const std::vector<Pool> &pools)
{
    PooledModel result{.demandTps = model.demandTps, .minReplicas = model.minReplicas, .options = {}};
    for (std::size_t i = 0; i < pools.size(); ++i) {
        if (!admits(model, problem.nodes[pools[i].nodes.front()]))
            continue;
        for (std::size_t o = 0; o < model.offers.size(); ++o) {
            const auto &offer = model.offers[o];
            if (offer.kind != pools[i].kind)
                continue;
            const Shape shape{offer.gpus, offer.milli};
            const double usd = problem.kinds[offer.kind].usdPerGpuHour * shape.size();
            result.options.push_back({.offer = o, .pool = i, .shape = shape, .usd = usd, .tps = offer.tokensPerSecond});
        }
    }
    std::ranges::stable_sort(result.options, {}, &PoolOption::offer);
    return result;
}

} // namespace

FleetPools gatherPools(const FleetProblem &problem)
{
    FleetPools gathered{.pools = poolsOf(problem), .models = {}};
    for (const auto &model : problem.models)
        gathered.models.push_back(pooled(problem, model, gathered.pools));
    return gathered;
}

} // namespace core::optimizer
