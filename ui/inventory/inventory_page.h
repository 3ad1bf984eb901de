// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "ui/inventory/inventory_model.h"
#include "ui/widgets/key_help.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSortFilterProxyModel>
#include <QTreeView>

namespace ui {

class EvidencePanel;

/// How many devices are free, of which SKU, what is wrong; below, the evidence behind the selected row.
class InventoryPage final : public QWidget {
    Q_OBJECT

public:
    explicit InventoryPage(QWidget *parent = nullptr);

    static std::vector<KeyHelp> keys(); ///< what its keys do, for the panel behind `?`

    void setCatalog(const core::Catalog *catalog); ///< a loan that outlives the page
    void setPrices(const core::Prices *prices);    ///< a loan that outlives the page
    void setInventory(const core::SnapshotPtr &snapshot, std::shared_ptr<const core::ClusterUsage> usage,
                      const std::vector<core::SkuRow> &rows);
    QTreeView *tree() const { return m_tree; }
    /// The cluster does not answer since then ("14:02"): the last picture stays, in grey. Empty = it answers.
    void setStale(const QString &since);
    /// Selects the SKU or node of that name.
    void goTo(const QString &name);

private:
    void copyRow(const QString &between, const QString &around);
    QLayout *makeHead();
    void prepareTree();
    void applyFilter(const QString &words);
    void chooseGrouping(core::Grouping by);
    void fillModel();
    void sizeColumns();
    void showHeadline();
    void showEvidence();

    const core::Catalog *m_catalog = nullptr;
    InventoryModel *m_model;
    QSortFilterProxyModel *m_filter;
    QLabel *m_headline, *m_detail, *m_problem;
    QLineEdit *m_find;
    QComboBox *m_group;
    QTreeView *m_tree;
    EvidencePanel *m_evidence;
    core::SnapshotPtr m_snapshot; ///< with what it came with, to be grouped another way; null before the first
    std::shared_ptr<const core::ClusterUsage> m_usage;
    std::vector<core::SkuRow> m_rows;
    std::int64_t m_free = 0, m_capacity = 0;
    bool m_isRead = false;
    QString m_staleSince;
    bool m_sized = false;
};

} // namespace ui
