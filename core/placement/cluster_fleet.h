// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/verdict.h"
#include "core/placement/engine/online_placer.h"

namespace core {

/// The cluster as the placement engine sees it: one engine node for each device pool, and one without devices for each
/// node that has none. Devices are whole to Kubernetes, whatever stands behind them. Pools of one node share its CPU
/// and memory. What is known of the demand to come is the mix of what runs now: pods that hold devices, each bound to
/// the kind it runs on. Values only; copying it is how a what-if is asked.
class ClusterFleet {
public:
    /// Free = allocatable - requested - planned, never below zero. Errors: two nodes of one name.
    static Result<ClusterFleet> make(const ClusterSnapshot &snapshot, const ClusterUsage &usage,
                                     const PlannedDevices &planned);

    /// What `devices` whole devices (0: none) with this much CPU and memory are to the engine.
    static engine::Demand demand(std::int64_t cpuMilli, std::int64_t memoryBytes, std::int64_t devices);

    /// The engine's node for a pool of the snapshot's node number `node`; nullopt when it offers no such resource. An
    /// empty resource means any: CPU and memory alone.
    std::optional<std::size_t> find(const ClusterSnapshot &snapshot, std::size_t node, std::string_view resource) const;
    /// Score points (engine::SpotCost): one is a thousandth of a device left unusable. nullopt: does not fit.
    std::optional<engine::SpotCost> costOf(const engine::Demand &demand, std::size_t index) const;
    /// Takes what costOf() judged, and the CPU and memory from the node's other pools. False: it does not fit.
    bool take(const engine::Demand &demand, std::size_t index);

private:
    ClusterFleet(engine::Fleet fleet, engine::DemandMix mix) : m_placer(std::move(fleet), std::move(mix)) {}

    engine::OnlinePlacer m_placer;
    std::vector<std::size_t> m_first; ///< the first engine node of each node, and one past the last
};

/// The name under which a pool is counted: the SKU, or the product label when the catalogue does not know it, or the
/// resource.
const std::string &skuNameOf(const DevicePool &pool);

/// Position of a node in the snapshot, or nullopt.
std::optional<std::size_t> indexOfNode(const ClusterSnapshot &snapshot, std::string_view name);

} // namespace core
