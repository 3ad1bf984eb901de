// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/cut_cards.h"

#include "core/placement/partition_what_if.h"

#include <algorithm>

namespace ui {

namespace {

constexpr std::size_t mostCards = 64;
constexpr int mostReplicas = 256; ///< a piece of a chip has to be a piece; a label may say anything

/// Everything that decides how the cards of a pool are cut.
std::string keyOf(const core::Node &node, const core::DevicePool &pool)
{
    std::string key = pool.resource;
    for (const auto &each : node.devices)
        if (each.skuId == pool.skuId)
            key += "\n" + each.resource + " " + each.skuId + " " + std::to_string(static_cast<int>(each.kind)) + " "
                + each.profile + " " + std::to_string(each.capacity) + " " + std::to_string(each.replicas) + " "
                + std::to_string(each.physicalCards.value_or(-1));
    return key;
}

/// The pieces of one card of the catalogue's drawing; `next` is the next device of the pool.
CutCard pieces(const core::CardView &card, const core::DevicePool &pool, std::int64_t &next)
{
    CutCard out;
    const int replicas = std::clamp(pool.replicas, 1, mostReplicas);
    for (const auto &part : card.parts) {
        const bool own = part.resource == pool.resource;
        const int each = own ? replicas : 1;
        const int of = std::max(1, card.slices) * each, size = std::max(1, part.slice.size);
        for (int i = 0; i < each; ++i) {
            const bool counted = own && next < pool.capacity;
            out.pieces.push_back(
                {part.slice.start * each + i * size, size, of, counted ? std::optional(next++) : std::nullopt});
        }
    }
    return out;
}

bool hasDevice(const CutCard &card)
{
    return std::ranges::any_of(card.pieces, [](const auto &piece) { return piece.device.has_value(); });
}

/// `each` equal parts a card.
std::vector<CutCard> equalParts(const core::DevicePool &pool, int each)
{
    std::vector<CutCard> cards;
    for (std::int64_t next = 0; next < pool.capacity && cards.size() < mostCards;) {
        CutCard card;
        for (int i = 0; i < each && next < pool.capacity; ++i)
            card.pieces.push_back({i, 1, each, next++});
        cards.push_back(std::move(card));
    }
    return cards;
}

} // namespace

std::vector<CutCard> CutCards::find(const core::Node &node, const core::DevicePool &pool) const
{
    std::vector<CutCard> cards;
    const auto *sku = m_catalog.findSku(pool.skuId);
    if (sku
        && (pool.kind == core::DeviceKind::MigSlice || pool.kind == core::DeviceKind::Partition
            || !pool.profile.empty())) {
        std::int64_t next = 0;
        for (const auto &view : core::cardsNow(node, *sku, nullptr).cards)
            if (auto card = pieces(view, pool, next); hasDevice(card) && cards.size() < mostCards)
                cards.push_back(std::move(card));
        if (next == pool.capacity || cards.size() == mostCards)
            return cards;
    }
    // The catalogue does not know the cut: equal parts, as many a card as the node says.
    const auto each = pool.physicalCards && *pool.physicalCards > 0 && pool.capacity % *pool.physicalCards == 0
        ? pool.capacity / *pool.physicalCards
        : std::max(1, pool.replicas);
    return each > 1 && each <= mostReplicas ? equalParts(pool, static_cast<int>(each)) : std::vector<CutCard>{};
}

std::shared_ptr<const std::vector<CutCard>> CutCards::of(const core::Node &node, std::size_t pool)
{
    const auto &devices = node.devices[pool];
    if (devices.kind == core::DeviceKind::Card)
        return nullptr;
    const auto [found, isNew] = m_known.try_emplace(keyOf(node, devices));
    if (isNew)
        if (auto cards = find(node, devices); !cards.empty())
            found->second = std::make_shared<const std::vector<CutCard>>(std::move(cards));
    return found->second;
}

} // namespace ui
