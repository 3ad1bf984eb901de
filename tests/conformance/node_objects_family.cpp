// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/conformance/families.h"
#include "tests/conformance/label_json.h"
#include "tests/conformance/peer_models.h"

#include "core/cluster/accounting.h"
#include "core/inventory/device_labels.h"
#include "core/inventory/hami.h"
#include "core/inventory/mig_profile.h"
#include "core/inventory/node_json.h"
#include "core/inventory/node_summary.h"
#include "core/inventory/pod_json.h"
#include "core/inventory/vendor_labels.h"
#include "core/kube/yaml_json.h"
#include "core/scheduling/taint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

namespace conformance {

using core::Result;
using nlohmann::json;

namespace {

const core::Catalog noCatalog;

core::Resources resourcesOf(const json &map)
{
    core::Resources out;
    if (map.is_object())
        for (const auto &[name, value] : map.items())
            out[name] =
                core::parseAmount(name, value.is_string() ? value.get<std::string>() : value.dump()).value_or(0);
    return out;
}

/// Number or text of a fraction: 1, 0 or "2/7".
std::string fractionText(std::int64_t over, std::int64_t under)
{
    const auto common = std::max<std::int64_t>(1, std::gcd(over, under));
    return under == common ? fmt::format("{}", over / common) : fmt::format("{}/{}", over / common, under / common);
}

// --- decodeNode ------------------------------------------------------------------------------------------------------

json machineResources(const core::Resources &resources)
{
    json out = json::object();
    for (const auto &[resource, key] :
         {std::pair{"cpu", "cpuMilli"}, std::pair{"memory", "memoryBytes"}, std::pair{"pods", "pods"},
          std::pair{"ephemeral-storage", "ephemeralStorageBytes"}})
        if (resources.contains(resource))
            out[key] = core::amountOf(resources, resource);
    return out;
}

json acceleratorResources(const core::Node &node)
{
    json out = json::object();
    for (const auto &[name, amount] : node.capacity)
        if (core::isAcceleratorResource(name))
            out[name]["capacity"] = amount;
    for (const auto &[name, amount] : node.allocatable)
        if (core::isAcceleratorResource(name))
            out[name]["allocatable"] = amount;
    return out;
}

json hamiJson(const core::Node &node)
{
    json out = json::array();
    for (const auto &device : core::hamiDevices(node))
        out.push_back({{"uuid", device.uuid},
                       {"splitCount", device.splitCount},
                       {"memoryMiB", device.memoryMiB},
                       {"cores", device.cores},
                       {"type", device.type},
                       {"numa", device.numa},
                       {"healthy", device.healthy}});
    return out;
}

void addSummary(const core::Node &node, json &out)
{
    const auto summary = core::summariseNode(node);
    out["vendors"] = summary.vendors;
    if (!summary.sharing.empty())
        out["sharing"] = summary.sharing;
    if (summary.physicalGpus)
        out["physicalGpus"] = *summary.physicalGpus;
    if (summary.schedulableUnits)
        out["schedulableUnits"] = *summary.schedulableUnits;
    if (!summary.issues.empty())
        out["issues"] = summary.issues;
}

void addKarpenter(const core::Labels &labels, json &out)
{
    json karpenter = json::object();
    for (const std::string stem : {"karpenter.k8s.aws/instance-gpu-", "eks.amazonaws.com/instance-gpu-"})
        for (const auto &[label, key] : {std::pair{"name", "gpuName"}, std::pair{"manufacturer", "gpuManufacturer"},
                                         std::pair{"count", "gpuCount"}, std::pair{"memory", "gpuMemoryMiB"}})
            if (const auto found = labels.find(stem + label); found != labels.end())
                karpenter[key] = json::parse(found->second, nullptr, false).is_number() ? json::parse(found->second)
                                                                                        : json(found->second);
    if (!karpenter.empty())
        out["karpenter"] = karpenter;
    for (const auto *key : {"node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"})
        if (const auto found = labels.find(key); found != labels.end() && !out.contains("instanceType"))
            out["instanceType"] = found->second;
}

Result<json> decodeNode(const json &in)
{
    const auto node = core::parseNode(in.at("node").dump(), noCatalog);
    if (!node)
        return std::unexpected(node.error());
    json out{{"name", (*node)->name}, {"acceleratorResources", acceleratorResources(**node)}};
    addSummary(**node, out);
    const std::map<std::string, json> byVendor{{"nvidia", nvidiaJson((*node)->labels)},
                                               {"amd", amdJson((*node)->labels)},
                                               {"intel", intelJson((*node)->labels)}};
    for (const auto &[vendor, labels] : byVendor)
        if (!labels.is_null())
            out[vendor] = labels;
    if (auto capacity = machineResources((*node)->capacity); !capacity.empty())
        out["capacity"] = capacity;
    if (auto allocatable = machineResources((*node)->allocatable); !allocatable.empty())
        out["allocatable"] = allocatable;
    if ((*node)->ready)
        out["ready"] = *(*node)->ready;
    out["taints"] = json::array();
    for (const auto &taint : (*node)->taints)
        out["taints"].push_back(core::taintText(taint));
    if (auto hami = hamiJson(**node); !hami.empty())
        out["hamiDevices"] = hami;
    addKarpenter((*node)->labels, out);
    return out;
}

// --- A cost tool's reading of a node ---------------------------------------------------------------------------------

std::int64_t labelNumber(const core::Labels &labels, std::initializer_list<const char *> keys)
{
    for (const auto *key : keys)
        if (const auto found = labels.find(key); found != labels.end())
            if (const auto value = json::parse(found->second, nullptr, false);
                value.is_number_integer() && value.get<std::int64_t>() > 0)
                return value;
    return 0;
}

struct PeerNode {
    core::Labels labels;
    core::Resources offered; ///< accelerators with a capacity above 0
    std::string model, sharing;
    std::optional<core::MigProfile> profile; ///< under strategy single
    std::string profileName;
    std::int64_t replicas = 1, slices = 7;

