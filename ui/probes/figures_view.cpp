// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/probes/figures_view.h"

#include <QHeaderView>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

int indexOf(FigureRows::Column column)
{
    return static_cast<int>(column);
}

} // namespace

FiguresView::FiguresView(QWidget *parent)
    : QWidget(parent)
    , m_table(new QTreeView(this))
    , m_rows(new FigureRows(this))
    , m_note(new QLabel(this))
{
    setObjectName(u"figuresView"_s);
    m_table->setObjectName(u"figuresTable"_s);
    m_table->setAccessibleName(tr("Figures of the newest run"));
    m_table->setModel(m_rows);
    m_table->setRootIsDecorated(false);
    m_table->setUniformRowHeights(true);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setItemDelegate(new FigureDelegate(m_table));
    m_table->header()->setMinimumSectionSize(1);
    m_note->setObjectName(u"figureNote"_s);
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    m_note->setForegroundRole(QPalette::PlaceholderText);
    m_note->setContentsMargins(12, 6, 12, 6);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_note);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &at) {
        showNote(at);
        if (at.isValid())
            Q_EMIT metricSelected(
                at.siblingAtColumn(indexOf(FigureRows::Column::Name)).data(FigureRows::MetricRole).toString());
    });
    showNote({});
}

void FiguresView::setCard(const core::CardVerdict *card)
{
    m_rows->setCard(card);
    for (int column = 0; column < indexOf(FigureRows::Column::Bar); ++column)
        m_table->resizeColumnToContents(column);
    // What is worst is what someone came for.
    if (const auto worst = m_rows->worst())
        m_table->setCurrentIndex(m_rows->index(*worst, indexOf(FigureRows::Column::Name)));
    showNote(m_table->currentIndex());
}

void FiguresView::showNote(const QModelIndex &at)
{
    const auto note = at.siblingAtColumn(indexOf(FigureRows::Column::Name)).data(FigureRows::NoteRole).toString();
    m_note->setText(tr("Bar: measured. Line: what is expected. %1").arg(note));
}

} // namespace ui
