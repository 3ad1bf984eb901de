// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inventory/inventory_model.h"

#include "core/placement/plan.h"
#include "ui/text/sku_words.h"
#include "ui/text/words.h"

#include <algorithm>
#include <set>
#include <tuple>

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

} // namespace

std::string InventoryModel::keyOf(const core::SkuRow &row)
{
    return row.displayName + "\n" + row.resource;
}

std::vector<InventoryModel::Group> InventoryModel::groups(core::Grouping by, const core::ClusterSnapshot &snapshot,
                                                          const core::ClusterUsage &usage, const Skus &skus)
{
    // The pools of one node that stand below a line, by resource.
    const auto addPools = [&](Group &group, const core::NodePtr &node) {
        const auto first = std::ssize(group.nodes);
        for (const auto &pool : node->devices) {
            const auto sku = std::ranges::find_if(
                *skus, [&pool](const auto &row) { return core::isOfSku(pool, core::skuTarget(row)); });
            if (sku != skus->end() && core::isOfLine(group.line, by, *node, pool))
                group.nodes.push_back({node,
                                       pool,
                                       {skus, &*sku},
                                       core::requestedOn(usage, node->name, pool.resource),
                                       holdersOf(usage, *node, pool)});
        }
        std::sort(group.nodes.begin() + first, group.nodes.end(),
                  [](const auto &a, const auto &b) { return a.pool.resource < b.pool.resource; });
    };
    std::vector<Group> out;
    for (auto &line : by == core::Grouping::Sku ? std::vector(*skus) : core::linesBy(by, snapshot, usage))
        out.push_back({std::move(line), {}, 0});
    for (auto &group : out)
        for (const auto &name : group.line.nodes) {
            const auto at = std::ranges::lower_bound(snapshot.nodes, name, {}, &core::Node::name);
            if (at != snapshot.nodes.end() && (*at)->name == name)
                addPools(group, *at);
        }
    return out;
}

void InventoryModel::setInventory(const core::ClusterSnapshot &snapshot, const core::ClusterUsage &usage,
                                  std::vector<core::SkuRow> skus, core::Grouping by)
{
    auto incoming = groups(by, snapshot, usage, std::make_shared<const std::vector<core::SkuRow>>(std::move(skus)));
    if (by != m_grouping) { // lines of one grouping are never those of another, whatever their names
        beginResetModel();
        m_grouping = by;
        m_groups = std::move(incoming);
        m_rowOf.clear();
        for (auto &group : m_groups)
            group.id = m_nextId++;
        countRows(0);
        endResetModel();
        return;
    }
    removeLines(incoming);
    for (std::size_t i = 0; i < incoming.size(); ++i) {
        const auto row = static_cast<int>(i);
        if (i == m_groups.size() || keyOf(m_groups[i].line) != keyOf(incoming[i].line)) {
            incoming[i].id = m_nextId++;
            beginInsertRows({}, row, row);
            m_groups.insert(m_groups.begin() + row, std::move(incoming[i]));
            countRows(i);
            endInsertRows();
            continue;
        }
        const bool changed = m_groups[i].line != incoming[i].line || skusOf(m_groups[i]) != skusOf(incoming[i]);
        m_groups[i].line = std::move(incoming[i].line);
        mergeNodes(row, std::move(incoming[i].nodes));
        if (changed)
            Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
    }
}

/// Lines that are gone leave, and those whose place among the others has changed: what stays is in the order of
/// `incoming`.
void InventoryModel::removeLines(const std::vector<Group> &incoming)
{
    std::unordered_map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < incoming.size(); ++i)
        places.emplace(keyOf(incoming[i].line), i);
    std::size_t next = 0;
    for (std::size_t i = 0; i < m_groups.size();) {
        const auto place = places.find(keyOf(m_groups[i].line));
        if (place != places.end() && place->second >= next) {
            next = place->second + 1;
            ++i;
            continue;
        }
        const auto row = static_cast<int>(i);
        beginRemoveRows({}, row, row);
        m_rowOf.erase(m_groups[i].id);
        m_groups.erase(m_groups.begin() + row);
        countRows(i);
        endRemoveRows();
    }
}

void InventoryModel::countRows(std::size_t from)
{
    for (std::size_t row = from; row < m_groups.size(); ++row)
        m_rowOf[m_groups[row].id] = row;
}