    /// The part of a card that one unit of the resource is: over / under.
    std::pair<std::int64_t, std::int64_t> part(const std::string &resource) const
    {
        if (const auto mig = core::migProfileOfResource(resource))
            return {std::min<std::int64_t>(mig->gpuSlices, slices), slices};
        if (resource != "nvidia.com/gpu" && resource != "nvidia.com/gpu.shared")
            return {1, 1};
        return profile
            ? std::pair<std::int64_t, std::int64_t>{std::min<std::int64_t>(profile->gpuSlices, slices), slices}
            : std::pair<std::int64_t, std::int64_t>{1, replicas};
    }
};

void readPeerSharing(PeerNode &node)
{
    const auto text = [&node](const char *key) {
        const auto found = node.labels.find(key);
        return found == node.labels.end() ? std::string() : found->second;
    };
    const auto nvidia = core::readNvidiaLabels(node.labels).value_or(core::NvidiaLabels());
    const auto gke = text("cloud.google.com/gke-gpu-partition-size");
    node.profileName = !gke.empty() ? gke : nvidia.migStrategy == "single" ? nvidia.product.migProfile : "";
    node.profile = core::parseMigProfile(node.profileName);
    node.replicas = std::max<std::int64_t>(
        1, labelNumber(node.labels, {"nvidia.com/gpu.replicas", "cloud.google.com/gke-max-shared-clients-per-gpu"}));
    const bool mig = std::any_of(node.offered.begin(), node.offered.end(),
                                 [](const auto &r) { return core::migProfileOfResource(r.first).has_value(); });
    const bool shared = node.replicas > 1 || node.offered.contains("nvidia.com/gpu.shared");
    const bool mps = nvidia.sharing == "mps" || text("cloud.google.com/gke-gpu-sharing-strategy") == "mps";
    node.sharing = mig ? "mig-mixed"
        : node.profile ? "mig-single"
        : !shared      ? "exclusive"
        : mps          ? "mps"
                       : "time-slicing";
}

std::optional<PeerNode> peerNode(const json &labels, const json &capacity, const std::string &instanceType)
{
    PeerNode node;
    node.labels = labels.is_object() ? labelsOf(labels) : core::Labels();
    for (const auto &[name, amount] : resourcesOf(capacity))
        if (core::isAcceleratorResource(name) && amount > 0)
            node.offered[name] = amount;
    if (node.offered.empty())
        return std::nullopt;
    const auto memory = labelNumber(
        node.labels,
        {"nvidia.com/gpu.memory", "karpenter.k8s.aws/instance-gpu-memory", "eks.amazonaws.com/instance-gpu-memory"});
    for (const auto *key :
         {"nvidia.com/gpu.product", "cloud.google.com/gke-accelerator", "karpenter.k8s.aws/instance-gpu-name",
          "eks.amazonaws.com/instance-gpu-name", "amd.com/gpu.product-name", "beta.amd.com/gpu.product-name"})
        if (const auto found = node.labels.find(key); found != node.labels.end() && node.model.empty())
            node.model = peerModel(found->second, memory);
    if (node.model.empty())
        node.model = peerModelOfInstance(instanceType);
    node.slices = node.model == "a30" ? 4 : 7;
    readPeerSharing(node);
    return node;
}

Result<json> readNodeGpus(const json &in)
{
    const auto node =
        peerNode(in.value("labels", json::object()), in.value("capacity", json()), in.value("instanceType", ""));
    if (!node)
        return json();
    json out{{"sharing", node->sharing}, {"model", node->model}, {"replicas", node->replicas}};
    if (node->profile)
        out["migProfile"] = node->profileName;
    double cards = 0;
    for (const auto &[name, amount] : node->offered) {
        const auto [over, under] = node->part(name);
        cards += static_cast<double>(amount) * static_cast<double>(over) / static_cast<double>(under);
        out["unitFraction"][name] = over == under ? json(1) : json(fractionText(over, under));
    }
    const auto labelled = labelNumber(node->labels,
                                      {"nvidia.com/gpu.count", "cloud.google.com/gke-accelerator-count",
                                       "karpenter.k8s.aws/instance-gpu-count", "eks.amazonaws.com/instance-gpu-count"});
    out["physicalCount"] =
        labelled > 0 ? labelled : std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(cards - 1e-9)));
    return out;
}

