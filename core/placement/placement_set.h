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
    bool operator==(const AlternativeOutcome &) const = default;
};

/// A set against one snapshot.
struct SetResolution {
    std::string requirement;
    std::vector<AlternativeOutcome> outcomes; ///< in the order of the alternatives
    int missing = 0;                          ///< replicas without a place
    bool operator==(const SetResolution &) const = default;
};

/// Gives each set of the plan, in order, the first alternatives with room, beside what the plan's placements take:
/// replica by replica, places that fit before tight ones and partly used nodes first; replicas that run already stay.
/// `input.planned` does not count: whoever asks may have counted the very sets in. Pure; one evaluate() an alternative
/// asked.
Result<std::vector<SetResolution>> resolveSets(const Plan &plan, const FitInput &input);

/// The plan with every set turned into SKU-level placements, as far as its replicas found room. Alternatives with
/// another tensor parallel than the requirement get a requirement of their own, "NAME-tpN", that takes its replicas
/// over. Error: a name that is taken.
Result<Plan> withSetsPlaced(const Plan &plan, const std::vector<SetResolution> &resolutions);
/// The same for the sets as they resolve now.
Result<Plan> withSetsPlaced(const Plan &plan, const FitInput &input);
/// Replicas without a place, one finding a set: the message says why for each alternative.
std::vector<PlanFinding> setFindings(const std::vector<SetResolution> &resolutions);
/// Both in one, for export and accounting: replicas without a place are an error (Invalid).
Result<Plan> withSetsResolved(const Plan &plan, const FitInput &input);
Result<Plan> withSetsResolved(const Plan &plan, const std::vector<SetResolution> &resolutions);

/// The set that a requirement of the resolved plan is served by: its own, or that of which it is a "NAME-tpN". nullptr:
/// none.
const PlacementSet *setBehind(const Plan &plan, std::string_view resolvedRequirement);

/// "2 × H100, else 1 × MI300X".
std::string describe(const PlacementSet &set);

} // namespace core
