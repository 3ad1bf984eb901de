// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/placement/board_layout.h"

#include <map>

namespace ui {

/// Finds which devices of a pool are parts of one card. Nodes that are alike share one answer: laying slices on cards
/// is the costly part of a board with many MIG nodes. Keeps a loan of the catalogue.
class CutCards {
public:
    explicit CutCards(const core::Catalog &catalog) : m_catalog(catalog) {}

    /// nullptr when the pool's devices are whole cards, or nothing says how many of them share one. MIG and AMD's
    /// partitions come from the catalogue (core::cardsNow); shares are as many a card as the node says.
    std::shared_ptr<const std::vector<CutCard>> of(const core::Node &node, std::size_t pool);

private:
    std::vector<CutCard> find(const core::Node &node, const core::DevicePool &pool) const;

    const core::Catalog &m_catalog;
    std::map<std::string, std::shared_ptr<const std::vector<CutCard>>, std::less<>> m_known;
};

} // namespace ui
