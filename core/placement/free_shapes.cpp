// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/free_shapes.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

NodeShape shapeOf(const ShapeInput &input, const Node &node, const DevicePool &pool)
{
    const auto planned = input.planned.find({node.name, pool.resource});
    const auto taken =
        requestedOn(input.usage, node.name, pool.resource) + (planned == input.planned.end() ? 0 : planned->second);
    NodeShape shape{node.name, pool.allocatable, 0, node.acceptsPods()};
    if (shape.acceptsPods)
        shape.free = std::max<std::int64_t>(0, pool.allocatable - taken);
    return shape;
}

/// The pool of a node that belongs to a line, with its node.
template <class Visit>
void eachPool(const ClusterSnapshot &snapshot, const SkuRow &row, const Visit &visit)
{
    const auto target = skuTarget(row);
    for (const auto &name : row.nodes)
        if (const auto *node = findNode(snapshot, name))
            for (const auto &pool : node->devices)
                if (isOfSku(pool, target))
                    visit(*node, pool);
}

SkuShapes shapesOf(const ShapeInput &input, SkuRow row, std::span<const int> sizes)
{
    SkuShapes out;
    eachPool(input.snapshot, row, [&](const Node &node, const DevicePool &pool) {
        out.nodes.push_back(shapeOf(input, node, pool));
        out.free += out.nodes.back().free;
        out.largest = std::max(out.largest, out.nodes.back().free);
    });
    for (const int size : sizes) {
        if (size < 1 || (size > 1 && row.kind != DeviceKind::Card))
            continue;
        ShapePlaces shape{size, 0, 0};
        for (const auto &node : out.nodes)
            shape.places += node.free / size;
        shape.stranded = out.free - shape.places * size;
        out.shapes.push_back(shape);
    }
    out.row = std::move(row);
    return out;
}

} // namespace

Result<void> checkUsageKnown(const ClusterSnapshot &snapshot)
{
    const auto blind = std::ranges::find(snapshot.blindSpots, "pods", &BlindSpot::resource);
    if (blind != snapshot.blindSpots.end())
        return fail(ErrorKind::Forbidden, "pods may not be read, so it is not known what is free: " + blind->reason,
                    "pods", "ask for the right to list pods in all namespaces");
    if (!snapshot.podsSynced)
        return fail(ErrorKind::Forbidden, "pods were not read yet, so it is not known what is free", "pods");
    return {};
}

Result<std::vector<SkuShapes>> freeShapes(const ShapeInput &input, std::span<const int> sizes)
{
    if (const auto known = checkUsageKnown(input.snapshot); !known)
        return std::unexpected(known.error());
    std::vector<SkuShapes> out;
    for (auto &row : summarise(input.snapshot, input.usage, input.catalog))
        out.push_back(shapesOf(input, std::move(row), sizes));
    return out;
}

std::set<std::string> lockedPods(const Plan &plan, const ClusterSnapshot &snapshot)
{
    std::set<std::string> models, pods;
    for (const auto &placement : plan.placements)
        if (placement.locked)
            models.insert(placement.requirement);
    for (const auto &pod : snapshot.pods)
        if (pod->berthPlan == plan.name && models.contains(pod->berthModel))
            pods.insert(pod->key());
    return pods;
}

} // namespace core
