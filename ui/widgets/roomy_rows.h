// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

#include <algorithm>

namespace ui {

/// Rows of a table 26 px high, with room between the columns.
class RoomyRows : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        constexpr int height = 26, gap = 12;
        const auto size = QStyledItemDelegate::sizeHint(option, index);
        return {size.width() + gap, std::max(size.height(), height)};
    }
};

} // namespace ui
