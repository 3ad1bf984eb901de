// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimizer/capacity_prices.h"

#include <algorithm>
#include <set>

namespace core::optimizer {

namespace {

double halfWeight(int milli)
{
    return milli * 2 > WholeGpu ? 1 : milli * 2 == WholeGpu ? 0.5 : 0;
}

std::vector<int> groupSizes(const FleetPools &pools)
{
    std::set<int> sizes{1};
    for (const auto &model : pools.models)
        for (const auto &option : model.options)
            sizes.insert(option.shape.gpus);
    return {sizes.begin(), sizes.end()};
}

} // namespace

CapacityRows::CapacityRows(const FleetProblem &problem, const FleetPools &pools)
    : m_groups(groupSizes(pools))
    , m_capacity(pools.pools.size() * kinds())
{
    for (std::size_t p = 0; p < pools.pools.size(); ++p)
        for (const auto node : pools.pools[p].nodes)
            addNode(p, problem.nodes[node].gpuFreeMilli);
}

void CapacityRows::addNode(std::size_t pool, const std::vector<int> &gpuFreeMilli)
{
    for (const int free : gpuFreeMilli) {
        m_capacity[row(pool, 0)] += static_cast<double>(free) / WholeGpu;
        m_capacity[row(pool, 1)] += halfWeight(free);
    }
    const auto whole = static_cast<int>(std::ranges::count(gpuFreeMilli, WholeGpu));
    for (std::size_t g = 0; g < m_groups.size(); ++g) {
        const int groups = whole / m_groups[g];
        m_capacity[row(pool, 2 + g)] += groups;
    }
}

double CapacityRows::weight(std::size_t kind, Shape shape) const
{
    if (kind == 0)
        return shape.size();
    if (kind == 1)
        return shape.isShare() ? halfWeight(shape.milli) : shape.gpus;
    return shape.isShare() ? 0 : shape.gpus / m_groups[kind - 2];
}

double CapacityPrices::of(std::size_t pool, Shape shape) const
{
    double price = 0;
    const auto first = rows->row(pool, 0);
    for (std::size_t kind = 0; kind < rows->kinds(); ++kind)
        if (each[first + kind] > 0)
            price += each[first + kind] * rows->weight(kind, shape);
    return price;
}

} // namespace core::optimizer
