// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/elided_label.h"

#include <QPainter>

namespace ui {

void ElidedLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    const auto box = contentsRect();
    painter.drawText(box, static_cast<int>(alignment().toInt()),
                     fontMetrics().elidedText(text(), Qt::ElideRight, box.width()));
}

} // namespace ui
