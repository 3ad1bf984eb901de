// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/accounting.h"
#include "core/placement/plan.h"

#include <QRect>

namespace ui {

/// What one chip shows: one device of a pool.
enum class ChipState { Free, Requested, Planned, Withdrawn };

/// One node's pool on the board, ready to paint.
struct BoardNode {
    core::NodePtr node;
    std::size_t pool = 0; ///< index into node->devices
    std::int64_t requested = 0, planned = 0;
    std::vector<std::string> models; ///< requirements placed or running here, by name
    std::vector<std::string> placed; ///< of those, the plan's own on this node
    QRect box;                       ///< in board coordinates

    const core::DevicePool &devices() const { return node->devices[pool]; }
    std::int64_t chips() const; ///< devices shown; more than 64 are summed up in words
    ChipState chip(std::int64_t index) const;
    QRect chipRect(std::int64_t index) const;
};

/// A SKU in one form, with its nodes.
struct BoardGroup {
    core::SkuRow row;
    std::vector<BoardNode> nodes;
    std::vector<std::string> placed; ///< requirements the plan puts on the whole SKU
    QRect header;                    ///< the whole width; a drop on it lets the engine choose the node
};

/// The board's contents: groups in the order of the inventory.
std::vector<BoardGroup> boardGroups(const core::ClusterSnapshot &snapshot, const core::ClusterUsage &usage,
                                    const std::vector<core::SkuRow> &rows, const core::Plan &plan,
                                    const core::PlannedDevices &planned);

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
