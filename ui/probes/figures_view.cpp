// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/probes/figures_view.h"

#include "core/probe_report/plain_words.h"
#include "ui/text/words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/roomy_rows.h"

#include <QHeaderView>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

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
{
    setObjectName(u"figuresView"_s);
    m_table->setObjectName(u"figuresTable"_s);
    m_table->setAccessibleName(tr("Figures of the newest run"));
    m_table->setModel(m_rows);
    m_table->setRootIsDecorated(false);
    m_table->setUniformRowHeights(true);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setItemDelegate(new RoomyRows(m_table));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_table);
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
    if (!card)
        return;
    for (const auto &figure : card->figures)
        addRow(figure);
    markWrong(*card);
    for (int column = 0; column < 5; ++column)
        m_table->resizeColumnToContents(column);
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
    for (const auto &cell : cells) {
        row << new QStandardItem(cell);
        row.back()->setToolTip(cell); // a narrow column cuts it
    }
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

} // namespace ui
