// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo_cluster/scenario_devices.h"

#include "app/demo_cluster/scenario_yaml.h"

namespace app {

using nlohmann::json;
using namespace scenario_yaml;

json devicesOf(const YAML::Node &entry)
{
    allowOnly(entry, {"driver", "count", "memory", "attributes", "versions"});
    auto attributes = json::object();
    for (const auto &[field, type] : {std::pair{"attributes", "string"}, {"versions", "version"}}) {
        const auto written = strings(entry[field]);
        for (const auto &[name, value] : written.items())
            attributes[name][type] = value;
    }
    json devices;
    devices["driver"] = text(entry, "driver");
    devices["count"] = entry["count"].as<int>();
    devices["memory"] = text(entry, "memory");
    devices["attributes"] = attributes;
    return devices;
}

json sliceOf(const json &devices, const std::string &node)
{
    auto list = json::array();
    for (int i = 0; i < devices["count"].get<int>(); ++i) {
        json device;
        device["name"] = fmt::format("gpu-{}", i);
        device["attributes"] = devices["attributes"];
        device["attributes"]["uuid"]["string"] = fmt::format("GPU-{}-{}", node, i);
        device["capacity"]["memory"]["value"] = devices["memory"];
        list.push_back(std::move(device));
    }
    const std::string driver = devices["driver"];
    return {{"metadata", {{"name", fmt::format("{}-{}", node, driver)}}},
            {"spec",
             {{"driver", driver},
              {"nodeName", node},
              {"pool", {{"name", node}, {"generation", 1}, {"resourceSliceCount", 1}}},
              {"devices", list}}}};
}

void addClaim(const YAML::Node &entry, json &pod, Scenario &scenario)
{
    const auto node = pod["spec"].value("nodeName", "");
    const auto slice =
        std::ranges::find_if(scenario.slices, [&](const json &s) { return s["spec"]["nodeName"] == node; });
    if (slice == scenario.slices.end())
        refuse(entry["devices"], "no driver publishes devices of that node");
    const auto &published = (*slice)["spec"];
    std::size_t taken = 0;
    for (const auto &claim : scenario.claims)
        for (const auto &device : claim["status"]["allocation"]["devices"]["results"])
            taken += device["pool"] == node ? 1 : 0;
    const auto count = entry["devices"].as<std::size_t>();
    auto results = json::array();
    for (auto i = taken; i < taken + count && i < published["devices"].size(); ++i)
        results.push_back({{"request", "gpus"},
                           {"driver", published["driver"]},
                           {"pool", node},
                           {"device", published["devices"][i]["name"]}});
    if (results.size() < count)
        refuse(entry["devices"], "the node has no more devices");
    const auto name = pod["metadata"]["name"].get<std::string>() + "-gpus";
    const json exactly{{"deviceClassName", published["driver"]}, {"allocationMode", "ExactCount"}, {"count", count}};
    scenario.claims.push_back(
        {{"metadata",
          {{"name", name},
           {"namespace", pod["metadata"]["namespace"]},
           {"ownerReferences", {{{"apiVersion", "v1"}, {"kind", "Pod"}, {"name", pod["metadata"]["name"]}}}}}},
         {"spec", {{"devices", {{"requests", {{{"name", "gpus"}, {"exactly", exactly}}}}}}}},
         {"status",
          {{"allocation", {{"devices", {{"results", results}}}}},
           {"reservedFor", {{{"resource", "pods"}, {"name", pod["metadata"]["name"]}}}}}}});
    pod["spec"]["resourceClaims"] = {{{"name", "gpus"}, {"resourceClaimName", name}}};
    pod["spec"]["containers"][0]["resources"]["claims"] = {{{"name", "gpus"}}};
}

} // namespace app
