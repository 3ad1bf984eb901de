// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimizer/price_bound.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace core::optimizer {

namespace {

constexpr int Patience = 8; ///< rounds without a better bound before the step is shortened
constexpr double Shorten = 0.7;
constexpr double LeastTheta = 1e-4;
constexpr double Memory = 0.6;      ///< share of the last direction that is kept
constexpr double SamePrice = 0.02;  ///< relative difference at which two pools share the replicas
constexpr double LeastGap = 1e-3;   ///< of the cost: Polyak's step never shrinks below what this gap gives
constexpr double Noticeable = 1e-5; ///< relative gain of the bound that counts as progress
constexpr double NoRoom = std::numeric_limits<double>::max();

} // namespace

PriceBound::PriceBound(const FleetProblem &problem, const FleetPools &pools) : m_problem(&problem), m_pools(&pools)
{
    m_now.rows = std::make_shared<const CapacityRows>(problem, pools);
    m_now.each.resize(m_now.rows->size());
    m_now.leastCost.resize(pools.models.size());
    m_best = m_now;
    m_direction.resize(m_now.rows->size());
    const FleetPacking empty(problem, pools);
    for (const auto &model : pools.models) {
        auto &room = m_room.emplace_back();
        for (const auto &option : model.options)
            room.push_back(empty.room(option.pool, option.shape));
    }
}

/// One item for each offer, at the price of the cheapest pool that has room for it.
void PriceBound::gatherItems(std::size_t index)
{
    const auto &options = m_pools->models[index].options;
    m_items.clear();
    m_itemStart.clear();
    m_optionPrice.clear();
    for (std::size_t o = 0; o < options.size(); ++o) {
        if (o == 0 || options[o].offer != options[o - 1].offer) {
            m_itemStart.push_back(o);
            m_items.push_back({NoRoom, options[o].tps, 0});
        }
        const auto room = m_room[index][o];
        m_optionPrice.push_back(room > 0 ? options[o].usd + m_now.of(options[o].pool, options[o].shape) : NoRoom);
        m_items.back().limit += room;
        m_items.back().price = std::min(m_items.back().price, m_optionPrice.back());
    }
    m_itemStart.push_back(options.size());
}

/// Gives the replicas of one item to the pools where they are cheapest, by room among equals: a direction that does not
/// jump from pool to pool.
void PriceBound::spread(std::size_t index, std::size_t item, std::int64_t count, Use &use) const
{
    const auto &options = m_pools->models[index].options;
    const double most = m_items[item].price * (1 + SamePrice);
    double total = 0;
    for (auto o = m_itemStart[item]; o < m_itemStart[item + 1]; ++o)
        total += m_optionPrice[o] <= most ? static_cast<double>(m_room[index][o]) : 0;
    for (auto o = m_itemStart[item]; o < m_itemStart[item + 1]; ++o) {
        if (m_optionPrice[o] > most)
            continue;
        const double here = static_cast<double>(count) * static_cast<double>(m_room[index][o]) / total;
        for (std::size_t kind = 0; kind < m_now.rows->kinds(); ++kind)
            use[m_now.rows->row(options[o].pool, kind)] += here * m_now.rows->weight(kind, options[o].shape);
    }
}

double PriceBound::evaluateModel(std::size_t index, Use &use)
{
    const auto &model = m_pools->models[index];
    gatherItems(index);
    const CoverNeed need{model.demandTps, model.minReplicas, m_problem->unmetUsdPerTps, m_problem->missingReplicaUsd};
    const auto answer = m_cover.solve(m_items, need, m_counts);
    for (std::size_t item = 0; item < m_items.size(); ++item)
        if (m_counts[item] > 0)
            spread(index, item, m_counts[item], use);
    return answer.lowerBound;
}

double PriceBound::evaluate(Use &use)
{
    double sum = 0;
    for (std::size_t row = 0; row < use.size(); ++row) {
        use[row] = 0;
        sum -= m_now.each[row] * m_now.rows->capacity(row);
    }
    for (std::size_t m = 0; m < m_pools->models.size(); ++m)
        sum += m_now.leastCost[m] = evaluateModel(m, use);
    return sum;
}

void PriceBound::keepIfBetter()
{
    const double least = m_best.bound;
    m_stalled = m_now.bound > least + Noticeable * std::abs(least) ? 0 : m_stalled + 1;
    if (m_now.bound > least)
        m_best = m_now;
    if (m_stalled < Patience)
        return;
    m_theta *= Shorten;
    m_stalled = 0;
    m_now.each = m_best.each;
}

void PriceBound::step(double gap)
{
    const auto scale = [&](std::size_t row) { return std::max(1.0, m_now.rows->capacity(row)); };
    double norm = 0;
    for (std::size_t row = 0; row < m_direction.size(); ++row)
        if (m_now.each[row] > 0 || m_direction[row] > 0)
            norm += m_direction[row] * m_direction[row] / scale(row);
    if (norm <= 0)
        return;
    for (std::size_t row = 0; row < m_direction.size(); ++row)
        m_now.each[row] = std::max(0.0, m_now.each[row] + m_theta * gap * m_direction[row] / scale(row) / norm);
}

void PriceBound::improve(int rounds, double bestCost, const std::stop_token &stop)
{
    Use use(m_direction.size());
    for (int round = 0; round < rounds && m_theta > LeastTheta && !stop.stop_requested(); ++round) {
        m_now.bound = evaluate(use);
        const double gap = std::max(bestCost - m_now.bound, LeastGap * std::abs(bestCost));
        for (std::size_t row = 0; row < use.size(); ++row)
            m_direction[row] = Memory * m_direction[row] + (1 - Memory) * (use[row] - m_now.rows->capacity(row));
        keepIfBetter();
        step(gap);
    }
}

} // namespace core::optimizer
