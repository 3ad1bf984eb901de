// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimizer/market_prices.h"

#include <algorithm>
#include <cmath>

namespace core::optimizer {

namespace {

constexpr int Rounds = 120;
constexpr double FirstPower = 8, LastPower = 60; ///< how strongly models prefer the cheaper token
constexpr double FirstRate = 0.5, LastRate = 0.02;
constexpr double LeastUsd = 1e-3; ///< of a GPU without a price, so that a factor can move it

class Market {
public:
    Market(const FleetProblem &problem, const FleetPools &pools) : m_problem(problem), m_pools(pools)
    {
        for (const auto &pool : pools.pools) {
            double free = 0;
            for (const auto node : pool.nodes)
                for (const int milli : problem.nodes[node].gpuFreeMilli)
                    free += static_cast<double>(milli) / WholeGpu;
            m_capacity.push_back(free);
            m_own.push_back(std::max(LeastUsd, problem.kinds[pool.kind].usdPerGpuHour));
        }
        m_price = m_own;
    }

    void round(double power, double rate)
    {
        m_use.assign(m_price.size(), 0.0);
        for (const auto &model : m_pools.models)
            demand(model, power);
        for (std::size_t p = 0; p < m_price.size(); ++p) {
            const double excess = m_capacity[p] > 0 ? m_use[p] / m_capacity[p] - 1 : 0;
            m_price[p] = std::max(m_own[p], m_price[p] * std::exp(rate * std::clamp(excess, -1.0, 1.0)));
        }
    }

    std::vector<double> prices() const
    {
        auto beyond = m_price;
        for (std::size_t p = 0; p < beyond.size(); ++p)
            beyond[p] -= m_own[p];
        return beyond;
    }

private:
    double perToken(const PoolOption &option) const { return m_price[option.pool] * option.shape.size() / option.tps; }

    void demand(const PooledModel &model, double power)
    {
        // Shares of a power are taken relative to the cheapest choice, or they would leave the range of a double.
        double least = m_problem.unmetUsdPerTps, capacity = 1;
        for (const auto &option : model.options)
            if (option.tps > 0 && m_capacity[option.pool] > 0) {
                least = std::min(least, perToken(option));
                capacity += m_capacity[option.pool];
            }
        if (least <= 0)
            return;
        m_share.clear();
        double sum = capacity * std::pow(least / m_problem.unmetUsdPerTps, power);
        for (const auto &option : model.options) {
            const bool usable = option.tps > 0 && m_capacity[option.pool] > 0;
            m_share.push_back(usable ? m_capacity[option.pool] * std::pow(least / perToken(option), power) : 0);
            sum += m_share.back();
        }
        for (std::size_t o = 0; o < m_share.size(); ++o)
            if (m_share[o] > 0)
                m_use[model.options[o].pool] +=
                    model.demandTps * m_share[o] / sum / model.options[o].tps * model.options[o].shape.size();
    }

    const FleetProblem &m_problem;
    const FleetPools &m_pools;
    std::vector<double> m_capacity, m_own, m_price, m_use, m_share;
};

} // namespace

std::vector<double> marketPrices(const FleetProblem &problem, const FleetPools &pools)
{
    Market market(problem, pools);
    for (int round = 0; round < Rounds; ++round) {
        const double done = static_cast<double>(round) / (Rounds - 1);
        market.round(FirstPower * std::pow(LastPower / FirstPower, done),
                     FirstRate * std::pow(LastRate / FirstRate, done));
    }
    return market.prices();
}

} // namespace core::optimizer
