// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sizing/calibration.h"
#include "core/sizing/cost.h"
#include "core/sizing/measured_speeds.h"

namespace core {

/// One replica of a requirement on cards of one SKU: does it fit, how fast, at what cost.
struct SkuEstimate {
    const Sku *sku = nullptr;        ///< a loan from the catalogue
    int tensorParallel = 1;          ///< as asked for, or the smallest that fits
    std::optional<Ledger> ledger;    ///< per device; empty when it cannot be made
    std::int64_t usableBytes = 0;    ///< of one device at the requirement's utilization
    bool fits = false;               ///< the likely total is within usableBytes
    std::optional<Throughput> speed; ///< empty when it does not fit, or is not known
    Cost cost;
    std::string problem; ///< why `ledger` or `speed` is empty, or why it does not fit
};

/// Degrees that are tried when none is asked for.
inline constexpr int tensorParallelDegrees[] = {1, 2, 4, 8};

/// Memory alone: everything but `speed` and `cost`. `tensorParallel` fixes the degree; without it the smallest that
/// fits is taken, or the last tried when none does. `calibrations` may be null.
SkuEstimate weighOn(const Model &model, const Requirement &requirement, const Sku &sku,
                    std::optional<int> tensorParallel, const Calibrations *calibrations);

/// weighOn() with speed (bestKnownThroughput()) and cost. `price`, `calibrations` and `speeds` may be null.
SkuEstimate estimateOn(const Model &model, const Requirement &requirement, const Sku &sku,
                       std::optional<int> tensorParallel, const RequestShape &shape, const Price *price,
                       const Calibrations *calibrations = nullptr, const MeasuredSpeeds *speeds = nullptr);

/// Those that fit first, the cheapest per million tokens at the head, then those without a price by speed.
void sortByCost(std::vector<SkuEstimate> &estimates);

} // namespace core
