// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace core::optimizer {

/// A kind of GPU instance that can be rented.
struct MixType {
    std::string name;
    double usdPerHour = 0;
    std::optional<std::int64_t> limit = std::nullopt; ///< how many there are; absent: any number
};

/// Requests of one size. The rate is cut into equal slices, each of which one type serves.
struct MixBucket {
    double rate = 0;                ///< requests a second
    std::vector<double> throughput; ///< requests a second of one instance of each type; 0: cannot serve them
};

/// The cheapest GPU mix for a workload, as Mélange states it (Griggs et al. 2024, section 5):
///   min sum usdPerHour_j·y_j   with every slice of every bucket on one type that can serve it,
///   sum over slices on j of (rate / slices) / throughput_j <= y_j,   y_j whole, 0 <= y_j <= limit_j.
struct MixProblem {
    std::vector<MixType> types;
    std::vector<MixBucket> buckets;
    int slices = 1; ///< a bucket
};

struct GpuMix {
    std::vector<std::int64_t> counts; ///< one a type
    double usdPerHour = 0;
    double bound = 0; ///< no mix costs less; equal to usdPerHour when the mix is proven best
};

/// The cheapest mix; none when no mix serves the workload. Exact branch and bound over a relaxation whose bound is a
/// Lagrangian one (mix_relaxation.h); should it ever reach `nodeLimit` relaxations, `bound` says what is left open.
/// Deterministic. Errors (Parse): prices, rates, throughputs or limits that are negative or not finite, lists of
/// different lengths.
Result<std::optional<GpuMix>> cheapestMix(const MixProblem &problem, int nodeLimit = 6'000);

} // namespace core::optimizer