Result<json> gpuEquivalents(const json &in)
{
    const auto node = peerNode(in.value("nodeLabels", json::object()), in.value("nodeCapacity", json()), "");
    std::int64_t over = 0, under = 1;
    for (const auto &[name, amount] : resourcesOf(in.at("requests")))
        if (node && node->offered.contains(name)) {
            const auto [o, u] = node->part(name);
            over = over * u + amount * o * under;
            under *= u;
        }
    return json{{"gpus", fractionText(over, under)}};
}

/// The smallest profile that leaves a quarter free of both compute slices and memory; the whole card is no answer.
Result<json> suggestMigProfile(const json &in)
{
    static const std::map<std::string, std::vector<const char *>> profiles{
        {"a100-40gb", {"1g.5gb", "2g.10gb", "3g.20gb", "4g.20gb"}},
        {"a100-80gb", {"1g.10gb", "2g.20gb", "3g.40gb", "4g.40gb"}},
        {"h100-80gb", {"1g.10gb", "2g.20gb", "3g.40gb", "4g.40gb"}},
        {"h100-94gb", {"1g.12gb", "2g.24gb", "3g.47gb", "4g.47gb"}},
        {"h200", {"1g.18gb", "2g.35gb", "3g.71gb", "4g.71gb"}},
        {"b200", {"1g.23gb", "2g.45gb", "3g.90gb", "4g.90gb"}},
        {"a30", {"1g.6gb", "2g.12gb"}}};
    const auto found = profiles.find(in.at("model").get<std::string>());
    const double compute = in.at("utilization").get<double>() * 1.25;
    const double memory = in.at("memoryUsedMiB").get<double>() / 1024 * 1.25;
    for (const auto *name : found == profiles.end() ? std::vector<const char *>() : found->second) {
        const auto profile = core::parseMigProfile(name);
        const double slices = found->first == "a30" ? 4 : 7;
        if (profile->gpuSlices / slices >= compute && profile->gigabytes >= memory)
            return json{{"profile", name}};
    }
    return json{{"profile", nullptr}};
}

// --- Another tool's count of cards -----------------------------------------------------------------------------------

