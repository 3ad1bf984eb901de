// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/catalog.h"
#include "core/cluster/accounting.h"
#include "core/cluster/line_sums.h"
#include "core/inventory/dra_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace core {

namespace {

/// What makes two pools the same line of the inventory.
using RowKey = std::tuple<std::string, DeviceKind, std::string, std::string, int>;

RowKey keyOf(const DevicePool &pool)
{
    const auto sku = !pool.skuId.empty() ? pool.skuId : !pool.productLabel.empty() ? pool.productLabel : pool.resource;
    return {sku, pool.kind, pool.resource, pool.profile, pool.replicas};
}

std::string displayNameOf(const DevicePool &pool, const Sku *sku)
{
    auto name = sku ? sku->displayName : !pool.productLabel.empty() ? pool.productLabel : pool.resource;
    if (pool.kind == DeviceKind::MigSlice
        || (pool.kind == DeviceKind::Share && pool.vendor == Vendor::Nvidia && !pool.profile.empty()))
        name += " · MIG " + pool.profile;
    if (pool.kind == DeviceKind::Partition)
        name += " · " + pool.profile;
    if (pool.kind == DeviceKind::Share)
        name += pool.replicas > 1 ? fmt::format(" · shared ×{}", pool.replicas) : std::string(" · shared");
    if (isDraResource(pool.resource))
        name += " · DRA"; // asked for by claims, not by count: another row than the same card behind a device plugin
    return name;
}

SkuRow newRow(const DevicePool &pool, const Catalog &catalog)
{
    const auto *sku = catalog.findSku(pool.skuId);
    SkuRow row;
    row.sku = std::get<0>(keyOf(pool));
    row.displayName = displayNameOf(pool, sku);
    row.vendor = pool.vendor;
    row.kind = pool.kind;
    row.resource = pool.resource;
    row.profile = pool.profile;
    row.replicas = pool.replicas;
    row.architecture = sku ? sku->architecture : "";
    row.inCatalogue = sku != nullptr;
    return row;
}

} // namespace

std::vector<SkuRow> summarise(const ClusterSnapshot &snapshot, const ClusterUsage &usage, const Catalog &catalog)
{
    std::map<RowKey, std::pair<LineSums, std::int64_t>> lines; // with the memory of a device
    for (const auto &node : snapshot.nodes)
        for (const auto &pool : node->devices) {
            auto found = lines.find(keyOf(pool));
            if (found == lines.end())
                found =
                    lines.emplace(keyOf(pool), std::pair(LineSums(newRow(pool, catalog)), pool.memoryBytes.value_or(0)))
                        .first;
            found->second.first.add(*node, pool, usage);
        }
    std::vector<std::pair<std::int64_t, SkuRow>> ordered;
    ordered.reserve(lines.size());
    for (auto &[key, line] : lines)
        ordered.emplace_back(line.second, std::move(line.first).finish());
    std::ranges::stable_sort(ordered, [](const auto &a, const auto &b) {
        return std::tuple(a.second.vendor, -a.first, a.second.displayName)
            < std::tuple(b.second.vendor, -b.first, b.second.displayName);
    });
    std::vector<SkuRow> out;
    out.reserve(ordered.size());
    for (auto &[memory, row] : ordered)
        out.push_back(std::move(row));
    return out;
}

} // namespace core
