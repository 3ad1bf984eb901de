// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/optimizer/mix_relaxation.h"

namespace core::optimizer {

/// Whole slices near the fractions of a relaxation, repaired by moves of one slice and swaps of two until no type has
/// more load than its count. True when that succeeds; a plain descent, so false proves nothing.
bool fitsCounts(const MixProblem &problem, const MixRelaxation &relaxation,
                const std::vector<std::vector<double>> &fractions, const std::vector<double> &counts, int kicks);

} // namespace core::optimizer
