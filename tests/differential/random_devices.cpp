// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/differential/random_devices.h"

namespace differential {

using nlohmann::json;

namespace {

json className(const std::string &name, const std::string &expression)
{
    return {{"apiVersion", "resource.k8s.io/v1"},
            {"kind", "DeviceClass"},
            {"metadata", {{"name", name}}},
            {"spec", {{"selectors", json::array({{{"cel", {{"expression", expression}}}}})}}}};
}

json partition(const std::string &name, const char *memory)
{
    return {
        {"name", name},
        {"attributes",
         {{"model", {{"string", "PART"}}},
          {"numa", {{"int", 0}}},
          {"healthy", {{"bool", true}}},
          {"driverVersion", {{"version", "580.126.20"}}}}},
        {"capacity", {{"memory", {{"value", memory}}}}},
        {"consumesCounters", json::array({{{"counterSet", "card"}, {"counters", {{"memory", {{"value", memory}}}}}}})}};
}

} // namespace

json RandomDevices::classes()
{
    auto gpu = className("gpu", "device.driver == 'gpu.example.com'");
    gpu["spec"]["extendedResourceName"] = "example.com/dra-gpu";
    return json::array({gpu,
                        className("big",
                                  "device.driver == 'gpu.example.com' && "
                                  "device.capacity['gpu.example.com'].memory.compareTo(quantity('80Gi')) >= 0"),
                        className("fabric", "device.driver == 'fabric.example.com'")});
}

json RandomDevices::slice(const std::string &name, const std::string &node, const std::string &pool, int count)
{
    return {{"apiVersion", "resource.k8s.io/v1"},
            {"kind", "ResourceSlice"},
            {"metadata", {{"name", name}}},
            {"spec",
             {{"driver", "gpu.example.com"},
              {"nodeName", node},
              {"pool", {{"name", pool}, {"generation", 2}, {"resourceSliceCount", count}}},
              {"devices", json::array()}}}};
}

json RandomDevices::device(const std::string &name)
{
    json attributes{
        {"model", {{"string", pick({"A100", "H100", "H100", "L4"})}}},
        {"numa", {{"int", below(2)}}},
        {"healthy", {{"bool", percent(80)}}},
        {"driverVersion", {{"version", pick({"535.104.5", "550.54.15", "580.126.20", "580.126.20-rc.1"})}}}};
    if (percent(40))
        attributes["extra"] = {{"int", below(8)}};
    if (percent(80))
        attributes["resource.example.com/root"] = {{"string", pick({"pci0", "pci1"})}};
    json out{{"name", name},
             {"attributes", attributes},
             {"capacity", {{"memory", {{"value", pick({"24Gi", "40Gi", "80Gi", "81920Mi", "1e11"})}}}}}};
    if (percent(12))
        out["taints"] =
            json::array({{{"key", "sick"}, {"value", "yes"}, {"effect", pick({"NoSchedule", "NoExecute"})}}});
    return out;
}

json RandomDevices::slices(const std::string &node)
{
    auto out = json::array();
    if (percent(12))
        return out;
    const int parts = percent(20) ? 2 : 1;
    const bool lost = percent(8); // the last slice of the pool is not there yet
    int index = 0;
    for (int i = 0; i < parts; ++i) {
        auto one = slice("pool-" + node + "-" + std::to_string(i), node, node, lost ? parts + 1 : parts);
        for (auto count = below(4); count > 0; --count)
            one["spec"]["devices"].push_back(device(std::string("gpu-").append(std::to_string(index++))));
        out.push_back(one);
    }
    if (percent(10)) {
        auto old = slice("pool-" + node + "-old", node, node, 1);
        old["spec"]["pool"]["generation"] = 1;
        old["spec"]["devices"].push_back(device("gpu-old"));
        out.push_back(old);
    }
    if (percent(30))
        addPartitions(node, out);
    return out;
}

void RandomDevices::addPartitions(const std::string &node, json &out)
{
    auto counters = slice("parts-" + node + "-counters", node, node + "-parts", 2);
    counters["spec"].erase("devices");
    counters["spec"]["sharedCounters"] =
        json::array({{{"name", "card"}, {"counters", {{"memory", {{"value", "80Gi"}}}}}}});
    auto devices = slice("parts-" + node + "-devices", node, node + "-parts", 2);
    for (const auto &[name, memory] : {std::pair{"whole", "80Gi"}, std::pair{"half-0", "40Gi"},
                                       std::pair{"half-1", "40Gi"}, std::pair{"quarter", "20Gi"}})
        devices["spec"]["devices"].push_back(partition(name, memory));
    out.push_back(counters);
    out.push_back(devices);
}

json RandomDevices::fabric()
{
    auto everywhere = slice("fabric-all", "", "fabric-all", 1), zone = slice("fabric-zone", "", "fabric-zone", 1);
    for (auto *one : {&everywhere, &zone}) {
        auto &spec = (*one)["spec"];
        spec["driver"] = "fabric.example.com";
        spec.erase("nodeName");
        for (int i = 0; i < 2; ++i)
            spec["devices"].push_back({{"name", std::string("link-").append(std::to_string(i))},
                                       {"attributes", {{"speed", {{"int", 100 * (i + 1)}}}}}});
    }
    everywhere["spec"]["allNodes"] = true;
    zone["spec"]["nodeSelector"] = {
        {"nodeSelectorTerms",
         json::array({{{"matchExpressions",
                        json::array({{{"key", "zone"}, {"operator", "In"}, {"values", json::array({"a", "b"})}}})}}})}};
    return json::array({everywhere, zone});
}

std::string RandomDevices::selectorPart()
{
    const std::string attributes = "device.attributes['gpu.example.com']", own = attributes + ".",
                      memory = "device.capacity['gpu.example.com'].memory",
                      other = "device.attributes['resource.example.com']";
    switch (below(22)) {
    case 0: return own + "model == '" + pick({"A100", "H100", "B200"}) + "'";
    case 1: return own + "model in ['H100', '" + pick({"L4", "A100"}) + "']";
    case 2: return own + "model.startsWith('" + pick({"H", "A", ""}) + "')";
    case 3: return own + "model.contains('00')";
    case 4: return own + "model.endsWith('4')";
    case 5: return own + "numa " + pick({"==", "<", ">=", "!="}) + " 1";
    case 6: return own + "healthy";
    case 7: return "!" + own + "healthy";
    case 8: return "'extra' in " + attributes + " && " + own + "extra > " + pick({"1", "3", "5"});
    case 9: return own + "extra >= 0"; // fails where it is missing
    case 10: return "has(" + own + "extra)";
    case 11: return own + "driverVersion.isGreaterThan(semver('550.0.0'))";
    case 12: return own + "driverVersion.compareTo(semver('580.126.20')) " + pick({"<", ">=", "=="}) + " 0";
    case 13: return own + "driverVersion.major() >= 550 && " + own + "driverVersion.minor() < 127";
    case 14: return memory + ".isGreaterThan(quantity('" + pick({"40Gi", "39Gi", "79G"}) + "'))";
    case 15: return memory + ".compareTo(quantity('80Gi')) " + pick({"==", ">=", "<"}) + " 0";
    case 16: return "device.driver == '" + pick({"gpu.example.com", "fabric.example.com"}) + "'";
    case 17: return "'resource.example.com' in device.attributes && " + other + ".root.endsWith('1')";
    case 18: return "cel.bind(a, " + attributes + ", a.numa == 0 || a.healthy)";
    case 19: return own + "model.lowerAscii().substring(0, 1) == 'h'";
    case 20: return "(" + own + "numa + 3) % 2 == " + pick({"0", "1"});
    default: return own + "healthy ? " + own + "numa == 0 : " + own + "model.size() > 3";
    }
}

std::string RandomDevices::selector()
{
    auto text = selectorPart();
    for (auto more = below(3); more > 0; --more)
        text = (percent(25) ? "!(" : "(") + text + ") " + pick({"&&", "||"}) + " (" + selectorPart() + ")";
    return text;
}

json RandomDevices::request(bool mayBeAdmin)
{
    json out{
        {"deviceClassName", percent(90) ? pick({"gpu", "gpu", "gpu", "big"}) : pick({"fabric", "fabric", "missing"})}};
    if (percent(12))
        out["allocationMode"] = "All";
    else
        out["count"] = oneOf({1, 1, 1, 2, 3});
    if (percent(55))
        out["selectors"] = json::array({{{"cel", {{"expression", selector()}}}}});
    if (percent(20))
        out["tolerations"] = json::array({{{"key", "sick"}, {"operator", "Exists"}}});
    if (mayBeAdmin && percent(7))
        out["adminAccess"] = true;
    return out;
}

json RandomDevices::constraint()
{
    json out{{percent(70) ? "matchAttribute" : "distinctAttribute",
              pick({"gpu.example.com/numa", "gpu.example.com/model", "resource.example.com/root"})}};
    if (percent(30))
        out["requests"] = json::array({"r0"});
    return out;
}

json RandomDevices::claim()
{
    auto requests = json::array();
    for (std::uint64_t i = 0, count = 1 + below(2); i < count; ++i) {
        json one{{"name", std::string("r").append(std::to_string(i))}};
        if (percent(75)) {
            one["exactly"] = request(true);
        } else {
            for (std::uint64_t j = 0, alternatives = 2 + below(2); j < alternatives; ++j) {
                auto alternative = request(false);
                alternative["name"] = std::string("s").append(std::to_string(j));
                one["firstAvailable"].push_back(alternative);
            }
        }
        requests.push_back(one);
    }
    json devices{{"requests", requests}};
    if (percent(30))
        devices["constraints"] = json::array({constraint()});
    return {{"devices", devices}};
}

} // namespace differential
