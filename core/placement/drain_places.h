// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For what_if.cpp only: where the pods of a drained node could go, one after the other.

#include "core/fit/scheduling_links.h"
#include "core/placement/cluster_fleet.h"
#include "core/placement/drain_claims.h"
#include "core/placement/drain_room.h"
#include "core/placement/misses.h"

namespace core {

/// A pod that leaves.
struct LeavingPod {
    SchedulingPod wanted; ///< what it asks of another node
    std::string resource; ///< of the devices it holds here; empty when it holds none
    std::int64_t devices = 0;
    bool byClaims = false; ///< its claims decide on devices, not counts of them
};

/// Where one of them goes.
struct DrainPlace {
    std::size_t node = 0;
    std::string sku;                 ///< what it would hold there
    std::vector<std::string> doubts; ///< rules that are not judged, or "other-sku"
};

class DrainPlaces {
public:
    /// `leaving` are those that will be asked about, `going` the keys of all that give up what they hold on the node.
    DrainPlaces(const FitInput &input, std::size_t drained, ClusterFleet fleet, const std::vector<PodPtr> &leaving,
                const std::set<std::string> &going);

    LeavingPod leaving(const Pod &pod) const;
    /// Takes the place of least loss, of the same kind of device when there is one; nullopt when there is none.
    std::optional<DrainPlace> place(const LeavingPod &one);
    /// Why each other node says no, as things stand. Equal pods have equal reasons.
    std::vector<Miss> misses(const LeavingPod &one);
    /// Takes what a replica of a plan got elsewhere.
    void takeReplica(const std::string &node, const std::string &resource, std::int64_t devices, Resources host);

private:
    /// The engine's node for a resource on each node, and whether its devices are of the kind they are here.
    struct Places {
        std::vector<std::optional<std::size_t>> place;
        std::vector<bool> sameKind;
    };
    struct Choice {
        std::size_t node = 0;
        bool isCertain = true;
    };
    /// Of a different kind of device, and what is lost.
    using Rank = std::tuple<bool, double>;

    const Places &placesOf(const std::string &resource);
    bool isSameKind(const std::string &resource, const DevicePool *to) const;
    bool isAllowed(const SchedulingPod &pod, std::size_t index);
    std::optional<Rank> rankOf(const LeavingPod &one, const Places &places, std::size_t index) const;
    std::optional<Choice> byCount(const LeavingPod &one);
    std::optional<Choice> byClaims(const LeavingPod &one);
    DrainPlace take(const LeavingPod &one, Choice choice);
    const Node &nodeAt(std::size_t index) const { return *m_input.snapshot.nodes[index]; }

    const FitInput &m_input;
    const Node &m_drained;
    ClusterFleet m_fleet;
    DrainRoom m_room;
    DrainClaims m_claims;
    std::map<std::string, Resources> m_moved; ///< what has come to a node
    std::map<std::string, Places> m_places;   ///< by resource
    std::vector<std::pair<SchedulingPod, std::vector<Miss>>> m_explained;
};

} // namespace core
