// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifests/probe_job.h"

#include "core/base/names.h"
#include "core/fit/gpu_tolerations.h"
#include "core/manifests/measuring_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace core {

using Json = nlohmann::ordered_json;

namespace {

const char *word(Vendor vendor)
{
    return vendor == Vendor::Nvidia ? "nvidia" : vendor == Vendor::Amd ? "amd" : "intel";
}

/// One pool to be measured.
struct Site {
    const Node *node;
    const DevicePool *pool;
    std::int64_t devices = 0;
};

bool isWanted(const Node &node, const DevicePool &pool, const ProbeJobRequest &request)
{
    if (request.nodes.empty() && request.skus.empty())
        return true;
    const auto has = [](const std::vector<std::string> &list, const std::string &text) {
        return !text.empty() && std::ranges::find(list, text) != list.end();
    };
    return has(request.nodes, node.name) || has(request.skus, pool.skuId) || has(request.skus, pool.productLabel);
}

std::int64_t devicesFor(const Node &node, const DevicePool &pool, ProbeDevices wanted, const ClusterUsage &usage)
{
    const auto free = std::max<std::int64_t>(0, pool.allocatable - requestedOn(usage, node.name, pool.resource));
    const auto all = wanted == ProbeDevices::Free ? free : pool.allocatable;
    const bool oneOnly = wanted == ProbeDevices::One || pool.kind == DeviceKind::MigSlice;
    return oneOnly ? std::min<std::int64_t>(1, all) : all;
}

Json tolerationsOf(const Site &site)
{
    auto out = Json::array();
    std::set<std::string> seen;
    for (const auto &taint : site.node->taints)
        for (const auto &toleration : gpuTolerations(*site.pool))
            if (tolerates(toleration, taint) && taint.effect != TaintEffect::PreferNoSchedule
                && seen.insert(taint.key).second)
                out.push_back({{"key", taint.key},
                               {"operator", "Exists"},
                               {"effect", taint.effect == TaintEffect::NoExecute ? "NoExecute" : "NoSchedule"}});
    return out;
}

Json containerOf(const Site &site, const ProbeJobRequest &request)
{
    const auto devices = std::to_string(site.devices);
    Json out{{"name", "probe"},
             {"image", request.images.at(site.pool->vendor)},
             {"imagePullPolicy", "IfNotPresent"},
             {"args", {"--profile", request.profile}}};
    out["env"] = Json::array({Json{{"name", "HOME"}, {"value", "/tmp"}}});
    out["resources"] = {{"requests", {{"cpu", "1"}, {"memory", "2Gi"}, {site.pool->resource, devices}}},
                        {"limits", {{"memory", "4Gi"}, {site.pool->resource, devices}}}};
    out["securityContext"] = closedSecurityContext();
    out["volumeMounts"] = Json::array({Json{{"name", "tmp"}, {"mountPath", "/tmp"}}});
    return out;
}

Json podSpecOf(const Site &site, const ProbeJobRequest &request, const ClusterSnapshot &snapshot)
{
    Json spec{
        {"restartPolicy", "Never"}, {"terminationGracePeriodSeconds", 15}, {"automountServiceAccountToken", false}};
    if (site.pool->vendor == Vendor::Nvidia
        && std::ranges::find(snapshot.runtimeClasses, "nvidia") != snapshot.runtimeClasses.end())
        spec["runtimeClassName"] = "nvidia";
    const Json onNode{{"key", "metadata.name"}, {"operator", "In"}, {"values", {site.node->name}}};
    spec["affinity"] = {{"nodeAffinity",
                         {{"requiredDuringSchedulingIgnoredDuringExecution",
                           {{"nodeSelectorTerms", Json::array({Json{{"matchFields", Json::array({onNode})}}})}}}}}};
    if (auto tolerations = tolerationsOf(site); !tolerations.empty())
        spec["tolerations"] = std::move(tolerations);
    spec["containers"] = Json::array({containerOf(site, request)});
    spec["volumes"] = Json::array({Json{{"name", "tmp"}, {"emptyDir", {{"sizeLimit", "1Gi"}}}}});
    return spec;
}

ManifestFile fileOf(const Site &site, const ProbeJobRequest &request, const ClusterSnapshot &snapshot)
{
    const auto resource = site.pool->resource.substr(site.pool->resource.find('/') + 1);
    MeasuringJob job;
    job.name = jobName(fmt::format("probe-{}-{}", site.node->name, resource));
    job.nameSpace = request.nameSpace;
    job.schedule = request.schedule;
    job.kind = "probe";
    job.annotations = {{"berth.dev/sku", site.pool->skuId.empty() ? site.pool->productLabel : site.pool->skuId}};
    job.podSpec = podSpecOf(site, request, snapshot);
    job.deadlineSeconds = request.profile == "soak" ? 3600 : request.profile == "standard" ? 1800 : 600;
    ManifestObject object;
    object.json = jobObject(job);
    object.reasons.push_back(
        fmt::format("{} of {} {} on {}", site.devices, site.pool->allocatable, site.pool->resource, site.node->name));
    ManifestFile file;
    file.path = fmt::format("{}/{}.yaml", word(site.pool->vendor), job.name);
    file.text = toYaml(object.json);
    file.objects = {std::move(object)};
    return file;
}

/// The sites of a request, and what was left out of it.
std::vector<Site> sitesOf(const ProbeJobRequest &request, const ClusterSnapshot &snapshot, const ClusterUsage &usage,
                          std::vector<std::string> &warnings)
{
    std::vector<Site> sites;
    for (const auto &node : snapshot.nodes)
        for (const auto &pool : node->devices) {
            if (!isWanted(*node, pool, request))
                continue;
            if (pool.kind == DeviceKind::Share) {
                warnings.push_back(fmt::format("{}: {} is shared; whatever else runs on the card would be measured too",
                                               node->name, pool.resource));
                continue;
            }
            const Site site{node.get(), &pool, devicesFor(*node, pool, request.devices, usage)};
            if (site.devices == 0)
                warnings.push_back(fmt::format("{}: no {} is free", node->name, pool.resource));
            else
                sites.push_back(site);
            if (!node->acceptsPods())
                warnings.push_back(fmt::format("{} takes no pods now: its probe waits", node->name));
        }
    return sites;
}

Result<void> check(const ProbeJobRequest &request, const ClusterSnapshot &snapshot)
{
    if (const auto problems = dns1123LabelProblems(request.nameSpace); !problems.empty())
        return fail(ErrorKind::Invalid, fmt::format("\"{}\" is no namespace: {}", request.nameSpace, problems[0]));
    static const std::set<std::string> profiles{"quick", "standard", "soak", "ci"};
    if (!profiles.contains(request.profile))
        return fail(ErrorKind::Invalid, fmt::format("berth-probe has no profile \"{}\"", request.profile));
    for (const auto &name : request.nodes)
        if (findNode(snapshot, name) == nullptr)
            return fail(ErrorKind::NotFound, "the cluster has no such node", name);
    return checkSchedule(request.schedule);
}

} // namespace

Result<Export> probeJobs(const ProbeJobRequest &request, const ClusterSnapshot &snapshot, const ClusterUsage &usage)
{
    if (auto sound = check(request, snapshot); !sound)
        return std::unexpected(sound.error());
    Export out;
    for (const auto &site : sitesOf(request, snapshot, usage, out.warnings)) {
        if (const auto image = request.images.find(site.pool->vendor);
            image == request.images.end() || image->second.empty())
            return fail(ErrorKind::Usage, fmt::format("no image of berth-probe for {}", word(site.pool->vendor)),
                        site.node->name,
                        fmt::format("build installer/probe-image/Containerfile.{0}, push it, and name it with --image "
                                    "{0}=REFERENCE",
                                    word(site.pool->vendor)));
        out.files.push_back(fileOf(site, request, snapshot));
    }
    if (out.files.empty())
        return fail(ErrorKind::NotFound,
                    out.warnings.empty() ? "no node has such a GPU"
                                         : "nothing can be measured: " + out.warnings.front());
    std::ranges::sort(out.files, {}, &ManifestFile::path);
    return out;
}

} // namespace core
