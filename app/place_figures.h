// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/auto_place.h"

namespace app {

/// Puts into a query what is known of each SKU: the price list, and for the fastest place the likely output by the best
/// that is known (estimateOn()), prompts half of the context. A model that the catalogue does not know has no speed.
void addFigures(const core::FitInput &input, core::PlaceQuery &query);

} // namespace app
