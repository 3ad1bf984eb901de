// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inventory/inventory_model.h"

#include "ui/text/sku_words.h"
#include "ui/text/words.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

/// Top-level rows carry this as their internal id; a node row carries its group's row.
constexpr quintptr topLevel = ~quintptr{0};

bool isFigure(InventoryModel::Column column)
{
    using Column = InventoryModel::Column;
    return (column >= Column::Capacity && column <= Column::Free) || column == Column::Price;
}

QString joined(const std::vector<std::string> &words)
{
    QStringList list;
    for (const auto &word : words)
        list << text(word);
    return list.join(u", "_s);
}

std::string holdersOf(const core::ClusterUsage &usage, const core::Node &node, const core::DevicePool &pool)
{
    std::string out;
    if (const auto found = usage.find(node.name); found != usage.end())
        for (const auto &pod : found->second.holders)
            if (core::amountOf(pod->requests, pool.resource) > 0)
                out += (out.empty() ? "" : ", ") + pod->key();
    return out;
}

double shareOf(std::int64_t part, std::int64_t whole)
{
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
}

QVariant attentionRole(const std::optional<core::Verdict> &attention)
{
    return attention ? QVariant(static_cast<int>(*attention)) : QVariant();
}

} // namespace

std::string InventoryModel::keyOf(const core::SkuRow &row)
{
    return row.displayName + "\n" + row.resource;
}

std::vector<InventoryModel::Group> InventoryModel::groups(const core::ClusterSnapshot &snapshot,
                                                          const core::ClusterUsage &usage,
                                                          std::vector<core::SkuRow> rows)
{
    std::vector<Group> out;
    out.reserve(rows.size());
    for (auto &row : rows)
        out.push_back({std::move(row), {}, 0});
    for (auto &group : out)
        for (const auto &name : group.sku.nodes) {
            const auto at = std::ranges::lower_bound(snapshot.nodes, name, {}, &core::Node::name);
            if (at == snapshot.nodes.end() || (*at)->name != name)
                continue;
            for (const auto &pool : (*at)->devices)
                if (pool.resource == group.sku.resource)
                    group.nodes.push_back(
                        {*at, pool, core::requestedOn(usage, name, pool.resource), holdersOf(usage, **at, pool)});
        }
    return out;
}

void InventoryModel::setInventory(const core::ClusterSnapshot &snapshot, const core::ClusterUsage &usage,
                                  std::vector<core::SkuRow> rows)
{
    auto incoming = groups(snapshot, usage, std::move(rows));
    // Rows that are gone leave, new ones come where the order puts them, the rest change in place.
    for (int row = static_cast<int>(m_groups.size()); row-- > 0;) {
        const auto key = keyOf(m_groups[static_cast<std::size_t>(row)].sku);
        if (std::ranges::any_of(incoming, [&key](const auto &g) { return keyOf(g.sku) == key; }))
            continue;
        beginRemoveRows({}, row, row);
        m_groups.erase(m_groups.begin() + row);
        endRemoveRows();
    }
    for (std::size_t i = 0; i < incoming.size(); ++i) {
        const auto key = keyOf(incoming[i].sku);
        const auto found = std::ranges::find_if(m_groups, [&key](const auto &g) { return keyOf(g.sku) == key; });
        if (found == m_groups.end()) {
            const auto row = static_cast<int>(std::min(i, m_groups.size()));
            incoming[i].id = m_nextId++;
            beginInsertRows({}, row, row);
            m_groups.insert(m_groups.begin() + row, std::move(incoming[i]));
            endInsertRows();
            continue;
        }
        const auto row = static_cast<int>(found - m_groups.begin());
        if (found->sku != incoming[i].sku) {
            found->sku = std::move(incoming[i].sku);
            Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
        }
        mergeNodes(row, std::move(incoming[i].nodes));
    }
}

void InventoryModel::mergeNodes(int row, std::vector<NodeRow> incoming)
{
    auto &nodes = m_groups[static_cast<std::size_t>(row)].nodes;
    const auto parent = index(row, 0);
    std::size_t at = 0;
    for (auto &node : incoming) {
        while (at < nodes.size() && nodes[at].node->name < node.node->name) {
            beginRemoveRows(parent, static_cast<int>(at), static_cast<int>(at));
            nodes.erase(nodes.begin() + static_cast<std::ptrdiff_t>(at));
            endRemoveRows();
        }
        if (at == nodes.size() || node.node->name < nodes[at].node->name) {
            beginInsertRows(parent, static_cast<int>(at), static_cast<int>(at));
            nodes.insert(nodes.begin() + static_cast<std::ptrdiff_t>(at), std::move(node));
            endInsertRows();
        } else if (nodes[at] != node) {
            nodes[at] = std::move(node);
            Q_EMIT dataChanged(index(static_cast<int>(at), 0, parent),
                               index(static_cast<int>(at), columnCount() - 1, parent));
        }
        ++at;
    }
    if (at < nodes.size()) {
        beginRemoveRows(parent, static_cast<int>(at), static_cast<int>(nodes.size()) - 1);
        nodes.resize(at);
        endRemoveRows();
    }
}

