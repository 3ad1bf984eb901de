// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/probes/benchmarks_model.h"
#include "ui/widgets/panel.h"

#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTreeView>

namespace ui {

/// What imported serving benchmarks say of each model on each SKU: throughput, latency, price, date and source. While
/// there is none, it says how one is taken in.
class BenchmarksView final : public QWidget {
    Q_OBJECT

public:
    explicit BenchmarksView(QWidget *parent = nullptr);

    void setRows(std::vector<BenchmarkRow> rows);

Q_SIGNALS:
    void importRequested();

private:
    QWidget *buildTable();
    QWidget *buildEmpty();
    void showHeadline();

    PanelHead *m_head;
    BenchmarksModel *m_model;
    QSortFilterProxyModel *m_sorted;
    QTreeView *m_table;
    QStackedWidget *m_stack;
};

} // namespace ui
