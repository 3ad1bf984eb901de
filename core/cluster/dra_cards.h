// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/inventory/node.h"
#include "core/inventory/pod.h"
#include "core/scheduling/dra/objects.h"

namespace core {

/// The GPUs that drivers of Dynamic Resource Allocation publish, and who holds them.
struct DraCards {
    std::map<std::string, std::vector<DevicePool>, std::less<>> pools; ///< by node, each by resource
    /// One device that a claim holds. Claims with admin access hold nothing.
    struct Held {
        std::string node, resource;
        Vendor vendor{};
        std::string pod; ///< key of the first pod that the claim is reserved for; empty: none
        bool operator==(const Held &) const = default;
    };
    std::vector<Held> held;
    std::map<std::string, Resources, std::less<>> requests; ///< what pods hold, by their key

    bool operator==(const DraCards &) const = default;
};

/// Only slices that name their node, of the newest generation of their pool; a pool that is not complete offers
/// nothing, as the scheduler takes nothing from it. A card that shares counters with a claimed device, as with a MIG
/// partition cut out of it, is held too. Pure. O(devices).
DraCards draCards(const dra::Resources &resources, const Catalog &catalog);

// A node's devices are those that its device plugins count and those that only drivers publish. Where both serve cards
// of one vendor they are the same cards: then the device plugin's count stands, claimed devices count as taken from it
// (accounting.h), and the node says so in `issues`.

/// The node with the pools of its drivers; the same pointer when it has none.
NodePtr withDraPools(const NodePtr &plain, const DraCards &cards);
/// Undoes withDraPools().
NodePtr withoutDraPools(const NodePtr &node);
/// The pod with the devices its claims hold among its requests; the same pointer when they hold none.
PodPtr withDraRequests(const PodPtr &plain, const DraCards &cards);
PodPtr withoutDraRequests(const PodPtr &pod);

} // namespace core
