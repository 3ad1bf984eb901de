// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/prices.h"
#include "core/cluster/accounting.h"
#include "core/cluster/inventory_query.h"
#include "core/fit/verdict.h"

#include <QAbstractItemModel>

namespace ui {

/// SKUs as rows, their nodes below. Rows keep their place between snapshots: figures change where they stand.
class InventoryModel final : public QAbstractItemModel {
    Q_OBJECT

public:
    enum class Column { Name, Architecture, Capacity, Allocatable, Requested, Free, Use, Attention, Price, Count };
    enum Role { UseRole = Qt::UserRole, WithdrawnRole, VendorRole, AttentionRole };

    using QAbstractItemModel::QAbstractItemModel;

    void setInventory(const core::ClusterSnapshot &snapshot, const core::ClusterUsage &usage,
                      std::vector<core::SkuRow> rows);
    void setPrices(const core::Prices *prices) { m_prices = prices; } ///< a loan; nullptr = no price is known
    /// What a row answers the filter with.
    core::InventoryFacts factsAt(const QModelIndex &index) const;
    /// The pods that hold devices of a node's row, "team-chat/llama-0, …"; empty for a SKU.
    QString holdersAt(const QModelIndex &index) const;
    /// The node and resource of a row; nullptr for a SKU.
    const core::Node *nodeAt(const QModelIndex &index) const;
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
        std::int64_t requested = 0;
        std::string holders;
        bool operator==(const NodeRow &) const = default;
    };
    struct Group {
        core::SkuRow sku;
        std::vector<NodeRow> nodes;
        quintptr id = 0; ///< stays while the group moves: a node's index points here, not at a row
    };
    static std::vector<Group> groups(const core::ClusterSnapshot &snapshot, const core::ClusterUsage &usage,
                                     std::vector<core::SkuRow> rows);
    static std::string keyOf(const core::SkuRow &row);
    void mergeNodes(int row, std::vector<NodeRow> incoming);
    QVariant skuText(const core::SkuRow &row, Column column) const;
    /// Of what a row says under Attention; nullopt: nothing is wrong.
    static std::optional<core::Verdict> attentionOf(const NodeRow &row);
    static std::optional<core::Verdict> attentionOf(const Group &group);
    static std::int64_t freeOf(const NodeRow &row);
    static QString whereWords(const NodeRow &row);
    static QString attentionWords(const NodeRow &row);
    QVariant nodeText(const NodeRow &row, Column column) const;

    std::size_t groupRow(const QModelIndex &node) const;

    const core::Prices *m_prices = nullptr;
    std::vector<Group> m_groups;
    quintptr m_nextId = 0;
};

} // namespace ui
