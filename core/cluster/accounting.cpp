// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/accounting.h"

#include "core/inventory/device_labels.h"

#include <algorithm>

namespace core {

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
            return request.second > 0 && request.first.contains('/') && classifyResource(request.first);
        });
        if (holds)
            node.holders.push_back(pod);
    }
    return usage;
}

std::int64_t requestedOn(const ClusterUsage &usage, const std::string &node, const std::string &resource)
{
    const auto found = usage.find(node);
    return found == usage.end() ? 0 : amountOf(found->second.requested, resource);
}

} // namespace core
