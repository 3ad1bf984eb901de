// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/board_layout.h"

#include "ui/placement/cut_cards.h"
#include "ui/text/sku_words.h"

#include <algorithm>
#include <set>

namespace ui {

namespace {

// Chips are 26 x 34, 3 px apart; the grid is 4 px (the look's sizes).
constexpr int chipWidth = 26, chipHeight = 34, chipGap = 3;
constexpr int margin = 12, headerHeight = 32, nodePad = 8, nodeTitle = 24, nodeGap = 8, groupGap = 8;
constexpr std::int64_t mostCards = 64;
constexpr std::int64_t chipsPerRow = 16;

int nodeWidth(std::int64_t cards)
{
    const auto columns = std::clamp<std::int64_t>(cards, 4, chipsPerRow);
    return static_cast<int>(columns) * (chipWidth + chipGap) - chipGap + 2 * nodePad;
}

int nodeHeight(std::int64_t cards)
{
    const auto rows = std::max<std::int64_t>(1, (cards + chipsPerRow - 1) / chipsPerRow);
    return nodeTitle + static_cast<int>(rows) * (chipHeight + chipGap) - chipGap + 2 * nodePad;
}

/// Requirements that the plan puts on a node.
std::vector<std::string> placedOn(const core::Plan &plan, const std::string &node, const std::string &resource)
{
    std::vector<std::string> names;
    for (const auto &placement : plan.placements)
        if (placement.target.resource == resource && placement.target.node == node)
            names.push_back(placement.requirement);
    return names;
}

/// Requirements that the plan puts on a whole SKU.
std::vector<std::string> placedOn(const core::Plan &plan, const core::Target &sku)
{
    std::vector<std::string> names;
    for (const auto &placement : plan.placements)
        if (placement.target == sku)
            names.push_back(placement.requirement);
    return names;
}

/// Of the sets that a SKU is a member of.
std::vector<SetMark> marksOf(const core::Plan &plan, const core::Target &sku,
                             const std::vector<core::SetResolution> &now)
{
    std::vector<SetMark> marks;
    for (const auto &set : plan.sets)
        for (std::size_t i = 0; i < set.alternatives.size(); ++i) {
            if (!core::isOf(sku, set.alternatives[i]))
                continue;
            const auto *known = resolutionOf(now, set.requirement);
            const bool isKnown = known && i < known->outcomes.size();
            marks.push_back({set.requirement, i, set.alternatives.size(),
                             isKnown ? std::optional(known->outcomes[i].replicas) : std::nullopt});
        }
    return marks;
}

/// `placed` and what runs there already, each name once.
std::vector<std::string> modelsOn(const core::Node &node, const core::DevicePool &pool, const core::ClusterUsage &usage,
                                  const std::vector<std::string> &placed)
{
    std::set<std::string> names(placed.begin(), placed.end());
    if (const auto found = usage.find(node.name); found != usage.end())
        for (const auto &pod : found->second.holders)
            if (!pod->berthModel.empty() && core::amountOf(pod->requests, pool.resource) > 0)
                names.insert(pod->berthModel);
    return {names.begin(), names.end()};
}

} // namespace

std::int64_t BoardNode::chips() const
{
    if (!cut)
        return std::min(mostCards, devices().capacity);
    std::int64_t devices = 0;
    for (const auto &card : *cut)
        devices += std::ranges::count_if(card.pieces, [](const auto &piece) { return piece.device.has_value(); });
    return devices;
}

std::int64_t BoardNode::cards() const
{
    return cut ? std::ssize(*cut) : chips();
}

ChipState BoardNode::chip(std::int64_t index) const
{
    const auto shown = std::min(devices().allocatable, chips());
    if (index >= shown)
        return ChipState::Withdrawn;
    if (index < requested)
        return ChipState::Requested;
    return index < requested + planned ? ChipState::Planned : ChipState::Free;
}

QRect BoardNode::cardRect(std::int64_t card) const
{
    const auto column = static_cast<int>(card % chipsPerRow), row = static_cast<int>(card / chipsPerRow);
    return {box.x() + nodePad + column * (chipWidth + chipGap),
            box.y() + nodeTitle + nodePad + row * (chipHeight + chipGap), chipWidth, chipHeight};
}

QRect BoardNode::pieceRect(std::int64_t card, const CardPiece &piece) const
{
    const auto whole = cardRect(card);
    const int top = whole.height() * (piece.of - piece.start - piece.size) / piece.of;
    const int bottom = whole.height() * (piece.of - piece.start) / piece.of;
    return {whole.x(), whole.y() + top, whole.width(), std::max(1, bottom - top)};
}

QRect BoardNode::chipRect(std::int64_t index) const
{
    if (!cut)
        return cardRect(index);
    for (std::int64_t card = 0; card < cards(); ++card)
        for (const auto &piece : (*cut)[static_cast<std::size_t>(card)].pieces)
            if (piece.device == index)
                return pieceRect(card, piece);
    return {};
}

std::string BoardNode::driver() const
{
    return driverWords(devices());
}

std::vector<BoardGroup> boardGroups(const core::FitInput &input, const std::vector<core::SkuRow> &rows,
                                    const core::Plan &plan, const std::vector<core::SetResolution> &now)
{
    const auto &usage = input.usage;
    const auto &planned = input.planned;
    std::vector<BoardGroup> groups;
    std::vector<core::Target> targets; // of each group
    for (const auto &row : rows) {
        targets.push_back(core::skuTarget(row));
        groups.push_back({row,
                          {},
                          placedOn(plan, targets.back()),
                          marksOf(plan, targets.back(), now),
                          chipWords(row, input.catalog.findSku(row.sku)),
                          priceWords(row, input.prices),
                          {}});
    }
    CutCards cuts(input.catalog);
    for (const auto &node : input.snapshot.nodes)
        for (std::size_t i = 0; i < node->devices.size(); ++i) {
            const auto &pool = node->devices[i];
            const auto target =
                std::ranges::find_if(targets, [&pool](const auto &sku) { return core::isOfSku(pool, sku); });
            if (target == targets.end())
                continue;
            const auto group = groups.begin() + (target - targets.begin());
            const auto taken = planned.find({node->name, pool.resource});
            auto placed = placedOn(plan, node->name, pool.resource);
            auto models = modelsOn(*node, pool, usage, placed);
            group->nodes.push_back({node,
                                    i,
                                    core::requestedOn(usage, node->name, pool.resource),
                                    taken == planned.end() ? 0 : taken->second,
                                    std::move(models),
                                    std::move(placed),
                                    cuts.of(*node, i),
                                    {}});
        }
    std::erase_if(groups, [](const auto &group) { return group.nodes.empty(); });
    return groups;
}

int layOut(std::vector<BoardGroup> &groups, int width)
{
    int y = 0;
    for (auto &group : groups) {
        group.header = QRect(0, y, width, headerHeight);
        y += headerHeight;
        int x = margin, rowHeight = 0;
        for (auto &node : group.nodes) {
            const QSize size(nodeWidth(node.cards()), nodeHeight(node.cards()));
            if (x > margin && x + size.width() > width - margin) {
                x = margin;
                y += rowHeight + nodeGap;
                rowHeight = 0;
            }
            node.box = QRect(QPoint(x, y), size);
            x += size.width() + nodeGap;
            rowHeight = std::max(rowHeight, size.height());
        }
        y += rowHeight + groupGap;
    }
    return y + margin;
}

namespace {

/// The device under a point: a card, or its piece there. On a piece of another pool the pointer means no device.
std::optional<std::int64_t> deviceAt(const BoardNode &node, QPoint at)
{
    for (std::int64_t card = 0; card < node.cards(); ++card) {
        if (!node.cardRect(card).contains(at))
            continue;
        if (!node.cut)
            return card;
        for (const auto &piece : (*node.cut)[static_cast<std::size_t>(card)].pieces)
            if (node.pieceRect(card, piece).contains(at))
                return piece.device;
    }
    return std::nullopt;
}

} // namespace

BoardHit hitTest(const std::vector<BoardGroup> &groups, QPoint at)
{
    for (const auto &group : groups) {
        if (group.header.contains(at))
            return {&group, nullptr, std::nullopt};
        for (const auto &node : group.nodes) {
            if (!node.box.contains(at))
                continue;
            return {&group, &node, deviceAt(node, at)};
        }
    }
    return {};
}

} // namespace ui
