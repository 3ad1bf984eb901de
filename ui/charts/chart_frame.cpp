// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_frame.h"

#include "ui/theme/theme.h"

#include <QAbstractAxis>
#include <QEvent>
#include <QGraphicsLayout>
#include <QLegend>

namespace ui {

ChartFrame::ChartFrame(const QString &accessibleName, QWidget *parent) : QChartView(parent)
{
    setAccessibleName(accessibleName);
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    chart()->setAnimationOptions(QChart::NoAnimation);
    chart()->setDropShadowEnabled(false);
    chart()->setBackgroundRoundness(0);
    chart()->layout()->setContentsMargins(0, 0, 0, 0);
    chart()->legend()->setAlignment(Qt::AlignTop);
    dress();
}

void ChartFrame::dress()
{
    const auto theme = Theme::of(palette());
    chart()->setBackgroundBrush(theme.surface);
    chart()->legend()->setLabelColor(theme.text);
    for (auto *axis : chart()->axes()) {
        axis->setLabelsColor(theme.muted);
        axis->setTitleBrush(theme.muted);
        axis->setGridLineColor(theme.line);
        axis->setLinePenColor(theme.lineStrong);
    }
}

void ChartFrame::changeEvent(QEvent *event)
{
    QChartView::changeEvent(event);
    if (event->type() != QEvent::PaletteChange)
        return;
    dress();
    Q_EMIT themeChanged();
}

} // namespace ui
