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
    , m_level(new QLineSeries(this))
    , m_time(new QDateTimeAxis(this))
    , m_value(new QValueAxis(this))
{
    setObjectName(u"historyChart"_s);
    m_points->setMarkerSize(8);
    m_time->setFormat(u"MMM d HH:mm"_s);
    m_value->setLabelFormat(u"%.4g"_s);
    auto *chart = m_chart->chart();
    chart->addSeries(m_level);
    chart->addSeries(m_points);
    chart->addAxis(m_time, Qt::AlignBottom);
    chart->addAxis(m_value, Qt::AlignLeft);
    for (auto *series : std::initializer_list<QXYSeries *>{m_level, m_points}) {
        series->attachAxis(m_time);
        series->attachAxis(m_value);
    }
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_chart);
}

void HistoryChart::setRuns(const std::vector<core::ProbeResult> &runs)
{
    m_runs = runs;
    draw();
}

void HistoryChart::setMetric(const QString &metric, std::optional<double> reference)
{
    m_metric = metric;
    m_reference = reference;
    draw();
}

void HistoryChart::draw()
{
    m_points->clear();
    QString unit;
    double most = m_reference.value_or(0);
    for (const auto &run : m_runs)
        for (const auto &metric : run.metrics)
            if (text(metric.fullName()) == m_metric && metric.valid) {
                m_points->append(static_cast<double>(run.time) * 1000, metric.value);
                most = std::max(most, metric.value);
                unit = text(metric.unit);
            }
    const auto points = m_points->points();
    m_chart->setVisible(!points.empty()); // an empty frame with made-up dates says nothing
    m_points->setName(
        tr("%1, %2 · %3")
            .arg(text(core::figureName(plain(m_metric))), unit, counted(points.size(), tr("run"), tr("runs"))));
    m_points->setColor(Theme::of(palette()).accent);
    m_points->setBorderColor(Theme::of(palette()).surface);
    m_value->setRange(0, most > 0 ? most * 1.1 : 1);
    if (!points.empty()) {
        const auto first = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(points.front().x()));
        const auto last = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(points.back().x()));
        m_time->setRange(first.addSecs(-1800), last.addSecs(1800));
        drawReference(m_time->min(), m_time->max());
    }
    m_chart->setAccessibleDescription(points.empty() ? tr("no runs") : m_points->name());
    m_chart->dress();
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
