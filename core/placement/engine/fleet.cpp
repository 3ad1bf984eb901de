// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/engine/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

namespace core::engine {

namespace {

Result<void> checkNode(const FleetNode &node)
{
    if (node.name.empty())
        return fail(ErrorKind::Parse, "a node has no name");
    if (node.cpuMilli < 0 || node.memoryMib < 0)
        return fail(ErrorKind::Parse, "CPU or memory is negative", node.name);
    if (node.gpuFreeMilli.size() > UINT16_MAX)
        return fail(ErrorKind::Parse, "too many devices", node.name);
    for (const int free : node.gpuFreeMilli)
        if (free < 0 || free > WholeGpu)
            return fail(ErrorKind::Parse, fmt::format("a device has {} of 1000 free", free), node.name);
    return {};
}

} // namespace

Result<Fleet> Fleet::make(std::vector<FleetNode> nodes)
{
    Fleet fleet;
    fleet.m_names.reserve(nodes.size());
    fleet.m_nodes.reserve(nodes.size());
    std::unordered_map<std::string, SkuId> skus;
    for (auto &given : nodes) {
        if (auto checked = checkNode(given); !checked)
            return std::unexpected(checked.error());
        if (skus.size() == UINT16_MAX)
            return fail(ErrorKind::Unsupported, "more than 65,535 kinds of GPU", given.name);
        const auto sku = skus.emplace(given.sku, static_cast<SkuId>(skus.size())).first->second;
        if (sku == fleet.m_skuNames.size())
            fleet.m_skuNames.push_back(given.sku);
        Node node{.cpuFree = given.cpuMilli, .memoryFree = given.memoryMib};
        node.firstGpu = static_cast<std::uint32_t>(fleet.m_gpuFree.size());
        node.gpuCount = static_cast<std::uint16_t>(given.gpuFreeMilli.size());
        node.sku = sku;
        fleet.m_gpuFree.insert(fleet.m_gpuFree.end(), given.gpuFreeMilli.begin(), given.gpuFreeMilli.end());
        fleet.m_names.push_back(std::move(given.name));
        fleet.m_nodes.push_back(node);
        fleet.shift(Demand{.milli = 0}, Spot{fleet.m_nodes.size() - 1, {}}, 0);
    }
    return fleet;
}

std::span<const int> Fleet::gpuFree(std::size_t index) const
{
    return {m_gpuFree.data() + m_nodes[index].firstGpu, m_nodes[index].gpuCount};
}

std::vector<SkuId> Fleet::skuIds(std::span<const std::string> names) const
{
    std::set<SkuId> ids;
    for (std::size_t id = 0; id < m_skuNames.size(); ++id)
        if (std::ranges::find(names, m_skuNames[id]) != names.end())
            ids.insert(static_cast<SkuId>(id));
    return {ids.begin(), ids.end()};
}

bool Fleet::fits(const Demand &demand, std::size_t index) const
{
    const auto &node = m_nodes[index];
    if (node.closed || node.cpuFree < demand.cpuMilli || node.memoryFree < demand.memoryMib)
        return false;
    if (demand.gpus == 0)
        return true;
    if (demand.skus && !std::ranges::binary_search(*demand.skus, node.sku))
        return false;
    if (demand.milli == WholeGpu)
        return node.wholeFree >= demand.gpus;
    if (demand.gpus == 1)
        return node.mostFree >= demand.milli;
    return std::ranges::count_if(gpuFree(index), [&](int free) { return free >= demand.milli; }) >= demand.gpus;
}

Result<void> Fleet::take(const Demand &demand, const Spot &spot)
{
    if (spot.node >= m_nodes.size())
        return fail(ErrorKind::Internal, fmt::format("there is no node {}", spot.node));
    const auto &name = m_names[spot.node];
    if (!fits(demand, spot.node))
        return fail(ErrorKind::Internal, "the node cannot take the pod", name);
    const auto free = gpuFree(spot.node);
    const std::set<int> distinct(spot.gpus.begin(), spot.gpus.end());
    if (static_cast<int>(spot.gpus.size()) != demand.gpus || distinct.size() != spot.gpus.size())
        return fail(ErrorKind::Internal, fmt::format("{} distinct devices are asked for", demand.gpus), name);
    for (const int gpu : spot.gpus)
        if (gpu < 0 || gpu >= static_cast<int>(free.size()) || free[static_cast<std::size_t>(gpu)] < demand.milli)
            return fail(ErrorKind::Internal, fmt::format("device {} has not {} of 1000 free", gpu, demand.milli), name);
    shift(demand, spot, -1);
    return {};
}

void Fleet::release(const Demand &demand, const Spot &spot)
{
    shift(demand, spot, 1);
}

void Fleet::shift(const Demand &demand, const Spot &spot, int sign)
{
    auto &node = m_nodes[spot.node];
    node.cpuFree += sign * demand.cpuMilli;
    node.memoryFree += sign * demand.memoryMib;
    for (const int gpu : spot.gpus)
        m_gpuFree[node.firstGpu + static_cast<std::size_t>(gpu)] += sign * demand.milli;
    m_idleMilli -= node.idleMilli;
    node.idleMilli = node.wholeFree = node.mostFree = 0;
    for (const int free : gpuFree(spot.node)) {
        node.idleMilli += free;
        node.wholeFree = static_cast<std::uint16_t>(node.wholeFree + (free == WholeGpu));
        node.mostFree = std::max(node.mostFree, static_cast<std::uint16_t>(free));
    }
    m_idleMilli += node.idleMilli;
}

} // namespace core::engine
