// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/inventory_lines.h"

#include "core/cluster/line_sums.h"

#include <algorithm>
#include <map>

namespace core {

namespace {

constexpr auto zoneLabel = "topology.kubernetes.io/zone";
constexpr auto noZone = "no zone"; // no value of a label has a blank

std::string_view vendorWord(Vendor vendor)
{
    switch (vendor) {
    case Vendor::Nvidia: return "NVIDIA";
    case Vendor::Amd: return "AMD";
    case Vendor::Intel: return "Intel";
    }
    return "";
}

std::string_view nameOf(Grouping by, const Node &node, const DevicePool &pool)
{
    switch (by) {
    case Grouping::Vendor: return vendorWord(pool.vendor);
    case Grouping::Zone: return zoneOf(node).empty() ? noZone : std::string_view(zoneOf(node));
    case Grouping::Sku:
    case Grouping::Node: break;
    }
    return node.name;
}

} // namespace

const std::string &zoneOf(const Node &node)
{
    static const std::string none;
    const auto found = node.labels.find(zoneLabel);
    return found == node.labels.end() ? none : found->second;
}

std::vector<SkuRow> linesBy(Grouping by, const ClusterSnapshot &snapshot, const ClusterUsage &usage)
{
    std::map<std::pair<bool, std::string_view>, LineSums> lines; // what names no zone comes last
    if (by != Grouping::Sku)
        for (const auto &node : snapshot.nodes)
            for (const auto &pool : node->devices) {
                const bool isRest = by == Grouping::Zone && zoneOf(*node).empty();
                auto &sums = lines[{isRest, nameOf(by, *node, pool)}];
                sums.row.displayName = nameOf(by, *node, pool);
                sums.row.vendor = pool.vendor;
                sums.row.inCatalogue = true; // its SKUs say so below where one is not
                sums.add(*node, pool, usage);
            }
    std::vector<SkuRow> rows;
    rows.reserve(lines.size());
    for (auto &[key, sums] : lines)
        rows.push_back(std::move(sums).finish());
    return rows;
}

bool isOfLine(const SkuRow &line, Grouping by, const Node &node, const DevicePool &pool)
{
    return by == Grouping::Sku ? pool.resource == line.resource : nameOf(by, node, pool) == line.displayName;
}

} // namespace core
