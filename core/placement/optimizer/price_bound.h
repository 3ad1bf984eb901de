// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/optimizer/capacity_prices.h"
#include "core/placement/optimizer/fleet_packing.h"
#include "core/placement/optimizer/replica_cover.h"

#include <stop_token>

namespace core::optimizer {

/// Looks for the prices of scarce capacity, and for the lower bound that they prove.
///
/// For any prices l >= 0 of the rows of CapacityRows, and any plan x (Lagrangian relaxation; Geoffrion 1974):
///   cost(x) >= cost(x) + sum l·(use(x) − capacity)                            as x keeps every row
///            = sum over models of [cost + l·use of that model's replicas] − sum l·capacity
///           >= sum over models of the least that any whole number of replicas costs at these prices − sum l·capacity.
/// The last line is the bound. Each term is solved by ReplicaCover, and its lower bound is taken where it stopped
/// early, so the bound holds for any prices, however they were found. At the best prices it is at least the bound of
/// the linear program with the same rows, because replicas are whole here.
class PriceBound {
public:
    PriceBound(const FleetProblem &problem, const FleetPools &pools);

    /// Runs `rounds` steps of a deflected, scaled subgradient method (Polyak's step against `bestCost`). Deterministic.
    void improve(int rounds, double bestCost, const std::stop_token &stop = {});

    /// The prices of the best bound so far; free capacity and the bound 0 before the first round.
    const CapacityPrices &best() const { return m_best; }

private:
    using Use = std::vector<double>; ///< of each row

    double evaluate(Use &use);
    double evaluateModel(std::size_t modelIndex, Use &use);
    void gatherItems(std::size_t modelIndex);
    void spread(std::size_t modelIndex, std::size_t item, std::int64_t count, Use &use) const;
    void keepIfBetter();
    void tryMarket(Use &use);
    void step(double gap);

    const FleetProblem *m_problem;
    const FleetPools *m_pools;
    CapacityPrices m_now, m_best;
    CapacityPrices
        m_anchor; ///< best of this search, to which it goes back; market prices may prove more and lead nowhere
    std::vector<double> m_direction;
    std::vector<std::vector<std::int64_t>> m_room; ///< by model, by option: what an empty plan has room for
    std::vector<double> m_optionPrice;             ///< scratch of one model
    std::vector<CoverItem> m_items;
    std::vector<std::size_t> m_itemStart;
    std::vector<std::int64_t> m_counts;
    ReplicaCover m_cover;
    double m_theta = 1; ///< share of Polyak's step
    int m_stalled = 0;
    int m_rounds = 0;
};

} // namespace core::optimizer
