// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/hole_search.h"
#include "core/placement/plan.h"

#include <array>
#include <set>
#include <span>

namespace core {

/// How often a replica that is spread over `size` devices of one node finds room now.
struct ShapePlaces {
    int size = 1;
    std::int64_t places = 0;   ///< such replicas at once, with nothing else placed
    std::int64_t stranded = 0; ///< free devices that none of them can use: free - places * size
    bool operator==(const ShapePlaces &) const = default;
};

/// One node of a SKU.
struct NodeShape {
    std::string node;
    std::int64_t allocatable = 0;
    std::int64_t free = 0; ///< allocatable - requested - planned, never negative; 0 when it accepts no pods
    bool acceptsPods = true;
    bool operator==(const NodeShape &) const = default;
};

/// The free devices of one line of the inventory, as shapes.
struct SkuShapes {
    SkuRow row;                      ///< without planned devices taken off
    std::int64_t free = 0;           ///< sum over the nodes
    std::int64_t largest = 0;        ///< most free devices on one node
    std::vector<ShapePlaces> shapes; ///< by size; only size 1 for slices, partitions and shares: they form no group
    std::vector<NodeShape> nodes;    ///< by name
};

/// Everything the free-shape map looks at. References are loans for the call.
struct ShapeInput {
    const ClusterSnapshot &snapshot;
    const ClusterUsage &usage;
    const Catalog &catalog;
    const PlannedDevices &planned; ///< counted as taken
};

/// Sizes of tensor parallel that models are served with.
inline constexpr std::array usualShapes{1, 2, 4, 8};

/// Is it known what is free? Error (Forbidden): pods may not be read, or were not yet.
Result<void> checkUsageKnown(const ClusterSnapshot &snapshot);

/// Lines in the order of the inventory. Errors: as checkUsageKnown().
Result<std::vector<SkuShapes>> freeShapes(const ShapeInput &input, std::span<const int> sizes = usualShapes);

/// A pod that would have to run on another node. Berth moves none: whoever does deletes it and makes sure that it comes
/// back where the list says.
struct PodMove {
    std::string pod;   ///< namespace/name
    std::string owner; ///< makes it again; empty for a bare pod, which must be made by hand
    std::string from, to;
    std::int64_t devices = 0;
    bool operator==(const PodMove &) const = default;
};

enum class HoleState {
    Open,       ///< the room is there
    Moves,      ///< it opens after `moves`
    Impossible, ///< no number of moves opens it: too few free devices, or no node could be emptied enough
    NotFound    ///< no plan was found; up to `limits.moves` moves there is none when `proven`
};

/// The fewest moves that leave `size` devices of one SKU free on one node.
struct HolePlan {
    int size = 0;
    HoleState state{};
    std::string node;           ///< where it opens; empty when it does not
    std::vector<PodMove> moves; ///< in order: each finds room when those before it are done
    bool proven = false;        ///< no shorter plan exists (Moves), or none at all within the limit
    int atLeast = 0;            ///< moves that any plan needs
    std::string why;            ///< in words
    /// What the answer does not know of, in words: affinity, pods that stay where they are.
    std::vector<std::string> notes;
};

struct HoleOptions {
    std::set<std::string> stay; ///< pods (namespace/name) that are not moved: those of locked placements
    HoleLimits limits;
};

/// Looks at the nodes of one line that accept pods. A pod goes only where its requests fit and to nodes with no taint
/// its present node has not; node selectors and affinity are not in a snapshot. Pods of DaemonSets, static pods, pods
/// with host ports, pods that are being deleted and those that `stay` are not moved. Errors: as checkUsageKnown();
/// Usage for a size below 1; Unsupported when the line is not of whole cards.
Result<HolePlan> openHole(const ShapeInput &input, const SkuRow &row, int size, const HoleOptions &options = {});

/// The pods that run for a plan's locked placements.
std::set<std::string> lockedPods(const Plan &plan, const ClusterSnapshot &snapshot);

} // namespace core
