// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/panel.h"

#include "ui/theme/theme.h"
#include "ui/widgets/row_delegate.h"

#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int headHeight = 36;

void asHairline(QWidget &widget)
{
    widget.setBackgroundRole(QPalette::Mid);
    widget.setAutoFillBackground(true);
}

} // namespace

QWidget *hairline(QWidget *parent, Qt::Orientation orientation)
{
    auto *line = new QWidget(parent);
    asHairline(*line);
    if (orientation == Qt::Horizontal)
        line->setFixedHeight(1);
    else
        line->setFixedWidth(1);
    return line;
}

void paintPanelEdge(QWidget &widget)
{
    const auto theme = Theme::of(widget.palette());
    QPainter painter(&widget);
    painter.fillRect(widget.rect(), theme.raised);
    painter.setPen(QPen(theme.lineStrong, 1));
    painter.drawRect(widget.rect().adjusted(0, 0, -1, -1));
}

PanelHead::PanelHead(QWidget *parent) : QWidget(parent), m_line(new GlyphLine(this)), m_layout(new QHBoxLayout)
{
    setFixedHeight(headHeight + 1);
    m_layout->setContentsMargins(12, 0, 12, 0);
    m_layout->setSpacing(12);
    m_layout->addWidget(m_line, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(m_layout, 1);
    column->addWidget(hairline(this));
}

void PanelHead::addAction(QWidget *widget)
{
    m_layout->addWidget(widget);
}

void dressSideList(QListWidget &list, int rowHeight, bool lines)
{
    list.setFrameShape(QFrame::NoFrame);
    list.setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list.setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list.viewport()->setBackgroundRole(QPalette::Window);
    list.setItemDelegate(new RowDelegate(rowHeight, lines, &list));
}

QSplitter *hairlineSplitter(QWidget *parent, const QList<QWidget *> &panels, Qt::Orientation orientation)
{
    auto *splitter = new QSplitter(orientation, parent);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(1);
    for (auto *panel : panels)
        splitter->addWidget(panel);
    for (int i = 1; i < splitter->count(); ++i)
        asHairline(*splitter->handle(i));
    return splitter;
}

} // namespace ui
