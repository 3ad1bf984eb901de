// SPDX-License-Identifier: GPL-3.0-or-later
// The board at 80,000 cards: 10,000 nodes of 8. How long the verdicts of all cards take while a model is picked up,
// until the board has them, and how long one frame takes to be painted, at places all over the board.
#include "core/fit/verdict.h"
#include "core/inventory/node_json.h"
#include "ui/placement/placement_board.h"

#include <fmt/format.h>

#include <QApplication>
#include <QImage>
#include <QScrollBar>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace {

constexpr int nodeCount = 10'000, runs = 51;
constexpr QSize windowSize(1440, 900);

struct Kind {
    const char *resource, *label, *product, *more;
};
constexpr std::array<Kind, 3> kinds{
    {{"nvidia.com/gpu", "nvidia.com/gpu.product", "NVIDIA-H100-80GB-HBM3",
      R"(,"nvidia.com/gpu.memory":"81559","nvidia.com/gpu.compute.major":"9","nvidia.com/gpu.compute.minor":"0","nvidia.com/cuda.driver-version.full":"570.124.06")"},
     {"amd.com/gpu", "amd.com/gpu.product-name", "AMD_Instinct_MI300X_OAM",
      R"(,"amd.com/gpu.device-id":"74a1","amd.com/gpu.vram":"192G")"},
     {"gpu.intel.com/i915", "gpu.intel.com/product", "Max_1550", ""}}};

std::string nodeText(int number)
{
    const auto &kind = kinds.at(static_cast<std::size_t>(number) % kinds.size());
    const auto amounts = fmt::format(R"({{"cpu":"96","memory":"1Ti","pods":"110","{}":"8"}})", kind.resource);
    return fmt::format(
        R"({{"metadata":{{"name":"node-{:05}","labels":{{"{}":"{}"{}}}}},"spec":{{}},"status":{{"capacity":{},"allocatable":{},"conditions":[{{"type":"Ready","status":"True"}}]}}}})",
        number, kind.label, kind.product, kind.more, amounts, amounts);
}

core::PodPtr podOn(const core::Node &node, int number)
{
    core::Pod pod;
    pod.nameSpace = "team";
    pod.name = fmt::format("pod-{:05}", number);
    pod.nodeName = node.name;
    pod.phase = core::PodPhase::Running;
    pod.requests = {{"cpu", 4000}, {node.devices.front().resource, number % 9}};
    return std::make_shared<const core::Pod>(std::move(pod));
}

core::ClusterSnapshot cluster(const core::Catalog &catalog)
{
    core::ClusterSnapshot snapshot;
    core::ObjectReader reader(catalog);
    for (int i = 0; i < nodeCount; ++i)
        if (auto node = reader.node(nodeText(i))) {
            snapshot.pods.push_back(podOn(**node, i));
            snapshot.nodes.push_back(*std::move(node));
        }
    snapshot.nodesSynced = snapshot.podsSynced = true;
    return snapshot;
}

template <class Action>
std::vector<double> measure(const Action &action)
{
    std::vector<double> milliseconds;
    for (int run = 0; run < runs; ++run) {
        const auto begin = std::chrono::steady_clock::now();
        action(run);
        milliseconds.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    std::ranges::sort(milliseconds);
    return milliseconds;
}

void print(const char *what, const std::vector<double> &milliseconds)
{
    fmt::print("{}\tmedian {:.2f} ms, worst {:.2f} ms\n", what, milliseconds[milliseconds.size() / 2],
               milliseconds.back());
}

} // namespace

int main(int argc, char **argv)
{
    const QApplication application(argc, argv);
    const char *folder = argc > 1 ? argv[1] : "resources/catalog";
    const auto catalog = core::loadCatalog(folder);
    const auto images = core::loadImages(folder);
    if (!catalog || !images) {
        fmt::print(stderr, "{}\n", core::describe(catalog ? images.error() : catalog.error()));
        return 2;
    }
    const auto snapshot = cluster(*catalog);
    const auto usage = core::account(snapshot);
    const core::PlannedDevices planned;
    const core::FitInput input{snapshot, usage, *catalog, *images, planned};
    core::Requirement requirement;
    requirement.name = "bench";
    requirement.modelId = "Qwen/Qwen3-32B";
    requirement.tensorParallel = 2;

    ui::PlacementBoard board;
    board.resize(windowSize);
    board.show();
    const auto rows = core::summarise(snapshot, usage, *catalog);
    print("lay out 80,000 cards", measure([&](int) { board.setGroups(ui::boardGroups(input, rows, {})); }));
    std::vector<core::Candidate> candidates;
    print("verdicts of 80,000 cards", measure([&](int) { candidates = core::evaluate(input, requirement); }));
    const auto seen = board.nodesInSight();
    print("verdicts of the cards in sight", measure([&](int) { (void)core::evaluate(input, requirement, seen); }));
    const auto shared = std::make_shared<const std::vector<core::Candidate>>(candidates);
    print("the board takes them", measure([&](int) { board.setVerdicts(QStringLiteral("bench"), shared); }));
    QImage frame(windowSize, QImage::Format_ARGB32_Premultiplied);
    auto *bar = board.verticalScrollBar();
    print("one frame", measure([&](int run) {
              bar->setValue(static_cast<int>(static_cast<qint64>(bar->maximum()) * run / (runs - 1)));
              board.viewport()->render(&frame);
          }));
    return candidates.size() == nodeCount ? 0 : 1;
}
