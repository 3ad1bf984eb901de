// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/cost.h"

#include <fmt/format.h>

namespace core {

namespace {

/// Per million answer tokens: fast is cheap, so the ends change places.
Range perMillion(double perHour, const Range &tokensPerSecond)
{
    const auto of = [perHour](double rate) { return perHour / (rate * 3600) * 1e6; };
    return {of(tokensPerSecond.high), of(tokensPerSecond.likely), of(tokensPerSecond.low)};
}

} // namespace

Cost estimateCost(const Sku &sku, int devices, const Price *price, const Throughput *throughput)
{
    Cost cost;
    if (sku.tdpWatts)
        cost.wattsAtMost = static_cast<double>(*sku.tdpWatts) / sku.devices * devices;
    if (cost.wattsAtMost && throughput)
        cost.wattHoursPerMillion = perMillion(*cost.wattsAtMost, throughput->output.value);
    if (!price) {
        cost.reason = fmt::format("no price of {} is known", sku.displayName);
        return cost;
    }
    cost.perHour = price->perHour * devices;
    if (throughput)
        cost.perMillionTokens = perMillion(*cost.perHour, throughput->output.value);
    cost.reason = fmt::format("{} x {:g} an hour: {}{}", devices, price->perHour, price->source,
                              price->date.empty() ? "" : " (" + price->date + ")");
    return cost;
}

} // namespace core
