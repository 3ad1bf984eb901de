// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/cluster_fleet.h"

#include <algorithm>
#include <map>

namespace core {

namespace {

using engine::WholeGpu;
using MixKey = std::tuple<std::int64_t, int, std::size_t>; // CPU, devices, kind

constexpr std::int64_t mebibyte = 1 << 20;

/// The kinds of device there are: pools of the same SKU in another form (slice, share) are another kind to the engine.
class Kinds {
public:
    /// Views into the snapshot, valid for the call.
    std::size_t of(const DevicePool &pool)
    {
        const Key key{pool.resource, skuNameOf(pool), pool.kind, pool.profile, pool.replicas};
        return m_numbers.try_emplace(key, m_numbers.size()).first->second;
    }
    static std::string name(std::size_t kind) { return std::to_string(kind); }

private:
    using Key = std::tuple<std::string_view, std::string_view, DeviceKind, std::string_view, int>;
    std::map<Key, std::size_t> m_numbers;
};

std::int64_t freeDevices(const Node &node, const DevicePool &pool, const NodeUsage *usage,
                         const PlannedDevices &planned)
{
    const auto taken = planned.empty() ? planned.end() : planned.find({node.name, pool.resource});
    const auto requested = usage ? amountOf(usage->requested, pool.resource) : 0;
    return std::max<std::int64_t>(0, pool.allocatable - requested - (taken == planned.end() ? 0 : taken->second));
}

engine::FleetNode engineNode(const Node &node, const NodeUsage *usage)
{
    const auto left = [&](std::string_view resource) {
        return std::max<std::int64_t>(
            0, amountOf(node.allocatable, resource) - (usage ? amountOf(usage->requested, resource) : 0));
    };
    return {node.name, left("cpu"), left("memory") / mebibyte, {}, {}};
}

void countRunning(const Node &node, const NodeUsage &usage, Kinds &kinds, std::map<MixKey, double> &mix)
{
    for (const auto &pool : node.devices)
        for (const auto &pod : usage.holders)
            if (const auto devices = amountOf(pod->requests, pool.resource); devices > 0 && devices <= UINT16_MAX)
                mix[{amountOf(pod->requests, "cpu"), static_cast<int>(devices), kinds.of(pool)}] += 1;
}

engine::DemandMix mixOf(const std::map<MixKey, double> &running, const engine::Fleet &fleet)
{
    double all = 0;
    for (const auto &[key, count] : running)
        all += count;
    engine::DemandMix mix;
    for (const auto &[key, count] : running) {
        const auto &[cpu, devices, kind] = key;
        const auto name = Kinds::name(kind);
        mix.classes.push_back({{.cpuMilli = cpu, .gpus = devices, .skus = fleet.skuIds({&name, 1})}, count / all});
    }
    return mix;
}

} // namespace

const std::string &skuNameOf(const DevicePool &pool)
{
    return !pool.skuId.empty() ? pool.skuId : !pool.productLabel.empty() ? pool.productLabel : pool.resource;
}

std::optional<std::size_t> indexOfNode(const ClusterSnapshot &snapshot, std::string_view name)
{
    const auto at = std::ranges::lower_bound(snapshot.nodes, name, {},
                                             [](const NodePtr &node) -> std::string_view { return node->name; });
    if (at == snapshot.nodes.end() || (*at)->name != name)
        return std::nullopt;
    return static_cast<std::size_t>(at - snapshot.nodes.begin());
}

Result<ClusterFleet> ClusterFleet::make(const ClusterSnapshot &snapshot, const ClusterUsage &usage,
                                        const PlannedDevices &planned)
{
    std::vector<engine::FleetNode> nodes;
    std::vector<std::size_t> first;
    std::map<MixKey, double> running;
    Kinds kinds;
    nodes.reserve(snapshot.nodes.size());
    for (const auto &node : snapshot.nodes) {
        const auto found = usage.find(node->name);
        const auto *used = found == usage.end() ? nullptr : &found->second;
        first.push_back(nodes.size());
        auto bare = engineNode(*node, used);
        if (used && !used->holders.empty())
            countRunning(*node, *used, kinds, running);
        for (const auto &pool : node->devices) {
            auto one = bare;
            one.name += '\n' + pool.resource;
            one.sku = Kinds::name(kinds.of(pool));
            const auto free = std::min<std::int64_t>(freeDevices(*node, pool, used, planned), UINT16_MAX);
            one.gpuFreeMilli.assign(static_cast<std::size_t>(free), WholeGpu);
            nodes.push_back(std::move(one));
        }
        if (node->devices.empty())
            nodes.push_back(std::move(bare));
    }
    first.push_back(nodes.size());
    auto fleet = engine::Fleet::make(std::move(nodes));
    if (!fleet)
        return std::unexpected(fleet.error());
    auto mix = mixOf(running, *fleet);
    ClusterFleet made(std::move(*fleet), std::move(mix));
    made.m_first = std::move(first);
    return made;
}

engine::Demand ClusterFleet::demand(std::int64_t cpuMilli, std::int64_t memoryBytes, std::int64_t devices)
{
    return {.cpuMilli = cpuMilli,
            .memoryMib = (memoryBytes + mebibyte - 1) / mebibyte,
            .gpus = static_cast<int>(std::clamp<std::int64_t>(devices, 0, INT32_MAX / WholeGpu))};
}

std::optional<std::size_t> ClusterFleet::find(const ClusterSnapshot &snapshot, std::size_t node,
                                              std::string_view resource) const
{
    if (node + 1 >= m_first.size())
        return std::nullopt;
    if (resource.empty())
        return m_first[node];
    const auto &pools = snapshot.nodes[node]->devices;
    const auto pool = std::ranges::find(pools, resource, &DevicePool::resource);
    if (pool == pools.end())
        return std::nullopt;
    return m_first[node] + static_cast<std::size_t>(pool - pools.begin());
}

std::optional<engine::SpotCost> ClusterFleet::costOf(const engine::Demand &demand, std::size_t index) const
{
    return m_placer.costOf(demand, index);
}

bool ClusterFleet::take(const engine::Demand &demand, std::size_t index)
{
    if (!m_placer.placeOn(demand, index))
        return false;
    auto host = demand;
    host.gpus = 0;
    const auto after = std::ranges::upper_bound(m_first, index);
    bool taken = true;
    for (auto sibling = *(after - 1); sibling < *after; ++sibling)
        taken &= sibling == index || m_placer.placeOn(host, sibling).has_value();
    return taken;
}

} // namespace core