Result<json> acceleratorCount(const json &in)
{
    constexpr std::int64_t plausible = 1024;
    std::int64_t most = 0;
    bool advertises = false;
    for (const auto &[name, amount] : resourcesOf(in.at("capacity"))) {
        const auto kind = core::classifyResource(name);
        const bool part = name.starts_with("gpu.intel.com/") || name.starts_with("aliyun.com/gpu")
            || name.starts_with("aws.amazon.com/neuron") || core::isAcceleratorResource(name);
        advertises = advertises || (part && !name.ends_with("monitoring"));
        const bool whole = kind ? kind->kind == core::DeviceKind::Card : core::isAcceleratorResource(name);
        if (whole && amount <= plausible)
            most = std::max(most, amount);
    }
    const auto labels = in.contains("labels") ? labelsOf(in["labels"]) : core::Labels();
    const auto replicas = labelNumber(labels, {"nvidia.com/gpu.replicas"});
    if (most > 0 && replicas > 1 && replicas <= plausible)
        most = std::max<std::int64_t>(1, most / replicas);
    return json{{"count", most}, {"advertisesAccelerator", advertises}};
}

// --- k9s: columns of the node table ----------------------------------------------------------------------------------

std::optional<std::int64_t> plainGpus(const core::Resources &resources)
{
    for (const auto *name : {"nvidia.com/gpu", "amd.com/gpu", "gpu.intel.com/i915"})
        if (resources.contains(name))
            return core::amountOf(resources, name);
    return std::nullopt;
}

Result<json> extractNodeGpu(const json &in)
{
    const auto resources = resourcesOf(in.at("resourceList"));
    const auto plain = plainGpus(resources);
    json out{{"gpu", nullptr}, {"gpuShared", nullptr}};
    if (plain)
        out["gpu"] = std::to_string(*plain);
    if (resources.contains("nvidia.com/gpu.shared"))
        out["gpuShared"] = std::to_string(core::amountOf(resources, "nvidia.com/gpu.shared"));
    return out;
}

Result<json> nodeMetrics(const json &in)
{
    const auto node = core::parseNode(in.at("node").dump(), noCatalog);
    if (!node)
        return std::unexpected(node.error());
    const auto column = [](const core::Resources &machine, const core::Resources &gpus) {
        return json{{"cpuMilli", core::amountOf(machine, "cpu")},
                    {"memoryBytes", core::amountOf(machine, "memory")},
                    {"gpu", plainGpus(gpus).value_or(0)}};
    };
    return json{{"usage", column(resourcesOf(in.value("usage", json())), (*node)->capacity)},
                {"allocatable", column((*node)->allocatable, (*node)->allocatable)}};
}

// --- kubectl-gpufit: what is free, and why a pod waits ---------------------------------------------------------------

core::Resources accelerators(const core::Resources &all)
{
    core::Resources out;
    for (const auto &[name, amount] : all)
        if (core::isAcceleratorResource(name) && amount > 0)
            out[name] = amount;
    return out;
}

Result<core::ClusterSnapshot> snapshotOf(const json &in)
{
    core::ClusterSnapshot snapshot;
    for (const auto &object : in.value("nodes", json::array())) {
        auto node = core::parseNode(object.dump(), noCatalog);
        if (!node)
            return std::unexpected(node.error());
        snapshot.nodes.push_back(std::move(*node));
    }
    for (const auto &object : in.value("pods", json::array())) {
        auto pod = core::parsePod(object.dump());
        if (!pod)
            return std::unexpected(pod.error());
        snapshot.pods.push_back(std::move(*pod));
    }
    std::ranges::sort(snapshot.nodes, {}, [](const auto &node) { return node->name; });
    std::ranges::sort(snapshot.pods, {}, [](const auto &pod) { return pod->key(); });
    return snapshot;
}

Result<json> clusterAllocation(const json &in)
{
    const auto snapshot = snapshotOf(in);
    if (!snapshot)
        return std::unexpected(snapshot.error());
    const auto usage = core::account(*snapshot);
    json nodes = json::object();
    for (const auto &node : snapshot->nodes)
        for (const auto &[name, amount] : accelerators(node->allocatable)) {
            const auto held = core::requestedOn(usage, node->name, name);
            nodes[node->name][name] = {{"allocatable", amount}, {"allocated", held}, {"free", amount - held}};
        }
    return json{{"nodes", nodes}};
}

