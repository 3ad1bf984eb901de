// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/requirement_drag.h"

#include "ui/text/words.h"
#include "ui/theme/theme.h"

#include <QDrag>

using namespace Qt::StringLiterals;

namespace ui {

const char *const requirementMime = "application/x-berth-requirement";

namespace {

constexpr auto originMime = "application/x-berth-origin"; ///< node, resource and SKU, one a line

/// The tile that follows the pointer, drawn at the screen's ratio.
QPixmap tile(const QWidget &widget, const QString &title)
{
    const auto theme = Theme::of(widget.palette());
    const auto ratio = widget.devicePixelRatioF();
    const QSize size(widget.fontMetrics().horizontalAdvance(title) + 24, 28);
    QPixmap pixmap(size * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(theme.raised);
    QPainter painter(&pixmap);
    painter.setFont(widget.font());
    painter.setPen(QPen(theme.accent, 1));
    painter.drawRect(QRect(QPoint(0, 0), size).adjusted(0, 0, -1, -1));
    painter.setPen(theme.text);
    painter.drawText(QRect(QPoint(0, 0), size), Qt::AlignCenter, title);
    return pixmap;
}

} // namespace

void dragRequirement(QWidget &source, const QString &requirement, const std::optional<core::Target> &from)
{
    auto *drag = new QDrag(&source);
    auto *mime = new QMimeData;
    mime->setData(QString::fromLatin1(requirementMime), requirement.toUtf8());
    if (from)
        mime->setData(QString::fromLatin1(originMime),
                      QByteArray::fromStdString(from->node + "\n" + from->resource + "\n" + from->skuId));
    drag->setMimeData(mime);
    drag->setPixmap(tile(source, requirement));
    drag->setHotSpot(QPoint(-16, -16));
    drag->exec(from ? Qt::CopyAction | Qt::MoveAction : Qt::CopyAction, from ? Qt::MoveAction : Qt::CopyAction);
}

QString requirementOf(const QMimeData &data)
{
    return QString::fromUtf8(data.data(QString::fromLatin1(requirementMime)));
}

std::optional<core::Target> originOf(const QMimeData &data)
{
    const auto parts = QString::fromUtf8(data.data(QString::fromLatin1(originMime))).split(u'\n');
    if (parts.size() != 3)
        return std::nullopt;
    core::Target origin;
    origin.node = plain(parts[0]);
    origin.resource = plain(parts[1]);
    origin.skuId = plain(parts[2]);
    return origin;
}

} // namespace ui
