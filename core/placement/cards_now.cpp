// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/partition_what_if.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

namespace core {

namespace {

constexpr std::int64_t mostCards = 64; ///< drawn of one pool: more than any node has

/// "1g.10gb.me" of a resource name as the catalogue writes it.
std::string catalogueName(std::string profile)
{
    if (const auto dot = profile.find("gb."); dot != std::string::npos)
        profile[dot + 2] = '+';
    return profile;
}

CardView view(const CardPartition &cut, const std::string &resource)
{
    CardView card{0, cut.slices, {}};
    for (const auto &part : cut.parts)
        card.parts.push_back({part, resource, {}});
    return card;
}

CardPartition cutOr(const Sku &sku, const std::string &wanted, const CardPartition &otherwise)
{
    const auto cut = cutCard(sku, wanted);
    return cut ? *cut : otherwise;
}

/// Slices by profile that are not on a card yet, and the resource of each profile.
struct Loose {
    std::string profile, resource;
    std::int64_t left = 0;
};

/// Fills one card with as many loose slices as lie on it, those of the first profile first.
CardView fillCard(const Sku &sku, std::vector<Loose> &loose)
{
    std::string wanted;
    CardPartition cut;
    for (auto &pool : loose)
        while (pool.left > 0) {
            const auto next = wanted + (wanted.empty() ? "" : ",") + pool.profile;
            const auto larger = cutCard(sku, next);
            if (!larger)
                break;
            wanted = next;
            cut = *larger;
            --pool.left;
        }
    auto card = view(cut, {});
    for (auto &part : card.parts) {
        const auto pool = std::ranges::find(loose, part.slice.profile, &Loose::profile);
        part.resource = pool == loose.end() ? std::string() : pool->resource;
    }
    return card;
}

/// All cards cut alike, as few of them as that takes; false when the counts do not allow it.
bool addAlike(const Sku &sku, const std::vector<Loose> &loose, CardsNow &now)
{
    std::int64_t common = 0;
    for (const auto &pool : loose)
        common = std::gcd(common, pool.left);
    for (std::int64_t cards = 1; cards <= std::min(common, mostCards); ++cards) {
        if (common % cards != 0)
            continue;
        std::string wanted;
        for (const auto &pool : loose)
            wanted += fmt::format("{}{}:{}", wanted.empty() ? "" : ",", pool.profile, pool.left / cards);
        if (!cutCard(sku, wanted))
            continue;
        for (std::int64_t card = 0; card < cards; ++card) {
            auto one = loose;
            for (auto &pool : one)
                pool.left /= cards;
            now.cards.push_back(fillCard(sku, one));
        }
        return true;
    }
    return false;
}

void addSlices(const Sku &sku, std::vector<Loose> loose, CardsNow &now)
{
    if (addAlike(sku, loose, now))
        return;
    const auto left = [&] { return std::ranges::any_of(loose, [](const auto &pool) { return pool.left > 0; }); };
    while (left() && std::ssize(now.cards) < mostCards) {
        auto card = fillCard(sku, loose);
        if (card.parts.empty())
            return; // a profile the catalogue does not have: its cards cannot be drawn
        now.cards.push_back(std::move(card));
    }
}

void addWhole(const CardPartition &cut, const DevicePool &pool, std::int64_t cards, CardsNow &now)
{
    for (std::int64_t i = 0; i < std::min(cards, mostCards); ++i)
        now.cards.push_back(view(cut, pool.resource));
}

std::int64_t cardsOf(const DevicePool &pool, const CardPartition &cut)
{
    if (pool.physicalCards)
        return *pool.physicalCards;
    const auto each =
        static_cast<std::int64_t>(std::max<std::size_t>(1, cut.parts.size())) * std::max(1, pool.replicas);
    return (pool.capacity + each - 1) / each;
}

/// As many free slices as there are, up to `amount`; how many it were.
std::int64_t give(const std::string &pod, std::string_view resource, std::int64_t amount, std::vector<CardView> &cards)
{
    std::int64_t given = 0;
    for (auto &card : cards)
        for (auto &part : card.parts)
            if (given < amount && part.resource == resource && part.holder.empty()) {
                part.holder = pod;
                ++given;
            }
    return given;
}

/// The slices of one resource, and what pods have of them.
struct Held {
    std::int64_t slices = 0, held = 0, pods = 0;
};

/// Hands the slices of each resource to the pods that ask for it, in order. Which they have is certain only where one
/// pod has all.
void giveToHolders(const NodeUsage &usage, CardsNow &now)
{
    std::map<std::string, Held, std::less<>> held;
    for (const auto &card : now.cards)
        for (const auto &part : card.parts)
            ++held[part.resource].slices;
    for (const auto &pod : usage.holders)
        for (const auto &[resource, amount] : pod->requests)
            if (const auto found = held.find(resource); found != held.end() && amount > 0) {
                found->second.held += give(pod->key(), resource, amount, now.cards);
                ++found->second.pods;
            }
    for (const auto &[resource, one] : held)
        if (one.pods > 1 || (one.held > 0 && one.held < one.slices))
            now.exact = false;
}

} // namespace

CardsNow cardsNow(const Node &node, const Sku &sku, const NodeUsage *usage)
{
    CardsNow now;
    std::vector<Loose> loose;
    const auto whole = wholeCard(sku);
    for (const auto &pool : node.devices) {
        if (pool.skuId != sku.id)
            continue;
        const bool sharedSlice = pool.kind == DeviceKind::Share && sku.vendor == "nvidia" && !pool.profile.empty();
        if (pool.kind == DeviceKind::MigSlice || sharedSlice)
            loose.push_back({catalogueName(pool.profile), pool.resource, pool.capacity / std::max(1, pool.replicas)});
        else if (pool.kind == DeviceKind::Partition)
            addWhole(cutOr(sku, pool.profile, whole), pool, cardsOf(pool, cutOr(sku, pool.profile, whole)), now);
        else
            addWhole(whole, pool, cardsOf(pool, whole), now);
    }
    if (loose.size() > 1)
        now.exact = false;
    addSlices(sku, std::move(loose), now);
    if (usage != nullptr)
        giveToHolders(*usage, now);
    for (std::size_t i = 0; i < now.cards.size(); ++i)
        now.cards[i].index = static_cast<int>(i);
    return now;
}

} // namespace core
