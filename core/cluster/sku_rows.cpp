// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/catalog.h"
#include "core/cluster/accounting.h"
#include "core/inventory/dra_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
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

/// What needs a look, counted over the nodes of a row.
struct Troubles {
    int cordoned = 0, notReady = 0, issues = 0;
};

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

std::vector<std::string> attention(const SkuRow &row, const Troubles &troubles)
{
    std::vector<std::string> words;
    if (row.withdrawn > 0)
        words.push_back(fmt::format("{} withdrawn", row.withdrawn));
    if (troubles.notReady > 0)
        words.push_back(counted(troubles.notReady, "node not ready", "nodes not ready"));
    if (troubles.cordoned > 0)
        words.push_back(counted(troubles.cordoned, "node cordoned", "nodes cordoned"));
    if (troubles.issues > 0)
        words.push_back(counted(troubles.issues, "label problem", "label problems"));
    if (!row.inCatalogue)
        words.emplace_back("SKU not in the catalogue");
    return words;
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
    std::map<RowKey, std::tuple<SkuRow, Troubles, std::int64_t>> rows;
    for (const auto &node : snapshot.nodes) {
        for (const auto &pool : node->devices) {
            auto found = rows.find(keyOf(pool));
            if (found == rows.end())
                found = rows.emplace(keyOf(pool),
                                     std::tuple(newRow(pool, catalog), Troubles{}, pool.memoryBytes.value_or(0)))
                            .first;
            auto &[row, troubles, memory] = found->second;
            const auto requested = std::max<std::int64_t>(0, requestedOn(usage, node->name, pool.resource));
            row.nodes.push_back(node->name);
            addTo(row.capacity, pool.capacity);
            addTo(row.allocatable, pool.allocatable);
            addTo(row.requested, requested);
            addTo(row.withdrawn, pool.withdrawn());
            if (node->acceptsPods())
                addTo(row.free, std::max<std::int64_t>(0, pool.allocatable - requested));
            troubles.cordoned += node->unschedulable ? 1 : 0;
            troubles.notReady += node->ready.value_or(false) ? 0 : 1;
            troubles.issues += static_cast<int>(node->issues.size());
        }
    }
    std::vector<std::pair<std::int64_t, SkuRow>> ordered;
    for (auto &[key, entry] : rows) {
        auto &[row, troubles, memory] = entry;
        row.attention = attention(row, troubles);
        ordered.emplace_back(memory, std::move(row));
    }
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
