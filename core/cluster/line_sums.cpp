// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/line_sums.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace core {

namespace {

/// Counts come from objects that others write: a sum must not wrap around.
void addTo(std::int64_t &sum, std::int64_t more)
{
    if (__builtin_add_overflow(sum, more, &sum))
        sum = std::numeric_limits<std::int64_t>::max();
}

std::string counted(std::int64_t count, std::string_view one, std::string_view many)
{
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

} // namespace

void LineSums::add(const Node &node, const DevicePool &pool, const ClusterUsage &usage)
{
    const auto requested = std::max<std::int64_t>(0, requestedOn(usage, node.name, pool.resource));
    addTo(row.capacity, pool.capacity);
    addTo(row.allocatable, pool.allocatable);
    addTo(row.requested, requested);
    addTo(row.withdrawn, pool.withdrawn());
    if (node.acceptsPods())
        addTo(row.free, std::max<std::int64_t>(0, pool.allocatable - requested));
    if (!row.nodes.empty() && row.nodes.back() == node.name)
        return;
    row.nodes.push_back(node.name);
    m_cordoned += node.unschedulable ? 1 : 0;
    m_notReady += node.ready.value_or(false) ? 0 : 1;
    m_issues += static_cast<int>(node.issues.size());
}

SkuRow LineSums::finish() &&
{
    auto &words = row.attention;
    if (row.withdrawn > 0)
        words.push_back(fmt::format("{} withdrawn", row.withdrawn));
    if (m_notReady > 0)
        words.push_back(counted(m_notReady, "node not ready", "nodes not ready"));
    if (m_cordoned > 0)
        words.push_back(counted(m_cordoned, "node cordoned", "nodes cordoned"));
    if (m_issues > 0)
        words.push_back(counted(m_issues, "label problem", "label problems"));
    if (!row.inCatalogue)
        words.emplace_back("SKU not in the catalogue");
    return std::move(row);
}

} // namespace core
