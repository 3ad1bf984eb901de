// SPDX-License-Identifier: GPL-3.0-or-later
// How long one drain takes to be thought through on 10,000 nodes with 60,000 pods: median and worst of 51 runs, in ms.
// Then one model placed automatically there.
#include "core/placement/what_if.h"
#include "core/placement/auto_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace {

constexpr int nodeCount = 10'000, runs = 51;
constexpr std::int64_t gib = std::int64_t{1} << 30;

struct Kind {
    const char *resource, *sku, *target;
    std::int64_t devices;
    core::Vendor vendor;
};

constexpr Kind kinds[] = {{"nvidia.com/gpu", "nvidia-h100-sxm-80", "9.0", 8, core::Vendor::Nvidia},
                          {"nvidia.com/gpu", "nvidia-l40s", "8.9", 4, core::Vendor::Nvidia},
                          {"amd.com/gpu", "amd-mi300x", "gfx942", 8, core::Vendor::Amd},
                          {"nvidia.com/gpu", "nvidia-t4", "7.5", 2, core::Vendor::Nvidia},
                          {nullptr, nullptr, nullptr, 0, core::Vendor::Nvidia}};

core::NodePtr node(int number)
{
    const auto &kind = kinds[number % static_cast<int>(std::size(kinds))];
    core::Node node;
    node.name = fmt::format("node-{:05}", number);
    node.ready = true;
    node.architecture = "amd64";
    node.labels = {{"kubernetes.io/hostname", node.name},
                   {"topology.kubernetes.io/zone", fmt::format("z{}", number % 3)}};
    node.allocatable = {{"cpu", 96'000}, {"memory", 1024 * gib}, {"pods", 110}, {"ephemeral-storage", 1000 * gib}};
    if (kind.resource) {
        node.allocatable[kind.resource] = kind.devices;
        core::DevicePool pool;
        pool.resource = kind.resource;
        pool.vendor = kind.vendor;
        pool.skuId = kind.sku;
        pool.computeTarget = kind.target;
        pool.driverVersion = kind.vendor == core::Vendor::Amd ? "6.16.6" : "580.82.07";
        pool.capacity = pool.allocatable = kind.devices;
        node.devices.push_back(std::move(pool));
    }
    return std::make_shared<const core::Node>(std::move(node));
}

/// Six pods a node: two with devices where there are some, three without, one of a DaemonSet.
void addPods(const core::Node &node, int number, core::ClusterSnapshot &snapshot)
{
    for (int index = 0; index < 6; ++index) {
        core::Pod pod;
        pod.nameSpace = "ns";
        pod.name = fmt::format("pod-{:05}-{}", number, index);
        pod.nodeName = node.name;
        pod.phase = core::PodPhase::Running;
        pod.owner = index == 5 ? "DaemonSet/agent" : fmt::format("ReplicaSet/app-{}", number % 97);
        pod.requests = {{"cpu", 500 + 250 * index}, {"memory", (1 + index) * gib}};
        if (index < 2 && !node.devices.empty())
            pod.requests[node.devices[0].resource] = (number + index) % 2 + 1;
        snapshot.pods.push_back(std::make_shared<const core::Pod>(std::move(pod)));
    }
}

template <class Work>
void measure(const char *what, Work work)
{
    std::vector<double> milliseconds;
    for (int run = 0; run < runs; ++run) {
        const auto begin = std::chrono::steady_clock::now();
        work(run);
        milliseconds.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    std::ranges::sort(milliseconds);
    fmt::print("{}: median {:.2f} ms, worst {:.2f} ms\n", what, milliseconds[runs / 2], milliseconds.back());
}

} // namespace

int main(int argc, char **argv)
{
    const auto *folder = argc > 1 ? argv[1] : "resources/catalog";
    const auto catalog = core::loadCatalog(folder);
    const auto images = core::loadImages(folder);
    if (!catalog || !images) {
        fmt::print(stderr, "{}\n", core::describe(catalog ? images.error() : catalog.error()));
        return 2;
    }
    core::ClusterSnapshot snapshot;
    snapshot.nodesSynced = snapshot.podsSynced = true;
    for (int number = 0; number < nodeCount; ++number) {
        snapshot.nodes.push_back(node(number));
        addPods(*snapshot.nodes.back(), number, snapshot);
    }
    const auto usage = core::account(snapshot);
    const core::PlannedDevices planned;
    const core::FitInput input{snapshot, usage, *catalog, *images, planned};
    std::size_t moves = 0, placed = 0;
    measure("what-if drain, 10,000 nodes, 60,000 pods", [&](int run) {
        const auto answer = core::whatIfDrain(input, fmt::format("node-{:05}", run * 191));
        moves += answer ? answer->moves.size() : 0;
    });
    core::Requirement requirement;
    requirement.name = "bench";
    requirement.modelId = "Qwen/Qwen3-32B";
    requirement.tensorParallel = 2;
    measure("auto-place, 10,000 nodes", [&](int) {
        const auto answer = core::autoPlace(input, {requirement});
        placed += answer && answer->best ? 1 : 0;
    });
    fmt::print("{} moves, {} placed\n", moves, placed);
    return moves == 0 || placed == 0 ? 1 : 0;
}
