// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/row_delegate.h"

#include "ui/theme/theme.h"

#include <QTextLayout>

namespace ui {

namespace {

constexpr int pad = 12, edge = 3, glyph = 12;

void paintGround(QPainter &painter, const QStyleOptionViewItem &option, const Theme &theme, bool lines)
{
    const auto &box = option.rect;
    if (option.state.testFlag(QStyle::State_Selected)) {
        painter.fillRect(box, theme.accentSoft);
        painter.fillRect(QRect(box.x(), box.y(), edge, box.height()), theme.accent);
    }
    if (lines)
        painter.fillRect(QRect(box.x(), box.bottom(), box.width(), 1), theme.line);
    if (option.state.testFlag(QStyle::State_HasFocus) && option.state.testFlag(QStyle::State_KeyboardFocusChange)) {
        painter.setPen(QPen(theme.accent, 2));
        painter.drawRect(box.adjusted(1, 1, -1, -1));
    }
}

/// The title on one line, some of its letters bold.
void paintTitle(QPainter &painter, const QRect &box, const QString &title, const std::vector<int> &strong)
{
    const auto plain = painter.font();
    QTextLayout line(painter.fontMetrics().elidedText(title, Qt::ElideRight, box.width()), plain, painter.device());
    QList<QTextLayout::FormatRange> runs;
    QTextCharFormat bold;
    bold.setFontWeight(QFont::Bold);
    for (const int at : strong)
        runs.append({.start = at, .length = 1, .format = bold});
    line.setFormats(runs);
    line.beginLayout();
    auto only = line.createLine();
    only.setLineWidth(2 * box.width()); // bold letters are wider: no second line for them
    line.endLayout();
    painter.setClipRect(box);
    line.draw(&painter, QPointF(box.x(), box.y() + (box.height() - only.height()) / 2));
    painter.setClipping(false);
}

} // namespace

RowDelegate::RowDelegate(int height, bool lines, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_height(height)
    , m_lines(lines)
{
}

QSize RowDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return {0, std::max(m_height, option.fontMetrics.height() + 8)};
}

void RowDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto theme = Theme::of(option.palette);
    painter->save();
    paintGround(*painter, option, theme, m_lines);
    auto box = option.rect.adjusted(pad + index.data(IndentRole).toInt(), 0, -pad, 0);
    const auto subtitle = index.data(SubtitleRole).toString();
    const QRect first = subtitle.isEmpty() ? box : QRect(box.x(), box.y() + 5, box.width(), box.height() / 2 - 3);
    if (const auto verdict = index.data(VerdictRole); verdict.isValid()) {
        const QRect sign(box.x(), first.center().y() - glyph / 2, glyph, glyph);
        paintVerdictGlyph(*painter, static_cast<core::Verdict>(verdict.toInt()), sign, theme);
        box.setLeft(box.left() + glyph + 8);
    }
    painter->setFont(option.font);
    painter->setPen(theme.muted);
    const auto side = index.data(SideRole).toString();
    const int sideWidth = side.isEmpty() ? 0 : option.fontMetrics.horizontalAdvance(side) + 8;
    painter->drawText(first, Qt::AlignRight | Qt::AlignVCenter, side);

    const bool selected = option.state.testFlag(QStyle::State_Selected);
    auto font = option.font;
    font.setWeight(selected || !subtitle.isEmpty() ? QFont::DemiBold : QFont::Normal);
    painter->setFont(font);
    painter->setPen(option.state.testFlag(QStyle::State_Enabled) ? theme.text : theme.muted);
    const QRect title(box.x(), first.y(), box.right() - box.x() - sideWidth, first.height());
    paintTitle(*painter, title, index.data(Qt::DisplayRole).toString(),
               index.data(StrongRole).value<std::vector<int>>());
    if (!subtitle.isEmpty()) {
        painter->setFont(option.font);
        painter->setPen(theme.muted);
        const QRect second(box.x(), first.bottom(), box.width(), first.height());
        painter->drawText(second, Qt::AlignVCenter,
                          option.fontMetrics.elidedText(subtitle, Qt::ElideRight, second.width()));
    }
    painter->restore();
}

} // namespace ui
