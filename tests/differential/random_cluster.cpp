// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/differential/random_cluster.h"

namespace differential {

using nlohmann::json;

json RandomCluster::node(const std::string &name)
{
    json labels{{"kubernetes.io/hostname", name}};
    if (percent(75))
        labels["zone"] = pick({"a", "b", "c"});
    if (percent(60))
        labels["gpu"] = pick({"h100", "a100", ""});
    if (percent(60))
        labels["tier"] = pick({"1", "2", "5", "3", "010", "x"});
    json taints = json::array();
    for (auto count = percent(35) ? 1 + below(2) : 0; count > 0; --count) {
        const auto key = pick({"dedicated", "nvidia.com/gpu", "team"});
        json taint{{"key", key}, {"effect", pick({"NoSchedule", "PreferNoSchedule", "NoExecute"})}};
        if (percent(60))
            taint["value"] = pick({"a", "b", "7"});
        bool there = false;
        for (const auto &other : taints)
            there = there || (other["key"] == key && other["effect"] == taint["effect"]);
        if (!there)
            taints.push_back(taint);
    }
    json amounts{{"cpu", pick({"2", "3500m", "4", "8"})}, {"memory", pick({"4Gi", "8G", "1000Mi", "2097152Ki"})}};
    if (percent(95))
        amounts["pods"] = pick({"3", "5", "20", "110"});
    if (percent(80))
        amounts["ephemeral-storage"] = pick({"5Gi", "100G"});
    if (percent(60))
        amounts["nvidia.com/gpu"] = pick({"0", "1", "2", "4", "8"});
    if (percent(25))
        amounts["amd.com/gpu"] = pick({"1", "8"});
    if (percent(30))
        amounts["hugepages-2Mi"] = pick({"0", "64Mi", "1Gi"});
    json conditions = json::array();
    if (percent(96))
        conditions.push_back({{"type", "Ready"},
                              {"status", percent(92) ? "True" : "False"},
                              {"reason", "Test"},
                              {"message", "said by the test"}});
    return {{"apiVersion", "v1"},
            {"kind", "Node"},
            {"metadata", {{"name", name}, {"labels", labels}}},
            {"spec", {{"taints", taints}, {"unschedulable", percent(8)}}},
            {"status", {{"capacity", amounts}, {"allocatable", amounts}, {"conditions", conditions}}}};
}

json RandomCluster::requirements()
{
    json requests = json::object(), limits = json::object();
    const auto ask = [&](const char *resource, const std::string &amount) {
        const auto how = below(3);
        if (how != 0)
            limits[resource] = amount;
        if (how != 1)
            requests[resource] = amount;
    };
    if (percent(50))
        ask("cpu", pick({"100m", "0", "1", "500m", "1500m", "0.25", "1e-1", "0.0001"}));
    if (percent(50))
        ask("memory", pick({"64Mi", "500M", "1Gi", "100Mi", "0.5Gi", "1e9", "1000Mi", "1500m"}));
    if (percent(10))
        ask("ephemeral-storage", pick({"1Gi", "3Gi"}));
    if (percent(15))
        limits["nvidia.com/gpu"] = pick({"0", "1", "1", "2", "4"});
    if (percent(3))
        limits["amd.com/gpu"] = pick({"1", "8"});
    if (percent(3)) {
        limits["hugepages-2Mi"] = pick({"32Mi", "128Mi"});
        requests["cpu"] = limits.value("cpu", "100m");
    }
    // Offered by no plugin, but a device class stands for it.
    if (percent(4))
        limits["example.com/dra-gpu"] = pick({"1", "1", "2"});
    if (percent(2))
        limits["example.com/nobody-has-it"] = pick({"0", "1"});
    return {{"requests", requests}, {"limits", limits}};
}

json RandomCluster::port()
{
    const auto number = oneOf({8080, 8080, 9000});
    json out{{"containerPort", number}, {"hostPort", number}};
    if (percent(50))
        out["hostIP"] = pick({"0.0.0.0", "10.0.0.1", "127.0.0.1"});
    if (percent(50))
        out["protocol"] = pick({"TCP", "UDP"});
    return out;
}

json RandomCluster::container(const std::string &name, unsigned portChance)
{
    json out{{"name", name}, {"image", "none"}, {"resources", requirements()}};
    if (percent(portChance))
        out["ports"] = json::array({port()});
    return out;
}

json RandomCluster::containers(std::uint64_t count, const char *prefix, unsigned portChance)
{
    auto out = json::array();
    for (std::uint64_t i = 0; i < count; ++i)
        out.push_back(container(prefix + std::to_string(i), portChance));
    return out;
}

json RandomCluster::holder(const std::string &name, const std::string &node)
{
    json spec{{"nodeName", node}, {"containers", containers(1 + below(2), "c", 25)}};
    if (percent(20)) {
        spec["initContainers"] = containers(1, "i", 25);
        if (percent(60))
            spec["initContainers"][0]["restartPolicy"] = "Always";
    }
    return {{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", {{"name", name}}}, {"spec", spec}};
}

json RandomCluster::holderStatus(const json &holder)
{
    const auto kind = below(10);
    if (kind < 2)
        return {{"phase", pick({"Succeeded", "Failed"})}};
    if (kind > 4)
        return nullptr;
    json status{{"phase", "Running"}, {"containerStatuses", json::array()}, {"conditions", json::array()}};
    for (const auto &one : holder["spec"]["containers"]) {
        const json amounts{{"cpu", pick({"100m", "1", "2"})}, {"memory", pick({"64Mi", "1Gi"})}};
        status["containerStatuses"].push_back({{"name", one["name"]},
                                               {"image", "none"},
                                               {"imageID", ""},
                                               {"ready", true},
                                               {"restartCount", 0},
                                               {"resources", {{"requests", amounts}}},
                                               {"allocatedResources", amounts}});
    }
    if (percent(40))
        status["conditions"].push_back(
            {{"type", "PodResizePending"}, {"status", "True"}, {"reason", pick({"Infeasible", "Deferred"})}});
    return status;
}

json RandomCluster::podLevel()
{
    json requests = json::object(), limits = json::object();
    for (const auto *resource : {"cpu", "memory"}) {
        if (percent(35))
            continue;
        const auto amount = resource[0] == 'c' ? pick({"2", "3", "6"}) : pick({"2Gi", "5Gi"});
        if (percent(60))
            requests[resource] = amount;
        if (percent(50))
            limits[resource] = amount;
    }
    return {{"requests", requests}, {"limits", limits}};
}

json RandomCluster::expression()
{
    const auto key = pick({"zone", "gpu", "tier", "nothing-has-it"});
    const auto op = pick({"In", "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"});
    json out{{"key", key}, {"operator", op}};
    if (op == "Gt" || op == "Lt")
        out["values"] = json::array({pick({"0", "1", "4", "-5", "08", "x"})});
    else if (op == "In" || op == "NotIn")
        out["values"] = percent(50) ? json::array({pick({"a", "b", "h100", "2", ""})})
                                    : json::array({pick({"a", "c"}), pick({"a100", "5", "010"})});
    return out;
}

json RandomCluster::term()
{
    json out{{"matchExpressions", json::array({expression()})}};
    if (percent(35))
        out["matchExpressions"].push_back(expression());
    if (percent(10))
        out["matchFields"] = json::array({{{"key", "metadata.name"},
                                           {"operator", pick({"In", "NotIn"})},
                                           {"values", json::array({"node-" + std::to_string(below(4))})}}});
    return out;
}

json RandomCluster::toleration()
{
    json out{{"operator", pick({"Exists", "Exists", "Equal"})}};
    if (out["operator"] == "Equal" || percent(80))
        out["key"] = pick({"dedicated", "nvidia.com/gpu", "team", "node.kubernetes.io/unschedulable",
                           "node.kubernetes.io/not-ready"});
    if (out["operator"] == "Equal")
        out["value"] = pick({"a", "b", "7", ""});
    if (percent(60))
        out["effect"] = pick({"NoSchedule", "NoExecute", "PreferNoSchedule"});
    return out;
}

json RandomCluster::pod()
{
    json spec{{"containers", containers(1 + below(2), "c", 15)}};
    if (percent(40)) {
        spec["initContainers"] = containers(1 + below(3), "i", 15);
        for (auto &init : spec["initContainers"])
            if (percent(45))
                init["restartPolicy"] = "Always";
    }
    if (percent(25))
        spec["resources"] = podLevel();
    if (percent(12))
        spec["nodeSelector"] = {{pick({"zone", "gpu"}), pick({"a", "b", "h100", ""})}};
    if (percent(28)) {
        auto terms = json::array({term()});
        if (percent(40))
            terms.push_back(term());
        spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"] = terms;
    }
    for (auto count = percent(70) ? 1 + below(3) : 0; count > 0; --count)
        spec["tolerations"].push_back(toleration());
    if (percent(4))
        spec["schedulingGates"] = json::array({{{"name", "example.com/wait"}}});
    if (percent(4))
        spec["hostNetwork"] = true;
    return {{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", {{"name", "asked"}}}, {"spec", spec}};
}

json pinned(json pod, const std::string &node)
{
    auto &terms =
        pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"];
    if (terms.is_null())
        terms = json::array({json::object()});
    for (auto &term : terms)
        term["matchFields"].push_back({{"key", "metadata.name"}, {"operator", "In"}, {"values", json::array({node})}});
    return pod;
}

} // namespace differential
