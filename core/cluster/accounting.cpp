// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/accounting.h"

#include "core/inventory/device_labels.h"
#include "core/inventory/dra_pool.h"

#include <algorithm>

namespace core {

namespace {

const Pod *findPod(const ClusterSnapshot &snapshot, std::string_view key)
{
    const auto at = std::ranges::lower_bound(snapshot.pods, key, {}, [](const PodPtr &pod) { return pod->key(); });
    return at != snapshot.pods.end() && (*at)->key() == key ? at->get() : nullptr;
}

/// The resource that a held device is counted in: its own, or the device plugin's where that one counts the card.
std::string countedAs(const Node &node, const NodeCards::Held &held)
{
    if (std::ranges::find(node.devices, held.resource, &DevicePool::resource) != node.devices.end())
        return held.resource;
    const auto same = std::ranges::find(node.devices, held.vendor, &DevicePool::vendor);
    return same == node.devices.end() ? std::string() : same->resource;
}

/// Devices that no request of a pod on their node says: claims that are kept for later, that belong to a pod which is
/// not seen, or whose card a device plugin counts.
void addUnsaid(const ClusterSnapshot &snapshot, ClusterUsage &usage)
{
    for (const auto &cards : snapshot.draCards->nodes) {
        const auto *node = cards->held.empty() ? nullptr : findNode(snapshot, cards->node());
        if (!node)
            continue;
        for (const auto &held : cards->held) {
            const auto resource = countedAs(*node, held);
            const auto *pod = held.pod.empty() ? nullptr : findPod(snapshot, held.pod);
            const bool said = pod && pod->holdsResources() && pod->nodeName == node->name && resource == held.resource;
            if (!resource.empty() && !said)
                ++usage[node->name].requested[resource];
        }
    }
}

} // namespace

ClusterUsage account(const ClusterSnapshot &snapshot)
{
    ClusterUsage usage;
    usage.reserve(snapshot.nodes.size());
    for (const auto &pod : snapshot.pods) { // ordered by key, so holders are too
        if (!pod->holdsResources())
            continue;
        auto &node = usage[pod->nodeName];
        add(node.requested, pod->requests);
        ++node.requested["pods"];
        const bool holds = std::ranges::any_of(pod->requests, [](const auto &request) {
            return request.second > 0 && request.first.contains('/')
                && (classifyResource(request.first) || isDraResource(request.first));
        });
        if (holds)
            node.holders.push_back(pod);
    }
    if (snapshot.draCards)
        addUnsaid(snapshot, usage);
    return usage;
}

std::int64_t requestedOn(const ClusterUsage &usage, const std::string &node, const std::string &resource)
{
    const auto found = usage.find(node);
    return found == usage.end() ? 0 : amountOf(found->second.requested, resource);
}

} // namespace core
