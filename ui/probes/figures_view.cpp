// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/probes/figures_view.h"

#include "core/probe_report/plain_words.h"
#include "ui/text/words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/panel.h"

#include <QBarCategoryAxis>
#include <QBarSet>
#include <QHeaderView>
#include <QHorizontalBarSeries>
#include <QVBoxLayout>
#include <QValueAxis>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr std::size_t mostBars = 12;

QString number(double value)
{
    return QString::number(value, 'g', 4);
}

QString withUnit(const std::optional<double> &value, const std::string &unit)
{
    return value ? number(*value) + u' ' + text(unit) : u"—"_s;
}

} // namespace

core::Verdict asVerdict(core::ProbeVerdict verdict)
{
    switch (verdict) {
    case core::ProbeVerdict::Pass: return core::Verdict::Fits;
    case core::ProbeVerdict::Warn: return core::Verdict::Tight;
    case core::ProbeVerdict::Fail: return core::Verdict::No;
    case core::ProbeVerdict::NoReference:
    case core::ProbeVerdict::Inconclusive: break;
    }
    return core::Verdict::Unknown;
}

FiguresView::FiguresView(QWidget *parent)
    : QWidget(parent)
    , m_table(new QTreeView(this))
    , m_rows(new QStandardItemModel(this))
    , m_bars(new ChartFrame(tr("Each figure in percent of its reference"), this))
{
    setObjectName(u"figuresView"_s);
    m_table->setObjectName(u"figuresTable"_s);
    m_table->setAccessibleName(tr("Figures of the newest run"));
    m_table->setModel(m_rows);
    m_table->setRootIsDecorated(false);
    m_table->setUniformRowHeights(true);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    auto *splitter = hairlineSplitter(this, {m_table, m_bars});
    splitter->setSizes({460, 300});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &at) {
        if (at.isValid())
            Q_EMIT metricSelected(at.siblingAtColumn(0).data().toString());
    });
}

void FiguresView::setCard(const core::CardVerdict *card)
{
    m_rows->clear();
    m_rows->setHorizontalHeaderLabels({tr("Figure"), tr("Measured"), tr("Expected"), tr("Data sheet"), tr("Verdict"),
                                       tr("Compared with, counting rule")});
    m_bars->setVisible(card != nullptr);
    if (!card)
        return;
    for (const auto &figure : card->figures)
        addRow(figure);
    markWrong(*card);
    for (int column = 0; column < 5; ++column)
        m_table->resizeColumnToContents(column);
    showBars(*card);
}

void FiguresView::addRow(const core::FigureVerdict &figure)
{
    const auto &reference = figure.reference;
    const auto expected =
        reference.kind == core::ReferenceKind::None ? std::nullopt : std::optional<double>(reference.value);
    const QString cells[] = {text(figure.metric),
                             withUnit(figure.measured, figure.unit),
                             withUnit(expected, figure.unit),
                             withUnit(figure.sheet, figure.unit),
                             QString::fromLatin1(core::word(figure.verdict)),
                             text(core::describe(reference, figure.sheet)) + u" · "_s + text(figure.counts)};
    QList<QStandardItem *> row;
    for (const auto &cell : cells)
        row << new QStandardItem(cell);
    for (const int column : {1, 2, 3})
        row[column]->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row[4]->setForeground(Theme::of(palette()).verdict(asVerdict(figure.verdict)));
    m_rows->appendRow(row);
}

/// A figure whose data was wrong is no figure: its speed says nothing, whatever it is compared with.
void FiguresView::markWrong(const core::CardVerdict &card)
{
    for (const auto &finding : card.findings) {
        if (finding.code != core::FindingCode::WrongData)
            continue;
        for (auto *item : m_rows->findItems(text(finding.metric))) {
            auto *verdict = m_rows->item(item->row(), 4);
            verdict->setText(tr("wrong data"));
            verdict->setForeground(Theme::of(palette()).no);
        }
    }
}

/// Only what has a reference has a bar; the worst first, so that it is in sight when there are many.
void FiguresView::showBars(const core::CardVerdict &card)
{
    std::vector<const core::FigureVerdict *> compared;
    for (const auto &figure : card.figures)
        if (figure.ratio)
            compared.push_back(&figure);
    std::ranges::stable_sort(compared, {}, [](const auto *figure) { return figure->ratio.value_or(1); });
    compared.resize(std::min(compared.size(), mostBars));
    std::ranges::reverse(compared); // a horizontal bar chart begins at the bottom
    auto *chart = m_bars->chart();
    chart->removeAllSeries();
    for (auto *axis : chart->axes()) {
        chart->removeAxis(axis);
        axis->deleteLater();
    }
    m_bars->setVisible(!compared.empty());
    auto *set = new QBarSet(tr("% of reference"));
    set->setColor(Theme::of(palette()).accent);
    QStringList names, spoken;
    double most = 100;
    for (const auto *figure : compared) {
        const double percent = 100 * *figure->ratio;
        *set << percent;
        most = std::max(most, percent);
        names << text(figure->metric);
        spoken << u"%1 %2 %"_s.arg(text(figure->metric)).arg(percent, 0, 'f', 0);
    }
    auto *series = new QHorizontalBarSeries;
    series->append(set);
    chart->addSeries(series);
    auto *metrics = new QBarCategoryAxis;
    metrics->append(names);
    auto *percent = new QValueAxis;
    percent->setRange(0, most * 1.05);
    percent->setLabelFormat(u"%.0f %"_s);
    chart->addAxis(metrics, Qt::AlignLeft);
    chart->addAxis(percent, Qt::AlignBottom);
    series->attachAxis(metrics);
    series->attachAxis(percent);
    m_bars->setAccessibleDescription(spoken.join(u"; "_s));
    m_bars->dress();
}

} // namespace ui
