// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/probe_report/probe_result.h"
#include "ui/charts/chart_frame.h"

#include <QDateTimeAxis>
#include <QLineSeries>
#include <QScatterSeries>
#include <QValueAxis>

#include <optional>

namespace ui {

/// One figure of one card over its runs: a point a run, no line between them: nobody measured in between. What the
/// figure is compared with is a level line.
class HistoryChart final : public QWidget {
    Q_OBJECT

public:
    explicit HistoryChart(QWidget *parent = nullptr);

    void setRuns(const std::vector<core::ProbeResult> &runs); ///< oldest first
    /// "membw.triad", its reference where there is one, and below (or, of times, above) what a run is a failure.
    void setMetric(const QString &metric, std::optional<double> reference, std::optional<double> failsAt = {});

private:
    void draw();
    void drawReference(const QDateTime &from, const QDateTime &to);

    bool isFailure(double value) const;
    void frame(double most);

    ChartFrame *m_chart;
    QScatterSeries *m_points, *m_failures;
    QLineSeries *m_level;
    QDateTimeAxis *m_time;
    QValueAxis *m_value;
    std::vector<core::ProbeResult> m_runs;
    std::optional<double> m_reference, m_failsAt;
    QString m_metric = QStringLiteral("membw.triad");
};

} // namespace ui
