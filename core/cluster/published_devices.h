// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/inventory/node.h"
#include "core/scheduling/dra/objects.h"

namespace core {

/// What drivers publish of one node, whoever holds it. Never changed once made.
struct NodeDevices {
    struct Read {
        dra::SlicePtr slice;
        bool complete = false; ///< all slices of its pool are there; else the scheduler takes nothing from it
        bool operator==(const Read &) const = default;
    };
    struct Device {
        const dra::Slice *slice = nullptr; ///< of `slices`, like what it holds
        const dra::Device *device = nullptr;
        std::optional<std::size_t> pool; ///< of `pools`; none for what is no card or slice to compute on
        bool complete = false;
        bool tainted = false; ///< keeps claims away
    };
    std::string node;
    std::vector<Read> slices;      ///< by driver and name
    std::vector<DevicePool> pools; ///< by resource; allocatable is still to be counted
    std::vector<Device> devices;
};
using NodeDevicesPtr = std::shared_ptr<const NodeDevices>;

/// Driver and name of a pool.
using PoolId = std::pair<std::string_view, std::string_view>;

/// The devices of all nodes. Never changed once made; holds on to the slices.
struct PublishedDevices {
    std::vector<NodeDevicesPtr> nodes;                         ///< by name
    std::map<PoolId, std::vector<const NodeDevices *>> ofPool; ///< views into `nodes`: those with slices of the pool
    std::vector<dra::DeviceClassPtr> classes;                  ///< from which those of the pools were chosen
};
using PublishedDevicesPtr = std::shared_ptr<const PublishedDevices>;

/// Only slices that name their node, of the newest generation of their pool, and of drivers whose GPUs Berth knows.
/// Nodes of which nothing changed are shared with `before`; only the devices of the others are read. Pure.
PublishedDevicesPtr publishedDevices(const dra::Resources &resources, const Catalog &catalog,
                                     const PublishedDevices *before = nullptr);

} // namespace core
