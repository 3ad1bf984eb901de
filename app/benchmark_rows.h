// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/probes/benchmarks_model.h"

namespace app {

/// What serving benchmarks measured beside what an hour of their GPUs costs, as the probes page shows it. A SKU without
/// a price has no price of its tokens either.
std::vector<ui::BenchmarkRow> benchmarkRows(const std::vector<core::ServingFigures> &figures,
                                            const core::Catalog &catalog, const core::Prices &prices);

} // namespace app
