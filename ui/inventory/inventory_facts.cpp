// SPDX-License-Identifier: GPL-3.0-or-later
// What a row of the inventory says about itself: where it is, what is wrong, what a filter may ask.
#include "ui/inventory/inventory_model.h"

#include "ui/text/sku_words.h"
#include "ui/text/words.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

std::optional<core::Verdict> InventoryModel::attentionOf(const NodeRow &row)
{
    if (row.node->unschedulable)
        return core::Verdict::Unknown; // somebody's will, not a fault
    if (!row.node->ready.value_or(false) || row.pool.withdrawn() > 0)
        return core::Verdict::No;
    return row.node->issues.empty() ? std::nullopt : std::optional(core::Verdict::Tight);
}

/// The worst of its nodes.
std::optional<core::Verdict> InventoryModel::attentionOf(const Group &group)
{
    if (group.line.attention.empty())
        return std::nullopt;
    bool tight = false;
    for (const auto &node : group.nodes) {
        const auto one = attentionOf(node);
        if (one == core::Verdict::No || node.pool.withdrawn() > 0 || !node.node->ready.value_or(false))
            return core::Verdict::No;
        tight = tight || one == core::Verdict::Tight;
    }
    return tight ? core::Verdict::Tight : core::Verdict::Unknown;
}

core::InventoryFacts InventoryModel::factsAt(const QModelIndex &index) const
{
    core::InventoryFacts facts;
    const auto *sku = skuAt(index);
    if (!sku)
        return facts;
    const bool isLine = !nodeAt(index);
    if (!isLine || m_grouping == core::Grouping::Sku)
        facts.sku = sku->sku + " " + sku->displayName;
    if (!isLine || m_grouping == core::Grouping::Sku || m_grouping == core::Grouping::Vendor)
        facts.vendor = sku->vendor == core::Vendor::Nvidia ? "nvidia"
            : sku->vendor == core::Vendor::Amd             ? "amd"
                                                           : "intel";
    if (isLine) {
        if (m_grouping == core::Grouping::Zone)
            facts.zone = sku->displayName;
        if (m_grouping == core::Grouping::Node)
            facts.node = sku->displayName;
        std::string attention;
        for (const auto &words : sku->attention)
            attention += " " + words;
        facts.words = sku->displayName + " " + sku->architecture + " " + sku->resource + attention;
        facts.capacity = sku->capacity;
        facts.allocatable = sku->allocatable;
        facts.requested = sku->requested;
        facts.free = sku->free;
        facts.withdrawn = sku->withdrawn;
        return facts;
    }
    const auto &row = m_groups[groupRow(index)].nodes[static_cast<std::size_t>(index.row())];
    facts.node = row.node->name;
    facts.zone = core::zoneOf(*row.node);
    facts.driver = driverWords(row.pool) + " " + row.pool.driverVersion;
    facts.pods = row.holders;
    facts.words = sku->architecture + " " + sku->resource + " " + plain(attentionWords(row));
    facts.capacity = row.pool.capacity;
    facts.allocatable = row.pool.allocatable;
    facts.requested = row.requested;
    facts.free = freeOf(row);
    facts.withdrawn = row.pool.withdrawn();
    return facts;
}

QString InventoryModel::holdersAt(const QModelIndex &index) const
{
    if (!nodeAt(index))
        return {};
    return text(m_groups[groupRow(index)].nodes[static_cast<std::size_t>(index.row())].holders);
}

/// Nothing is to be had of a node that takes no pods.
std::int64_t InventoryModel::freeOf(const NodeRow &row)
{
    return row.node->acceptsPods() ? std::max<std::int64_t>(0, row.pool.allocatable - row.requested) : 0;
}

/// "eu-1a · R580", as far as the node says and the line above it does not; "—" when nothing is said.
QString InventoryModel::whereWords(const NodeRow &row) const
{
    QStringList words;
    if (m_grouping == core::Grouping::Vendor || m_grouping == core::Grouping::Zone)
        words << text(row.sku->displayName);
    if (m_grouping == core::Grouping::Sku || m_grouping == core::Grouping::Vendor)
        words << text(core::zoneOf(*row.node));
    words << text(driverWords(row.pool));
    words.removeAll(QString());
    return words.isEmpty() ? u"—"_s : words.join(u" · "_s);
}

QString InventoryModel::attentionWords(const NodeRow &row)
{
    if (row.node->unschedulable)
        return tr("cordoned");
    if (!row.node->ready.value_or(false))
        return tr("not ready: %1").arg(text(row.node->notReadyReason));
    if (row.pool.withdrawn() > 0)
        return tr("%1 withdrawn").arg(row.pool.withdrawn());
    return row.node->issues.empty() ? text(row.holders) : text(row.node->issues.front());
}

} // namespace ui
