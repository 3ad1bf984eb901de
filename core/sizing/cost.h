// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/prices.h"
#include "core/sizing/throughput.h"

namespace core {

/// What one replica costs. Without a price everything in money is unknown; without a throughput everything per token.
struct Cost {
    std::optional<double> perHour;            ///< price of a device x devices
    std::optional<Range> perMillionTokens;    ///< answer tokens at steady work: perHour over Throughput::output
    std::optional<double> wattsAtMost;        ///< board power of the data sheet; what it really draws is not known
    std::optional<Range> wattHoursPerMillion; ///< at board power
    std::string reason;                       ///< price, devices, where the price is from; or what is missing
};

/// `price` and `throughput` may be null: what depends on them stays unknown.
Cost estimateCost(const Sku &sku, int devices, const Price *price, const Throughput *throughput);

} // namespace core
