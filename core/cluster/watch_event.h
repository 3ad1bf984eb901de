// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/snapshot.h"

#include <span>
#include <variant>

namespace core {

/// A complete list has arrived: it replaces all objects of its kind.
struct NodesListed {
    std::vector<NodePtr> nodes;
};
struct PodsListed {
    std::vector<PodPtr> pods;
};
struct NodeChanged {
    NodePtr node;
}; ///< ADDED or MODIFIED: to a cache they are the same thing
struct NodeDeleted {
    std::string name;
};
struct PodChanged {
    PodPtr pod;
};
struct PodDeleted {
    std::string nameSpace, name;
};
struct WorkloadsListed {
    std::vector<Workload> workloads;
};
struct RuntimeClassesListed {
    std::vector<std::string> names;
};
/// The objects of one kind of resource.k8s.io, all of them: they are few, or change seldom.
struct DraListed {
    std::variant<std::vector<dra::SlicePtr>, std::vector<dra::DeviceClassPtr>, std::vector<dra::ClaimPtr>,
                 std::vector<dra::ClaimTemplatePtr>>
        objects;
    std::string version = "v1"; ///< of resource.k8s.io that they were read in
};
/// The server serves no resource.k8s.io.
struct DraNotServed {};
struct KindBlind {
    BlindSpot spot;
};

using WatchEvent = std::variant<NodesListed, PodsListed, NodeChanged, NodeDeleted, PodChanged, PodDeleted,
                                WorkloadsListed, RuntimeClassesListed, DraListed, DraNotServed, KindBlind>;

/// The snapshot that follows `before` once `events` have happened, in order. Pure: no lock, no clock, no I/O.
/// Objects that did not change are shared with `before`. With a catalogue, the devices of drivers of Dynamic Resource
/// Allocation become pools of their nodes and requests of their pods (dra_cards.h).
SnapshotPtr apply(const SnapshotPtr &before, std::span<const WatchEvent> events, const Catalog *catalog = nullptr);

/// The same for a snapshot that was read at once.
void addDraCards(ClusterSnapshot &snapshot, const Catalog &catalog);

} // namespace core
