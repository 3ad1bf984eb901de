// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For auto_place.cpp only: how places are put in order.

#include "core/placement/auto_place.h"

namespace core {

/// What decides, in this order; the name decides at last.
std::vector<Criterion> criteriaOf(Objective objective);
/// Strict order of places; what is not known is worse than what is.
bool isBetter(const PlaceOption &a, const PlaceOption &b, const std::vector<Criterion> &criteria);
/// Each criterion of the objective with both values; exactly one of them decides.
std::vector<PlaceDifference> differences(const PlaceOption &best, const PlaceOption &other, Objective objective);

} // namespace core
