// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include <QtTest>

#include <cmath>

using ui::Theme;

namespace {

/// Relative luminance and contrast as WCAG 2.1 defines them.
double luminance(const QColor &colour)
{
    const auto linear = [](double part) {
        return part <= 0.03928 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

double contrast(const QColor &a, const QColor &b)
{
    const auto [low, high] = std::minmax({luminance(a), luminance(b)});
    return (high + 0.05) / (low + 0.05);
}

} // namespace

class ThemeTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textStandsOutFromItsGround_data();
    void textStandsOutFromItsGround();
    void themeIsFoundAgainFromItsPalette();
    void verdictsDifferInShapeNotOnlyInColour();
};

void ThemeTest::textStandsOutFromItsGround_data()
{
    QTest::addColumn<QColor>("ink");
    QTest::addColumn<QColor>("ground");
    QTest::addColumn<double>("least");
    for (const auto &theme : {Theme::light(), Theme::dark()}) {
        const auto row = [&theme](const char *name, const QColor &ink, const QColor &ground, double least) {
            QTest::addRow("%s %s", theme.isDark ? "dark" : "light", name) << ink << ground << least;
        };
        row("text on window", theme.text, theme.window, 4.5);
        row("text on surface", theme.text, theme.surface, 4.5);
        row("text on selection", theme.text, theme.accentSoft, 4.5);
        row("muted on window", theme.muted, theme.window, 4.5);
        row("muted on surface", theme.muted, theme.surface, 4.5);
        row("muted on raised", theme.muted, theme.raised, 4.5);
        row("accent on surface", theme.accent, theme.surface, 4.5);
        row("text on accent", theme.onAccent, theme.accent, 4.5);
        row("fits on surface", theme.fits, theme.surface, 4.5);
        row("fits on its ground", theme.fits, theme.fitsSoft, 4.5);
        row("tight on surface", theme.tight, theme.surface, 4.5);
        row("tight on its ground", theme.tight, theme.tightSoft, 4.5);
        row("no on window", theme.no, theme.window, 4.5);
        row("no on its ground", theme.no, theme.noSoft, 4.5);
        row("unknown on surface", theme.unknown, theme.surface, 4.5);
        row("unknown on its ground", theme.unknown, theme.unknownSoft, 4.5);
        row("outline on surface", theme.lineStrong, theme.surface, 3);
        row("used on sunken", theme.used, theme.sunken, 3);
    }
}

void ThemeTest::textStandsOutFromItsGround()
{
    QFETCH(QColor, ink);
    QFETCH(QColor, ground);
    QFETCH(double, least);
    QCOMPARE_GE(contrast(ink, ground), least);
}

void ThemeTest::themeIsFoundAgainFromItsPalette()
{
    QVERIFY(Theme::of(Theme::dark().palette()).isDark);
    QVERIFY(!Theme::of(Theme::light().palette()).isDark);
}

void ThemeTest::verdictsDifferInShapeNotOnlyInColour()
{
    using core::Verdict;
    auto inked = Theme::light();
    inked.fits = inked.tight = inked.no = inked.unknown = Qt::black;
    QList<QImage> shapes;
    for (const auto verdict : {Verdict::Fits, Verdict::Tight, Verdict::No, Verdict::Unknown}) {
        QImage image(16, 16, QImage::Format_RGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        ui::paintVerdictGlyph(painter, verdict, image.rect(), inked);
        painter.end();
        QVERIFY(!shapes.contains(image));
        shapes << image;
    }
}

QTEST_MAIN(ThemeTest)
#include "theme_test.moc"
