// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/probes/figure_bars.h"

#include "core/probe_report/plain_words.h"
#include "ui/text/words.h"
#include "ui/theme/theme.h"

#include <QBarCategoryAxis>
#include <QBarSet>
#include <QHorizontalBarSeries>
#include <QLegend>
#include <QVBoxLayout>
#include <QValueAxis>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr std::size_t mostBars = 6;

/// Only what has a reference has a bar; the worst are kept when there are many. A horizontal bar chart begins at the
/// bottom: there the best of them stands.
std::vector<const core::FigureVerdict *> worstFirst(const core::CardVerdict *card)
{
    std::vector<const core::FigureVerdict *> compared;
    if (!card)
        return compared;
    for (const auto &figure : card->figures)
        if (figure.ratio)
            compared.push_back(&figure);
    std::ranges::stable_sort(compared, {}, [](const auto *figure) { return figure->ratio.value_or(1); });
    compared.resize(std::min(compared.size(), mostBars));
    std::ranges::reverse(compared);
    return compared;
}

} // namespace

FigureBars::FigureBars(QWidget *parent)
    : QWidget(parent)
    , m_chart(new ChartFrame(tr("Each figure in percent of its reference"), this))
{
    setObjectName(u"figureBars"_s);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_chart);
    connect(m_chart, &ChartFrame::themeChanged, this, &FigureBars::paintBars);
}

void FigureBars::setCard(const core::CardVerdict *card)
{
    const auto compared = worstFirst(card);
    clear();
    setVisible(!compared.empty());
    auto *set = new QBarSet(tr("% of reference"));
    QStringList names, spoken;
    double most = 100;
    for (const auto *figure : compared) {
        const double percent = 100 * figure->ratio.value_or(0); // those without are not compared
        *set << percent;
        most = std::max(most, percent);
        names << text(core::figureName(figure->metric));
        spoken << u"%1 %2 %"_s.arg(text(core::figureName(figure->metric))).arg(percent, 0, 'f', 0);
    }
    auto *series = new QHorizontalBarSeries;
    series->append(set);
    m_chart->chart()->addSeries(series);
    addAxes(*series, names, most);
    paintBars();
    m_chart->setAccessibleDescription(spoken.join(u"; "_s));
    m_chart->chart()->legend()->hide(); // one series; the axis says what it is
    m_chart->dress();
}

void FigureBars::paintBars()
{
    const auto theme = Theme::of(palette());
    for (auto *series : m_chart->chart()->series())
        for (auto *set : static_cast<QAbstractBarSeries *>(series)->barSets()) {
            set->setColor(theme.used);
            set->setBorderColor(theme.surface);
        }
}

void FigureBars::clear()
{
    auto *chart = m_chart->chart();
    chart->removeAllSeries();
    for (auto *axis : chart->axes()) {
        chart->removeAxis(axis);
        axis->deleteLater();
    }
}

void FigureBars::addAxes(QAbstractBarSeries &series, const QStringList &names, double most)
{
    auto *chart = m_chart->chart();
    auto *metrics = new QBarCategoryAxis;
    metrics->append(names);
    auto *percent = new QValueAxis;
    percent->setRange(0, most * 1.05);
    percent->setTickType(QValueAxis::TicksDynamic);
    percent->setTickInterval(25);
    percent->setLabelFormat(u"%.0f"_s);
    percent->setTitleText(tr("% of reference"));
    chart->addAxis(metrics, Qt::AlignLeft);
    chart->addAxis(percent, Qt::AlignBottom);
    series.attachAxis(metrics);
    series.attachAxis(percent);
}

} // namespace ui
