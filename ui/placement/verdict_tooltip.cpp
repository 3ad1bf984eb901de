// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/verdict_tooltip.h"

#include "ui/text/words.h"
#include "ui/theme/theme.h"

#include <QGuiApplication>
#include <QScreen>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int tooltipWidth = 360, line = 20, pad = 12;

/// Remedies of the links that fail, once each.
QStringList remedies(const core::Candidate &candidate)
{
    QStringList out;
    for (const auto &reason : candidate.chain)
        if (reason.verdict != core::Verdict::Fits && !reason.remedy.empty() && !out.contains(text(reason.remedy)))
            out << text(reason.remedy);
    return out;
}

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
    const int lines = 1 + static_cast<int>(candidate.chain.size()) + static_cast<int>(remedies(candidate).size());
    resize(tooltipWidth, lines * line + 2 * pad);
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
    const auto theme = Theme::of(parentWidget()->palette());
    QPainter painter(this);
    painter.fillRect(rect(), theme.raised);
    painter.setPen(QPen(theme.lineStrong, 1));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
    auto strong = font();
    strong.setWeight(QFont::DemiBold);
    painter.setFont(strong);
    int y = pad;
    const auto row = [&](const QString &words, const QColor &colour, int indent) {
        painter.setPen(colour);
        const QRect box(pad + indent, y, rect().width() - 2 * pad - indent, line);
        painter.drawText(box, Qt::AlignVCenter, painter.fontMetrics().elidedText(words, Qt::ElideRight, box.width()));
    };
    row(text(m_candidate.node), theme.text, 0);
    painter.setPen(theme.verdict(m_candidate.verdict));
    painter.drawText(QRect(pad, y, rect().width() - 2 * pad, line), Qt::AlignRight | Qt::AlignVCenter,
                     verdictWord(m_candidate.verdict));
    painter.setFont(font());
    y += line;
    for (const auto &reason : m_candidate.chain) {
        paintVerdictGlyph(painter, reason.verdict, QRectF(pad, y + 4, 11, 11), theme);
        row(text(reason.detail), reason.verdict == core::Verdict::Fits ? theme.muted : theme.text, 20);
        y += line;
    }
    for (const auto &remedy : remedies(m_candidate)) {
        row(remedy, theme.muted, 0);
        y += line;
    }
}

} // namespace ui
