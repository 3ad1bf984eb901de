// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/place_figures.h"

#include "core/sizing/sku_estimate.h"

namespace app {

void addFigures(const core::FitInput &input, core::PlaceQuery &query)
{
    if (input.prices)
        for (const auto &[sku, price] : input.prices->bySku)
            query.pricePerHour.emplace(sku, price.perHour);
    const auto &wanted = query.requirement;
    const auto *model = input.catalog.findModel(wanted.modelId);
    if (!model || query.objective != core::Objective::Fastest)
        return;
    for (const auto &sku : input.catalog.skus) {
        const auto one = core::estimateOn(*model, wanted, sku, wanted.tensorParallel, core::evenShape(wanted), nullptr,
                                          input.calibrations, input.speeds);
        if (one.speed)
            query.tokensPerSecond.emplace(sku.id, one.speed->output.value.likely);
    }
}

} // namespace app
