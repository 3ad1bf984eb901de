// SPDX-License-Identifier: GPL-3.0-or-later
// How long one model takes to be judged on every device of 2,000 nodes: median and worst of 51 runs, in ms.
#include "core/fit/verdict.h"
#include "core/inventory/node_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace {

constexpr int nodeCount = 2000, runs = 51;

struct Kind {
    const char *resource, *count, *label, *product, *more;
};

constexpr Kind kinds[] = {
    {"nvidia.com/gpu", "8", "nvidia.com/gpu.product", "NVIDIA-H100-80GB-HBM3",
     R"(,"nvidia.com/gpu.memory":"81559","nvidia.com/gpu.count":"8","nvidia.com/gpu.compute.major":"9","nvidia.com/gpu.compute.minor":"0","nvidia.com/cuda.driver-version.full":"570.124.06")"},
    {"nvidia.com/gpu", "4", "nvidia.com/gpu.product", "NVIDIA-L40S",
     R"(,"nvidia.com/gpu.memory":"46068","nvidia.com/gpu.count":"4","nvidia.com/gpu.compute.major":"8","nvidia.com/gpu.compute.minor":"9","nvidia.com/cuda.driver-version.full":"570.124.06")"},
    {"amd.com/gpu", "8", "amd.com/gpu.product-name", "AMD_Instinct_MI300X_OAM",
     R"(,"amd.com/gpu.device-id":"74a1","amd.com/gpu.vram":"192G")"},
    {"gpu.intel.com/i915", "4", "gpu.intel.com/product", "Max_1550", ""},
    {"nvidia.com/mig-3g.40gb", "8", "nvidia.com/gpu.product", "NVIDIA-A100-SXM4-80GB",
     R"(,"nvidia.com/mig.capable":"true","nvidia.com/mig.strategy":"mixed","nvidia.com/mig-3g.40gb.count":"8","nvidia.com/mig-3g.40gb.memory":"40192")"},
};

std::string nodeText(int number)
{
    const auto &kind = kinds[number % std::size(kinds)];
    const auto amounts =
        fmt::format(R"({{"cpu":"96","memory":"1Ti","pods":"110","{}":"{}"}})", kind.resource, kind.count);
    return fmt::format(
        R"({{"apiVersion":"v1","kind":"Node","metadata":{{"name":"node-{:05}","labels":{{"{}":"{}"{}}}}},"spec":{{}},"status":{{"capacity":{},"allocatable":{},"conditions":[{{"type":"Ready","status":"True"}}]}}}})",
        number, kind.label, kind.product, kind.more, amounts, amounts);
}

} // namespace

int main(int argc, char **argv)
{
    const auto catalog = core::loadCatalog(argc > 1 ? argv[1] : "resources/catalog");
    const auto images = core::loadImages(argc > 1 ? argv[1] : "resources/catalog");
    if (!catalog || !images) {
        fmt::print(stderr, "{}\n", core::describe(catalog ? images.error() : catalog.error()));
        return 2;
    }
    core::ClusterSnapshot snapshot;
    core::ObjectReader reader(*catalog);
    for (int i = 0; i < nodeCount; ++i)
        if (auto node = reader.node(nodeText(i)))
            snapshot.nodes.push_back(std::move(*node));
    const auto usage = core::account(snapshot);
    core::Requirement requirement;
    requirement.name = "bench";
    requirement.modelId = "Qwen/Qwen3-32B";
    requirement.tensorParallel = 2;
    std::vector<double> milliseconds;
    std::size_t judged = 0;
    for (int run = 0; run < runs; ++run) {
        const auto begin = std::chrono::steady_clock::now();
        judged = core::evaluate({snapshot, usage, *catalog, *images, {}}, requirement).size();
        milliseconds.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    std::ranges::sort(milliseconds);
    fmt::print("{} nodes, {} pools: median {:.2f} ms, worst {:.2f} ms\n", snapshot.nodes.size(), judged,
               milliseconds[runs / 2], milliseconds.back());
    return judged == 0 ? 1 : 0;
}
