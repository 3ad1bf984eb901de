// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/probes/history_chart.h"

#include "core/probe_report/plain_words.h"
#include "ui/text/words.h"
#include "ui/theme/theme.h"

#include <QDateTime>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

HistoryChart::HistoryChart(QWidget *parent)
    : QWidget(parent)
    , m_chart(new ChartFrame(tr("History of the selected figure"), this))
    , m_points(new QScatterSeries(this))
    , m_failures(new QScatterSeries(this))
    , m_level(new QLineSeries(this))
    , m_time(new QDateTimeAxis(this))
    , m_value(new QValueAxis(this))
{
    setObjectName(u"historyChart"_s);
    m_value->setLabelFormat(u"%.4g"_s);
    auto *chart = m_chart->chart();
    chart->addAxis(m_time, Qt::AlignBottom);
    chart->addAxis(m_value, Qt::AlignLeft);
    for (auto *series : std::initializer_list<QXYSeries *>{m_level, m_points, m_failures}) {
        chart->addSeries(series);
        series->attachAxis(m_time);
        series->attachAxis(m_value);
    }
    for (auto *series : {m_points, m_failures})
        series->setMarkerSize(8);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_chart);
    connect(m_chart, &ChartFrame::themeChanged, this, &HistoryChart::draw);
}

void HistoryChart::setRuns(const std::vector<core::ProbeResult> &runs)
{
    m_runs = runs;
    draw();
}

void HistoryChart::setMetric(const QString &metric, std::optional<double> reference, std::optional<double> failsAt)
{
    m_metric = metric;
    m_reference = reference;
    m_failsAt = failsAt;
    draw();
}

bool HistoryChart::isFailure(double value) const
{
    if (!m_failsAt || !m_reference)
        return false;
    return *m_failsAt < *m_reference ? value < *m_failsAt : value > *m_failsAt;
}

void HistoryChart::draw()
{
    m_points->clear();
    m_failures->clear();
    QString unit;
    double most = m_reference.value_or(0);
    for (const auto &run : m_runs)
        for (const auto &metric : run.metrics)
            if (text(metric.fullName()) == m_metric && metric.valid) {
                (isFailure(metric.value) ? m_failures : m_points)
                    ->append(static_cast<double>(run.time) * 1000, metric.value);
                most = std::max(most, metric.value);
                unit = text(core::figureUnit(metric.unit));
            }
    const auto count = m_points->count() + m_failures->count();
    m_chart->setVisible(count > 0); // an empty frame with made-up dates says nothing
    m_points->setName(
        tr("%1, %2 · %3").arg(text(core::figureName(plain(m_metric))), unit, counted(count, tr("run"), tr("runs"))));
    m_failures->setName(tr("%1 too slow").arg(m_failures->count()));
    const auto theme = Theme::of(palette());
    m_points->setColor(theme.used);
    m_failures->setColor(theme.verdict(core::Verdict::No));
    for (auto *series : {m_points, m_failures})
        series->setBorderColor(theme.surface);
    m_failures->setVisible(m_failures->count() > 0);
    frame(most);
    m_chart->setAccessibleDescription(count == 0                    ? tr("no runs")
                                          : m_failures->count() > 0 ? m_points->name() + u", "_s + m_failures->name()
                                                                    : m_points->name());
    m_chart->dress();
}

/// Axes around all points, with room beside the first and the last.
void HistoryChart::frame(double most)
{
    m_value->setTickCount(5);
    m_value->setRange(0, most > 0 ? most * 1.1 : 1);
    m_value->applyNiceNumbers();
    auto points = m_points->points() + m_failures->points();
    if (points.empty())
        return;
    const auto [first, last] = std::ranges::minmax_element(points, {}, &QPointF::x);
    constexpr double least = 1'800'000, hours = 3'600'000;
    const double margin = std::max(least, (last->x() - first->x()) * 0.03);
    m_time->setFormat(last->x() - first->x() > 72 * hours ? u"MMM d"_s : u"MMM d HH:mm"_s);
    m_time->setRange(QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(first->x() - margin)),
                     QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(last->x() + margin)));
    drawReference(m_time->min(), m_time->max());
}

void HistoryChart::drawReference(const QDateTime &from, const QDateTime &to)
{
    m_level->clear();
    m_level->setVisible(m_reference.has_value());
    if (!m_reference)
        return;
    m_level->setName(tr("what it is compared with"));
    m_level->setPen(QPen(Theme::of(palette()).muted, 1, Qt::DashLine));
    for (const auto &at : {from, to})
        m_level->append(static_cast<double>(at.toMSecsSinceEpoch()), *m_reference);
}

} // namespace ui
