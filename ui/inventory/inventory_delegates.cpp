// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inventory/inventory_delegates.h"

#include "ui/inventory/inventory_model.h"
#include "ui/theme/theme.h"

#include <QStyledItemDelegate>
#include <QTreeView>

#include <algorithm>

namespace ui {

namespace {

/// Requested from the left, free in the middle, withdrawn hatched at the right end.
class UseBar final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::paint(painter, option, index);
        const auto theme = Theme::of(option.palette);
        const auto bar = option.rect.adjusted(8, 8, -8, -8);
        const auto part = [&bar](double share) { return static_cast<int>(std::clamp(share, 0.0, 1.0) * bar.width()); };
        painter->fillRect(bar, theme.sunken);
        painter->fillRect(
            QRect(bar.topLeft(), QSize(part(index.data(InventoryModel::UseRole).toDouble()), bar.height())),
            theme.used);
        const int withdrawn = part(index.data(InventoryModel::WithdrawnRole).toDouble());
        painter->fillRect(QRect(bar.right() - withdrawn + 1, bar.y(), withdrawn, bar.height()),
                          QBrush(theme.no, Qt::BDiagPattern));
        painter->setPen(QPen(theme.lineStrong, 1));
        painter->drawRect(bar.adjusted(0, 0, -1, -1));
    }
};

/// The vendor's letter before the name of what is one vendor's.
class NameDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        auto shifted = option;
        const auto vendor = index.data(InventoryModel::VendorRole);
        if (vendor.isValid())
            shifted.rect.adjust(22, 0, 0, 0);
        if (!index.parent().isValid())
            shifted.font.setWeight(QFont::DemiBold);
        QStyledItemDelegate::paint(painter, shifted, index);
        if (vendor.isValid())
            paintVendorBox(*painter, static_cast<core::Vendor>(vendor.toInt()),
                           QRectF(option.rect.x() + 2, option.rect.center().y() - 7, 15, 15),
                           Theme::of(option.palette));
    }
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const auto size = QStyledItemDelegate::sizeHint(option, index);
        return {size.width() + 40, 26};
    }
};

/// What needs attention, in the colour of its verdict and with its glyph: never by colour alone.
class AttentionDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const auto kind = index.data(InventoryModel::AttentionRole);
        if (!kind.isValid())
            return QStyledItemDelegate::paint(painter, option, index);
        const auto theme = Theme::of(option.palette);
        const auto verdict = static_cast<core::Verdict>(kind.toInt());
        if (option.state.testFlag(QStyle::State_Selected))
            painter->fillRect(option.rect, theme.accentSoft);
        auto shifted = option;
        shifted.rect.adjust(18, 0, 0, 0);
        shifted.palette.setColor(QPalette::Text, theme.verdict(verdict));
        shifted.palette.setColor(QPalette::HighlightedText, theme.verdict(verdict));
        QStyledItemDelegate::paint(painter, shifted, index);
        paintVerdictGlyph(*painter, verdict, QRectF(option.rect.x() + 3, option.rect.center().y() - 6, 12, 12), theme);
    }
};

} // namespace

void dressInventory(QTreeView &view)
{
    using Column = InventoryModel::Column;
    view.setItemDelegateForColumn(static_cast<int>(Column::Name), new NameDelegate(&view));
    view.setItemDelegateForColumn(static_cast<int>(Column::Use), new UseBar(&view));
    view.setItemDelegateForColumn(static_cast<int>(Column::Attention), new AttentionDelegate(&view));
}

} // namespace ui
