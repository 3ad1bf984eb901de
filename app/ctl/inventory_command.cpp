// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/inventory_document.h"
#include "app/ctl/output.h"
#include "core/cluster/accounting.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace app::ctl {

using nlohmann::ordered_json;

namespace {

/// null where nothing is known: a pool of a cluster whose pods may not be read has no "requested", not zero.
ordered_json known(bool isKnown, std::int64_t value)
{
    return isKnown ? ordered_json(value) : ordered_json();
}

ordered_json skuDocument(const core::SkuRow &row, bool podsKnown)
{
    return {{"sku", row.sku},
            {"name", row.displayName},
            {"vendor", word(row.vendor)},
            {"kind", word(row.kind)},
            {"resource", row.resource},
            {"profile", row.profile},
            {"nodes", row.nodes.size()},
            {"nodeNames", row.nodes},
            {"capacity", row.capacity},
            {"allocatable", row.allocatable},
            {"requested", known(podsKnown, row.requested)},
            {"free", known(podsKnown, row.free)},
            {"withdrawn", row.withdrawn},
            {"attention", row.attention}};
}

ordered_json deviceDocument(const core::Node &node, const core::DevicePool &pool, const core::ClusterUsage &usage,
                            bool podsKnown)
{
    const auto requested = core::requestedOn(usage, node.name, pool.resource);
    const auto free = node.acceptsPods() ? std::max<std::int64_t>(0, pool.allocatable - requested) : 0;
    return {{"resource", pool.resource},
            {"sku", pool.skuId.empty() ? pool.productLabel : pool.skuId},
            {"kind", word(pool.kind)},
            {"profile", pool.profile},
            {"memoryBytes", pool.memoryBytes ? ordered_json(*pool.memoryBytes) : ordered_json()},
            {"replicas", pool.replicas},
            {"capacity", pool.capacity},
            {"allocatable", pool.allocatable},
            {"requested", known(podsKnown, requested)},
            {"free", known(podsKnown, free)}};
}

ordered_json nodeDocument(const core::Node &node, const core::ClusterUsage &usage, bool podsKnown)
{
    auto devices = ordered_json::array();
    for (const auto &pool : node.devices)
        devices.push_back(deviceDocument(node, pool, usage, podsKnown));
    return {{"name", node.name},
            {"ready", node.ready ? ordered_json(*node.ready) : ordered_json()},
            {"schedulable", !node.unschedulable},
            {"devices", devices},
            {"issues", node.issues}};
}

ordered_json inventoryDocument(const core::ClusterSnapshot &snapshot, const core::ClusterUsage &usage,
                               const std::vector<core::SkuRow> &rows)
{
    ordered_json document{{"context", snapshot.context},
                          {"serverVersion", snapshot.serverVersion},
                          {"skus", ordered_json::array()},
                          {"nodes", ordered_json::array()},
                          {"blindSpots", ordered_json::array()}};
    for (const auto &row : rows)
        document["skus"].push_back(skuDocument(row, snapshot.podsSynced));
    for (const auto &node : snapshot.nodes)
        document["nodes"].push_back(nodeDocument(*node, usage, snapshot.podsSynced));
    for (const auto &spot : snapshot.blindSpots)
        document["blindSpots"].push_back({{"resource", spot.resource}, {"reason", spot.reason}});
    return document;
}

std::string inventoryTable(const core::ClusterSnapshot &snapshot, const std::vector<core::SkuRow> &rows)
{
    Table table({"SKU", "RESOURCE", "NODES", "CAPACITY", "ALLOCATABLE", "REQUESTED", "FREE", "ATTENTION"});
    const auto figure = [&](std::int64_t value) {
        return snapshot.podsSynced ? std::to_string(value) : std::string("unknown");
    };
    for (const auto &row : rows)
        table.add({row.displayName, row.resource, std::to_string(row.nodes.size()), std::to_string(row.capacity),
                   std::to_string(row.allocatable), figure(row.requested), figure(row.free),
                   fmt::format("{}", fmt::join(row.attention, ", "))});
    return rows.empty() ? "No accelerators: no node offers a GPU resource.\n" : table.text();
}

} // namespace

const char *word(core::Vendor vendor)
{
    return vendor == core::Vendor::Nvidia ? "nvidia" : vendor == core::Vendor::Amd ? "amd" : "intel";
}

const char *word(core::DeviceKind kind)
{
    switch (kind) {
    case core::DeviceKind::Card: return "card";
    case core::DeviceKind::MigSlice: return "mig-slice";
    case core::DeviceKind::Partition: return "partition";
    case core::DeviceKind::Share: return "share";
    }
    return "card";
}

Answer runInventory(const GlobalOptions &global)
{
    auto session = Session::open(global);
    if (!session)
        return std::unexpected(session.error());
    const auto snapshot = session->snapshot(false);
    if (!snapshot)
        return std::unexpected(snapshot.error());
    const auto usage = core::account(**snapshot);
    const auto rows = core::summarise(**snapshot, usage, session->catalog());
    for (const auto &spot : (*snapshot)->blindSpots)
        fmt::print(stderr, "berthctl: {} are not visible: {}\n", spot.resource, printable(spot.reason));
    if (global.format == Format::Table)
        print(inventoryTable(**snapshot, rows));
    else
        printDocument(inventoryDocument(**snapshot, usage, rows), global.format);
    return Yes;
}

Answer runContexts(const GlobalOptions &global)
{
    auto document = ordered_json::object();
    document["contexts"] = ordered_json::array();
    Table table({"CURRENT", "NAME", "CLUSTER", "NAMESPACE"});
    const auto add = [&](const std::string &name, const std::string &cluster, const std::string &nameSpace,
                         bool current) {
        document["contexts"].push_back(
            {{"name", name}, {"cluster", cluster}, {"namespace", nameSpace}, {"current", current}});
        table.add({current ? "*" : "", name, cluster, nameSpace});
    };
    if (global.demo) {
        add("demo", "demo", "default", true);
    } else {
        const auto config = readKubeconfig(global);
        if (!config)
            return std::unexpected(config.error());
        const auto text = [](const nlohmann::json &value, const char *field) {
            return value.is_object() && value.contains(field) && value[field].is_string()
                ? value[field].get<std::string>()
                : std::string();
        };
        for (const auto &[name, entry] : config->contexts)
            add(name, text(entry.value, "cluster"), text(entry.value, "namespace"), name == config->currentContext);
    }
    if (global.format == Format::Table)
        print(table.text());
    else
        printDocument(document, global.format);
    return Yes;
}

} // namespace app::ctl
