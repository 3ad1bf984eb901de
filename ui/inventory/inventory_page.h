// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "ui/inventory/inventory_model.h"

#include <QLabel>
#include <QSortFilterProxyModel>
#include <QTreeView>

namespace ui {

/// How many devices are free, of which SKU, what is wrong; below, the evidence behind the selected row.
class InventoryPage final : public QWidget {
    Q_OBJECT

public:
    explicit InventoryPage(QWidget *parent = nullptr);

    void setCatalog(const core::Catalog *catalog); ///< a loan that outlives the page
    void setInventory(const core::SnapshotPtr &snapshot, const core::ClusterUsage &usage,
                      const std::vector<core::SkuRow> &rows);
    QTreeView *tree() const { return m_tree; }

private:
    void showEvidence();

    const core::Catalog *m_catalog = nullptr;
    InventoryModel *m_model;
    QSortFilterProxyModel *m_filter;
    QLabel *m_headline, *m_detail;
    QTreeView *m_tree, *m_evidence;
    bool m_sized = false;
};

} // namespace ui
