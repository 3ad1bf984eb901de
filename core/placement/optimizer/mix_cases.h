// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/optimizer/gpu_mix.h"

#include <string_view>

namespace core::optimizer {

/// One case of a file of mix problems.
struct MixCase {
    std::string id;
    MixProblem problem;
};

/// Reads cases (JSON): a list, or an object with the list under `cases`, of {id, gpu_info {name: {cost, tputs [[…]]}},
/// workload_distribution [[…]], total_request_rate, slice_factor, limits {name: count}?}. Other fields are ignored.
/// Errors (Parse) name the field: `cases[2] "long-4".gpu_info.A40.cost: is not a number of at least 0`.
Result<std::vector<MixCase>> readMixCases(std::string_view json);

} // namespace core::optimizer
