// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/optimizer/fleet_problem.h"

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>

namespace core::optimizer {

/// How good the best plan is, and how good any plan can be.
struct Progress {
    double usdPerHour = 0; ///< of the best plan so far, penalties included
    double bound = 0;      ///< no plan costs less (proof: price_bound.h); never above usdPerHour

    /// What the plan may cost too much, as a share of the bound: 0.02 is 2 %.
    double gap() const;
    bool operator==(const Progress &) const = default;
};

struct OptimizeOptions {
    std::chrono::milliseconds limit{10'000};
    std::uint64_t seed = 1;
    /// Rounds of search, for a result that does not depend on the speed of the machine; none: until the limit.
    std::optional<int> rounds = std::nullopt;
};

/// The best plan that was found.
struct OptimizedPlan {
    std::vector<PlannedReplica> replicas; ///< by model, then by offer
    PlanScore score;                      ///< recounted from the replicas
    Progress progress;
};

/// Told of every improvement of the cost or the bound, on the caller's thread. `plan` makes the best plan so far, which
/// is valid; it may be called during the call only.
using OnProgress = std::function<void(const Progress &, const std::function<std::vector<PlannedReplica>()> &plan)>;

/// Finds a cheap plan and a lower bound, better the longer it may run: a first valid plan at once, then improvements
/// until the limit, `stop`, the last round, or a plan that is proven best. When stopped the best plan so far is the
/// answer. The same problem and seed go through the same plans; the limit only decides how far. Uses a second thread of
/// its own. Errors: those of validate(). A demand that no fleet can meet is no error: the score says how much is unmet.
Result<OptimizedPlan> optimizeFleet(const FleetProblem &problem, const OptimizeOptions &options,
                                    const OnProgress &onProgress = {}, const std::stop_token &stop = {});

} // namespace core::optimizer
