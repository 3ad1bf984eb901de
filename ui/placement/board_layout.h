// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/accounting.h"
#include "core/fit/verdict.h"
#include "core/placement/plan.h"
#include "ui/text/set_words.h"

#include <QRect>

#include <memory>

namespace ui {

/// What one chip shows: one device of a pool.
enum class ChipState { Free, Requested, Planned, Withdrawn };

/// A part of a cut or shared card: where it lies, in `of`-ths of the card from the bottom.
struct CardPiece {
    int start = 0, size = 1, of = 1;
    std::optional<std::int64_t> device; ///< index in the pool; nullopt: a slice of another pool, or of no use
    bool operator==(const CardPiece &) const = default;
};

/// One physical card that is several devices: MIG slices, AMD partitions, shares.
struct CutCard {
    std::vector<CardPiece> pieces; ///< from the bottom
    bool operator==(const CutCard &) const = default;
};

/// One node's pool on the board, ready to paint.
struct BoardNode {
    core::NodePtr node;
    std::size_t pool = 0; ///< index into node->devices
    std::int64_t requested = 0, planned = 0;
    std::vector<std::string> models; ///< requirements placed or running here, by name
    std::vector<std::string> placed; ///< of those, the plan's own on this node
    /// The cards behind devices that are parts of one, alike on like nodes; nullptr: every device is a card, or nothing
    /// says which belong together. One layout that agrees with the counts: a snapshot does not hold the real one.
    std::shared_ptr<const std::vector<CutCard>> cut;
    QRect box; ///< in board coordinates

    const core::DevicePool &devices() const { return node->devices[pool]; }
    std::int64_t chips() const; ///< devices shown; those of more than 64 cards are summed up in words
    std::int64_t cards() const; ///< cards shown: one chip each
    ChipState chip(std::int64_t index) const;
    QRect cardRect(std::int64_t card) const;
    QRect pieceRect(std::int64_t card, const CardPiece &piece) const;
    QRect chipRect(std::int64_t index) const; ///< of one device: its card, or its piece of one
    /// The driver in short: "R570", "amdgpu 6.14.14", "xe"; empty when the node does not say.
    std::string driver() const;
};

/// A SKU in one form, with its nodes.
struct BoardGroup {
    core::SkuRow row;
    std::vector<BoardNode> nodes;
    std::vector<std::string> placed; ///< requirements the plan puts on the whole SKU
    std::vector<SetMark> marks;      ///< placement sets it is a member of
    std::string chip;                ///< "Hopper · sm_90 · FP8"; what is not known is left out
    std::string price;               ///< "$2.49/h" of one device; "—" where no price is known, as for parts of a card
    QRect header;                    ///< the whole width; a drop on it lets the engine choose the node
};

/// The board's contents: groups in the order of the inventory. `now`: how the plan's sets resolve, as far as is known.
std::vector<BoardGroup> boardGroups(const core::FitInput &input, const std::vector<core::SkuRow> &rows,
                                    const core::Plan &plan, const std::vector<core::SetResolution> &now = {});

/// Gives every group and node its place for a width; returns the height. Pure.
int layOut(std::vector<BoardGroup> &groups, int width);

/// What lies under a point. `node` is nullptr on a group's header.
struct BoardHit {
    const BoardGroup *group = nullptr;
    const BoardNode *node = nullptr;
    std::optional<std::int64_t> chip;
};
BoardHit hitTest(const std::vector<BoardGroup> &groups, QPoint at);

} // namespace ui
