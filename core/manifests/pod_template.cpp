// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifests/pod_template.h"

#include "core/fit/gpu_tolerations.h"
#include "core/fit/host_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace core {

namespace {

using Json = nlohmann::ordered_json;
constexpr int servingPort = 8000;
constexpr auto claimName = "gpus"; ///< of the pod's claim, and of the one request in it

/// Amounts as the API server writes them, so that an object just applied reads back as it was written.
std::string cpuText(std::int64_t milli)
{
    return milli % 1000 == 0 ? fmt::format("{}", milli / 1000) : fmt::format("{}m", milli);
}

/// Rounded up to a whole Mi.
std::string memoryText(std::int64_t bytes)
{
    std::int64_t amount = (bytes + (1 << 20) - 1) >> 20;
    for (const auto *unit : {"Mi", "Gi"}) {
        if (amount % 1024 != 0)
            return fmt::format("{}{}", amount, unit);
        amount /= 1024;
    }
    return fmt::format("{}Ti", amount);
}

/// A label that every place carries, as one more condition: nodes that share a SKU and a resource name but cut or share
/// their cards otherwise stay out.
void addCondition(Json &expressions, const PlacedModel &placed, const std::string &key)
{
    std::set<std::string> values;
    for (const auto &place : placed.places) {
        const auto label = place.node->labels.find(key);
        if (label == place.node->labels.end())
            return;
        values.insert(label->second);
    }
    expressions.push_back({{"key", key}, {"operator", "In"}, {"values", values}});
}

/// The label by which the target's nodes are told apart, and the values it has on them now, suffixes included.
Json skuExpression(const PlacedModel &placed, ManifestObject &notes)
{
    const auto vendor = placed.places.front().pool->vendor;
    const std::vector<std::string> keys = vendor == Vendor::Nvidia ? std::vector<std::string>{"nvidia.com/gpu.product"}
        : vendor == Vendor::Amd
        ? std::vector<std::string>{"amd.com/gpu.device-id", "beta.amd.com/gpu.device-id", "amd.com/gpu.product-name"}
        : std::vector<std::string>{"gpu.intel.com/product"};
    for (const auto &key : keys) {
        std::set<std::string> values;
        for (const auto &place : placed.places)
            if (const auto label = place.node->labels.find(key); label != place.node->labels.end())
                values.insert(label->second);
        if (!values.empty())
            return {{"key", key}, {"operator", "In"}, {"values", values}};
    }
    std::set<std::string> names;
    for (const auto &place : placed.places)
        names.insert(place.node->name);
    notes.warnings.emplace_back(
        "the nodes carry no product label: the SKU is pinned by the names of its nodes, and new nodes are not found");
    return {{"key", "kubernetes.io/hostname"}, {"operator", "In"}, {"values", names}};
}

/// Null where the claim alone pins the pod.
Json nodeAffinity(const PlacedModel &placed, ManifestObject &notes)
{
    Json term;
    if (claimsDevices(placed) && placed.placement.target.level == TargetLevel::Sku) {
        notes.reasons.emplace_back("pinned to the SKU by the selector of its device claim");
        return {};
    }
    if (placed.placement.target.level == TargetLevel::Sku) {
        term["matchExpressions"] = Json::array({skuExpression(placed, notes)});
        const auto &pool = *placed.places.front().pool;
        if (pool.vendor == Vendor::Amd)
            addCondition(term["matchExpressions"], placed, "amd.com/gpu.compute-memory-partition");
        if (pool.vendor == Vendor::Nvidia && pool.kind == DeviceKind::Share)
            addCondition(term["matchExpressions"], placed, "nvidia.com/gpu.replicas");
        notes.reasons.push_back(
            fmt::format("pinned to the SKU by {}", term["matchExpressions"][0]["key"].get<std::string>()));
    } else {
        term["matchFields"] = Json::array(
            {Json{{"key", "metadata.name"}, {"operator", "In"}, {"values", {placed.placement.target.node}}}});
        notes.reasons.push_back(fmt::format("pinned to the node {}; the {} chooses the cards",
                                            placed.placement.target.node,
                                            claimsDevices(placed) ? "scheduler" : "kubelet"));
    }
    return {{"nodeAffinity",
             {{"requiredDuringSchedulingIgnoredDuringExecution", {{"nodeSelectorTerms", Json::array({term})}}}}}};
}

/// Tolerations for the GPU taints that the target's nodes really have.
Json tolerations(const PlacedModel &placed, ManifestObject &notes)
{
    Json out = Json::array();
    std::set<std::string> seen;
    for (const auto &place : placed.places)
        for (const auto &taint : place.node->taints)
            for (const auto &toleration : gpuTolerations(*place.pool)) {
                if (!tolerates(toleration, taint) || taint.effect == TaintEffect::PreferNoSchedule
                    || !seen.insert(taint.key).second)
                    continue;
                out.push_back({{"key", taint.key},
                               {"operator", "Exists"},
                               {"effect", taint.effect == TaintEffect::NoExecute ? "NoExecute" : "NoSchedule"}});
                notes.reasons.push_back(
                    fmt::format("tolerates {} because {} has that taint", taint.key, place.node->name));
            }
    return out;
}

Json engineArguments(const PlacedModel &placed)
{
    const auto &r = placed.requirement;
    Json args = {"--model",
                 r.modelId,
                 "--served-model-name",
                 placed.servedName(),
                 "--port",
                 std::to_string(servingPort),
                 "--max-model-len",
                 std::to_string(r.context),
                 "--max-num-seqs",
                 std::to_string(r.concurrency),
                 "--tensor-parallel-size",
                 std::to_string(r.tensorParallel),
                 "--gpu-memory-utilization",
                 fmt::format("{:.2f}", r.utilization)};
    const auto add = [&args](const char *flag, const char *value) {
        args.push_back(flag);
        args.push_back(value);
    };
    if (r.weights == "fp8")
        add("--quantization", "fp8");
    else if (r.weights == "bf16")
        add("--dtype", "bfloat16");
    else if (r.weights == "fp16")
        add("--dtype", "float16");
    if (r.kvCache == "fp8")
        add("--kv-cache-dtype", "fp8");
    return args;
}

Json environment(const PlacedModel &placed)
{
    Json env = Json::array(
        {Json{{"name", "HF_HOME"}, {"value", "/cache/huggingface"}}, Json{{"name", "HOME"}, {"value", "/cache"}}});
    if (placed.places.front().pool->vendor == Vendor::Amd && placed.requirement.tensorParallel > 1)
        env.push_back({{"name", "HSA_NO_SCRATCH_RECLAIM"}, {"value", "1"}});
    return env;
}

Json probe(int periodSeconds, int failureThreshold)
{
    return {{"httpGet", {{"path", "/health"}, {"port", "http"}}},
            {"periodSeconds", periodSeconds},
            {"failureThreshold", failureThreshold}};
}

Json resourcesOf(const PlacedModel &placed)
{
    const auto host = hostRequest(placed.model, placed.requirement);
    const auto devices = std::to_string(placed.requirement.tensorParallel);
    const auto memory = memoryText(host.memoryBytes);
    Json requests{{"cpu", cpuText(host.cpuMilli)}, {"memory", memory}};
    Json limits{{"memory", memory}};
    if (claimsDevices(placed))
        return {{"requests", requests}, {"limits", limits}, {"claims", Json::array({Json{{"name", claimName}}})}};
    requests[placed.placement.target.resource] = devices;
    limits[placed.placement.target.resource] = devices;
    return {{"requests", requests}, {"limits", limits}};
}

Json container(const PlacedModel &placed)
{
    Json out{{"name", "server"},
             {"image", placed.image.image->reference},
             {"imagePullPolicy", "IfNotPresent"},
             {"args", engineArguments(placed)},
             {"env", environment(placed)}};
    out["ports"] = Json::array({Json{{"name", "http"}, {"containerPort", servingPort}, {"protocol", "TCP"}}});
    out["resources"] = resourcesOf(placed);
    // Loading hundreds of GB takes an hour on a slow store; liveness begins only after the start-up probe has passed.
    out["startupProbe"] = probe(10, 360);
    out["readinessProbe"] = probe(5, 3);
    out["livenessProbe"] = probe(10, 6);
    out["securityContext"] = {{"allowPrivilegeEscalation", false},
                              {"capabilities", {{"drop", {"ALL"}}}},
                              {"seccompProfile", {{"type", "RuntimeDefault"}}}};
    out["volumeMounts"] = Json::array(
        {Json{{"name", "shm"}, {"mountPath", "/dev/shm"}}, Json{{"name", "cache"}, {"mountPath", "/cache"}}});
    return out;
}

} // namespace