std::vector<core::Toleration> tolerationsOf(const json &pod)
{
    std::vector<core::Toleration> out;
    for (const auto &one : pod.value("spec", json::object()).value("tolerations", json::array())) {
        const auto effect = one.value("effect", "");
        out.push_back({one.value("key", ""), one.value("operator", ""), one.value("value", ""),
                       effect.empty() ? std::nullopt : core::taintEffect(effect), std::nullopt});
    }
    return out;
}

/// Where the requests fit, and why not elsewhere.
Result<json> diagnosePending(const json &in)
{
    const auto snapshot = snapshotOf(in);
    const auto pod = core::parsePod(in.at("pod").dump());
    if (!snapshot || !pod)
        return std::unexpected(!pod ? pod.error() : snapshot.error());
    const auto wanted = accelerators((*pod)->requests);
    if (wanted.empty())
        return json{{"blocked", false}, {"cause", "no-gpu-request"}, {"candidates", json::array()}};
    const auto usage = core::account(*snapshot);
    const auto tolerations = tolerationsOf(in.at("pod"));
    json candidates = json::array();
    bool advertised = false, tainted = false;
    core::Resources everywhere;
    for (const auto &node : snapshot->nodes) {
        json free = json::object();
        bool fits = true, offers = true;
        for (const auto &[name, amount] : wanted) {
            const auto left = core::amountOf(node->allocatable, name) - core::requestedOn(usage, node->name, name);
            offers = offers && core::amountOf(node->allocatable, name) > 0;
            fits = fits && left >= amount;
            everywhere[name] += std::max<std::int64_t>(0, left);
            free[name] = left;
        }
        advertised = advertised || offers;
        const bool refused = core::firstUntolerated(tolerations, node->taints) || node->unschedulable;
        tainted = tainted || (fits && refused);
        if (fits && !refused && node->ready.value_or(false))
            candidates.push_back({{"node", node->name}, {"free", free}});
    }
    const bool enough = std::ranges::all_of(
        wanted, [&everywhere](const auto &want) { return core::amountOf(everywhere, want.first) >= want.second; });
    const auto *cause = !candidates.empty() ? "fits"
        : !advertised                       ? "not-advertised"
        : tainted                           ? "untolerated-taint"
        : enough                            ? "fragmentation"
                                            : "insufficient";
    return json{{"blocked", candidates.empty()}, {"cause", cause}, {"candidates", candidates}};
}

/// A pod, or anything that holds a pod template.
Result<json> loadPodSpec(const json &in)
{
    auto document = core::yamlToJson(in.at("yaml").get<std::string>(), "pod");
    if (!document)
        return std::unexpected(document.error());
    if (!document->is_object())
        return core::fail(core::ErrorKind::Parse, "is no object");
    const auto metadata = document->value("metadata", json::object());
    auto spec = document->value("spec", json());
    if (document->value("kind", "") == "CronJob" && spec.is_object())
        spec = spec.value("jobTemplate", json::object()).value("spec", json());
    if (spec.is_object() && spec.contains("template"))
        spec = spec["template"].value("spec", json());
    if (!spec.is_object() || !spec.contains("containers"))
        return core::fail(core::ErrorKind::Parse, "holds no pod");
    const auto name = metadata.value("name", "pod");
    const auto pod = core::parsePod(json{{"metadata", {{"name", name}}}, {"spec", spec}}.dump());
    if (!pod)
        return std::unexpected(pod.error());
    return json{{"name", name},
                {"namespace", metadata.value("namespace", "default")},
                {"requests", accelerators((*pod)->requests)}};
}

Result<json> podAcceleratorRequests(const json &in)
{
    const auto pod = core::parsePod(json{{"metadata", {{"name", "pod"}}}, {"spec", in.at("podSpec")}}.dump());
    if (!pod)
        return std::unexpected(pod.error());
    return json{{"requests", accelerators((*pod)->requests)}};
}

