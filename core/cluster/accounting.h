// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/snapshot.h"

#include <unordered_map>

namespace core {

/// What the pods bound to one node have asked for.
struct NodeUsage {
    Resources requested;         ///< sum over pods that hold resources; includes "pods" = their number
    std::vector<PodPtr> holders; ///< those pods that ask for an accelerator resource, ordered by key()
};

/// The usage of every node by name; a node without pods has no entry.
using ClusterUsage = std::unordered_map<std::string, NodeUsage>;

/// Sums requests by the scheduler's own rule (terminal pods hold nothing). O(pods).
ClusterUsage account(const ClusterSnapshot &snapshot);

/// Requested units of one resource on one node; 0 when no pod asks.
std::int64_t requestedOn(const ClusterUsage &usage, const std::string &node, const std::string &resource);

/// One line of the inventory: a SKU in one form (whole, MIG profile, shared), over all nodes.
struct SkuRow {
    std::string
        sku; ///< catalogue id, or the raw product label when the catalogue does not know it, or the resource name
    std::string displayName; ///< "H100 SXM 80 GB", "A100 SXM 80 GB · MIG 3g.40gb", "T4 16 GB · shared ×4"
    Vendor vendor{};
    DeviceKind kind{};
    std::string resource;
    std::string profile;
    int replicas = 1;         ///< shares handed out per card; 1 = exclusive
    std::string architecture; ///< "Hopper", empty when unknown
    bool inCatalogue = false;
    std::vector<std::string> nodes; ///< names, ordered
    std::int64_t capacity = 0, allocatable = 0, requested = 0;
    std::int64_t free = 0; ///< sum over nodes that accept pods of max(0, allocatable - requested)
    std::int64_t withdrawn = 0;
    std::vector<std::string> attention; ///< "1 withdrawn", "1 node cordoned", in words
    bool operator==(const SkuRow &) const = default;
};

struct Catalog;

/// Rows by vendor, then by memory descending, then by name: the order in which the inventory shows them.
std::vector<SkuRow> summarise(const ClusterSnapshot &snapshot, const ClusterUsage &usage, const Catalog &catalog);

} // namespace core