bool claimsDevices(const PlacedModel &placed)
{
    return !placed.places.front().pool->driver.empty();
}

Json claimTemplateSpec(const PlacedModel &placed)
{
    const auto &pool = *placed.places.front().pool;
    Json request{{"deviceClassName", pool.deviceClass},
                 {"allocationMode", "ExactCount"},
                 {"count", placed.requirement.tensorParallel},
                 {"selectors", Json::array({Json{{"cel", {{"expression", pool.selector}}}}})}};
    Json named{{"name", claimName}};
    if (placed.claimVersion == "v1beta1") // it has the fields of a request beside its name
        named.update(request);
    else
        named["exactly"] = std::move(request);
    return {{"spec", {{"devices", {{"requests", Json::array({named})}}}}}};
}

Json podTemplate(const PlacedModel &placed, const Json &labels, ManifestObject &notes)
{
    Json spec;
    const auto &pool = *placed.places.front().pool;
    // A driver of claims hands its devices over through the container runtime itself (CDI).
    if (pool.vendor == Vendor::Nvidia && placed.hasNvidiaRuntimeClass && !claimsDevices(placed)) {
        spec["runtimeClassName"] = "nvidia";
        notes.reasons.emplace_back("runtimeClassName nvidia, because the cluster has that RuntimeClass");
    }
    if (auto affinity = nodeAffinity(placed, notes); !affinity.is_null())
        spec["affinity"] = std::move(affinity);
    if (auto list = tolerations(placed, notes); !list.empty())
        spec["tolerations"] = std::move(list);
    if (pool.vendor == Vendor::Nvidia)
        notes.reasons.push_back(fmt::format("no privileges needed: the {} hands the GPU over",
                                            pool.driver.empty() ? "device plugin" : "driver"));
    else
        notes.reasons.emplace_back(
            "runs as the image's own user: another one needs the node's numeric video and render "
            "groups, which differ between distributions");
    if (claimsDevices(placed)) {
        spec["resourceClaims"] = Json::array({Json{{"name", claimName}, {"resourceClaimTemplateName", placed.name}}});
        notes.reasons.push_back(
            fmt::format("claims its devices through Dynamic Resource Allocation: {} publishes them, "
                        "no device plugin counts them",
                        pool.driver));
    }
    spec["automountServiceAccountToken"] = false;
    spec["terminationGracePeriodSeconds"] = 60;
    spec["containers"] = Json::array({container(placed)});
    // NCCL, RCCL and PyTorch's loaders exchange through shared memory; the 64 MiB a container gets is not enough.
    spec["volumes"] = Json::array({Json{{"name", "shm"}, {"emptyDir", {{"medium", "Memory"}, {"sizeLimit", "8Gi"}}}},
                                   Json{{"name", "cache"}, {"emptyDir", Json::object()}}});
    return {{"metadata", {{"labels", labels}}}, {"spec", spec}};
}

} // namespace core
