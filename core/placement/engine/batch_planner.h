// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/engine/fleet.h"

#include <chrono>
#include <stop_token>

namespace core::engine {

/// A place for each pod of a batch, and how good that can be at most.
struct BatchPlan {
    std::vector<std::optional<Spot>> spots; ///< one a pod, in the order given
    std::int64_t placedMilli = 0;           ///< GPU milli placed
    double boundMilli = 0;                  ///< no plan places more
};

/// Packs all pods at once; refusing some is allowed, most GPU milli wins. Deterministic but for the time limit, which
/// only decides how many rounds are tried. Stops early when asked; the best plan so far is returned.
BatchPlan planBatch(const Fleet &fleet, const std::vector<Demand> &pods, std::chrono::milliseconds limit,
                    std::stop_token stop = {});

} // namespace core::engine
