// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/cards_view.h"

#include "ui/text/words.h"
#include "ui/theme/theme.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int cardWidth = 150, cardHeight = 112, gap = 8, title = 18;

int perLine(int width)
{
    return std::max(1, (width + gap) / (cardWidth + gap));
}

} // namespace

CardsView::CardsView(QWidget *parent) : QWidget(parent)
{
    auto policy = sizePolicy();
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void CardsView::setCards(std::vector<core::CardView> cards)
{
    m_cards = std::move(cards);
    QStringList words;
    for (const auto &card : m_cards) {
        QStringList parts;
        for (const auto &part : card.parts)
            parts << (part.slice.profile.empty() ? tr("whole") : text(part.slice.profile)) + u' '
                    + (part.holder.empty() ? tr("free") : text(part.holder));
        words << tr("card %1: %2").arg(card.index).arg(parts.join(u", "_s));
    }
    setAccessibleDescription(words.join(u"; "_s));
    updateGeometry();
    update();
}

QSize CardsView::sizeHint() const
{
    const int width = 4 * (cardWidth + gap);
    return {width, heightForWidth(width)};
}

int CardsView::heightForWidth(int width) const
{
    const int each = perLine(width);
    const int lines = (static_cast<int>(m_cards.size()) + each - 1) / each;
    return std::max(1, lines) * (cardHeight + gap);
}

QRect CardsView::cardBox(std::size_t index) const
{
    const auto each = static_cast<std::size_t>(perLine(width()));
    return {static_cast<int>(index % each) * (cardWidth + gap), static_cast<int>(index / each) * (cardHeight + gap),
            cardWidth, cardHeight};
}

void CardsView::paintCard(QPainter &painter, const core::CardView &card, const QRect &box) const
{
    const auto theme = Theme::of(palette());
    painter.setPen(theme.muted);
    painter.drawText(QRect(box.x(), box.y(), box.width(), title), Qt::AlignVCenter, tr("card %1").arg(card.index));
    const auto body = box.adjusted(0, title, 0, 0);
    painter.fillRect(body, theme.sunken);
    const int slices = std::max(1, card.slices);
    for (const auto &part : card.parts) {
        const int top = body.y() + body.height() * part.slice.start / slices;
        const int bottom = body.y() + body.height() * (part.slice.start + part.slice.size) / slices;
        const QRect piece(body.x(), top, body.width(), bottom - top - 1);
        painter.fillRect(piece, part.holder.empty() ? theme.surface : theme.requested);
        painter.setPen(QPen(theme.lineStrong, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(piece.adjusted(0, 0, -1, -1));
        painter.setPen(theme.text);
        const auto name = part.slice.profile.empty() ? tr("whole") : text(part.slice.profile);
        const auto words = part.holder.empty() ? name : name + u" · "_s + text(part.holder);
        if (piece.height() >= painter.fontMetrics().height() - 2)
            painter.drawText(piece.adjusted(5, 0, -4, 0), Qt::AlignVCenter,
                             painter.fontMetrics().elidedText(words, Qt::ElideMiddle, piece.width() - 9));
    }
    painter.setPen(QPen(theme.lineStrong, 1));
    painter.drawRect(body.adjusted(0, 0, -1, -1));
}

void CardsView::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    auto small = font();
    small.setPointSizeF(small.pointSizeF() - 1);
    painter.setFont(small);
    for (std::size_t i = 0; i < m_cards.size(); ++i)
        paintCard(painter, m_cards[i], cardBox(i));
}

} // namespace ui
