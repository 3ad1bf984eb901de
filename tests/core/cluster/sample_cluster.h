// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/cluster/accounting.h"
#include "core/cluster/watch_event.h"

#include <algorithm>

namespace sample {

inline core::Node node(const std::string &name, std::int64_t gpus = 8, const std::string &resource = "nvidia.com/gpu")
{
    core::Node out;
    out.name = name;
    out.ready = true;
    out.capacity = out.allocatable = {{"cpu", 64000}, {resource, gpus}};
    core::DevicePool pool;
    pool.resource = resource;
    pool.productLabel = "CARD";
    pool.capacity = pool.allocatable = gpus;
    out.devices.push_back(pool);
    return out;
}

inline core::Pod pod(const std::string &name, const std::string &onNode, std::int64_t gpus,
                     core::PodPhase phase = core::PodPhase::Running, const std::string &resource = "nvidia.com/gpu")
{
    core::Pod out;
    out.nameSpace = "ns";
    out.name = name;
    out.nodeName = onNode;
    out.phase = phase;
    out.requests = {{"cpu", 1000}};
    if (gpus > 0)
        out.requests[resource] = gpus;
    return out;
}

inline core::NodePtr shared(core::Node one)
{
    return std::make_shared<const core::Node>(std::move(one));
}
inline core::PodPtr shared(core::Pod one)
{
    return std::make_shared<const core::Pod>(std::move(one));
}

inline core::SnapshotPtr after(const core::SnapshotPtr &before, std::vector<core::WatchEvent> events)
{
    return core::apply(before, events);
}

inline core::SnapshotPtr cluster(std::vector<core::Node> nodes, std::vector<core::Pod> pods)
{
    core::NodesListed machines;
    for (auto &one : nodes)
        machines.nodes.push_back(shared(std::move(one)));
    core::PodsListed workload;
    for (auto &one : pods)
        workload.pods.push_back(shared(std::move(one)));
    return after(nullptr, {machines, workload});
}

} // namespace sample
