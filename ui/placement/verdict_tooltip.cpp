// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/verdict_tooltip.h"

#include "ui/placement/chain_view.h"
#include "ui/widgets/panel.h"

#include <QGuiApplication>
#include <QScreen>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int tooltipWidth = 360, pad = 12;

} // namespace

VerdictTooltip::VerdictTooltip(QWidget *parent) : QWidget(parent, Qt::ToolTip | Qt::WindowTransparentForInput)
{
    setObjectName(u"verdictTooltip"_s);
    setAttribute(Qt::WA_ShowWithoutActivating);
    m_hide.setSingleShot(true);
    connect(&m_hide, &QTimer::timeout, this, &QWidget::hide);
}

void VerdictTooltip::showFor(const core::Candidate &candidate, QPoint globalPos, std::chrono::milliseconds stay)
{
    m_candidate = candidate;
    const int inside = paintChain(nullptr, candidate, {}, tooltipWidth - 2 * pad, font(), Theme::of(palette()));
    resize(tooltipWidth, inside + 2 * pad);
    auto at = globalPos + QPoint(18, 18);
    if (const auto *screen = QGuiApplication::screenAt(globalPos)) {
        const auto room = screen->availableGeometry();
        if (at.x() + width() > room.right())
            at.setX(globalPos.x() - width() - 12);
        if (at.y() + height() > room.bottom())
            at.setY(std::max(room.top(), globalPos.y() - height() - 12));
    }
    move(at);
    m_hide.stop();
    if (stay.count() > 0)
        m_hide.start(stay);
    show();
    update();
}

void VerdictTooltip::paintEvent(QPaintEvent *)
{
    paintPanelEdge(*this);
    QPainter painter(this);
    paintChain(&painter, m_candidate, {pad, pad}, width() - 2 * pad, font(), Theme::of(palette()));
}

} // namespace ui
