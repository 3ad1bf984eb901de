// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/glyph_line.h"

#include "ui/theme/theme.h"

namespace ui {

namespace {

constexpr int glyph = 12, afterGlyph = 5, between = 14;

} // namespace

GlyphLine::GlyphLine(QWidget *parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void GlyphLine::setParts(std::vector<Part> parts)
{
    if (parts == m_parts)
        return;
    m_parts = std::move(parts);
    setAccessibleName(words());
    setToolTip(words().toHtmlEscaped());
    updateGeometry();
    update();
}

QString GlyphLine::words() const
{
    QStringList out;
    for (const auto &part : m_parts)
        out << part.words;
    return out.join(QStringLiteral(" · "));
}

QFont GlyphLine::fontOf(const Part &part) const
{
    auto out = font();
    if (part.strong)
        out.setWeight(QFont::DemiBold);
    return out;
}

QSize GlyphLine::sizeHint() const
{
    int width = 0;
    for (const auto &part : m_parts)
        width += QFontMetrics(fontOf(part)).horizontalAdvance(part.words) + between
            + (part.verdict ? glyph + afterGlyph : 0);
    return {width, fontMetrics().height() + 4};
}

QSize GlyphLine::minimumSizeHint() const
{
    return {40, sizeHint().height()};
}

void GlyphLine::paintEvent(QPaintEvent *)
{
    const auto theme = Theme::of(palette());
    QPainter painter(this);
    int x = 0;
    for (const auto &part : m_parts) {
        if (part.verdict) {
            paintVerdictGlyph(painter, *part.verdict, QRectF(x, (height() - glyph) / 2.0, glyph, glyph), theme);
            x += glyph + afterGlyph;
        }
        painter.setFont(fontOf(part));
        painter.setPen(part.verdict ? theme.verdict(*part.verdict) : part.muted ? theme.muted : theme.text);
        const QRect box(x, 0, std::max(0, width() - x), height());
        painter.drawText(box, Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(part.words, Qt::ElideRight, box.width()));
        x += painter.fontMetrics().horizontalAdvance(part.words) + between;
    }
}

} // namespace ui
