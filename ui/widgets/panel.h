// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/glyph_line.h"

#include <QHBoxLayout>
#include <QListWidget>
#include <QSplitter>

namespace ui {

/// A one-pixel line in the theme's line colour.
QWidget *hairline(QWidget *parent, Qt::Orientation orientation = Qt::Horizontal);

/// The ground and edge of what floats above the window: tooltip, palette, keys. For a paintEvent.
void paintPanelEdge(QWidget &widget);

/// The 36 px head of a panel: one line of words, actions at the right, a hairline below.
class PanelHead final : public QWidget {
    Q_OBJECT

public:
    explicit PanelHead(QWidget *parent = nullptr);

    GlyphLine *line() const { return m_line; }
    void addAction(QWidget *widget);
    using QWidget::addAction;

private:
    GlyphLine *m_line;
    QHBoxLayout *m_layout;
};

/// A list that lies on the window's own ground, without frame or sideways scrolling, drawn by RowDelegate.
void dressSideList(QListWidget &list, int rowHeight, bool lines);
/// A splitter whose handles are hairlines; panels cannot be dragged away.
QSplitter *hairlineSplitter(QWidget *parent, const QList<QWidget *> &panels,
                            Qt::Orientation orientation = Qt::Horizontal);

} // namespace ui
