// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/place_document.h"
#include "app/ctl/output.h"

#include "app/ctl/fit_document.h"
#include "app/place_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace app::ctl {

using nlohmann::ordered_json;

namespace {

ordered_json fragmentationDocument(const std::optional<core::engine::SpotCost> &cost)
{
    if (!cost)
        return nullptr;
    return {{"total", cost->total()}, {"leftover", cost->leftover},   {"balance", cost->balance},
            {"spread", cost->spread}, {"scarceSku", cost->scarceSku}, {"groups", cost->groups}};
}

ordered_json optionDocument(const std::optional<core::PlaceOption> &option)
{
    if (!option)
        return nullptr;
    const auto &candidate = option->candidate;
    return {{"node", candidate.node},
            {"resource", candidate.resource},
            {"sku", option->sku},
            {"zone", option->zone},
            {"verdict", word(candidate.verdict)},
            {"devices", candidate.needed},
            {"freeAfter", option->freeAfter()},
            {"headroomBytes", orNull(candidate.headroomBytes)},
            {"fragmentation", fragmentationDocument(option->fragmentation)},
            {"pricePerHour", orNull(option->price)},
            {"tokensPerSecond", orNull(option->speed)},
            {"replicasOnNode", option->replicasOnNode},
            {"replicasInZone", option->replicasInZone},
            {"reason", candidate.headline().detail}};
}

ordered_json differencesDocument(const std::vector<core::PlaceDifference> &differences)
{
    auto list = ordered_json::array();
    for (const auto &one : differences)
        list.push_back({{"criterion", core::criterionName(one.criterion)},
                        {"best", orNull(one.best)},
                        {"other", orNull(one.other)},
                        {"decides", one.decides}});
    return list;
}

ordered_json moveDocument(const core::Move &move)
{
    return {{"what", move.what},
            {"kind", move.isPlacement ? "placement" : "pod"},
            {"counted", move.isCounted},
            {"locked", move.locked},
            {"resource", move.resource},
            {"devices", move.devices},
            {"to", move.to.empty() ? ordered_json() : ordered_json(move.to)},
            {"sku", move.toSku.empty() ? ordered_json() : ordered_json(move.toSku)},
            {"verdict", word(move.verdict)},
            {"doubts", move.doubts},
            {"misses", missesDocument(move.misses)}};
}

} // namespace

ordered_json missesDocument(const std::vector<core::Miss> &misses)
{
    auto list = ordered_json::array();
    for (const auto &miss : misses)
        list.push_back({{"link", word(miss.link)},
                        {"code", miss.code},
                        {"verdict", word(miss.verdict)},
                        {"places", miss.places},
                        {"nearest", miss.nearest},
                        {"detail", miss.detail},
                        {"remedy", miss.remedy},
                        {"lacking", orNull(miss.lacking)}});
    return list;
}

ordered_json answerDocument(const core::PlaceAnswer &answer)
{
    const auto why = answer.best && answer.runnerUp
        ? ordered_json(whySentence(*answer.best, *answer.runnerUp, answer.versus))
        : ordered_json();
    return {{"best", optionDocument(answer.best)},         {"why", why},
            {"runnerUp", optionDocument(answer.runnerUp)}, {"versus", differencesDocument(answer.versus)},
            {"otherSku", optionDocument(answer.otherSku)}, {"versusSku", differencesDocument(answer.versusSku)},
            {"keptFree", optionDocument(answer.keptFree)}, {"usablePlaces", answer.usable},
            {"misses", missesDocument(answer.misses)}};
}

ordered_json drainDocument(const core::DrainAnswer &answer)
{
    ordered_json document{{"node", answer.node},
                          {"moves", ordered_json::array()},
                          {"stuck", ordered_json::array()},
                          {"stays", answer.stays}};
    for (const auto &move : answer.moves)
        document["moves"].push_back(moveDocument(move));
    for (const auto &move : answer.stuck)
        document["stuck"].push_back(moveDocument(move));
    return document;
}

} // namespace app::ctl
