// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/drain_room.h"

#include "core/placement/cluster_fleet.h"

#include <algorithm>
#include <utility>

namespace core {

namespace {

bool isCounted(std::string_view resource)
{
    return resource == "cpu" || resource == "memory" || resource == "ephemeral-storage" || isScalarResource(resource);
}

} // namespace

DrainRoom::DrainRoom(const ClusterSnapshot &snapshot, const ClusterUsage &usage, const Resources &named)
    : m_columns{{"pods", {}}}
    , m_closed(snapshot.nodes.size(), false)
    , m_snapshot(snapshot)
{
    for (const auto &[resource, amount] : named)
        if (amount > 0 && isCounted(resource))
            m_columns.push_back({resource, {}});
    for (const auto &node : snapshot.nodes) {
        const auto found = usage.find(node->name);
        for (auto &[resource, free] : m_columns) {
            const auto used = found == usage.end() ? 0 : amountOf(found->second.requested, resource);
            free.push_back(amountOf(node->allocatable, resource) - used);
        }
    }
}

void DrainRoom::take(const Resources &requests, std::size_t node)
{
    for (auto &[resource, free] : m_columns)
        free[node] -= resource == "pods" ? 1 : amountOf(requests, resource);
}

bool DrainRoom::portsFree(const std::vector<HostPort> &wanted, std::size_t node)
{
    if (wanted.empty())
        return true;
    if (!std::exchange(m_portsRead, true))
        for (const auto &pod : m_snapshot.pods)
            if (pod->holdsResources() && !pod->hostPorts.empty())
                if (const auto at = indexOfNode(m_snapshot, pod->nodeName))
                    takePorts(pod->hostPorts, *at);
    const auto taken = m_ports.find(node);
    return taken == m_ports.end() || !firstConflict(wanted, taken->second);
}

void DrainRoom::takePorts(const std::vector<HostPort> &ports, std::size_t node)
{
    if (ports.empty())
        return;
    auto &taken = m_ports[node];
    taken.insert(taken.end(), ports.begin(), ports.end());
}

std::vector<std::size_t> DrainRoom::nodesFor(const Resources &requests) const
{
    std::vector<std::size_t> nodes;
    std::vector<std::pair<const std::vector<std::int64_t> *, std::int64_t>> wanted;
    for (const auto &[resource, free] : m_columns)
        if (const auto amount = resource == "pods" ? 1 : amountOf(requests, resource); amount > 0)
            wanted.emplace_back(&free, amount);
    for (std::size_t node = 0; node < m_closed.size(); ++node)
        if (!m_closed[node]
            && std::ranges::all_of(wanted, [node](const auto &one) { return (*one.first)[node] >= one.second; }))
            nodes.push_back(node);
    return nodes;
}

} // namespace core
