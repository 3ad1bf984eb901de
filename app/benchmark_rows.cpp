// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/benchmark_rows.h"

namespace app {

std::vector<ui::BenchmarkRow> benchmarkRows(const std::vector<core::ServingFigures> &figures,
                                            const core::Catalog &catalog, const core::Prices &prices)
{
    std::vector<ui::BenchmarkRow> rows;
    rows.reserve(figures.size());
    for (const auto &one : figures) {
        const auto *sku = catalog.findSku(one.sku);
        ui::BenchmarkRow row{.figures = one,
                             .skuName = sku ? sku->displayName : one.sku,
                             .price = {},
                             .pricePerMillion = {},
                             .currency = prices.currency};
        if (const auto *price = prices.find(one.sku)) {
            row.price = *price;
            row.pricePerMillion = core::pricePerMillion(one, price->perHour);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

} // namespace app
