// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimizer/price_bound.h"

#include "core/placement/optimizer/market_prices.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace core::optimizer {

namespace {

constexpr int Patience = 8; ///< rounds without a better bound before the step is shortened
constexpr double Shorten = 0.7;
constexpr int ShortPatience = 3; ///< while the step is longer than Polyak's
constexpr double Lengthen = 1.2;
constexpr double LeastTheta = 1e-3, AgainTheta = 0.2, MostTheta = 64;
constexpr double MostExcess = 0.1;  ///< of a capacity
constexpr double Overloaded = 1.2;  ///< times the bound of free capacity: worth to start from market prices
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
    m_best = m_anchor = m_now;
    m_direction.resize(m_now.rows->size());
    const FleetPacking empty(problem, pools);
    for (const auto &model : pools.models) {
        auto &room = m_room.emplace_back();
        for (const auto &option : model.options)
            room.push_back(empty.room(option.pool, option.shape));
    }
}

/// One item for each offer, at the price of the cheapest pool that has room for it.
void PriceBound::gatherItems(std::size_t modelIndex)
{
    const auto &options = m_pools->models[modelIndex].options;
    m_items.clear();
    m_itemStart.clear();
    m_optionPrice.clear();
    for (std::size_t o = 0; o < options.size(); ++o) {
        if (o == 0 || options[o].offer != options[o - 1].offer) {
            m_itemStart.push_back(o);
            m_items.push_back({NoRoom, options[o].tps, 0});
        }
        const auto room = m_room[modelIndex][o];
        m_optionPrice.push_back(room > 0 ? options[o].usd + m_now.of(options[o].pool, options[o].shape) : NoRoom);
        m_items.back().limit += room;
        m_items.back().price = std::min(m_items.back().price, m_optionPrice.back());
    }
    m_itemStart.push_back(options.size());
}

/// Gives the replicas of one item to the pools where they are cheapest, by room among equals: a direction that does not
/// jump from pool to pool.
void PriceBound::spread(std::size_t modelIndex, std::size_t item, std::int64_t count, Use &use) const
{
    const auto &options = m_pools->models[modelIndex].options;
    const double most = m_items[item].price * (1 + SamePrice);
    double total = 0;
    for (auto o = m_itemStart[item]; o < m_itemStart[item + 1]; ++o)
        total += m_optionPrice[o] <= most ? static_cast<double>(m_room[modelIndex][o]) : 0;
    for (auto o = m_itemStart[item]; o < m_itemStart[item + 1]; ++o) {
        if (m_optionPrice[o] > most)
            continue;
        const double here = static_cast<double>(count) * static_cast<double>(m_room[modelIndex][o]) / total;
        for (std::size_t kind = 0; kind < m_now.rows->kinds(); ++kind)
            use[m_now.rows->row(options[o].pool, kind)] += here * m_now.rows->weight(kind, options[o].shape);
    }
}

double PriceBound::evaluateModel(std::size_t modelIndex, Use &use)
{
    const auto &model = m_pools->models[modelIndex];
    gatherItems(modelIndex);
    const CoverNeed need{model.demandTps, model.minReplicas, m_problem->unmetUsdPerTps, m_problem->missingReplicaUsd};
    const auto answer = m_cover.solve(m_items, need, m_counts);
    for (std::size_t item = 0; item < m_items.size(); ++item)
        if (m_counts[item] > 0)
            spread(modelIndex, item, m_counts[item], use);
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

/// Keeps the best prices; lengthens the step while every step helps (prices of an overloaded fleet are far from 0),
/// shortens it and goes back to the best when none has helped for a while, and starts again when it got too short.
void PriceBound::keepIfBetter()
{
    const double least = m_anchor.bound;
    const bool better = m_now.bound > least + Noticeable * std::abs(least);
    if (m_now.bound > least)
        m_anchor = m_now;
    if (m_now.bound > m_best.bound)
        m_best = m_now;
    m_stalled = better ? 0 : m_stalled + 1;
    if (better)
        m_theta = std::min(MostTheta, m_theta * Lengthen);
    if (m_stalled < (m_theta > 1 ? ShortPatience : Patience))
        return;
    m_theta *= Shorten;
    if (m_theta < LeastTheta)
        m_theta = AgainTheta;
    m_stalled = 0;
    m_now.each = m_anchor.each;
}

/// Polyak's step along the relative excess of each row, cut at MostExcess: prices of cheap and dear, small and large
/// pools then rise alike, where the raw excess of the one pool that everybody wants would leave all others behind.
void PriceBound::step(double gap)
{
    std::vector<double> along(m_direction.size());
    double slope = 0;
    for (std::size_t row = 0; row < along.size(); ++row) {
        if (m_now.each[row] <= 0 && m_direction[row] <= 0)
            continue;
        const double relative = m_direction[row] / std::max(1.0, m_now.rows->capacity(row));
        along[row] = std::clamp(relative, -MostExcess, MostExcess);
        slope += along[row] * m_direction[row];
    }
    if (slope <= 0)
        return;
    for (std::size_t row = 0; row < along.size(); ++row)
        m_now.each[row] = std::max(0.0, m_now.each[row] + m_theta * gap * along[row] / slope);
}

/// Prices of a fleet that is asked for far too much are a thousand times those of one with room, too far for small
/// steps: when market prices prove much more than free capacity did, the search starts from them.
void PriceBound::tryMarket(Use &use)
{
    const auto market = marketPrices(*m_problem, *m_pools);
    auto free = std::exchange(m_now.each, std::vector<double>(m_now.each.size()));
    for (std::size_t pool = 0; pool < market.size(); ++pool)
        m_now.each[m_now.rows->row(pool, 0)] = market[pool];
    m_now.bound = evaluate(use);
    const bool overloaded = m_now.bound > Overloaded * m_best.bound;
    if (m_now.bound > m_best.bound)
        m_best = m_now;
    if (overloaded)
        m_anchor = m_now;
    else
        m_now.each = std::move(free);
}

void PriceBound::improve(int rounds, double bestCost, const std::stop_token &stop)
{
    Use use(m_direction.size());
    for (int round = 0; round < rounds && !stop.stop_requested(); ++round) {
        if (m_rounds++ == 1)
            tryMarket(use);
        m_now.bound = evaluate(use);
        const double gap = std::max(bestCost - m_now.bound, LeastGap * std::abs(bestCost));
        for (std::size_t row = 0; row < use.size(); ++row)
            m_direction[row] = Memory * m_direction[row] + (1 - Memory) * (use[row] - m_now.rows->capacity(row));
        keepIfBetter();
        step(gap);
    }
}

} // namespace core::optimizer
