// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimizer/fleet_packing.h"

#include <algorithm>

namespace core::optimizer {

FleetPacking::FleetPacking(const FleetProblem &problem, const FleetPools &pools)
    : m_nodes(problem.nodes.size())
    , m_pools(pools.pools.size())
{
    for (std::size_t p = 0; p < m_pools.size(); ++p) {
        auto &pool = m_pools[p];
        pool.byFree.resize(WholeGpu);
        for (const auto index : pools.pools[p].nodes) {
            auto &node = m_nodes[index];
            const auto &free = problem.nodes[index].gpuFreeMilli;
            node.pool = static_cast<std::uint32_t>(p);
            node.firstGpu = static_cast<std::uint32_t>(m_gpus.size());
            pool.byWhole.resize(std::max(pool.byWhole.size(), free.size() + 1));
            node.slot = static_cast<std::uint32_t>(pool.byWhole[0].size());
            pool.byWhole[0].push_back(static_cast<std::uint32_t>(index));
            for (const int milli : free) {
                m_gpus.push_back({.node = static_cast<std::uint32_t>(index)});
                setFree(static_cast<std::uint32_t>(m_gpus.size() - 1), milli);
            }
        }
    }
}

void FleetPacking::listPart(PoolState &pool, std::uint32_t gpu)
{
    const auto free = static_cast<std::size_t>(m_gpus[gpu].free);
    auto &bucket = pool.byFree[free];
    m_gpus[gpu].slot = static_cast<std::uint32_t>(bucket.size());
    bucket.push_back(gpu);
    pool.someFree[free / 64] |= std::uint64_t{1} << (free % 64);
}

void FleetPacking::unlistPart(PoolState &pool, std::uint32_t gpu)
{
    const auto free = static_cast<std::size_t>(m_gpus[gpu].free);
    auto &bucket = pool.byFree[free];
    bucket[m_gpus[gpu].slot] = bucket.back();
    m_gpus[bucket.back()].slot = m_gpus[gpu].slot;
    bucket.pop_back();
    if (bucket.empty())
        pool.someFree[free / 64] &= ~(std::uint64_t{1} << (free % 64));
}

void FleetPacking::setWhole(std::uint32_t nodeIndex, std::uint64_t whole)
{
    auto &node = m_nodes[nodeIndex];
    auto &pool = m_pools[node.pool];
    auto &from = pool.byWhole[static_cast<std::size_t>(std::popcount(node.whole))];
    from[node.slot] = from.back();
    m_nodes[from.back()].slot = node.slot;
    from.pop_back();
    auto &to = pool.byWhole[static_cast<std::size_t>(std::popcount(whole))];
    pool.wholeGpus += std::popcount(whole) - std::popcount(node.whole);
    node.slot = static_cast<std::uint32_t>(to.size());
    node.whole = whole;
    to.push_back(nodeIndex);
}

void FleetPacking::setFree(std::uint32_t gpu, int free)
{
    auto &[nodeIndex, now, slot] = m_gpus[gpu];
    const auto &node = m_nodes[nodeIndex];
    auto &pool = m_pools[node.pool];
    const std::uint64_t bit = std::uint64_t{1} << (gpu - node.firstGpu);
    pool.idleMilli += free - now;
    if (now > 0 && now < WholeGpu)
        unlistPart(pool, gpu);
    const bool wasWhole = now == WholeGpu;
    now = free;
    if (free > 0 && free < WholeGpu)
        listPart(pool, gpu);
    if (wasWhole != (free == WholeGpu))
        setWhole(nodeIndex, node.whole ^ bit);
}

void FleetPacking::shift(const Berth &berth, int milli)
{
    const auto first = m_nodes[berth.node].firstGpu;
    for (auto rest = berth.gpus; rest != 0; rest &= rest - 1) {
        const auto gpu = first + static_cast<std::uint32_t>(std::countr_zero(rest));
        setFree(gpu, m_gpus[gpu].free + milli);
    }
}

std::int64_t FleetPacking::room(std::size_t poolIndex, Shape shape) const
{
    const auto &pool = m_pools[poolIndex];
    std::int64_t count = 0;
    if (!shape.isShare()) {
        for (auto whole = static_cast<std::size_t>(shape.gpus); whole < pool.byWhole.size(); ++whole)
            count +=
                static_cast<std::int64_t>(pool.byWhole[whole].size() * (whole / static_cast<std::size_t>(shape.gpus)));
        return count;
    }
    for (auto free = leastFree(pool, shape.milli); free; free = leastFree(pool, static_cast<int>(*free) + 1))
        count += static_cast<std::int64_t>(pool.byFree[*free].size() * (*free / static_cast<std::size_t>(shape.milli)));
    return count + pool.wholeGpus * (WholeGpu / shape.milli);
}

/// The least free milli of a partly free GPU that is at least `milli`.
std::optional<std::size_t> FleetPacking::leastFree(const PoolState &pool, int milli)
{
    auto word = static_cast<std::size_t>(milli) / 64;
    if (word >= Words)
        return std::nullopt;
    std::uint64_t bits = pool.someFree[word] & (~std::uint64_t{0} << (static_cast<unsigned>(milli) % 64));
    while (bits == 0) {
        if (++word == Words)
            return std::nullopt;
        bits = pool.someFree[word];
    }
    return word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
}

std::optional<Berth> FleetPacking::spotForShare(const PoolState &pool, int milli) const
{
    const auto free = leastFree(pool, milli);
    if (!free)
        return spotForGroup(pool, 1);
    const auto gpu = pool.byFree[*free].back();
    const auto node = m_gpus[gpu].node;
    return Berth{node, std::uint64_t{1} << (gpu - m_nodes[node].firstGpu)};
}

std::optional<Berth> FleetPacking::spotForGroup(const PoolState &pool, int gpus) const
{
    for (auto whole = static_cast<std::size_t>(gpus); whole < pool.byWhole.size(); ++whole) {
        if (pool.byWhole[whole].empty())
            continue;
        const auto node = pool.byWhole[whole].back();
        std::uint64_t chosen = 0;
        auto left = m_nodes[node].whole;
        for (int i = 0; i < gpus; ++i, left &= left - 1)
            chosen |= left & (~left + 1);
        return Berth{node, chosen};
    }
    return std::nullopt;
}

std::optional<Berth> FleetPacking::take(std::size_t poolIndex, Shape shape)
{
    const auto &pool = m_pools[poolIndex];
    auto berth = shape.isShare() ? spotForShare(pool, shape.milli) : spotForGroup(pool, shape.gpus);
    if (berth)
        shift(*berth, -shape.milli);
    return berth;
}

} // namespace core::optimizer
