// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/misses.h"
#include "core/placement/plan.h"

namespace core {

/// What became of one alternative of a set.
struct AlternativeOutcome {
    Alternative alternative;
    int replicas = 0;                  ///< that found room on it
    std::vector<Target> targets;       ///< SKU level, one a resource name; empty without replicas
    std::vector<int> replicasOfTarget; ///< beside `targets`
    std::vector<Miss> misses;          ///< why not more; "no-such-sku" when the cluster has none of it
    bool wasAsked = false;             ///< false: an earlier alternative had room for all
};

/// A set against one snapshot.
struct SetResolution {
    std::string requirement;
    std::vector<AlternativeOutcome> outcomes; ///< in the order of the alternatives
    int missing = 0;                          ///< replicas without a place
};

/// Gives each set of the plan, in order, the first alternatives with room, on top of `input.planned`: replica by
/// replica, places that fit before tight ones and partly used nodes first; replicas that run already stay. Pure; one
/// evaluate() an alternative asked.
Result<std::vector<SetResolution>> resolveSets(const Plan &plan, const FitInput &input);

/// The plan with every set turned into SKU-level placements, for export and accounting. Alternatives with another
/// tensor parallel than the requirement get a requirement of their own, "NAME-tpN", that takes its replicas over.
/// Errors: replicas without a place (Invalid; the message says why for each alternative), a name that is taken.
Result<Plan> withSetsResolved(const Plan &plan, const FitInput &input);

/// "2 × H100, else 1 × MI300X".
std::string describe(const PlacementSet &set);

} // namespace core
