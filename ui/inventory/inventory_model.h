// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/prices.h"
#include "core/cluster/inventory_lines.h"
#include "core/cluster/inventory_query.h"
#include "core/fit/verdict.h"

#include <QAbstractItemModel>

#include <memory>
#include <unordered_map>

namespace ui {

/// SKUs as rows, their nodes below; or vendors, zones, nodes, with what stands there below. Rows keep their place
/// between snapshots: figures change where they stand.
class InventoryModel final : public QAbstractItemModel {
    Q_OBJECT

public:
    enum class Column { Name, Architecture, Capacity, Allocatable, Requested, Free, Use, Attention, Price, Count };
    enum Role { UseRole = Qt::UserRole, WithdrawnRole, VendorRole, AttentionRole };

    using QAbstractItemModel::QAbstractItemModel;

    void setInventory(const core::ClusterSnapshot &snapshot, const core::ClusterUsage &usage,
                      std::vector<core::SkuRow> skus, core::Grouping by = core::Grouping::Sku);
    core::Grouping grouping() const { return m_grouping; }
    void setPrices(const core::Prices *prices) { m_prices = prices; } ///< a loan; nullptr = no price is known
    /// What a row answers the filter with.
    core::InventoryFacts factsAt(const QModelIndex &index) const;
    /// The pods that hold devices of a node's row, "team-chat/llama-0, …"; empty for a SKU.
    QString holdersAt(const QModelIndex &index) const;
    /// The node of a row; nullptr for a line above nodes.
    const core::Node *nodeAt(const QModelIndex &index) const;
    /// The SKU of a row; for a vendor, zone or node as a whole the sums, without a SKU in it.
    const core::SkuRow *skuAt(const QModelIndex &index) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct NodeRow {
        core::NodePtr node;
        core::DevicePool pool;
        std::shared_ptr<const core::SkuRow> sku; ///< for what it is: its figures may be older
        std::int64_t requested = 0;
        std::string holders;
        bool operator==(const NodeRow &other) const
        {
            return node == other.node && pool == other.pool && requested == other.requested && holders == other.holders;
        }
    };
    struct Group {
        core::SkuRow line; ///< of a SKU, or the sums of a vendor, zone or node
        std::vector<NodeRow> nodes;
        quintptr id = 0; ///< stays while the group moves: a node's index points here, not at a row
    };
    using Skus = std::shared_ptr<const std::vector<core::SkuRow>>;
    static std::vector<Group> groups(core::Grouping by, const core::ClusterSnapshot &snapshot,
                                     const core::ClusterUsage &usage, const Skus &skus);
    static std::string keyOf(const core::SkuRow &row);
    void removeLines(const std::vector<Group> &incoming);
    void mergeNodes(int row, std::vector<NodeRow> incoming);
    void countRows(std::size_t from); ///< after lines came or went at that row
    QVariant lineText(const Group &group, Column column) const;
    QString skusOf(const Group &group) const;
    /// Of what a row says under Attention; nullopt: nothing is wrong.
    static std::optional<core::Verdict> attentionOf(const NodeRow &row);
    static std::optional<core::Verdict> attentionOf(const Group &group);
    static std::int64_t freeOf(const NodeRow &row);
    QString whereWords(const NodeRow &row) const;
    static QString attentionWords(const NodeRow &row);
    QVariant nodeText(const NodeRow &row, Column column) const;
    QVariant attentionData(const QModelIndex &index, const Group &group, const NodeRow *node, int role) const;

    std::size_t groupRow(const QModelIndex &node) const;

    const core::Prices *m_prices = nullptr;
    core::Grouping m_grouping = core::Grouping::Sku;
    std::vector<Group> m_groups;
    std::unordered_map<quintptr, std::size_t> m_rowOf; ///< a group's row by its id
    quintptr m_nextId = 0;
};

} // namespace ui
