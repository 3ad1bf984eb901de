// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/placement_set.h"

#include <variant>

namespace core {

/// Serve a requirement on one more SKU. What it is placed on already becomes the first alternatives of a new set, as
/// SKUs: a set pins no node.
struct ServeAlso {
    std::string requirement;
    Target sku; ///< SKU level; each replica takes as many devices of it as the requirement says
    bool operator==(const ServeAlso &) const = default;
};
struct SetReplicas {
    std::string requirement;
    int replicas = 1; ///< of the whole set
    bool operator==(const SetReplicas &) const = default;
};
struct ChangeMember {
    std::string requirement;
    std::size_t member = 0; ///< index into PlacementSet::alternatives
    Alternative changed;
    bool operator==(const ChangeMember &) const = default;
};
/// Makes a member more or less wanted.
struct MoveMember {
    std::string requirement;
    std::size_t member = 0, to = 0;
    bool operator==(const MoveMember &) const = default;
};
struct RemoveMember {
    std::string requirement;
    std::size_t member = 0;
    bool operator==(const RemoveMember &) const = default;
};
/// Puts placements on whole SKUs in the set's place, with the replicas that each alternative holds now.
struct DissolveSet {
    std::string requirement;
    bool operator==(const DissolveSet &) const = default;
};
using SetEdit = std::variant<ServeAlso, SetReplicas, ChangeMember, MoveMember, RemoveMember, DissolveSet>;

/// The plan after one edit of a placement set. `now` is how the plan's sets resolve; only dissolving looks at it.
/// Errors say what contradicts what, and what to do instead: zero replicas, one SKU twice, a set of one, a lock.
Result<Plan> editSet(const Plan &plan, const SetEdit &edit, const ClusterSnapshot &snapshot,
                     const std::vector<SetResolution> &now);

/// Does the set contradict itself? Fewer than one replica, one way to serve twice, more replicas than its members may
/// take.
Result<void> checkSet(const PlacementSet &set);

/// The same devices in the same number for each replica.
bool isSameWay(const Alternative &one, const Alternative &other);
/// The devices of a line of the inventory, or of a SKU-level target.
bool isOf(const Target &sku, const Alternative &alternative);

} // namespace core
