// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/cluster/accounting.h"
#include "core/fit/verdict.h"
#include "core/images/image_catalog.h"
#include "core/placement/plan.h"

#include <algorithm>

/// A small mixed cluster judged by the real catalogue and the real chain, for tests of what a person sees.
namespace sample {

inline core::DevicePool devices(const core::Catalog &catalog, const std::string &skuId, std::string resource,
                                std::int64_t count)
{
    core::DevicePool pool;
    const auto *sku = catalog.findSku(skuId);
    pool.vendor = resource.starts_with("amd") ? core::Vendor::Amd
        : resource.starts_with("gpu.intel")   ? core::Vendor::Intel
                                              : core::Vendor::Nvidia;
    pool.resource = std::move(resource);
    pool.kind = core::DeviceKind::Card;
    pool.skuId = skuId;
    if (sku) {
        pool.productLabel = sku->labels.empty() ? sku->id : sku->labels.front();
        pool.memoryBytes = sku->usableBytes();
        pool.computeTarget = sku->target;
    }
    pool.driverVersion = pool.vendor == core::Vendor::Amd ? "6.16.6" : "580.82.07";
    pool.capacity = pool.allocatable = count;
    return pool;
}

inline core::Node machine(const std::string &name, core::DevicePool pool)
{
    core::Node node;
    node.name = name;
    node.uid = name;
    node.ready = true;
    node.architecture = "amd64";
    node.allocatable = {{"cpu", 192000}, {"memory", 2048LL << 30}, {"pods", 110}};
    node.devices.push_back(std::move(pool));
    return node;
}

inline core::PodPtr pod(const std::string &name, const std::string &node, const std::string &resource,
                        std::int64_t count)
{
    core::Pod out;
    out.nameSpace = "team-chat";
    out.name = name;
    out.nodeName = node;
    out.phase = core::PodPhase::Running;
    out.requests = {{resource, count}, {"cpu", 4000}, {"pods", 1}};
    return std::make_shared<const core::Pod>(std::move(out));
}

/// The cluster, its accounting, and a plan with three models.
struct Cluster {
    core::Catalog catalog;
    core::ImageCatalog images;
    core::ClusterSnapshot snapshot;
    core::ClusterUsage usage;
    std::vector<core::SkuRow> rows;
    core::Plan plan;
    core::PlannedDevices planned;

    Cluster()
    {
        const std::filesystem::path resources = BERTH_TEST_DATA "/../../resources/catalog";
        catalog = core::loadCatalog(resources).value();
        images = core::loadImages(resources).value();
        snapshot.context = "prod-eu";
        snapshot.serverVersion = "v1.34.2";
        snapshot.nodesSynced = snapshot.podsSynced = true;
        fill();
        for (const auto &[name, model, weights, tensorParallel] :
             {std::tuple("llama-3-3-70b", "meta-llama/Llama-3.3-70B-Instruct", "fp8", 2),
              std::tuple("qwen3-32b", "Qwen/Qwen3-32B", "bf16", 1),
              std::tuple("qwen3-8b", "Qwen/Qwen3-8B", "bf16", 1)}) {
            core::Requirement wanted;
            wanted.name = name;
            wanted.modelId = model;
            wanted.weights = weights;
            wanted.tensorParallel = tensorParallel;
            wanted.context = 32768;
            wanted.concurrency = 2;
            plan.requirements.push_back(wanted);
        }
        core::Target target{.resource = "nvidia.com/gpu", .skuId = "nvidia-a100-sxm4-80", .node = "gpu-21", .card = {}};
        plan.placements.push_back({"qwen3-8b", target, 1, false});
        account();
    }

    void add(core::Node node)
    {
        snapshot.nodes.push_back(std::make_shared<const core::Node>(std::move(node)));
        std::sort(snapshot.nodes.begin(), snapshot.nodes.end(),
                  [](const auto &a, const auto &b) { return a->name < b->name; });
    }

    /// Nodes of eight H100 each, "node-100000" and on: a cluster that is large.
    void addMany(int count)
    {
        for (int i = 0; i < count; ++i)
            snapshot.nodes.push_back(std::make_shared<const core::Node>(machine(
                "node-" + std::to_string(100'000 + i), devices(catalog, "nvidia-h100-sxm-80", "nvidia.com/gpu", 8))));
        std::ranges::sort(snapshot.nodes, {}, [](const auto &node) { return node->name; });
    }

    /// Takes a node off; false when there is none.
    bool remove(const std::string &name)
    {
        return std::erase_if(snapshot.nodes, [&name](const auto &node) { return node->name == name; }) > 0;
    }

    /// After a change of nodes, pods or the plan.
    void account()
    {
        usage = core::account(snapshot);
        rows = core::summarise(snapshot, usage, catalog);
        planned = core::plannedDevices(plan, snapshot, usage);
    }

    std::shared_ptr<const core::ClusterUsage> sharedUsage() const
    {
        return std::make_shared<const core::ClusterUsage>(usage);
    }

    core::FitInput input(const core::Prices *prices = nullptr) const
    {
        return {.snapshot = snapshot,
                .usage = usage,
                .catalog = catalog,
                .images = images,
                .planned = planned,
                .prices = prices};
    }

    std::vector<core::Candidate> judge(const std::string &requirement) const
    {
        return core::evaluate(input(), *plan.find(requirement));
    }
    core::CandidatesPtr verdicts(const std::string &requirement) const
    {
        return std::make_shared<const std::vector<core::Candidate>>(judge(requirement));
    }

private:
    void fill()
    {
        const std::string gpu = "nvidia.com/gpu";
        for (const auto *name : {"gpu-01", "gpu-02"})
            add(machine(name, devices(catalog, "nvidia-h100-sxm-80", gpu, 8)));
        auto sick = machine("gpu-03", devices(catalog, "nvidia-h100-sxm-80", gpu, 8));
        sick.devices.front().allocatable = 7;
        add(sick);
        add(machine("gpu-21", devices(catalog, "nvidia-a100-sxm4-80", gpu, 4)));
        auto cordoned = machine("gpu-32", devices(catalog, "nvidia-l40s", gpu, 4));
        cordoned.unschedulable = true;
        add(cordoned);
        for (const int shares : {2, 4}) {
            auto shared = machine("gpu-4" + std::to_string(shares), devices(catalog, "nvidia-t4", gpu, shares));
            shared.devices.front().kind = core::DeviceKind::Share;
            shared.devices.front().sharing = "time-slicing";
            shared.devices.front().replicas = shares;
            add(shared);
        }
        add(machine("amd-01", devices(catalog, "amd-mi300x", "amd.com/gpu", 8)));
        auto strange = machine("gpu-99", devices(catalog, "", gpu, 2));
        strange.devices.front().productLabel = "NVIDIA-FUTURE-9000";
        add(strange);
        snapshot.pods = {pod("llama-0", "gpu-01", gpu, 6), pod("qwen-0", "gpu-03", gpu, 7),
                         pod("whisper-0", "amd-01", "amd.com/gpu", 3)};
    }
};

} // namespace sample
