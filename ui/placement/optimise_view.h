// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/optimise_plan.h"
#include "ui/charts/chart_frame.h"
#include "ui/widgets/panel.h"

#include <QComboBox>
#include <QLabel>
#include <QLineSeries>
#include <QPushButton>
#include <QSpinBox>
#include <QValueAxis>

namespace ui {

/// The optimiser at work: what the best plan so far costs, what no plan can undercut, and the gap between them. The
/// plan is only proposed; taking it is one undoable step.
class OptimiseView final : public QWidget {
    Q_OBJECT

public:
    explicit OptimiseView(QWidget *parent = nullptr);

    void setRunning(bool running);
    /// One improvement, `seconds` after the start.
    void addProgress(double seconds, const core::optimizer::Progress &progress);
    /// The best plan, or why there is none.
    void setOutcome(const core::Result<core::PlanDraft> &outcome);

Q_SIGNALS:
    void startRequested(core::OptimiseGoal goal, int seconds);
    void cancelRequested();
    void takeRequested(); ///< make the proposed plan the plan

private:
    void clear();
    void paintLines();
    void showFigures(const core::optimizer::Progress &progress);
    void fitAxes(double seconds, const core::optimizer::Progress &progress);
    QString amount(double value) const;

    PanelHead *m_head;
    QComboBox *m_goal;
    QSpinBox *m_seconds;
    QPushButton *m_start, *m_cancel, *m_take;
    ChartFrame *m_chart;
    QLineSeries *m_cost, *m_bound;
    QValueAxis *m_time, *m_money;
    QListWidget *m_lines;
    double m_highest = 0;
};

} // namespace ui
