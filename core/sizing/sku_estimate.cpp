// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/sku_estimate.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>

namespace core {

namespace {

double gib(std::int64_t bytes)
{
    return static_cast<double>(bytes) / 0x1p30;
}

/// Fills ledger, fits and problem for the requirement's degree.
void weigh(SkuEstimate &out, const Model &model, const Requirement &requirement, const Calibrations *calibrations)
{
    out.tensorParallel = requirement.tensorParallel;
    auto ledger = calibratedLedger(model, requirement, out.sku->usableBytes(), out.sku->id, calibrations);
    out.fits = ledger && ledger->total.likely <= out.usableBytes;
    out.problem.clear();
    if (!ledger)
        out.problem = describe(ledger.error());
    else if (!out.fits)
        out.problem =
            fmt::format("needs {:.1f} GiB a device, {:.1f} usable", gib(ledger->total.likely), gib(out.usableBytes));
    out.ledger = ledger ? std::optional(*std::move(ledger)) : std::nullopt;
}

} // namespace

SkuEstimate weighOn(const Model &model, const Requirement &requirement, const Sku &sku,
                    std::optional<int> tensorParallel, const Calibrations *calibrations)
{
    SkuEstimate out;
    out.sku = &sku;
    out.usableBytes = usableMemory(sku.usableBytes(), requirement.utilization);
    auto tried = requirement;
    for (const int degree : tensorParallelDegrees) {
        tried.tensorParallel = tensorParallel.value_or(degree);
        weigh(out, model, tried, calibrations);
        if (out.fits || tensorParallel)
            break;
    }
    return out;
}

SkuEstimate estimateOn(const Model &model, const Requirement &requirement, const Sku &sku,
                       std::optional<int> tensorParallel, const RequestShape &shape, const Price *price,
                       const Calibrations *calibrations, const MeasuredSpeeds *speeds)
{
    auto out = weighOn(model, requirement, sku, tensorParallel, calibrations);
    if (out.fits) {
        auto served = requirement;
        served.tensorParallel = out.tensorParallel;
        auto speed = bestKnownThroughput(model, served, sku, shape, speeds);
        if (!speed)
            out.problem = describe(speed.error());
        else
            out.speed = *std::move(speed);
    }
    out.cost = estimateCost(sku, out.tensorParallel, price, out.speed ? &*out.speed : nullptr);
    return out;
}

void sortByCost(std::vector<SkuEstimate> &estimates)
{
    std::ranges::stable_sort(estimates, {}, [](const SkuEstimate &one) {
        constexpr double last = std::numeric_limits<double>::infinity();
        return std::tuple(!one.fits, one.cost.perMillionTokens ? one.cost.perMillionTokens->likely : last,
                          one.speed ? -one.speed->output.value.likely : 0.0);
    });
}

} // namespace core