// --- headlamp-intel-gpu-plugin ---------------------------------------------------------------------------------------

Result<json> intelNode(const json &in)
{
    const auto parsed = core::parseNode(in.at("node").dump(), noCatalog);
    if (!parsed)
        return std::unexpected(parsed.error());
    const auto &node = **parsed;
    const auto says = [&node](const char *key) {
        const auto found = node.labels.find(key);
        return found != node.labels.end() && found->second == "true";
    };
    const bool discrete = says("node-role.kubernetes.io/gpu"), integrated = says("node-role.kubernetes.io/igpu");
    const bool offers =
        std::ranges::any_of(node.capacity, [](const auto &one) { return one.first.starts_with("gpu.intel.com/"); });
    return json{
        {"isIntelGpuNode", discrete || integrated || offers || says("intel.feature.node.kubernetes.io/gpu")},
        {"gpuType",
         discrete         ? "discrete"
             : integrated ? "integrated"
                          : "unknown"},
        {"gpuCount",
         core::amountOf(node.capacity, "gpu.intel.com/i915") + core::amountOf(node.capacity, "gpu.intel.com/xe")},
        {"ready", node.ready.value_or(false)}};
}

/// Sums all containers, init containers too: the plugin's own arithmetic, not the scheduler's.
Result<json> intelPodRequests(const json &in)
{
    bool asks = false;
    core::Resources sums;
    for (const auto *list : {"containers", "initContainers"})
        for (const auto &container : in.value(list, json::array())) {
            const auto resources = container.value("resources", json::object());
            for (const auto &[name, amount] : resourcesOf(resources.value("limits", json())))
                asks = asks || name.starts_with("gpu.intel.com/");
            for (const auto &[name, amount] : resourcesOf(resources.value("requests", json())))
                if (name.starts_with("gpu.intel.com/")) {
                    asks = true;
                    sums[name] += amount;
                }
        }
    json requests = json::object();
    for (const auto &[name, amount] : sums)
        requests[name] = std::to_string(amount);
    return json{{"requestsGpu", asks}, {"requests", requests}};
}

Result<json> clusterGpuTypes(const json &in)
{
    std::set<std::string> types;
    for (const auto &product : in.at("products"))
        if (product.is_string())
            if (const auto name = plannerType(product.get<std::string>()); !name.empty())
                types.insert(name);
    return json{{"types", types}};
}

Result<json> model(std::string name)
{
    return json{{"model", name.empty() ? json() : json(std::move(name))}};
}

using Operation = Result<json> (*)(const json &);

const std::map<std::string, Operation> operations{
    {"decodeNode", decodeNode},
    {"isAcceleratorResource",
     [](const json &in) -> Result<json> {
         return json{{"accelerator", core::isAcceleratorResource(in.at("resource").get<std::string>())}};
     }},
    {"canonicalGpuModel",
     [](const json &in) {
         return model(peerModel(in.at("product").get<std::string>(), in.value("memoryMiB", std::int64_t(0))));
     }},
    {"modelFromInstanceType",
     [](const json &in) { return model(peerModelOfInstance(in.at("instanceType").get<std::string>())); }},
    {"readNodeGpus", readNodeGpus},
    {"gpuEquivalents", gpuEquivalents},
    {"suggestMigProfile", suggestMigProfile},
    {"acceleratorCount", acceleratorCount},
    {"extractNodeGPU", extractNodeGpu},
    {"nodeMetrics", nodeMetrics},
    {"clusterAllocation", clusterAllocation},
    {"diagnosePending", diagnosePending},
    {"loadPodSpec", loadPodSpec},
    {"podAcceleratorRequests", podAcceleratorRequests},
    {"intelNode", intelNode},
    {"intelPodRequests", intelPodRequests},
    {"clusterGpuTypes", clusterGpuTypes},
};

} // namespace

Answer answerNodeObjects(const json &in)
{
    try {
        const auto found = operations.find(in.at("op").get<std::string>());
        return found == operations.end() ? std::nullopt : Answer(found->second(in));
    } catch (const std::exception &error) { // a case of a shape we do not know
        return core::fail(core::ErrorKind::Internal, error.what());
    }
}

} // namespace conformance
