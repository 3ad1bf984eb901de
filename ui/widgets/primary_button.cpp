// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/primary_button.h"

#include "ui/theme/theme.h"

#include <QStyleOptionButton>
#include <QStylePainter>

namespace ui {

void PrimaryButton::paintEvent(QPaintEvent *)
{
    QStyleOptionButton option;
    initStyleOption(&option);
    if (isEnabled()) {
        const auto theme = Theme::of(palette());
        option.palette.setColor(QPalette::Button, theme.accent);
        option.palette.setColor(QPalette::ButtonText, theme.onAccent);
    }
    QStylePainter painter(this);
    painter.drawControl(QStyle::CE_PushButton, option);
}

} // namespace ui
