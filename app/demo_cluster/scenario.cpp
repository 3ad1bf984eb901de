// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo_cluster/scenario_devices.h"
#include "app/demo_cluster/scenario_probes.h"
#include "app/demo_cluster/scenario_yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <ctime>

namespace app {

using core::ErrorKind;
using nlohmann::json;
using namespace scenario_yaml;

namespace {

json merged(json base, const json &over)
{
    base.update(over);
    return base;
}

/// What nodes of one type share.
struct NodeTemplate {
    json labels = json::object(), resources = json::object(), taints = json::array();
    json devices; ///< devicesOf(); null = no driver
};

json taints(const YAML::Node &list)
{
    auto all = json::array();
    for (const auto &entry : list) {
        allowOnly(entry, {"key", "value", "effect"});
        json taint{{"key", text(entry, "key")}, {"effect", text(entry, "effect", "NoSchedule")}};
        if (entry["value"])
            taint["value"] = text(entry, "value");
        all.push_back(taint);
    }
    return all;
}

std::map<std::string, NodeTemplate> readTemplates(const YAML::Node &kinds)
{
    std::map<std::string, NodeTemplate> templates;
    for (const auto &entry : kinds) {
        const auto body = entry.second;
        allowOnly(body, {"from", "labels", "resources", "taints", "devices"});
        NodeTemplate made;
        if (body["from"]) {
            const auto base = templates.find(text(body, "from"));
            if (base == templates.end())
                refuse(body["from"], "no kind of that name above this one");
            made = base->second;
        }
        made.labels = merged(made.labels, strings(body["labels"]));
        made.resources = merged(made.resources, strings(body["resources"]));
        if (body["taints"])
            made.taints = taints(body["taints"]);
        if (body["devices"])
            made.devices = devicesOf(body["devices"]);
        templates[entry.first.Scalar()] = std::move(made);
    }
    return templates;
}

void setNotReady(json &node, const std::string &reason)
{
    auto &condition = node["status"]["conditions"][0];
    condition["status"] = "False";
    condition["reason"] = "KubeletNotReady";
    condition["message"] = reason;
    node["spec"]["taints"].push_back({{"key", "node.kubernetes.io/not-ready"}, {"effect", "NoSchedule"}});
}

void setCordoned(json &node, const std::string &reason)
{
    node["spec"]["unschedulable"] = true;
    node["spec"]["taints"].push_back({{"key", "node.kubernetes.io/unschedulable"}, {"effect", "NoSchedule"}});
    node["metadata"]["annotations"]["berth.dev/cordon-reason"] = reason;
}

json oneNode(const YAML::Node &entry, const NodeTemplate &kind, const std::string &name)
{
    auto node = makeNode(name, merged(kind.labels, strings(entry["labels"])),
                         merged(kind.resources, strings(entry["resources"])));
    node["spec"]["taints"] = entry["taints"] ? taints(entry["taints"]) : kind.taints;
    const auto offered = strings(entry["allocatable"]);
    node["status"]["allocatable"].update(offered);
    if (entry["cordoned"])
        setCordoned(node, text(entry, "cordoned"));
    if (entry["notReady"])
        setNotReady(node, text(entry, "notReady"));
    node["metadata"]["annotations"].update(strings(entry["annotations"]));
    return node;
}

std::string numbered(const YAML::Node &entry, int number)
{
    const auto pattern = text(entry, "name");
    try {
        return fmt::format(fmt::runtime(pattern), fmt::arg("n", number));
    } catch (const fmt::format_error &) {
        refuse(entry["name"], "the name pattern is broken");
    }
}

void readNodes(const YAML::Node &list, const std::map<std::string, NodeTemplate> &templates, Scenario &scenario)
{
    for (const auto &entry : list) {
        allowOnly(entry,
                  {"kind", "name", "count", "first", "labels", "annotations", "resources", "allocatable", "taints",
                   "cordoned", "notReady"});
        const auto kind = templates.find(text(entry, "kind"));
        if (kind == templates.end())
            refuse(entry, fmt::format("no node kind \"{}\"", text(entry, "kind")));
        const int first = entry["first"] ? entry["first"].as<int>() : 1;
        const int count = entry["count"] ? entry["count"].as<int>() : 1;
        for (int i = 0; i < count; ++i) {
            const auto name = numbered(entry, first + i);
            scenario.nodes.push_back(oneNode(entry, kind->second, name));
            if (!kind->second.devices.is_null())
                scenario.slices.push_back(sliceOf(kind->second.devices, name));
        }
    }
}

json onePod(const YAML::Node &entry, const std::string &name, const std::string &node)
{
    PodParts pod;
    pod.name = name;
    pod.nameSpace = text(entry, "namespace", pod.nameSpace);
    pod.node = node;
    pod.phase = text(entry, "phase", pod.phase);
    pod.image = text(entry, "image", pod.image);
    pod.owner = text(entry, "owner");
    pod.ownerKind = text(entry, "ownerKind", pod.ownerKind);
    pod.labels = strings(entry["labels"]);
    pod.resources = strings(entry["resources"]);
    return makePod(pod);
}

void readPods(const YAML::Node &list, Scenario &scenario)
{
    const auto add = [&scenario](const YAML::Node &entry, int number, const std::string &node) {
        scenario.pods.push_back(onePod(entry, numbered(entry, number), node));
        if (entry["log"])
            scenario.logs[text(entry, "namespace", "default") + "/" + numbered(entry, number)] = text(entry, "log");
    };
    for (const auto &entry : list) {
        allowOnly(entry,
                  {"name", "namespace", "on", "resources", "image", "owner", "ownerKind", "labels", "phase", "log",
                   "devices"});
        int number = 1;
        if (!entry["on"]) {
            add(entry, number, {});
            continue;
        }
        const auto nodes =
            entry["on"].IsSequence() ? entry["on"].as<std::vector<std::string>>() : std::vector{text(entry, "on")};
        for (const auto &node : nodes) {
            needNode(entry["on"], node, scenario);
            add(entry, number++, node);
            if (entry["devices"])
                addClaim(entry, scenario.pods.back(), scenario);
        }
    }
}

void readChanges(const YAML::Node &list, Scenario &scenario)
{
    static const std::map<std::string, ScenarioChange::What> words{{"finishPod", ScenarioChange::What::FinishPod},
                                                                   {"cordon", ScenarioChange::What::Cordon},
                                                                   {"uncordon", ScenarioChange::What::Uncordon},
                                                                   {"withdraw", ScenarioChange::What::Withdraw}};
    for (const auto &entry : list) {
        allowOnly(entry, {"afterSeconds", "do", "namespace", "name", "reason", "resource"});
        const auto word = words.find(text(entry, "do"));
        if (word == words.end())
            refuse(entry, "\"do\" must be finishPod, cordon, uncordon or withdraw");
        const auto after =
            std::chrono::milliseconds(static_cast<std::int64_t>(entry["afterSeconds"].as<double>() * 1000));
        scenario.changes.push_back({after, word->second, text(entry, "namespace", "default"), text(entry, "name"),
                                    text(entry, "reason"), text(entry, "resource")});
    }
    std::ranges::stable_sort(scenario.changes, {}, &ScenarioChange::after);
}

Scenario readScenario(const YAML::Node &root)
{
    allowOnly(root,
              {"version", "serverVersion", "namespaces", "runtimeClasses", "deviceClasses", "kinds", "nodes", "pods",
               "probes", "benchmarks", "changes"});
    if (text(root, "version") != "1")
        refuse(root, "this program reads scenarios of version 1");
    Scenario scenario;
    scenario.serverVersion = text(root, "serverVersion", scenario.serverVersion);
    for (const auto &name : root["namespaces"])
        scenario.namespaces.push_back({{"metadata", {{"name", name.Scalar()}}}, {"status", {{"phase", "Active"}}}});
    for (const auto &name : root["runtimeClasses"])
        scenario.runtimeClasses.push_back({{"metadata", {{"name", name.Scalar()}}}, {"handler", name.Scalar()}});
    const auto classes = strings(root["deviceClasses"]);
    for (const auto &[name, selector] : classes.items())
        scenario.deviceClasses.push_back(
            {{"metadata", {{"name", name}}},
             {"spec", {{"selectors", json::array({{{"cel", {{"expression", selector}}}}})}}}});
    readNodes(root["nodes"], readTemplates(root["kinds"]), scenario);
    readPods(root["pods"], scenario);
    const auto now = std::time(nullptr);
    for (const auto &entry : root["probes"])
        addProbeRuns(entry, now, scenario);
    for (const auto &entry : root["benchmarks"])
        addServingBenchmark(entry, now, scenario);
    readChanges(root["changes"], scenario);
    return scenario;
}

} // namespace

json makePod(const PodParts &parts)
{
    const bool job = parts.ownerKind == "Job";
    json pod{{"metadata", {{"name", parts.name}, {"namespace", parts.nameSpace}, {"labels", parts.labels}}},
             {"spec",
              {{"containers",
                {{{"name", "main"},
                  {"image", parts.image},
                  {"resources", {{"requests", parts.resources}, {"limits", parts.resources}}}}}},
               {"restartPolicy", job ? "Never" : "Always"}}},
             {"status", {{"phase", parts.phase}}}};
    if (!parts.node.empty())
        pod["spec"]["nodeName"] = parts.node;
    if (!parts.owner.empty())
        pod["metadata"]["ownerReferences"] = {{{"apiVersion", job ? "batch/v1" : "apps/v1"},
                                               {"kind", parts.ownerKind},
                                               {"name", parts.owner},
                                               {"uid", "00000000-0000-4000-8000-0000000000ff"},
                                               {"controller", true}}};
    auto tolerations = json::array();
    for (const auto *key : {"nvidia.com/gpu", "amd.com/gpu"})
        tolerations.push_back({{"key", key}, {"operator", "Exists"}, {"effect", "NoSchedule"}});
    pod["spec"]["tolerations"] = tolerations;
    return pod;
}

json makeNode(const std::string &name, json labels, const json &resources)
{
    labels["kubernetes.io/hostname"] = name;
    labels["kubernetes.io/os"] = "linux";
    if (!labels.contains("kubernetes.io/arch"))
        labels["kubernetes.io/arch"] = "amd64";
    auto amounts = resources;
    for (const auto &[resource, amount] :
         {std::pair{"cpu", "64"}, {"memory", "512Gi"}, {"ephemeral-storage", "1800Gi"}, {"pods", "110"}})
        if (!amounts.contains(resource))
            amounts[resource] = amount;
    json info{{"kubeletVersion", "v1.36.3"},
              {"osImage", "Ubuntu 24.04.3 LTS"},
              {"kernelVersion", "6.8.0-79-generic"},
              {"operatingSystem", "linux"},
              {"architecture", labels["kubernetes.io/arch"]},
              {"containerRuntimeVersion", "containerd://2.1.4"}};
    json ready{{"type", "Ready"},
               {"status", "True"},
               {"reason", "KubeletReady"},
               {"message", "kubelet is posting ready status"}};
    return {
        {"metadata", {{"name", name}, {"labels", labels}, {"annotations", json::object()}}},
        {"spec", {{"taints", json::array()}}},
        {"status",
         {{"capacity", amounts}, {"allocatable", amounts}, {"conditions", json::array({ready})}, {"nodeInfo", info}}}};
}

core::Result<Scenario> loadScenario(const std::filesystem::path &file)
{
    try {
        return readScenario(YAML::LoadFile(file.string()));
    } catch (const YAML::BadFile &) {
        return core::fail(ErrorKind::Io, "cannot be read", file.string());
    } catch (const YAML::Exception &error) {
        return core::fail(ErrorKind::Parse, error.msg, fmt::format("{}:{}", file.string(), error.mark.line + 1));
    }
}

} // namespace app
