// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimizer/replica_cover.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <ranges>

namespace core::optimizer {

namespace {

constexpr double Nothing = 1e-9;   ///< tokens/s that are rounding error
constexpr double Tolerance = 1e-7; ///< relative improvement that is not worth a search
constexpr double Unlimited = std::numeric_limits<double>::max();

} // namespace

void ReplicaCover::prepare(std::span<const CoverItem> items)
{
    m_ranked.clear();
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].limit <= 0)
            continue;
        const double ratio = items[i].tps > 0 ? items[i].price / items[i].tps : Unlimited;
        m_ranked.push_back({items[i], std::min(ratio, m_need.unmetUsdPerTps), 0, i});
    }
    std::ranges::sort(m_ranked, [](const Ranked &a, const Ranked &b) {
        return a.ratio != b.ratio          ? a.ratio < b.ratio
            : a.item.price != b.item.price ? a.item.price < b.item.price
                                           : a.index < b.index;
    });
    double least = m_need.missingReplicaUsd;
    for (auto &ranked : std::views::reverse(m_ranked))
        ranked.leastPrice = least = std::min(least, ranked.item.price);
}

/// What serving the rest costs at least with the items from `depth` on: each need alone is a relaxation, so the larger
/// counts.
double ReplicaCover::atLeast(std::size_t depth, double tps, double replicas) const
{
    const bool left = depth < m_ranked.size();
    const double ratio = left ? m_ranked[depth].ratio : m_need.unmetUsdPerTps;
    const double price = left ? m_ranked[depth].leastPrice : m_need.missingReplicaUsd;
    return std::max(std::max(0.0, tps) * ratio, std::max(0.0, replicas) * price);
}

void ReplicaCover::leaf(double spent, double tps, double replicas)
{
    const double value =
        spent + m_need.unmetUsdPerTps * (tps > Nothing ? tps : 0) + m_need.missingReplicaUsd * std::max(0.0, replicas);
    if (value >= m_value)
        return;
    m_value = value;
    m_best = m_current;
}

/// True when the branch cannot undercut the best by enough, or the search is over; what it might have reached is kept.
bool ReplicaCover::cutsOff(double bound)
{
    if (bound < m_value - Tolerance * m_value && m_nodesLeft > 0)
        return false;
    m_cut = std::min(m_cut, bound);
    return true;
}

void ReplicaCover::search(std::size_t depth, double spent, double tps, double replicas)
{
    leaf(spent, tps, replicas);
    if (depth == m_ranked.size() || (tps <= Nothing && replicas <= 0))
        return;
    const auto &[item, ratio, least, index] = m_ranked[depth];
    const bool worthIt = item.price <= m_need.unmetUsdPerTps * item.tps;
    const double forTps = item.tps > 0 && tps > Nothing ? std::ceil((tps - Nothing) / item.tps) : 0;
    const double most = std::min(static_cast<double>(item.limit), std::max({forTps, replicas, 0.0}));
    for (auto count = static_cast<std::int64_t>(most); count >= 0; --count) {
        const auto x = static_cast<double>(count);
        const double paid = spent + x * item.price;
        const double restTps = tps - x * item.tps;
        // Once tokens are left, fewer of an item that is worth its price never serve them for less: the part of the
        // bound that is about tokens holds for every smaller x too.
        if (restTps >= 0 && worthIt && cutsOff(paid + atLeast(depth + 1, restTps, 0)))
            break;
        if (cutsOff(paid + atLeast(depth + 1, restTps, replicas - x)))
            continue;
        --m_nodesLeft;
        m_current[index] = count;
        search(depth + 1, paid, restTps, replicas - x);
    }
    m_current[index] = 0;
}

ReplicaCover::Answer ReplicaCover::solve(std::span<const CoverItem> items, const CoverNeed &need,
                                         std::vector<std::int64_t> &counts, int nodeLimit)
{
    m_need = need;
    prepare(items);
    m_current.assign(items.size(), 0);
    m_best = m_current;
    m_value = m_cut = Unlimited;
    m_nodesLeft = nodeLimit;
    search(0, 0, need.tps, static_cast<double>(need.replicas));
    counts = m_best;
    return {m_value, std::min(m_value, m_cut)};
}

} // namespace core::optimizer