const core::Node *InventoryModel::nodeAt(const QModelIndex &index) const
{
    if (!index.isValid() || index.internalId() == topLevel)
        return nullptr;
    return m_groups[groupRow(index)].nodes[static_cast<std::size_t>(index.row())].node.get();
}

const core::SkuRow *InventoryModel::skuAt(const QModelIndex &index) const
{
    if (!index.isValid())
        return nullptr;
    return &m_groups[index.internalId() == topLevel ? static_cast<std::size_t>(index.row()) : groupRow(index)].sku;
}

std::size_t InventoryModel::groupRow(const QModelIndex &node) const
{
    const auto found = std::ranges::find(m_groups, node.internalId(), &Group::id);
    return static_cast<std::size_t>(found - m_groups.begin());
}

QModelIndex InventoryModel::index(int row, int column, const QModelIndex &parent) const
{
    if (row < 0 || column < 0 || column >= columnCount() || row >= rowCount(parent))
        return {};
    return createIndex(row, column, parent.isValid() ? m_groups[static_cast<std::size_t>(parent.row())].id : topLevel);
}

QModelIndex InventoryModel::parent(const QModelIndex &index) const
{
    if (!index.isValid() || index.internalId() == topLevel)
        return {};
    return createIndex(static_cast<int>(groupRow(index)), 0, topLevel);
}

int InventoryModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return static_cast<int>(m_groups.size());
    if (parent.internalId() != topLevel || parent.column() > 0)
        return 0;
    return static_cast<int>(m_groups[static_cast<std::size_t>(parent.row())].nodes.size());
}

int InventoryModel::columnCount(const QModelIndex &) const
{
    return static_cast<int>(Column::Count);
}

QVariant InventoryModel::skuText(const core::SkuRow &row, Column column) const
{
    switch (column) {
    case Column::Name: return text(row.displayName);
    case Column::Architecture: return row.architecture.empty() ? u"—"_s : text(row.architecture);
    case Column::Capacity: return QVariant::fromValue<qlonglong>(row.capacity);
    case Column::Allocatable: return QVariant::fromValue<qlonglong>(row.allocatable);
    case Column::Requested: return QVariant::fromValue<qlonglong>(row.requested);
    case Column::Free: return QVariant::fromValue<qlonglong>(row.free);
    case Column::Attention: return joined(row.attention);
    case Column::Price: return text(priceWords(row, m_prices));
    default: return {};
    }
}

QVariant InventoryModel::nodeText(const NodeRow &row, Column column) const
{
    switch (column) {
    case Column::Name: return text(row.node->name);
    case Column::Architecture: return whereWords(row);
    case Column::Capacity: return QVariant::fromValue<qlonglong>(row.pool.capacity);
    case Column::Allocatable: return QVariant::fromValue<qlonglong>(row.pool.allocatable);
    case Column::Requested: return QVariant::fromValue<qlonglong>(row.requested);
    case Column::Free: return QVariant::fromValue<qlonglong>(freeOf(row));
    case Column::Attention: return attentionWords(row);
    default: return {};
    }
}

QVariant InventoryModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const auto column = static_cast<Column>(index.column());
    const bool isSku = index.internalId() == topLevel;
    const auto &group = m_groups[isSku ? static_cast<std::size_t>(index.row()) : groupRow(index)];
    const auto *node = isSku ? nullptr : &group.nodes[static_cast<std::size_t>(index.row())];
    const auto capacity = node ? node->pool.capacity : group.sku.capacity;
    const auto requested = node ? node->requested : group.sku.requested;
    switch (role) {
    case Qt::DisplayRole: return node ? nodeText(*node, column) : skuText(group.sku, column);
    case UseRole: return shareOf(requested, capacity);
    case WithdrawnRole: return shareOf(node ? node->pool.withdrawn() : group.sku.withdrawn, capacity);
    case VendorRole: return static_cast<int>(group.sku.vendor);
    case AttentionRole:
        return column == Column::Attention ? attentionRole(node ? attentionOf(*node) : attentionOf(group)) : QVariant();
    case Qt::TextAlignmentRole: return isFigure(column) ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case Qt::AccessibleTextRole:
        return column == Column::Use ? QVariant(tr("%1 of %2 requested").arg(requested).arg(capacity)) : QVariant();
    default: return {};
    }
}

QVariant InventoryModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role == Qt::EditRole)
        return {};
    if (role == Qt::TextAlignmentRole)
        return (isFigure(static_cast<Column>(section)) ? Qt::AlignRight | Qt::AlignVCenter
                                                       : Qt::AlignLeft | Qt::AlignVCenter)
            .toInt();
    if (role != Qt::DisplayRole)
        return {};
    const QStringList names{tr("SKU"),  tr("Architecture"), tr("Capacity"),  tr("Allocatable"), tr("Requested"),
                            tr("Free"), QString(),          tr("Attention"), tr("Price")};
    return names.value(section);
}

} // namespace ui
