// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/published_devices.h"
#include "core/scheduling/resources.h"

namespace core {

/// The GPUs that drivers of Dynamic Resource Allocation publish of one node, and who holds them. Never changed once
/// made.
struct NodeCards {
    /// One device that a claim holds. Claims with admin access hold nothing.
    struct Held {
        std::string resource;
        Vendor vendor{};
        std::string pod; ///< key of the first pod that the claim is reserved for; empty: none
        bool operator==(const Held &) const = default;
    };
    NodeDevicesPtr devices;
    std::vector<dra::ClaimPtr> claims; ///< that hold devices of its pools, by key
    std::vector<DevicePool> pools;     ///< by resource
    std::vector<Held> held;
    const std::string &node() const { return devices->node; }
};
using NodeCardsPtr = std::shared_ptr<const NodeCards>;

/// What one pod holds through its claims.
struct PodCards {
    std::string pod; ///< key
    Resources holds;
};
using PodCardsPtr = std::shared_ptr<const PodCards>;

/// All of them. Never changed once made; two of them share what did not change between them.
struct DraCards {
    std::shared_ptr<const dra::Resources> resources; ///< of which they were made
    PublishedDevicesPtr published;
    std::vector<NodeCardsPtr> nodes; ///< by name
    std::vector<PodCardsPtr> pods;   ///< by key

    /// nullptr when nothing is published of the node.
    const NodeCards *findNode(std::string_view name) const;
    /// nullptr when the pod holds nothing.
    const PodCards *findPod(std::string_view key) const;
};
using DraCardsPtr = std::shared_ptr<const DraCards>;

/// What publishedDevices() read, with the claims on it. A card that shares counters with a claimed device of its node,
/// as with a MIG partition cut out of it, is held too. Pure. O(devices) without `before`; with it, a claim that changed
/// costs the devices of its nodes, a slice those of its node, and all that stays is compared by pointer.
DraCardsPtr draCards(const std::shared_ptr<const dra::Resources> &resources, const Catalog &catalog,
                     const DraCards *before = nullptr);

} // namespace core
