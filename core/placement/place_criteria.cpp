// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/place_criteria.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace core {

namespace {

constexpr std::array<std::string_view, 5> objectiveWords{"least-fragmentation", "cheapest", "fastest", "spread",
                                                         "keep-free"};
constexpr std::array<std::string_view, 8> criterionWords{"verdict",       "fragmentation", "price",        "speed",
                                                         "zone-replicas", "node-replicas", "free-devices", "name"};
std::optional<double> valueOf(const PlaceOption &option, Criterion criterion)
{
    switch (criterion) {
    case Criterion::Verdict: return option.candidate.verdict == Verdict::Fits ? 0 : 1;
    case Criterion::Fragmentation:
        return option.fragmentation ? std::optional(option.fragmentation->total()) : std::nullopt;
    case Criterion::Price: return option.price;
    case Criterion::Speed: return option.speed;
    case Criterion::ZoneReplicas: return option.replicasInZone;
    case Criterion::NodeReplicas: return option.replicasOnNode;
    case Criterion::FreeDevices: return static_cast<double>(option.freeAfter());
    case Criterion::Name: break;
    }
    return std::nullopt;
}

/// -1 when a is better, 1 when b is; what is not known is worse than what is.
int compare(const PlaceOption &a, const PlaceOption &b, Criterion criterion)
{
    const auto one = valueOf(a, criterion), two = valueOf(b, criterion);
    if (!one || !two)
        return one.has_value() == two.has_value() ? 0 : one ? -1 : 1;
    const bool moreIsBetter = criterion == Criterion::Speed || criterion == Criterion::FreeDevices;
    if (*one == *two)
        return 0;
    return (*one < *two) == moreIsBetter ? 1 : -1;
}

} // namespace

std::vector<Criterion> criteriaOf(Objective objective)
{
    using enum Criterion;
    switch (objective) {
    case Objective::Cheapest: return {Verdict, Price, Fragmentation};
    case Objective::Fastest: return {Verdict, Speed, Fragmentation};
    case Objective::Spread: return {Verdict, ZoneReplicas, NodeReplicas, FreeDevices, Fragmentation};
    case Objective::LeastFragmentation:
    case Objective::KeepFree: break;
    }
    return {Verdict, Fragmentation};
}

bool isBetter(const PlaceOption &a, const PlaceOption &b, const std::vector<Criterion> &criteria)
{
    for (const auto criterion : criteria)
        if (const int order = compare(a, b, criterion); order != 0)
            return order < 0;
    return std::tie(a.candidate.node, a.candidate.resource) < std::tie(b.candidate.node, b.candidate.resource);
}

std::vector<PlaceDifference> differences(const PlaceOption &best, const PlaceOption &other, Objective objective)
{
    std::vector<PlaceDifference> all;
    bool decided = false;
    for (const auto criterion : criteriaOf(objective)) {
        const bool decides = !decided && compare(best, other, criterion) != 0;
        decided |= decides;
        all.push_back({criterion, valueOf(best, criterion), valueOf(other, criterion), decides});
    }
    if (!decided)
        all.push_back({Criterion::Name, std::nullopt, std::nullopt, true});
    return all;
}

std::optional<Objective> objectiveOf(std::string_view word)
{
    const auto found = std::ranges::find(objectiveWords, word);
    return found == objectiveWords.end() ? std::nullopt
                                         : std::optional(static_cast<Objective>(found - objectiveWords.begin()));
}

std::string_view objectiveName(Objective objective)
{
    return objectiveWords.at(static_cast<std::size_t>(objective));
}

std::vector<std::string> objectiveNames()
{
    return {objectiveWords.begin(), objectiveWords.end()};
}

std::string_view criterionName(Criterion criterion)
{
    return criterionWords.at(static_cast<std::size_t>(criterion));
}

} // namespace core
