// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/probe_report/probe_result.h"
#include "ui/charts/chart_frame.h"

#include <QDateTimeAxis>
#include <QScatterSeries>
#include <QValueAxis>

namespace ui {

/// One figure of one card over its runs: a point a run, no line between them: nobody measured in between.
class HistoryChart final : public QWidget {
    Q_OBJECT

public:
    explicit HistoryChart(QWidget *parent = nullptr);

    void setRuns(const std::vector<core::ProbeResult> &runs); ///< oldest first
    void setMetric(const QString &metric);                    ///< "membw.triad"

private:
    void draw();

    ChartFrame *m_chart;
    QScatterSeries *m_points;
    QDateTimeAxis *m_time;
    QValueAxis *m_value;
    std::vector<core::ProbeResult> m_runs;
    QString m_metric = QStringLiteral("membw.triad");
};

} // namespace ui
