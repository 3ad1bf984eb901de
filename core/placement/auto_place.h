// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/engine/online_placer.h"
#include "core/placement/misses.h"
#include "core/placement/plan.h"

namespace core {

/// What the best place is best at.
enum class Objective {
    LeastFragmentation, ///< leaves the cluster most useful to what will come (engine::SpotCost)
    Cheapest,           ///< least price per hour of a replica
    Fastest,            ///< most tokens per second of a replica
    Spread,             ///< zones, then nodes, with the fewest replicas of the requirement
    KeepFree            ///< least fragmentation off the SKUs to keep free
};

/// "least-fragmentation", "cheapest", "fastest", "spread", "keep-free"; nullopt for any other word.
std::optional<Objective> objectiveOf(std::string_view word);
std::string_view objectiveName(Objective objective);
/// All of them, in the order of Objective.
std::vector<std::string> objectiveNames();

/// What places are compared by, each better when it is less but for Speed and FreeDevices.
enum class Criterion {
    Verdict,       ///< 0 Fits, 1 Tight
    Fragmentation, ///< engine::SpotCost::total(): thousandths of a device
    Price,         ///< per hour of one replica, in the currency of the query
    Speed,         ///< tokens per second of one replica
    ZoneReplicas,  ///< replicas of the requirement in the node's zone (label topology.kubernetes.io/zone)
    NodeReplicas,  ///< and on the node
    FreeDevices,   ///< devices left free there afterwards
    Name           ///< all else is equal: the first by name
};
std::string_view criterionName(Criterion criterion);

/// What is asked. Maps are by SKU (skuNameOf()); a SKU that is missing has no known price or speed, and comes last.
struct PlaceQuery {
    const Requirement &requirement;
    Objective objective = Objective::LeastFragmentation;
    std::vector<std::string> keepFree = {};                       ///< SKUs that are left alone, whatever the objective
    std::map<std::string, double, std::less<>> pricePerHour = {}; ///< of one device
    std::map<std::string, double, std::less<>> tokensPerSecond = {}; ///< of one replica of this requirement
    const Plan *plan = nullptr;                                      ///< whose replicas Spread counts; may be null
    std::vector<std::string> avoid = {};                             ///< nodes left out
};

/// A place that can take one replica, with what it is compared by.
struct PlaceOption {
    Candidate candidate;
    Target target; ///< node level
    std::string sku, zone;
    std::optional<engine::SpotCost> fragmentation;
    std::optional<double> price, speed; ///< of one replica; nullopt: not known
    int replicasOnNode = 0, replicasInZone = 0;

    std::int64_t freeAfter() const { return candidate.freeDevices - candidate.needed; }
};

/// One criterion of the choice against another option. nullopt: not known.
struct PlaceDifference {
    Criterion criterion{};
    std::optional<double> best, other;
    bool decides = false; ///< the first that differs: why the best is the best
    bool operator==(const PlaceDifference &) const = default;
};

/// The choice and what it was chosen over, or why there is none.
struct PlaceAnswer {
    std::optional<PlaceOption> best;
    std::optional<PlaceOption> runnerUp;    ///< the next best place
    std::optional<PlaceOption> otherSku;    ///< the best place of another SKU
    std::optional<PlaceOption> keptFree;    ///< the best place on a SKU that is kept free: what the wish costs
    std::vector<PlaceDifference> versus;    ///< best against runner-up, in the order of the objective
    std::vector<PlaceDifference> versusSku; ///< best against otherSku
    std::size_t usable = 0;                 ///< places that could take it, those kept free not counted
    std::vector<Miss> misses;               ///< why the others cannot
};

/// The best target for one replica. Pure; O(pools), one evaluate().
/// Errors: a requirement of less than one replica (Invalid), KeepFree without a SKU, a SKU to keep free that neither
/// the catalogue nor the cluster knows (Usage), a price or speed that is negative or no number (Invalid).
Result<PlaceAnswer> autoPlace(const FitInput &input, const PlaceQuery &query);

/// One answer for each replica of the requirement, each on top of those before; the last has no best when they do not
/// all fit. Same errors.
Result<std::vector<PlaceAnswer>> autoPlaceAll(const FitInput &input, const PlaceQuery &query);

} // namespace core
