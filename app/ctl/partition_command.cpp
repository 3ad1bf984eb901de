// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/cluster_view.h"
#include "app/ctl/commands.h"
#include "app/ctl/fit_document.h"
#include "app/ctl/inventory_document.h"
#include "app/ctl/output.h"
#include "app/ctl/placement_document.h"
#include "core/placement/partition_what_if.h"

#include <fmt/format.h>

#include <algorithm>

namespace app::ctl {

using nlohmann::ordered_json;

namespace {

ordered_json sliceDocument(const core::CardSlice &slice)
{
    return {{"profile", slice.profile},
            {"start", slice.start},
            {"size", slice.size},
            {"memoryBytes", orNull(slice.memoryBytes)},
            {"memoryShared", slice.memoryShared}};
}

ordered_json cardsDocument(const std::vector<core::CardView> &cards)
{
    auto document = ordered_json::array();
    for (const auto &card : cards) {
        ordered_json one{{"index", card.index}, {"slices", card.slices}, {"parts", ordered_json::array()}};
        for (const auto &part : card.parts) {
            auto slice = sliceDocument(part.slice);
            slice["resource"] = part.resource;
            slice["holder"] = part.holder.empty() ? ordered_json() : ordered_json(part.holder);
            one["parts"].push_back(std::move(slice));
        }
        document.push_back(std::move(one));
    }
    return document;
}

ordered_json alternativesDocument(const std::vector<core::CardPartition> &alternatives)
{
    auto document = ordered_json::array();
    for (const auto &one : alternatives) {
        ordered_json parts = ordered_json::array();
        for (const auto &part : one.parts)
            parts.push_back(sliceDocument(part));
        document.push_back({{"mode", one.mode}, {"slices", one.slices}, {"parts", std::move(parts)}});
    }
    return document;
}

ordered_json whatIfDocument(const core::PartitionWhatIf &answer)
{
    ordered_json document{{"node", answer.node},
                          {"sku", answer.skuId},
                          {"mode", answer.mode},
                          {"changes", answer.changes},
                          {"now", cardsDocument(answer.now)},
                          {"after", cardsDocument(answer.after)},
                          {"devices", ordered_json::array()},
                          {"evictions", ordered_json::array()},
                          {"models", ordered_json::array()},
                          {"brokenPlacements", answer.brokenPlacements},
                          {"alternatives", alternativesDocument(answer.alternatives)},
                          {"notes", answer.notes}};
    for (const auto &pool : answer.pools)
        document["devices"].push_back({{"resource", pool.resource},
                                       {"kind", word(pool.kind)},
                                       {"profile", pool.profile},
                                       {"count", pool.capacity},
                                       {"memoryBytes", orNull(pool.memoryBytes)}});
    for (const auto &eviction : answer.evictions)
        document["evictions"].push_back({{"pod", eviction.pod},
                                         {"owner", eviction.owner},
                                         {"resource", eviction.resource},
                                         {"devices", eviction.devices}});
    for (const auto &model : answer.models)
        document["models"].push_back({{"requirement", model.requirement},
                                      {"now", word(model.now)},
                                      {"placesNow", model.placesNow},
                                      {"whyNow", model.whyNow},
                                      {"after", word(model.after)},
                                      {"placesAfter", model.placesAfter},
                                      {"whyAfter", model.whyAfter}});
    return document;
}

/// "[3g.40gb    ][3g.40gb    ]": as wide as its slices.
std::string drawing(const core::CardView &card)
{
    const int width = card.slices > 8 ? 6 : 10; // each instance of a card of twelve takes three
    std::string text;
    int at = 0;
    for (const auto &part : card.parts) {
        text += std::string(static_cast<std::size_t>((part.slice.start - at) * width), '.');
        const auto name =
            (part.holder.empty() ? "" : "*") + (part.slice.profile.empty() ? "whole" : part.slice.profile);
        const auto room = static_cast<std::size_t>(part.slice.size * width - 2);
        text += fmt::format("[{:<{}}]", printable(name).substr(0, std::max<std::size_t>(room, 4)), room);
        at = part.slice.start + part.slice.size;
    }
    return text + std::string(static_cast<std::size_t>(std::max(0, card.slices - at) * width), '.');
}

/// Cards that look the same are drawn once.
void printCards(const char *title, const std::vector<core::CardView> &cards)
{
    print(fmt::format("{}\n", title));
    for (std::size_t i = 0; i < cards.size();) {
        const auto text = drawing(cards[i]);
        auto end = i + 1;
        while (end < cards.size() && drawing(cards[end]) == text)
            ++end;
        print(end - i == 1 ? fmt::format("  card {:<5} {}\n", cards[i].index, text)
                           : fmt::format("  {:>2} cards   {}\n", end - i, text));
        i = end;
    }
}

void printWhatIf(const core::PartitionWhatIf &answer)
{
    print(fmt::format("{} ({}): {}{}\n", printable(answer.node), answer.skuName, answer.mode,
                      answer.changes ? "" : ", which is how it is cut already"));
    printCards("now (* = held by a pod)", answer.now);
    printCards("after", answer.after);
    for (const auto &eviction : answer.evictions)
        print(fmt::format("evict {} ({} of {}{})\n", printable(eviction.pod), eviction.devices, eviction.resource,
                          eviction.owner.empty() ? "; nothing makes it again" : ""));
    if (!answer.models.empty()) {
        Table table({"MODEL", "NOW", "PLACES", "AFTER", "PLACES", "WHY"});
        for (const auto &model : answer.models)
            table.add({model.requirement, word(model.now), std::to_string(model.placesNow), word(model.after),
                       std::to_string(model.placesAfter), model.whyAfter});
        print(fmt::format("\n{}", table.text()));
    }
    for (const auto &broken : answer.brokenPlacements)
        print(fmt::format("error: {}\n", printable(broken)));
    for (const auto &note : answer.notes)
        print(fmt::format("note: {}\n", printable(note)));
    print("other ways to cut such a card:");
    for (const auto &one : answer.alternatives)
        print(fmt::format(" {}", one.mode));
    print("\n");
}

} // namespace

Answer runPartition(const GlobalOptions &global, const PartitionOptions &options)
{
    const auto plan = loadPlanIfNamed(options.plan);
    if (!plan)
        return std::unexpected(plan.error());
    const auto view = readClusterView(global);
    if (!view)
        return std::unexpected(view.error());
    const core::PlannedDevices planned;
    const auto answer =
        core::partitionWhatIf({*view->snapshot, view->usage, view->session.catalog(), view->session.images(), planned},
                              options.node, options.wanted, *plan ? &**plan : nullptr);
    if (!answer) {
        auto error = answer.error();
        if (error.kind == core::ErrorKind::NotFound) // a name that was typed, not a broken file
            error.kind = core::ErrorKind::Usage;
        return std::unexpected(error);
    }
    if (global.format == Format::Table)
        printWhatIf(*answer);
    else
        printDocument(whatIfDocument(*answer), global.format);
    return answer->brokenPlacements.empty() ? Yes : No;
}

} // namespace app::ctl
