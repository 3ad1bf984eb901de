// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/links.h"
#include "core/sizing/cost.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

/// One target against its estimate.
struct Judged {
    Verdict verdict = Verdict::Fits;
    std::string code, detail, remedy;
};

Judged unknown(std::string_view target, std::string why)
{
    return {Verdict::Unknown, fmt::format("{}-unknown", target), std::move(why), {}};
}

std::string rangeText(const Range &range, std::string_view unit)
{
    return fmt::format("{:.3g} {} ({:.3g} to {:.3g})", range.likely, unit, range.low, range.high);
}

/// Speed has to be at least the target.
Judged judgeSpeed(const Range &speed, double least, const std::string &basis)
{
    const auto detail = fmt::format("{} ({}), {:g} asked for", rangeText(speed, "tokens/s"), basis, least);
    if (speed.likely < least)
        return {Verdict::No, "throughput-below-target", detail, "more devices a replica, or a faster SKU"};
    return speed.low < least ? Judged{Verdict::Tight, "throughput-tight", detail, "more devices a replica"}
                             : Judged{Verdict::Fits, "throughput-met", detail, {}};
}

/// Time and money have to be at most the target.
Judged judgeLimit(std::string_view target, const Range &value, double most, std::string_view unit,
                  std::string_view remedy)
{
    const auto detail = fmt::format("{}, at most {:g} asked for", rangeText(value, unit), most);
    if (value.likely > most)
        return {Verdict::No, fmt::format("{}-above-target", target), detail, std::string(remedy)};
    return value.high > most ? Judged{Verdict::Tight, fmt::format("{}-tight", target), detail, std::string(remedy)}
                             : Judged{Verdict::Fits, fmt::format("{}-met", target), detail, {}};
}

Judged judgeCost(const Sku &sku, const Requirement &requirement, const Prices *prices, const Throughput &speed,
                 double most)
{
    const auto cost = estimateCost(sku, requirement.tensorParallel, prices ? prices->find(sku.id) : nullptr, &speed);
    if (!cost.perMillionTokens)
        return unknown("cost", cost.reason);
    return judgeLimit("cost", *cost.perMillionTokens, most, prices->currency + " a million tokens", "a cheaper SKU");
}

/// Why the rates of a pool are not on the data sheet; empty when they are.
std::string whyNoSheet(const Model *model, const DevicePool &pool, const Sku *sku)
{
    if (!model)
        return "the model is not in the catalogue";
    if (!sku)
        return "the SKU is not in the catalogue";
    return pool.kind == DeviceKind::Card ? std::string()
                                         : "data sheets state the speed of whole cards, not of slices and shares";
}

std::vector<Judged> judgeAll(const Model &model, const Sku &sku, const Requirement &requirement, const Prices *prices,
                             const MeasuredSpeeds *speeds)
{
    const auto speed = bestKnownThroughput(model, requirement, sku, evenShape(requirement), speeds);
    if (!speed)
        return {unknown("speed", speed.error().message)};
    std::vector<Judged> all;
    if (requirement.minTokensPerSecond)
        all.push_back(judgeSpeed(speed->output.value, *requirement.minTokensPerSecond, speed->basis));
    if (requirement.maxFirstTokenSeconds)
        all.push_back(judgeLimit("first-token", speed->firstToken.value, *requirement.maxFirstTokenSeconds,
                                 "s to the first token", "shorter prompts, fewer requests at once, or a faster SKU"));
    if (requirement.maxCostPerMillionTokens)
        all.push_back(judgeCost(sku, requirement, prices, *speed, *requirement.maxCostPerMillionTokens));
    return all;
}

/// A no says more than an open question, and that more than a doubt.
int weight(const Judged &one)
{
    switch (one.verdict) {
    case Verdict::Fits: return 0;
    case Verdict::Tight: return 1;
    case Verdict::Unknown: return 2;
    case Verdict::No: break;
    }
    return 3;
}

} // namespace

Reason targetLink(const Model *model, const DevicePool &pool, const Sku *sku, const Requirement &requirement,
                  const Prices *prices, const MeasuredSpeeds *speeds)
{
    if (!requirement.minTokensPerSecond && !requirement.maxFirstTokenSeconds && !requirement.maxCostPerMillionTokens)
        return {Link::Targets, Verdict::Fits, "no-target", "no throughput, latency or cost is asked for", {}};
    const auto why = whyNoSheet(model, pool, sku);
    const auto all =
        why.empty() ? judgeAll(*model, *sku, requirement, prices, speeds) : std::vector{unknown("speed", why)};
    const auto &worst = *std::ranges::max_element(all, {}, weight);
    std::string detail = worst.detail;
    for (const auto &one : all)
        if (&one != &worst)
            detail += "; " + one.detail;
    return {Link::Targets, worst.verdict, worst.code, detail, worst.remedy};
}

} // namespace core
