// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/chain_view.h"

#include "ui/text/words.h"

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int glyph = 11, indent = 20, gap = 4, titleHeight = 22;

/// Remedies of the links that fail, once each.
QStringList remedies(const core::Candidate &candidate)
{
    QStringList out;
    for (const auto &reason : candidate.chain)
        if (reason.verdict != core::Verdict::Fits && !reason.remedy.empty() && !out.contains(text(reason.remedy)))
            out << text(reason.remedy);
    return out;
}

/// One paragraph; returns its height.
int paragraph(QPainter *painter, const QString &words, const QRect &room, const QFont &font, const QColor &colour)
{
    const auto height = QFontMetrics(font).boundingRect(room, Qt::TextWordWrap, words).height();
    if (painter) {
        painter->setFont(font);
        painter->setPen(colour);
        painter->drawText(QRect(room.topLeft(), QSize(room.width(), height)), Qt::TextWordWrap, words);
    }
    return height;
}

} // namespace

int paintChain(QPainter *painter, const core::Candidate &candidate, QPoint at, int width, const QFont &font,
               const Theme &theme)
{
    auto strong = font;
    strong.setWeight(QFont::DemiBold);
    const QRect title(at, QSize(width, titleHeight));
    if (painter) {
        painter->setFont(strong);
        painter->setPen(theme.text);
        painter->drawText(title, Qt::AlignVCenter, text(candidate.node));
        const auto word = verdictWord(candidate.verdict);
        painter->setPen(theme.verdict(candidate.verdict));
        painter->drawText(title, Qt::AlignRight | Qt::AlignVCenter, word);
        const int wordWidth = painter->fontMetrics().horizontalAdvance(word);
        const QRect sign(title.right() - wordWidth - glyph - 6, title.center().y() - glyph / 2, glyph, glyph);
        paintVerdictGlyph(*painter, candidate.verdict, sign, theme);
    }
    int y = title.bottom() + gap;
    for (const auto &reason : candidate.chain) {
        const bool fails = reason.verdict != core::Verdict::Fits;
        if (painter)
            paintVerdictGlyph(*painter, reason.verdict, QRectF(at.x(), y + 3, glyph, glyph), theme);
        y += paragraph(painter, text(reason.detail), QRect(at.x() + indent, y, width - indent, 1000),
                       fails ? strong : font, fails ? theme.text : theme.muted)
            + gap;
    }
    const auto ways = remedies(candidate);
    if (!ways.isEmpty()) {
        if (painter)
            painter->fillRect(QRect(at.x(), y + 2, width, 1), theme.line);
        y += 2 * gap;
    }
    for (const auto &way : ways)
        y += paragraph(painter, way, QRect(at.x(), y, width, 1000), font, theme.muted) + gap;
    return y - at.y();
}

ChainView::ChainView(QWidget *parent) : QWidget(parent)
{
    setObjectName(u"chainView"_s);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
}

void ChainView::setCandidate(const core::Candidate *candidate)
{
    m_candidate = candidate ? std::optional(*candidate) : std::nullopt;
    QStringList words;
    if (candidate) {
        words << text(candidate->node) + u' ' + verdictWord(candidate->verdict);
        for (const auto &reason : candidate->chain)
            words << text(reason.detail);
    }
    setAccessibleName(words.join(u", "_s));
    updateGeometry();
    update();
}

int ChainView::heightForWidth(int width) const
{
    return m_candidate ? paintChain(nullptr, *m_candidate, {}, width, font(), Theme::of(palette())) : 0;
}

QSize ChainView::sizeHint() const
{
    return {280, heightForWidth(std::max(200, width()))};
}

void ChainView::paintEvent(QPaintEvent *)
{
    if (!m_candidate)
        return;
    QPainter painter(this);
    paintChain(&painter, *m_candidate, {}, width(), font(), Theme::of(palette()));
}

} // namespace ui
