// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/best_places.h"

#include "ui/text/sku_words.h"
#include "ui/text/words.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

#include <algorithm>
#include <iterator>
#include <tuple>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

QString tr(const char *words)
{
    return QCoreApplication::translate("Inspector", words);
}

QString priceOf(const SkuFigures &figures)
{
    return figures.costPerHour ? text(moneyWords(*figures.costPerHour, figures.currency)) + u"/h"_s : QString();
}

/// A place that fits, with what is known of its SKU.
struct Known {
    const core::Candidate *place = nullptr;
    const SkuFigures *figures = nullptr;
};

/// The first place that fits whose figure is the least; none when no figure is known.
template <class Figure>
Known least(const std::vector<core::Candidate> &candidates, const FiguresBySku &figures, Figure figure)
{
    Known best;
    for (const auto &candidate : candidates) {
        const auto found = figures.find(candidate.skuId);
        if (candidate.verdict != core::Verdict::Fits || found == figures.end())
            continue;
        const auto value = figure(found->second);
        if (value && (!best.figures || *value < figure(*best.figures).value_or(*value)))
            best = {&candidate, &found->second};
    }
    return best;
}

} // namespace

std::vector<core::Candidate> bestPlaces(const std::vector<core::Candidate> &candidates, std::size_t most)
{
    std::vector<core::Candidate> best;
    std::ranges::copy_if(candidates, std::back_inserter(best), [](const auto &candidate) {
        return candidate.verdict == core::Verdict::Fits || candidate.verdict == core::Verdict::Tight;
    });
    std::ranges::stable_sort(best, [](const auto &a, const auto &b) {
        return std::tuple(a.verdict != core::Verdict::Fits, a.freeDevices - a.needed, a.node)
            < std::tuple(b.verdict != core::Verdict::Fits, b.freeDevices - b.needed, b.node);
    });
    best.resize(std::min(best.size(), most));
    return best;
}

QString figuresLine(const SkuFigures &figures)
{
    const QLocale locale;
    QStringList parts;
    if (figures.costPerHour)
        parts << priceOf(figures);
    if (const auto &speed = figures.tokensPerSecond) {
        const auto low = locale.toString(speed->low, 'f', 0), high = locale.toString(speed->high, 'f', 0);
        parts << (low == high ? tr("%1 tok/s measured").arg(low) : tr("%1 – %2 tok/s").arg(low, high));
    }
    return parts.join(u" · "_s);
}

QString extremesLine(const std::vector<core::Candidate> &candidates, const FiguresBySku &figures,
                     const core::Catalog &catalog)
{
    const auto name = [&catalog](const core::Candidate &place) {
        const auto *sku = catalog.findSku(place.skuId);
        return text((sku ? sku->displayName : place.resource) + " " + place.node);
    };
    const auto cheapest = least(candidates, figures, [](const SkuFigures &sku) { return sku.costPerHour; });
    const auto fastest = least(candidates, figures, [](const SkuFigures &sku) {
        return sku.tokensPerSecond ? std::optional(-sku.tokensPerSecond->likely) : std::nullopt;
    });
    QStringList parts;
    if (cheapest.place)
        parts << tr("cheapest fit: %1 %2").arg(name(*cheapest.place), priceOf(*cheapest.figures));
    if (fastest.place)
        parts << tr("fastest: %1").arg(name(*fastest.place));
    return parts.join(u" · "_s);
}

} // namespace ui
