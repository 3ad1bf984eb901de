// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/compare_plans.h"
#include "ui/charts/chart_frame.h"
#include "ui/widgets/panel.h"

#include <QPushButton>
#include <QStandardItemModel>
#include <QTreeView>

namespace ui {

/// Two plans side by side on this cluster: cost, headroom, fragmentation, what would be stranded; the devices each
/// takes as bars. Differences are in bold.
class CompareView final : public QWidget {
    Q_OBJECT

public:
    explicit CompareView(QWidget *parent = nullptr);

    /// nullopt: no other plan has been chosen yet.
    void setComparison(const std::optional<core::Result<core::PlanComparison>> &comparison);

Q_SIGNALS:
    void otherPlanRequested(); ///< choose the plan to compare with

private:
    void addRow(QStandardItem &parent, const QString &what, const QString &a, const QString &b);
    QStandardItem *addSection(const QString &title);
    void showFigures(const core::PlanComparison &comparison);
    void showModels(const core::PlanComparison &comparison);
    void showSkus(const core::PlanComparison &comparison);
    void showChart(const core::PlanComparison &comparison);
    void paintBars();

    PanelHead *m_head;
    QTreeView *m_table;
    QStandardItemModel *m_rows;
    ChartFrame *m_chart;
};

} // namespace ui
