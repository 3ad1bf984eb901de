// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/dra_overlay.h"
#include "core/inventory/dra_json.h"
#include "core/inventory/dra_pool.h"
#include "tests/core/cluster/sample_cluster.h"

#include <fmt/format.h>

namespace sample {

inline const std::string h100 = "dra.gpu.nvidia.com/NVIDIA-H100-80GB-HBM3";

/// The real catalogue: what decodes the drivers' attributes is what users have.
inline const core::Catalog &catalogue()
{
    static const auto loaded = core::loadCatalog(BERTH_TEST_DATA "/../../resources/catalog");
    return *loaded;
}

inline std::string cardJson(const std::string &name, const std::string &more = {})
{
    return fmt::format(R"({{"name": "{}", "attributes": {{"type": {{"string": "gpu"}},
        "productName": {{"string": "NVIDIA H100 80GB HBM3"}}, "cudaComputeCapability": {{"version": "9.0.0"}},
        "driverVersion": {{"version": "580.95.5"}}, "cudaDriverVersion": {{"version": "13.0.0"}}}},
        "capacity": {{"memory": {{"value": "81559Mi"}}}}{}}})",
                       name, more);
}

inline core::dra::SlicePtr slice(const std::string &node, const std::string &devices, int generation = 1, int count = 1,
                                 const std::string &driver = "gpu.nvidia.com", const std::string &name = "s")
{
    const auto text = fmt::format(R"({{"metadata": {{"name": "{}"}}, "spec": {{"driver": "{}", "nodeName": "{}",
        "pool": {{"name": "{}", "generation": {}, "resourceSliceCount": {}}}, "devices": [{}]}}}})",
                                  name, driver, node, node, generation, count, devices);
    return core::parseDraObject<core::dra::Slice>(text).value();
}

inline core::dra::DeviceClassPtr deviceClass(const std::string &name, const std::string &expression)
{
    auto made = std::make_shared<core::dra::DeviceClass>();
    made->name = name;
    made->selectors = {expression};
    return made;
}
inline core::dra::DeviceClassPtr nvidiaClass()
{
    return deviceClass("gpu.nvidia.com", "device.driver == 'gpu.nvidia.com'");
}

inline core::dra::ClaimPtr claim(const std::string &pod, const std::vector<std::string> &devices,
                                 const std::string &node = "n")
{
    auto made = std::make_shared<core::dra::Claim>();
    made->nameSpace = "ns";
    made->name = pod + "-gpus";
    made->allocation.emplace();
    for (const auto &device : devices)
        made->allocation->devices.push_back({"gpus", "gpu.nvidia.com", node, device, false, {}});
    if (!pod.empty())
        made->reservedFor = {pod};
    return made;
}

/// With the catalogue, so that devices are cards.
inline core::SnapshotPtr afterAll(const core::SnapshotPtr &before, std::vector<core::WatchEvent> events)
{
    return core::apply(before, events, &catalogue());
}
template <class T>
inline core::WatchEvent listed(std::vector<T> objects)
{
    return core::DraListed{std::move(objects), "v1"};
}

inline core::Node bare(const std::string &name)
{
    auto out = node(name, 0);
    out.devices.clear();
    out.capacity = out.allocatable = {{"cpu", 64000}};
    return out;
}

} // namespace sample
