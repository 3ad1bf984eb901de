// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace ui {

/// A row of a side list: a title, a muted second line, a word at the right, a verdict's glyph in front. The current
/// row is violet with an accent edge; with the keyboard's focus it has an outline too.
class RowDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    enum Role {
        SubtitleRole = Qt::UserRole + 100, ///< QString: the second line
        SideRole,                          ///< QString: muted, right-aligned on the first line
        VerdictRole,                       ///< int of core::Verdict: its glyph leads the row
        IndentRole,                        ///< int, pixels
        StrongRole                         ///< std::vector<int>: the title's letters that are set bold
    };

    /// `height` of one row in pixels; `lines` draws a hairline under each.
    RowDelegate(int height, bool lines, QObject *parent = nullptr);

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    int m_height;
    bool m_lines;
};

} // namespace ui
