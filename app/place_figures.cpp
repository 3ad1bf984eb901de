// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/place_figures.h"

#include "core/sizing/sku_estimate.h"

namespace app {

void addFigures(const core::Catalog &catalog, const core::Prices &prices, core::PlaceQuery &query)
{
    for (const auto &[sku, price] : prices.bySku)
        query.pricePerHour.emplace(sku, price.perHour);
    const auto &wanted = query.requirement;
    const auto *model = catalog.findModel(wanted.modelId);
    if (!model || query.objective != core::Objective::Fastest)
        return;
    for (const auto &sku : catalog.skus) {
        const auto one =
            core::estimateOn(*model, wanted, sku, wanted.tensorParallel, core::evenShape(wanted), prices.find(sku.id));
        if (one.speed)
            query.tokensPerSecond.emplace(sku.id, one.speed->output.value.likely);
    }
}

} // namespace app
