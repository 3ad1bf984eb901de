// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/prices.h"
#include "core/placement/optimizer/optimize_fleet.h"
#include "core/placement/plan.h"

namespace core {

enum class OptimiseGoal {
    Cost,      ///< least price per hour; SKUs without a price are left out
    FewestGpus ///< fewest whole GPUs, whatever they cost
};

/// What is wanted of a whole plan. Prices are a loan.
struct OptimiseQuery {
    OptimiseGoal goal = OptimiseGoal::Cost;
    const Prices *prices = nullptr;
    /// Answer tokens per second asked of a requirement over all its replicas, by Requirement::name; without an entry
    /// its replicas are the demand. Speeds are estimates (estimateOn()).
    std::map<std::string, double, std::less<>> demandTps = {};
};

/// A proposed plan: the same requirements, node-level placements of the optimiser's choice beside those that are
/// locked.
struct PlanDraft {
    Plan plan;
    optimizer::PlanScore score;
    optimizer::Progress progress;   ///< cost and bound of what was free to choose: locked placements are not in it
    std::int64_t gpus = 0;          ///< that the chosen placements take
    std::vector<std::string> notes; ///< replicas without a place, SKUs left out for lack of a price, unknown speeds
    bool operator==(const PlanDraft &) const = default;
};

/// Chooses SKU and node of every placement that is not locked, at least cost. Replicas go on whole cards, only where
/// evaluate() says fits or tight on top of the locked placements and of the plan's sets, which stay as they resolve
/// now. Anytime, as optimizeFleet(). Same errors; Usage for
/// a demand that is negative or names no requirement, and when no SKU has a price.
Result<PlanDraft> optimisePlan(const FitInput &input, const Plan &plan, const OptimiseQuery &query,
                               const optimizer::OptimizeOptions &options,
                               const std::function<void(const optimizer::Progress &)> &onProgress = {},
                               const std::stop_token &stop = {});

} // namespace core
