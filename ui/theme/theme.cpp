// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include <QPainterPath>

namespace ui {

using core::Verdict;

Theme Theme::light()
{
    return {.window = QColor(0xF4F5F7),
            .surface = QColor(0xFFFFFF),
            .sunken = QColor(0xE9ECEF),
            .raised = QColor(0xFFFFFF),
            .line = QColor(0xD7DBE0),
            .lineStrong = QColor(0x868F99),
            .text = QColor(0x15191E),
            .muted = QColor(0x525C67),
            .accent = QColor(0x5A3EC0),
            .accentSoft = QColor(0xECE8FA),
            .onAccent = QColor(0xFFFFFF),
            .used = QColor(0x4A5561),
            .requested = QColor(0xB4BCC5),
            .fits = QColor(0x006B8F),
            .fitsSoft = QColor(0xDCEFF7),
            .tight = QColor(0x9A5B00),
            .tightSoft = QColor(0xFBEBD2),
            .no = QColor(0xB0182F),
            .noSoft = QColor(0xFAE2E6),
            .unknown = QColor(0x6A6A6A),
            .unknownSoft = QColor(0xEBEEF1),
            .isDark = false};
}

Theme Theme::dark()
{
    return {.window = QColor(0x14171A),
            .surface = QColor(0x1B1F23),
            .sunken = QColor(0x0F1214),
            .raised = QColor(0x252A30),
            .line = QColor(0x32383F),
            .lineStrong = QColor(0x6C7681),
            .text = QColor(0xE8EBEE),
            .muted = QColor(0xA8B1BA),
            .accent = QColor(0xB9A8FF),
            .accentSoft = QColor(0x302A50),
            .onAccent = QColor(0x171327),
            .used = QColor(0x8D97A2),
            .requested = QColor(0x4B545E),
            .fits = QColor(0x45C4EE),
            .fitsSoft = QColor(0x0F3342),
            .tight = QColor(0xF2B24C),
            .tightSoft = QColor(0x3B2B10),
            .no = QColor(0xFF7D86),
            .noSoft = QColor(0x431A22),
            .unknown = QColor(0xA9A9A9),
            .unknownSoft = QColor(0x262C33),
            .isDark = true};
}

Theme Theme::of(const QPalette &palette)
{
    return palette.window().color().lightness() < 128 ? dark() : light();
}

QPalette Theme::palette() const
{
    QPalette out;
    const auto set = [&out](QPalette::ColorRole role, const QColor &colour) { out.setColor(role, colour); };
    set(QPalette::Window, window);
    set(QPalette::WindowText, text);
    set(QPalette::Base, surface);
    set(QPalette::AlternateBase, surface);
    set(QPalette::ToolTipBase, raised);
    set(QPalette::ToolTipText, text);
    set(QPalette::PlaceholderText, muted);
    set(QPalette::Text, text);
    set(QPalette::Button, raised);
    set(QPalette::ButtonText, text);
    set(QPalette::BrightText, no);
    set(QPalette::Light, raised);
    set(QPalette::Midlight, line);
    set(QPalette::Mid, line);
    set(QPalette::Dark, lineStrong);
    set(QPalette::Shadow, lineStrong);
    set(QPalette::Highlight, accentSoft);
    set(QPalette::HighlightedText, text);
    set(QPalette::Link, accent);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        out.setColor(QPalette::Disabled, role, lineStrong);
    return out;
}

QColor Theme::verdict(Verdict verdict) const
{
    switch (verdict) {
    case Verdict::Fits: return fits;
    case Verdict::Tight: return tight;
    case Verdict::No: return no;
    case Verdict::Unknown: break;
    }
    return unknown;
}

QColor Theme::verdictSoft(Verdict verdict) const
{
    switch (verdict) {
    case Verdict::Fits: return fitsSoft;
    case Verdict::Tight: return tightSoft;
    case Verdict::No: return noSoft;
    case Verdict::Unknown: break;
    }
    return unknownSoft;
}

void paintVerdictGlyph(QPainter &painter, Verdict verdict, const QRectF &box, const Theme &theme)
{
    const auto side = std::min(box.width(), box.height());
    const QPointF origin(box.center().x() - side / 2, box.center().y() - side / 2);
    const auto at = [&](qreal x, qreal y) { return origin + QPointF(x, y) * side / 16; };
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.verdict(verdict), side / 8, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
    QPainterPath path;
    switch (verdict) {
    case Verdict::Fits:
        path.moveTo(at(2, 8.5));
        path.lineTo(at(6, 12.5));
        path.lineTo(at(14, 3.5));
        break;
    case Verdict::Tight:
        path.moveTo(at(8, 2.5));
        path.lineTo(at(14, 13.5));
        path.lineTo(at(2, 13.5));
        path.closeSubpath();
        break;
    case Verdict::No:
        path.moveTo(at(3, 3));
        path.lineTo(at(13, 13));
        path.moveTo(at(13, 3));
        path.lineTo(at(3, 13));
        break;
    case Verdict::Unknown:
        path.arcMoveTo(QRectF(at(4.5, 1.5), at(11.5, 8.5)), 180);
        path.arcTo(QRectF(at(4.5, 1.5), at(11.5, 8.5)), 180, -270);
        path.lineTo(at(8, 10.5));
        path.moveTo(at(8, 12.3));
        path.lineTo(at(8, 14.3));
        break;
    }
    painter.drawPath(path);
    painter.restore();
}

void paintVendorBox(QPainter &painter, core::Vendor vendor, const QRectF &box, const Theme &theme)
{
    painter.save();
    painter.setPen(QPen(theme.lineStrong, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
    auto font = painter.font();
    font.setPointSizeF(font.pointSizeF() - 1.5);
    font.setWeight(QFont::DemiBold);
    painter.setFont(font);
    painter.setPen(theme.muted);
    const QChar letter = vendor == core::Vendor::Nvidia ? u'N' : vendor == core::Vendor::Amd ? u'A' : u'I';
    painter.drawText(box, Qt::AlignCenter, letter);
    painter.restore();
}

} // namespace ui