void InventoryModel::mergeNodes(int row, std::vector<NodeRow> incoming)
{
    auto &nodes = m_groups[static_cast<std::size_t>(row)].nodes;
    const auto parent = index(row, 0);
    const auto placeOf = [](const NodeRow &one) { return std::tie(one.node->name, one.pool.resource); };
    std::size_t at = 0;
    for (auto &node : incoming) {
        while (at < nodes.size() && placeOf(nodes[at]) < placeOf(node)) {
            beginRemoveRows(parent, static_cast<int>(at), static_cast<int>(at));
            nodes.erase(nodes.begin() + static_cast<std::ptrdiff_t>(at));
            endRemoveRows();
        }
        if (at == nodes.size() || placeOf(node) < placeOf(nodes[at])) {
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
    if (index.internalId() == topLevel)
        return &m_groups[static_cast<std::size_t>(index.row())].line;
    return m_groups[groupRow(index)].nodes[static_cast<std::size_t>(index.row())].sku.get();
}

std::size_t InventoryModel::groupRow(const QModelIndex &node) const
{
    return m_rowOf.at(node.internalId());
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

/// What stands below a line that is of no one SKU: "A100 SXM 80 GB", "3 SKUs".
QString InventoryModel::skusOf(const Group &group) const
{
    std::set<std::string_view> names;
    for (const auto &node : group.nodes)
        names.insert(node.sku->displayName);
    return names.size() == 1 ? text(*names.begin()) : counted(std::ssize(names), tr("SKU"), tr("SKUs"));
}

QVariant InventoryModel::lineText(const Group &group, Column column) const
{
    const auto &row = group.line;
    const bool isSku = m_grouping == core::Grouping::Sku;
    switch (column) {
    case Column::Name: return text(row.displayName);
    case Column::Architecture:
        return !isSku ? skusOf(group) : row.architecture.empty() ? u"—"_s : text(row.architecture);
    case Column::Capacity: return QVariant::fromValue<qlonglong>(row.capacity);
    case Column::Allocatable: return QVariant::fromValue<qlonglong>(row.allocatable);
    case Column::Requested: return QVariant::fromValue<qlonglong>(row.requested);
    case Column::Free: return QVariant::fromValue<qlonglong>(row.free);
    case Column::Attention: return joined(row.attention);
    case Column::Price: return isSku ? text(priceWords(row, m_prices)) : QString();
    default: return {};
    }
}

QVariant InventoryModel::nodeText(const NodeRow &row, Column column) const
{
    switch (column) {
    case Column::Name: return text(m_grouping == core::Grouping::Node ? row.sku->displayName : row.node->name);
    case Column::Architecture: return whereWords(row);
    case Column::Capacity: return QVariant::fromValue<qlonglong>(row.pool.capacity);
    case Column::Allocatable: return QVariant::fromValue<qlonglong>(row.pool.allocatable);
    case Column::Requested: return QVariant::fromValue<qlonglong>(row.requested);
    case Column::Free: return QVariant::fromValue<qlonglong>(freeOf(row));
    case Column::Attention: return attentionWords(row);
    default: return {};
    }
}

/// The verdict of what needs a look, or all its words, of which the row may show only some.
QVariant InventoryModel::attentionData(const QModelIndex &index, const Group &group, const NodeRow *node,
                                       int role) const
{
    if (role == Qt::ToolTipRole)
        return data(index, Qt::DisplayRole).toString().toHtmlEscaped();
    const auto verdict = node ? attentionOf(*node) : attentionOf(group);
    return verdict ? QVariant(static_cast<int>(*verdict)) : QVariant();
}

QVariant InventoryModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const auto column = static_cast<Column>(index.column());
    const bool isLine = index.internalId() == topLevel;
    const auto &group = m_groups[isLine ? static_cast<std::size_t>(index.row()) : groupRow(index)];
    const auto *node = isLine ? nullptr : &group.nodes[static_cast<std::size_t>(index.row())];
    const auto capacity = node ? node->pool.capacity : group.line.capacity;
    const auto requested = node ? node->requested : group.line.requested;
    switch (role) {
    case Qt::DisplayRole: return node ? nodeText(*node, column) : lineText(group, column);
    case UseRole: return shareOf(requested, capacity);
    case WithdrawnRole: return shareOf(node ? node->pool.withdrawn() : group.line.withdrawn, capacity);
    case VendorRole:
        return m_grouping <= core::Grouping::Vendor && isLine ? QVariant(static_cast<int>(group.line.vendor))
                                                              : QVariant();
    case AttentionRole:
    case Qt::ToolTipRole: return column == Column::Attention ? attentionData(index, group, node, role) : QVariant();
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
    const auto first = m_grouping == core::Grouping::Sku ? tr("SKU")
        : m_grouping == core::Grouping::Vendor           ? tr("Vendor")
        : m_grouping == core::Grouping::Zone             ? tr("Zone")
                                                         : tr("Node");
    const auto second = m_grouping == core::Grouping::Sku ? tr("Architecture") : tr("SKU");
    const QStringList names{first,      second,    tr("Capacity"),  tr("Allocatable"), tr("Requested"),
                            tr("Free"), QString(), tr("Attention"), tr("Price")};
    return names.value(section);
}

} // namespace ui
