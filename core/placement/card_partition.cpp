// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/card_partition.h"

#include "core/inventory/mig_profile.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <ranges>

namespace core {

namespace {

/// A profile and how many instances of it.
struct Ask {
    const Sku::PartitionProfile *profile = nullptr;
    int count = 0;
};
using Asks = std::vector<Ask>;

std::string lower(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

bool hasMediaEngines(const Sku::PartitionProfile &profile)
{
    return profile.name.contains("+me");
}

/// The catalogue's "1g.10gb+me" is also found as a resource name spells it, "1g.10gb.me".
const Sku::PartitionProfile *findProfile(const Sku &sku, std::string_view name)
{
    const auto known = parseMigProfile(name);
    const auto inResource = migProfileOfResource("nvidia.com/mig-" + std::string(name));
    const auto found = std::ranges::find_if(sku.profiles, [&](const auto &profile) {
        const auto its = parseMigProfile(profile.name);
        return its && (its == known || its == inResource);
    });
    return found == sku.profiles.end() ? nullptr : &*found;
}

/// Tries every start of every instance, the large ones first; true when all lie on the card. Instances of one profile
/// stand together and are alike, so each starts behind the last: without that the search is factorial.
bool layOut(std::span<const Sku::PartitionProfile *const> wanted, std::vector<bool> &taken,
            std::vector<CardSlice> &parts)
{
    if (wanted.empty())
        return true;
    const auto &profile = *wanted.front();
    const bool again = !parts.empty() && parts.back().profile == profile.name;
    const int least = again ? parts.back().start + 1 : 0;
    for (const int start : profile.starts) {
        if (start < least)
            continue;
        const auto from = taken.begin() + start, to = from + profile.size;
        if (std::find(from, to, true) != to)
            continue;
        std::fill(from, to, true);
        parts.push_back({profile.name, start, profile.size, profile.memoryBytes, false});
        if (layOut(wanted.subspan(1), taken, parts))
            return true;
        parts.pop_back();
        std::fill(from, to, false);
    }
    return false;
}

std::optional<std::vector<CardSlice>> layOut(const Sku &sku, const Asks &asks)
{
    std::vector<const Sku::PartitionProfile *> wanted;
    for (const auto &ask : asks)
        wanted.insert(wanted.end(), static_cast<std::size_t>(ask.count), ask.profile);
    std::ranges::stable_sort(wanted, std::ranges::greater{}, &Sku::PartitionProfile::size);
    int size = 0;
    for (const auto *profile : wanted)
        size += profile->size;
    if (size > sku.partitionSlices)
        return std::nullopt;
    std::vector<bool> taken(static_cast<std::size_t>(sku.partitionSlices));
    std::vector<CardSlice> parts;
    if (!layOut(wanted, taken, parts))
        return std::nullopt;
    std::ranges::sort(parts, {}, &CardSlice::start);
    return parts;
}

std::string modeOf(const Asks &asks)
{
    std::string mode;
    for (const auto &ask : asks)
        if (ask.count > 0)
            mode += fmt::format("{}{}:{}", mode.empty() ? "" : ",", ask.profile->name, ask.count);
    return mode;
}

Result<void> checkCounts(const Sku &sku, const Asks &asks)
{
    int media = 0;
    for (const auto &[profile, count] : asks) {
        media += hasMediaEngines(*profile) ? count : 0;
        if (count > profile->maxInstances)
            return fail(ErrorKind::Invalid,
                        fmt::format("{} takes at most {} of {}, not {}", sku.displayName, profile->maxInstances,
                                    profile->name, count),
                        profile->name, fmt::format("ask for {} or fewer", profile->maxInstances));
        if (media > 1)
            return fail(ErrorKind::Invalid,
                        fmt::format("only one instance of {} can have the media engines (+me)", sku.displayName),
                        profile->name, "leave +me off all but one");
    }
    return {};
}

Result<CardPartition> cutIntoInstances(const Sku &sku, const Asks &asks)
{
    if (const auto counts = checkCounts(sku, asks); !counts)
        return std::unexpected(counts.error());
    for (const auto &ask : asks)
        if (ask.profile->starts.empty())
            return fail(ErrorKind::Unsupported, "the catalogue does not say where instances may start",
                        ask.profile->name);
    if (auto parts = layOut(sku, asks))
        return CardPartition{modeOf(asks), sku.partitionSlices, std::move(*parts)};
    std::vector<std::string> rules;
    rules.reserve(asks.size());
    for (const auto &[profile, count] : asks)
        rules.push_back(fmt::format("{} takes {} of the {} memory slices and may start at {}", profile->name,
                                    profile->size, sku.partitionSlices, fmt::join(profile->starts, ", ")));
    return fail(
        ErrorKind::Invalid,
        fmt::format("these instances do not lie on one {} together: {}", sku.displayName, fmt::join(rules, "; ")),
        modeOf(asks), "ask for fewer or smaller instances");
}

std::string offered(const Sku &sku)
{
    std::vector<std::string> names;
    names.reserve(sku.profiles.size() + sku.partitionModes.size());
    for (const auto &profile : sku.profiles)
        names.push_back(profile.name);
    for (const auto &mode : sku.partitionModes)
        names.push_back(mode.compute + "/" + mode.memory);
    return fmt::format("it offers {}", fmt::join(names, ", "));
}

Result<Ask> readAsk(const Sku &sku, std::string_view word)
{
    const bool all = word.starts_with("all-");
    if (all)
        word.remove_prefix(4);
    const auto colon = word.find(':');
    const auto name = word.substr(0, colon);
    const auto *profile = findProfile(sku, name);
    if (profile == nullptr)
        return fail(ErrorKind::Invalid, fmt::format("{} has no MIG profile \"{}\"", sku.displayName, name),
                    std::string(name), offered(sku));
    if (all || colon == std::string_view::npos)
        return Ask{profile, all ? profile->maxInstances : 1};
    const auto digits = word.substr(colon + 1);
    int count = 0;
    const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (status != std::errc{} || end != digits.data() + digits.size() || count < 1 || count > 1000)
        return fail(ErrorKind::Usage, fmt::format("\"{}\" is no number of instances", digits), std::string(name),
                    "write for example 1g.10gb:4");
    return Ask{profile, count};
}

Result<CardPartition> cutByProfiles(const Sku &sku, std::string_view wanted)
{
    Asks asks;
    for (const auto part : std::views::split(wanted, ',')) {
        const auto ask = readAsk(sku, std::string_view(part.begin(), part.end()));
        if (!ask)
            return std::unexpected(ask.error());
        const auto same = std::ranges::find(asks, ask->profile, &Ask::profile);
        if (same == asks.end())
            asks.push_back(*ask);
        else
            same->count += ask->count;
    }
    return cutIntoInstances(sku, asks);
}

CardPartition cutByMode(const Sku &sku, const Sku::PartitionMode &mode)
{
    if (mode.instances == 1)
        return wholeCard(sku);
    CardPartition cut{lower(mode.compute + "_" + mode.memory), sku.partitionSlices, {}};
    // What all instances are sure to get: NPS1 shows each of them all of the memory, NPS4 a quarter to two of them.
    const auto share = sku.usableBytes() / mode.instances;
    int domains = 1;
    if (mode.memory.size() > 3)
        std::from_chars(mode.memory.data() + 3, mode.memory.data() + mode.memory.size(), domains);
    const int size = std::max(1, sku.partitionSlices / mode.instances);
    for (int i = 0; i < mode.instances; ++i)
        cut.parts.push_back({cut.mode, i * size, size, share, domains < mode.instances});
    return cut;
}

Result<CardPartition> cutByModes(const Sku &sku, std::string_view wanted)
{
    auto name = lower(wanted);
    std::ranges::replace(name, '/', '_');
    const auto found = std::ranges::find_if(
        sku.partitionModes, [&](const auto &mode) { return lower(mode.compute + "_" + mode.memory) == name; });
    if (found != sku.partitionModes.end())
        return cutByMode(sku, *found);
    return fail(ErrorKind::Invalid,
                fmt::format("{} does not go into \"{}\"{}{}", sku.displayName, wanted,
                            sku.partitionRule.empty() ? "" : ": ", sku.partitionRule),
                std::string(wanted), offered(sku));
}

/// Every multiset of base profiles that lies on the card, by how many of the first, then of the second ...
void enumerate(const Sku &sku, Asks &asks, std::size_t at, std::vector<CardPartition> &out)
{
    if (at == asks.size()) {
        const bool roomLeft = std::ranges::any_of(asks, [&](Ask &ask) {
            if (ask.count >= ask.profile->maxInstances)
                return false;
            ++ask.count;
            const bool fits = layOut(sku, asks).has_value();
            --ask.count;
            return fits;
        });
        if (auto parts = layOut(sku, asks); parts && !roomLeft)
            out.push_back({modeOf(asks), sku.partitionSlices, std::move(*parts)});
        return;
    }
    for (int count = asks[at].profile->maxInstances; count >= 0; --count) {
        asks[at].count = count;
        if (layOut(sku, asks))
            enumerate(sku, asks, at + 1, out);
    }
    asks[at].count = 0;
}

} // namespace

CardPartition wholeCard(const Sku &sku)
{
    const int slices = std::max(1, sku.partitionSlices);
    return {"whole", slices, {{"", 0, slices, sku.usableBytes(), false}}};
}

Result<CardPartition> cutCard(const Sku &sku, std::string_view wanted)
{
    if (wanted.empty())
        return fail(ErrorKind::Usage, "no partition is named", {}, "name profiles, a mode, or \"whole\"");
    if (lower(wanted) == "whole")
        return wholeCard(sku);
    if (sku.profiles.empty() && sku.partitionModes.empty())
        return fail(ErrorKind::Unsupported,
                    fmt::format("{} cannot be cut: the catalogue knows neither MIG profiles nor partition modes of it",
                                sku.displayName),
                    sku.id);
    return sku.profiles.empty() ? cutByModes(sku, wanted) : cutByProfiles(sku, wanted);
}

std::vector<CardPartition> legalPartitions(const Sku &sku)
{
    std::vector<CardPartition> out{wholeCard(sku)};
    for (const auto &mode : sku.partitionModes)
        if (mode.instances > 1)
            out.push_back(cutByMode(sku, mode));
    Asks asks;
    for (const auto &profile : std::views::reverse(sku.profiles)) // the catalogue lists small ones first
        if (profile.name.find_first_of("+-") == std::string::npos && !profile.starts.empty())
            asks.push_back({&profile, 0});
    std::ranges::stable_sort(asks, std::ranges::greater{}, [](const Ask &ask) { return ask.profile->size; });
    if (!asks.empty())
        enumerate(sku, asks, 0, out);
    return out;
}

} // namespace core
