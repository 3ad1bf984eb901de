// SPDX-License-Identifier: GPL-3.0-or-later
// The free-shape map and the fewest moves to an 8-GPU hole over 10,000 nodes, at four loads: median ms of
// processor time of 11 runs, moves, proof.
#include "core/placement/free_shapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <random>

namespace {

constexpr int nodeCount = 10'000, runs = 11;

core::Node node(int number)
{
    core::Node out;
    out.name = fmt::format("node-{:05}", number);
    out.ready = true;
    out.allocatable = out.capacity = {{"cpu", 224'000}, {"memory", 2000LL << 30}, {"pods", 110}, {"nvidia.com/gpu", 8}};
    core::DevicePool pool;
    pool.resource = "nvidia.com/gpu";
    pool.skuId = number % 3 == 0 ? "nvidia-h200-sxm" : "nvidia-h100-sxm-80";
    pool.capacity = pool.allocatable = 8;
    out.devices.push_back(pool);
    return out;
}

struct Load {
    const char *name;
    int leastFree; ///< devices every node keeps free
    std::vector<int> sizes;
};

/// Fills every node with pods of the sizes in random order until only `leastFree` devices, or fewer than fit, are left.
core::ClusterSnapshot cluster(const Load &load)
{
    std::mt19937 random(7);
    core::ClusterSnapshot snapshot;
    snapshot.podsSynced = snapshot.nodesSynced = true;
    for (int i = 0; i < nodeCount; ++i) {
        snapshot.nodes.push_back(std::make_shared<const core::Node>(node(i)));
        int left = 8 - load.leastFree, tries = 0;
        while (left > 0 && tries++ < 24) {
            const int gpus = load.sizes[random() % load.sizes.size()];
            if (gpus > left)
                continue;
            left -= gpus;
            core::Pod pod;
            pod.nameSpace = "bench";
            pod.name = fmt::format("{}-{}", i, tries);
            pod.nodeName = snapshot.nodes.back()->name;
            pod.owner = "ReplicaSet/bench";
            pod.phase = core::PodPhase::Running;
            pod.requests = {{"cpu", 4000 + static_cast<std::int64_t>(random() % 8000)},
                            {"memory", 64LL << 30},
                            {"nvidia.com/gpu", gpus}};
            snapshot.pods.push_back(std::make_shared<const core::Pod>(std::move(pod)));
        }
    }
    return snapshot;
}

template <class Call>
double median(const Call &call)
{
    std::vector<double> milliseconds;
    for (int run = 0; run < runs; ++run) {
        const auto begin = std::clock();
        call();
        milliseconds.push_back(static_cast<double>(std::clock() - begin) * 1000 / CLOCKS_PER_SEC);
    }
    std::ranges::sort(milliseconds);
    return milliseconds[runs / 2];
}

} // namespace

int main()
{
    const core::Catalog catalog;
    const core::PlannedDevices planned;
    for (const auto &load : {Load{"half full", 3, {1, 2, 4}}, Load{"one free a node, pods of 1", 1, {1}},
                             Load{"one free a node, pods of 2 to 5", 1, {2, 3, 4, 5}},
                             Load{"one free a node, pods of 1, 2 and 4", 1, {1, 2, 4}}}) {
        const auto snapshot = cluster(load);
        const auto usage = core::account(snapshot);
        const core::ShapeInput input{snapshot, usage, catalog, planned};
        std::size_t lines = 0;
        const auto map = median([&] { lines = core::freeShapes(input)->size(); });
        const auto row = core::summarise(snapshot, usage, catalog).front();
        core::HolePlan plan;
        const auto hole = median([&] { plan = *core::openHole(input, row, 8); });
        fmt::print("{}: {} nodes, {} pods, {} lines: map {:.1f} ms; hole of 8 on {} nodes {:.1f} ms: {}\n", load.name,
                   snapshot.nodes.size(), snapshot.pods.size(), lines, map, row.nodes.size(), hole, plan.why);
    }
    return 0;
}
