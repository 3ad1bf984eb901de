// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/place_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace app {

namespace {

using core::Criterion;

std::string figure(const std::optional<double> &value, const char *unit)
{
    return value ? fmt::format("{:.4g}{}", *value, unit) : std::string("not known");
}

/// What a criterion says of one place, in words.
std::string saying(Criterion criterion, const std::optional<double> &value)
{
    switch (criterion) {
    case Criterion::Verdict: return value == 0.0 ? "fits" : "is tight";
    case Criterion::Fragmentation:
        return value ? fmt::format("costs {:.2f} of a device in usefulness to what will come", *value / 1000)
                     : std::string("its cost in fragmentation is not known");
    case Criterion::Price: return figure(value, " an hour");
    case Criterion::Speed: return figure(value, " tokens/s");
    case Criterion::ZoneReplicas: return figure(value, " replicas in its zone");
    case Criterion::NodeReplicas: return figure(value, " replicas on the node");
    case Criterion::FreeDevices: return figure(value, " devices stay free there");
    case Criterion::Name: break;
    }
    return "first by name, all else is equal";
}

} // namespace

std::string whySentence(const core::PlaceOption &best, const core::PlaceOption &other,
                        const std::vector<core::PlaceDifference> &differences)
{
    const auto found = std::ranges::find(differences, true, &core::PlaceDifference::decides);
    if (found == differences.end())
        return {};
    const auto against =
        fmt::format("{} ({}) rather than {} ({}): ", best.candidate.node, best.sku, other.candidate.node, other.sku);
    if (found->criterion == Criterion::Name)
        return against + saying(Criterion::Name, {});
    return fmt::format("{}{}, against: {}", against, saying(found->criterion, found->best),
                       saying(found->criterion, found->other));
}

std::string missSentence(const core::Miss &miss)
{
    auto text = fmt::format("{} {}: {}: {}", miss.places, miss.places == 1 ? "place" : "places",
                            core::linkName(miss.link), miss.detail);
    if (miss.places > 1 && miss.lacking)
        text += fmt::format(" (the nearest, {})", miss.nearest);
    return miss.remedy.empty() ? text : text + "; " + miss.remedy;
}

std::string answerSentence(const core::PlaceAnswer &answer)
{
    if (!answer.best)
        return answer.misses.empty() ? std::string("there is no place it could go")
                                     : missSentence(answer.misses.front());
    if (!answer.runnerUp)
        return fmt::format("{} ({}): the only place that can take it", answer.best->candidate.node, answer.best->sku);
    return whySentence(*answer.best, *answer.runnerUp, answer.versus);
}

} // namespace app
