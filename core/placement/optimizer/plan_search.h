// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/optimizer/capacity_prices.h"
#include "core/placement/optimizer/fleet_packing.h"
#include "core/placement/optimizer/replica_cover.h"

#include <random>

namespace core::optimizer {

/// A plan that is always valid, and the moves that make it cheaper. The prices of CapacityPrices tell it which capacity
/// is scarce and who may have it: at the best prices most models are served by their own cheapest whole replicas, and
/// only few have to give way. Deterministic for a seed. Values only, no thread of its own.
class PlanSearch {
public:
    PlanSearch(const FleetProblem &problem, const FleetPools &pools, std::uint64_t seed);

    /// Serves every model in turn at the prices, large groups first, then drops the prices and lets each take what is
    /// left.
    void construct(const CapacityPrices &prices);
    /// Solves each model anew at cost, all others held; true when one got cheaper.
    bool polish();
    /// Takes some models that compete for one pool out, serves them anew in another order at other prices, and keeps
    /// the result when the plan is not dearer by more than `tolerance`.
    void exchange(const CapacityPrices &prices, double tolerance);

    double cost() const { return m_cost; }
    std::vector<PlannedReplica> plan() const;

private:
    struct Change {
        std::uint32_t model, option;
        Berth berth;
        bool taken;
    };
    struct Group { ///< options of one offer at one price: one item of the cover
        std::vector<std::size_t> options;
    };

    void resolve(std::size_t model, const CapacityPrices *prices, double scale);
    void gatherItems(std::size_t model, const CapacityPrices *prices, double scale);
    void apply(std::size_t model);
    void hold(std::size_t model, std::size_t option, std::int64_t target);
    void distribute(std::size_t model, std::size_t item, std::int64_t count);
    void release(std::size_t model, std::optional<std::size_t> onlyPool);
    void recost(std::size_t model);
    double costOf(std::size_t model) const;
    double pricedCost(std::size_t model, const CapacityPrices *prices, double scale) const;
    void rollBack();
    std::vector<std::size_t> rivals(const CapacityPrices &prices);
    std::size_t below(std::size_t count) { return static_cast<std::size_t>(m_random() % count); }

    const FleetProblem *m_problem;
    const FleetPools *m_pools;
    FleetPacking m_packing;
    std::vector<std::vector<std::vector<Berth>>> m_held; ///< by model, by option
    std::vector<double> m_costs;
    double m_cost = 0;
    std::vector<std::vector<std::size_t>> m_modelsOfPool;
    std::vector<Change> m_journal;
    std::mt19937_64 m_random;
    ReplicaCover m_cover;
    std::vector<CoverItem> m_items; ///< scratch of resolve()
    std::vector<Group> m_groups;
    std::size_t m_groupCount = 0;
    std::vector<std::int64_t> m_room, m_counts, m_target;
};

} // namespace core::optimizer
