// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/verdict.h"

#include <QColor>
#include <QPainter>
#include <QPalette>

namespace ui {

/// The colours of Berth by role; no other colour is used. Contrast pairs are checked in tests/ui/theme_test.
struct Theme {
    QColor window, surface, sunken, raised, line, lineStrong, text, muted, accent, accentSoft, onAccent, used,
        requested;
    QColor fits, fitsSoft, tight, tightSoft, no, noSoft, unknown, unknownSoft;
    bool isDark = false;

    static Theme light();
    static Theme dark();
    /// The theme that suits a palette: dark when its window is.
    static Theme of(const QPalette &palette);

    QPalette palette() const;
    QColor verdict(core::Verdict verdict) const;
    QColor verdictSoft(core::Verdict verdict) const;
};

/// Check, triangle, cross or question mark, centred in `box`: a verdict never shows by colour alone.
void paintVerdictGlyph(QPainter &painter, core::Verdict verdict, const QRectF &box, const Theme &theme);
/// The vendor's letter in a box: N, A, I. Vendors are never a colour.
void paintVendorBox(QPainter &painter, core::Vendor vendor, const QRectF &box, const Theme &theme);

} // namespace ui
