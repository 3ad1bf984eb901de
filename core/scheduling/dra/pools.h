// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheduling/dra/objects.h"

#include <set>
#include <span>

namespace core::dra {

/// The devices of one driver's pool that a node can reach, by the rules of kube-scheduler v1.36 (GatherPools).
struct Pool {
    std::string driver, name;
    bool incomplete = false;              ///< not all slices of the newest generation are there yet
    std::string invalid;                  ///< why nothing may be taken from it; empty when it is sound
    std::vector<const Slice *> slices;    ///< with devices that the node can reach, by name
    std::vector<const Slice *> elsewhere; ///< of the same generation, out of the node's reach: they use counters too
    std::map<std::string, Counters, std::less<>> counterSets;
};

/// Slices by the pool they belong to, of every generation: made once a cluster, used for each node. Keeps
/// pointers to the slices.
class PoolIndex {
public:
    explicit PoolIndex(std::span<const SlicePtr> slices);

    /// Ordered as the scheduler tries them: by driver and name, those whose devices have binding conditions last.
    std::vector<Pool> poolsFor(const NodeIdentity &node) const;

private:
    using Slices = std::vector<const Slice *>;
    using Key = std::pair<std::string, std::string>; ///< driver and name
    std::optional<Pool> poolFor(const Key &key, const Slices &slices, const NodeIdentity &node) const;

    std::map<Key, Slices> m_pools;
    std::map<std::string, std::set<Key>, std::less<>> m_ofNode; ///< pools with slices that name the node
    std::set<Key> m_shared;                                     ///< pools with slices that name no node
};

} // namespace core::dra
