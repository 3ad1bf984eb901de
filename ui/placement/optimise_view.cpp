// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/optimise_view.h"

#include "ui/text/words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/row_delegate.h"

#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

OptimiseView::OptimiseView(QWidget *parent)
    : QWidget(parent)
    , m_head(new PanelHead(this))
    , m_goal(new QComboBox(this))
    , m_seconds(new QSpinBox(this))
    , m_start(new QPushButton(tr("Optimise"), this))
    , m_cancel(new QPushButton(tr("Stop"), this))
    , m_take(new QPushButton(tr("Take this plan"), this))
    , m_chart(new ChartFrame(tr("Cost of the best plan and its lower bound over time"), this))
    , m_cost(new QLineSeries(this))
    , m_bound(new QLineSeries(this))
    , m_time(new QValueAxis(this))
    , m_money(new QValueAxis(this))
    , m_lines(new QListWidget(this))
{
    setObjectName(u"optimiseView"_s);
    m_head->line()->setObjectName(u"optimiseHeadline"_s);
    m_head->line()->setParts({{.words = tr("Place the whole plan at least cost"), .verdict = {}, .strong = true},
                              {.words = tr("what is locked stays"), .verdict = {}, .muted = true}});
    m_goal->setObjectName(u"optimiseGoal"_s);
    m_goal->setAccessibleName(tr("Goal"));
    m_goal->addItems({tr("least cost"), tr("fewest GPUs")});
    m_seconds->setObjectName(u"optimiseSeconds"_s);
    m_seconds->setAccessibleName(tr("Time limit"));
    m_seconds->setRange(1, 600);
    m_seconds->setValue(10);
    m_seconds->setSuffix(tr(" s"));
    m_start->setObjectName(u"optimiseStart"_s);
    m_cancel->setObjectName(u"optimiseCancel"_s);
    m_take->setObjectName(u"optimiseTake"_s);
    // The answer has a line of its own: cost, bound and gap are in sight also at 1280 x 800.
    auto *bar = new PanelHead(this);
    for (auto *part : std::initializer_list<QWidget *>{m_goal, m_seconds, m_start, m_cancel, m_take})
        bar->addAction(part);
    m_cost->setName(tr("best plan"));
    m_bound->setName(tr("no plan is below"));
    m_time->setTitleText(tr("seconds"));
    m_money->setLabelFormat(u"%.1f"_s);
    auto *chart = m_chart->chart();
    chart->addAxis(m_time, Qt::AlignBottom);
    chart->addAxis(m_money, Qt::AlignLeft);
    for (auto *series : {m_cost, m_bound}) {
        chart->addSeries(series);
        series->attachAxis(m_time);
        series->attachAxis(m_money);
    }
    m_lines->setObjectName(u"optimiseLines"_s);
    m_lines->setAccessibleName(tr("The proposed plan"));
    dressSideList(*m_lines, 26, true);
    auto *splitter = hairlineSplitter(this, {m_chart, m_lines}, Qt::Vertical);
    splitter->setSizes({340, 260});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_head);
    layout->addWidget(bar);
    layout->addWidget(splitter, 1);
    connect(m_start, &QPushButton::clicked, this, [this] {
        clear();
        Q_EMIT startRequested(static_cast<core::OptimiseGoal>(m_goal->currentIndex()), m_seconds->value());
    });
    connect(m_cancel, &QPushButton::clicked, this, &OptimiseView::cancelRequested);
    connect(m_take, &QPushButton::clicked, this, &OptimiseView::takeRequested);
    connect(m_chart, &ChartFrame::themeChanged, this, &OptimiseView::paintLines);
    m_take->setEnabled(false);
    paintLines();
    setRunning(false);
    clear();
}

void OptimiseView::clear()
{
    m_cost->clear();
    m_bound->clear();
    m_lines->clear();
    m_highest = 0;
    m_money->setTitleText(m_goal->currentIndex() == 0 ? tr("$ an hour") : tr("GPUs"));
    m_chart->dress();
    m_take->setEnabled(false);
}

void OptimiseView::paintLines()
{
    const auto theme = Theme::of(palette());
    m_cost->setPen(QPen(theme.accent, 2));
    m_bound->setPen(QPen(theme.muted, 1, Qt::DashLine));
}

void OptimiseView::setRunning(bool running)
{
    m_start->setEnabled(!running);
    m_goal->setEnabled(!running);
    m_seconds->setEnabled(!running);
    m_cancel->setEnabled(running);
}

QString OptimiseView::amount(double value) const
{
    return m_goal->currentIndex() == 0 ? tr("$%1/h").arg(value, 0, 'f', 2) : tr("%1 GPUs").arg(value, 0, 'f', 1);
}

/// A cost holds until the next one: steps, not slopes.
void OptimiseView::addProgress(double seconds, const core::optimizer::Progress &progress)
{
    const auto step = [seconds](QLineSeries &series, double value) {
        if (series.count() > 0)
            series.append(seconds, series.at(series.count() - 1).y());
        series.append(seconds, value);
    };
    step(*m_cost, progress.usdPerHour);
    step(*m_bound, progress.bound);
    fitAxes(seconds, progress);
    showFigures(progress);
}

void OptimiseView::fitAxes(double seconds, const core::optimizer::Progress &progress)
{
    m_highest = std::max(m_highest, progress.usdPerHour);
    m_time->setRange(0, std::max(1.0, seconds));
    const double room = std::max(0.05 * m_highest, 0.5);
    m_money->setRange(std::max(0.0, progress.bound - room), m_highest + room);
}

void OptimiseView::showFigures(const core::optimizer::Progress &progress)
{
    m_head->line()->setParts(
        {{.words = amount(progress.usdPerHour), .verdict = {}, .strong = true},
         {.words = tr("no plan is below %1").arg(amount(progress.bound)), .verdict = {}},
         {.words = tr("gap %1 %").arg(100 * progress.gap(), 0, 'f', 1), .verdict = {}, .muted = true}});
    m_chart->setAccessibleDescription(m_head->line()->words());
}

void OptimiseView::setOutcome(const core::Result<core::PlanDraft> &outcome)
{
    setRunning(false);
    m_lines->clear();
    m_take->setEnabled(outcome.has_value() && !outcome->plan.placements.empty());
    if (!outcome)
        return m_head->line()->setParts({{.words = sentence(outcome.error()), .verdict = core::Verdict::No}});
    showFigures(outcome->progress);
    for (auto *series : {m_cost, m_bound}) // what was found last holds to the end
        if (series->count() > 0)
            series->append(m_time->max(), series->at(series->count() - 1).y());
    for (const auto &placement : outcome->plan.placements) {
        const auto &where = placement.target.node.empty() ? placement.target.skuId : placement.target.node;
        auto *item =
            new QListWidgetItem(tr("%1 × %2").arg(placement.replicas).arg(text(placement.requirement)), m_lines);
        item->setData(RowDelegate::SideRole, text(where) + (placement.locked ? tr(" · locked") : QString()));
    }
    for (const auto &note : outcome->notes)
        m_lines->addItem(text(note));
}

} // namespace ui
