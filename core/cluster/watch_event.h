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
/// The objects of one kind of resource.k8s.io.
struct DraListed {
    std::variant<std::vector<dra::SlicePtr>, std::vector<dra::DeviceClassPtr>, std::vector<dra::ClaimPtr>,
                 std::vector<dra::ClaimTemplatePtr>>
        objects;
    std::string version = "v1"; ///< of resource.k8s.io that they were read in
};
using DraObject = std::variant<dra::SlicePtr, dra::DeviceClassPtr, dra::ClaimPtr, dra::ClaimTemplatePtr>;
struct DraChanged {
    DraObject object;
};
struct DraDeleted {
    DraObject object; ///< as it was last
};
/// The server serves no resource.k8s.io.
struct DraNotServed {};
struct KindBlind {
    BlindSpot spot;
};

using WatchEvent =
    std::variant<NodesListed, PodsListed, NodeChanged, NodeDeleted, PodChanged, PodDeleted, WorkloadsListed,
                 RuntimeClassesListed, DraListed, DraChanged, DraDeleted, DraNotServed, KindBlind>;

/// The snapshot that follows `before` once `events` have happened, in order. Pure: no lock, no clock, no I/O.
/// Objects that did not change are shared with `before`. With a catalogue, the devices of drivers of Dynamic Resource
/// Allocation become pools of their nodes and requests of their pods (dra_overlay.h); a claim that changes costs the
/// devices of its nodes, not all that are published.
SnapshotPtr apply(const SnapshotPtr &before, std::span<const WatchEvent> events, const Catalog *catalog = nullptr);

} // namespace core
