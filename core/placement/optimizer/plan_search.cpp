// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimizer/plan_search.h"

#include <algorithm>
#include <array>
#include <bit>

namespace core::optimizer {

namespace {

constexpr double Cent = 1e-7;          ///< $/h that is rounding error
constexpr std::size_t LargeModel = 64; ///< replicas beyond which only one pool is given up in an exchange
constexpr std::size_t MostRivals = 5;

int largestGroup(const PooledModel &model)
{
    int gpus = 0;
    for (const auto &option : model.options)
        gpus = std::max(gpus, option.shape.gpus);
    return gpus;
}

} // namespace

PlanSearch::PlanSearch(const FleetProblem &problem, const FleetPools &pools, std::uint64_t seed)
    : m_problem(&problem)
    , m_pools(&pools)
    , m_packing(problem, pools)
    , m_held(pools.models.size())
    , m_costs(pools.models.size())
    , m_modelsOfPool(pools.pools.size())
    , m_random(seed)
{
    for (std::size_t m = 0; m < pools.models.size(); ++m) {
        m_held[m].resize(pools.models[m].options.size());
        for (const auto &option : pools.models[m].options)
            if (m_modelsOfPool[option.pool].empty() || m_modelsOfPool[option.pool].back() != m)
                m_modelsOfPool[option.pool].push_back(m);
        m_costs[m] = costOf(m);
        m_cost += m_costs[m];
    }
}

double PlanSearch::costOf(std::size_t model) const
{
    const auto &pooled = m_pools->models[model];
    double usd = 0, tps = 0, replicas = 0;
    for (std::size_t o = 0; o < pooled.options.size(); ++o) {
        const auto count = static_cast<double>(m_held[model][o].size());
        usd += count * pooled.options[o].usd;
        tps += count * pooled.options[o].tps;
        replicas += count;
    }
    return usd + m_problem->unmetUsdPerTps * std::max(0.0, pooled.demandTps - tps)
        + m_problem->missingReplicaUsd * std::max(0.0, pooled.minReplicas - replicas);
}

double PlanSearch::pricedCost(std::size_t model, const CapacityPrices *prices, double scale) const
{
    double cost = m_costs[model];
    if (prices)
        for (std::size_t o = 0; o < m_held[model].size(); ++o)
            if (!m_held[model][o].empty()) {
                const auto &option = m_pools->models[model].options[o];
                cost += scale * static_cast<double>(m_held[model][o].size()) * prices->of(option.pool, option.shape);
            }
    return cost;
}

void PlanSearch::recost(std::size_t model)
{
    m_cost -= m_costs[model];
    m_costs[model] = costOf(model);
    m_cost += m_costs[model];
}

void PlanSearch::gatherItems(std::size_t model, const CapacityPrices *prices, double scale)
{
    const auto &options = m_pools->models[model].options;
    m_items.clear();
    m_groupCount = 0;
    m_room.assign(options.size(), 0);
    std::size_t firstOfOffer = 0;
    for (std::size_t o = 0; o < options.size(); ++o) {
        const auto &option = options[o];
        if (o > 0 && option.offer != options[o - 1].offer)
            firstOfOffer = m_items.size();
        m_room[o] = m_packing.room(option.pool, option.shape) + static_cast<std::int64_t>(m_held[model][o].size());
        if (m_room[o] == 0)
            continue;
        const double price = option.usd + (prices ? scale * prices->of(option.pool, option.shape) : 0);
        std::size_t item = firstOfOffer;
        while (item < m_items.size() && m_items[item].price != price)
            ++item;
        if (item == m_items.size()) {
            m_items.push_back({price, option.tps, 0});
            if (m_groups.size() < m_items.size())
                m_groups.emplace_back();
            m_groups[item].options.clear();
        }
        m_items[item].limit += m_room[o];
        m_groups[item].options.push_back(o);
    }
}

/// Shares the replicas of one item among its pools: what lies stays, the rest goes where there is room, from a random
/// pool on.
void PlanSearch::distribute(std::size_t model, std::size_t item, std::int64_t count)
{
    const auto &options = m_groups[item].options;
    for (const auto o : options) {
        m_target[o] = std::min<std::int64_t>(count, static_cast<std::int64_t>(m_held[model][o].size()));
        count -= m_target[o];
    }
    const std::size_t start = count > 0 ? below(options.size()) : 0;
    for (std::size_t i = 0; i < options.size() && count > 0; ++i) {
        const auto o = options[(start + i) % options.size()];
        const auto more = std::min(count, m_room[o] - m_target[o]);
        m_target[o] += more;
        count -= more;
    }
}

void PlanSearch::hold(std::size_t model, std::size_t option, std::int64_t target)
{
    auto &held = m_held[model][option];
    const auto &[offer, pool, shape, usd, tps] = m_pools->models[model].options[option];
    const auto note = [&](const Berth &berth, bool taken) {
        m_journal.push_back({static_cast<std::uint32_t>(model), static_cast<std::uint32_t>(option), berth, taken});
    };
    while (std::cmp_greater(held.size(), target)) {
        m_packing.give(held.back(), shape);
        note(held.back(), false);
        held.pop_back();
    }
    while (std::cmp_less(held.size(), target)) {
        const auto berth = m_packing.take(pool, shape);
        if (!berth)
            return; // offers of one model compete for the same GPUs: the cost is counted from what is held
        held.push_back(*berth);
        note(*berth, true);
    }
}

void PlanSearch::apply(std::size_t model)
{
    m_target.assign(m_held[model].size(), 0);
    for (std::size_t item = 0; item < m_items.size(); ++item)
        distribute(model, item, m_counts[item]);
    for (std::size_t o = 0; o < m_target.size(); ++o)
        if (std::cmp_less(m_target[o], m_held[model][o].size()))
            hold(model, o, m_target[o]);
    for (std::size_t o = 0; o < m_target.size(); ++o)
        hold(model, o, m_target[o]);
    recost(model);
}

void PlanSearch::resolve(std::size_t model, const CapacityPrices *prices, double scale)
{
    gatherItems(model, prices, scale);
    const auto &pooled = m_pools->models[model];
    const CoverNeed need{pooled.demandTps, pooled.minReplicas, m_problem->unmetUsdPerTps, m_problem->missingReplicaUsd};
    if (m_cover.solve(m_items, need, m_counts).value < pricedCost(model, prices, scale) - Cent)
        apply(model);
}

void PlanSearch::construct(const CapacityPrices &prices)
{
    for (std::size_t m = 0; m < m_held.size(); ++m)
        release(m, std::nullopt);
    std::vector<std::size_t> order(m_held.size());
    for (std::size_t m = 0; m < order.size(); ++m)
        order[m] = m;
    std::ranges::stable_sort(order, std::ranges::greater(),
                             [&](std::size_t m) { return largestGroup(m_pools->models[m]); });
    for (const auto model : order)
        resolve(model, &prices, 1);
    polish();
    m_journal.clear();
}

bool PlanSearch::polish()
{
    const double before = m_cost;
    for (std::size_t m = 0; m < m_held.size(); ++m)
        resolve(m, nullptr, 0);
    m_journal.clear();
    return m_cost < before - Cent;
}

void PlanSearch::release(std::size_t model, std::optional<std::size_t> onlyPool)
{
    for (std::size_t o = 0; o < m_held[model].size(); ++o)
        if (!onlyPool || m_pools->models[model].options[o].pool == *onlyPool)
            hold(model, o, 0);
    recost(model);
}

void PlanSearch::rollBack()
{
    while (!m_journal.empty()) {
        const auto &[model, option, berth, taken] = m_journal.back();
        auto &held = m_held[model][option];
        const auto &shape = m_pools->models[model].options[option].shape;
        if (taken) {
            m_packing.give(berth, shape);
            held.pop_back();
        } else {
            m_packing.retake(berth, shape);
            held.push_back(berth);
        }
        m_journal.pop_back();
    }
}

/// One model far above its least cost at the prices, and others that could use one of its pools.
std::vector<std::size_t> PlanSearch::rivals(const CapacityPrices &prices)
{
    std::size_t worst = below(m_held.size());
    double most = -1;
    for (int i = 0; i < 4; ++i) {
        const auto model = below(m_held.size());
        const double regret = pricedCost(model, &prices, 1) - prices.leastCost[model];
        if (regret > most)
            std::tie(worst, most) = std::pair(model, regret);
    }
    std::vector<std::size_t> chosen{worst};
    const auto &options = m_pools->models[worst].options;
    if (options.empty())
        return chosen;
    const auto &others = m_modelsOfPool[options[below(options.size())].pool];
    const std::size_t wanted = 2 + below(MostRivals - 1);
    for (std::size_t tries = 0; tries < 3 * wanted && chosen.size() < wanted; ++tries)
        if (const auto other = others[below(others.size())]; std::ranges::find(chosen, other) == chosen.end())
            chosen.push_back(other);
    return chosen;
}

void PlanSearch::exchange(const CapacityPrices &prices, double tolerance)
{
    m_journal.clear();
    const double before = m_cost;
    auto chosen = rivals(prices);
    std::vector<double> costs;
    costs.reserve(chosen.size());
    for (const auto model : chosen) {
        costs.push_back(m_costs[model]);
        std::size_t replicas = 0;
        for (const auto &held : m_held[model])
            replicas += held.size();
        const auto &options = m_pools->models[model].options;
        if (!options.empty())
            release(model, replicas <= LargeModel ? std::nullopt : std::optional(options[below(options.size())].pool));
    }
    const auto restore = chosen;
    std::ranges::shuffle(chosen, m_random);
    static constexpr std::array Scales{0.0, 0.6, 1.0, 1.0, 1.4};
    const double scale = Scales[below(Scales.size())];
    for (const auto model : chosen)
        resolve(model, &prices, scale);
    for (const auto model : chosen)
        resolve(model, nullptr, 0);
    if (m_cost <= before + tolerance)
        return;
    rollBack();
    for (std::size_t i = 0; i < restore.size(); ++i)
        m_costs[restore[i]] = costs[i];
    m_cost = before;
}

std::vector<PlannedReplica> PlanSearch::plan() const
{
    std::vector<PlannedReplica> plan;
    for (std::size_t m = 0; m < m_held.size(); ++m)
        for (std::size_t o = 0; o < m_held[m].size(); ++o)
            for (const auto &berth : m_held[m][o]) {
                auto &replica = plan.emplace_back(PlannedReplica{
                    .model = m, .node = berth.node, .gpus = {}, .offer = m_pools->models[m].options[o].offer});
                for (auto rest = berth.gpus; rest != 0; rest &= rest - 1)
                    replica.gpus.push_back(std::countr_zero(rest));
            }
    return plan;
}

} // namespace core::optimizer
