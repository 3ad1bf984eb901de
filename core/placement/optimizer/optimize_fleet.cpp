// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimizer/optimize_fleet.h"

#include "core/placement/optimizer/plan_search.h"
#include "core/placement/optimizer/price_bound.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>

namespace core::optimizer {

namespace {

using Clock = std::chrono::steady_clock;

constexpr double ProvenBest = 1e-9; ///< relative gap at which a plan is as good as the bound
constexpr int ExchangesPerRound = 512;
constexpr int BuildingPricing = 20; ///< subgradient steps a round while plans are built anew
/// Options priced in a later round: about what takes as long as the exchanges, so that neither thread waits for the
/// other. A count, not a time, or the result would depend on the speed of the machine.
constexpr std::size_t PricedOptions = 150'000;
constexpr std::size_t MostPricing = 200;
constexpr int BuildingRounds = 8; ///< first rounds, in which plans are built anew at the newest prices

int pricingSteps(const FleetPools &pools)
{
    std::size_t options = 1;
    for (const auto &model : pools.models)
        options += model.options.size();
    return static_cast<int>(std::clamp(PricedOptions / options, std::size_t{1}, MostPricing));
}

/// The state of one call: a search on the caller's thread, prices on another.
class Optimization {
public:
    Optimization(const FleetProblem &problem, const OptimizeOptions &options, const OnProgress &onProgress,
                 const std::stop_token &stop)
        : m_options(options)
        , m_onProgress(onProgress)
        , m_stop(stop)
        , m_end(Clock::now() + options.limit)
        , m_pools(gatherPools(problem))
        , m_problem(problem)
        , m_prices(problem, m_pools)
        , m_search(problem, m_pools, options.seed)
        , m_pricing(pricingSteps(m_pools))
    {
    }

    OptimizedPlan run();

private:
    bool over(int round) const;
    void round(int number);
    void build(const CapacityPrices &prices);
    void exchange(const CapacityPrices &prices);
    void tell();
    bool expired() const { return m_stop.stop_requested() || Clock::now() >= m_end; }

    const OptimizeOptions &m_options;
    const OnProgress &m_onProgress;
    const std::stop_token &m_stop;
    Clock::time_point m_end;
    FleetPools m_pools;
    const FleetProblem &m_problem;
    PriceBound m_prices;
    PlanSearch m_search;
    Progress m_told;
    int m_pricing; ///< subgradient steps a round
};

bool Optimization::over(int round) const
{
    const double cost = m_search.cost();
    return expired() || (m_options.rounds && round >= *m_options.rounds)
        || cost - m_prices.best().bound <= ProvenBest * std::abs(cost);
}

void Optimization::tell()
{
    const double cost = m_search.cost();
    const Progress now{.usdPerHour = cost, .bound = std::min(cost, m_prices.best().bound)};
    if (now == m_told)
        return;
    m_told = now;
    if (m_onProgress)
        m_onProgress(now, [this] { return m_search.plan(); });
}

void Optimization::build(const CapacityPrices &prices)
{
    PlanSearch fresh(m_problem, m_pools, m_options.seed);
    fresh.construct(prices);
    if (fresh.cost() < m_search.cost())
        m_search = std::move(fresh);
}

void Optimization::exchange(const CapacityPrices &prices)
{
    for (int i = 0; i < ExchangesPerRound && !expired(); ++i)
        m_search.exchange(prices, 0);
}

/// Prices get better on one thread while the plan gets better on the other at the prices of the round before: what they
/// hand over does not depend on which is faster.
void Optimization::round(int number)
{
    const CapacityPrices prices = m_prices.best();
    const int steps = number < BuildingRounds ? BuildingPricing : m_pricing;
    {
        std::jthread pricing([this, steps, cost = m_search.cost()](const std::stop_token &over) {
            m_prices.improve(steps, cost, over);
        });
        if (number < BuildingRounds)
            build(prices);
        exchange(prices);
        if (!expired())
            pricing.join(); // a jthread that is not joined is asked to stop, which is for the end only
    }
    tell();
}

OptimizedPlan Optimization::run()
{
    m_prices.improve(1, m_search.cost(), m_stop);
    m_search.construct(m_prices.best());
    tell();
    for (int number = 0; !over(number); ++number)
        round(number);
    OptimizedPlan result{.replicas = m_search.plan(), .score = {}, .progress = m_told};
    return result;
}

} // namespace

double Progress::gap() const
{
    return bound > 0 ? usdPerHour / bound - 1 : usdPerHour > 0 ? std::numeric_limits<double>::infinity() : 0;
}

Result<OptimizedPlan> optimizeFleet(const FleetProblem &problem, const OptimizeOptions &options,
                                    const OnProgress &onProgress, const std::stop_token &stop)
{
    if (auto good = validate(problem); !good)
        return std::unexpected(good.error());
    auto result = Optimization(problem, options, onProgress, stop).run();
    const auto counted = score(problem, result.replicas);
    if (!counted)
        return std::unexpected(counted.error());
    result.score = *counted;
    return result;
}

} // namespace core::optimizer
