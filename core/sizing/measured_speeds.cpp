// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/measured_speeds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace core {

namespace {

/// Loads that differ by less are one load: counts of requests and mean lengths scatter by that much between runs.
constexpr double sameLoad = 0.10;

bool isNear(double a, double b)
{
    return std::abs(a - b) <= sameLoad * b;
}

/// How far a load point is from what is asked, as a factor's logarithm; one without a concurrency is the last choice.
double distance(const MeasuredServing &point, int concurrency)
{
    constexpr double last = 1e9;
    return point.concurrency && *point.concurrency > 0 ? std::abs(std::log(*point.concurrency / concurrency)) : last;
}

/// The load that was measured, in the words of an estimate; what the benchmark does not say is taken as asked for.
struct Load {
    Requirement requirement;
    RequestShape shape;
};

Load loadOf(const MeasuredServing &point, const Requirement &asked, const RequestShape &shape)
{
    const auto whole = [](std::optional<double> value, double otherwise) {
        return std::llround(std::clamp(value.value_or(otherwise), 1.0, 1e9));
    };
    Load load{asked, shape};
    load.requirement.concurrency = static_cast<int>(whole(point.concurrency, asked.concurrency));
    load.shape.prompt = whole(point.prompt, static_cast<double>(shape.prompt));
    load.shape.answer = whole(point.answer, static_cast<double>(shape.answer));
    load.requirement.context = std::max(asked.context, load.shape.prompt + load.shape.answer);
    return load;
}

bool isSame(const Load &load, const Requirement &asked, const RequestShape &shape)
{
    const auto near = [](auto a, auto b) { return isNear(static_cast<double>(a), static_cast<double>(b)); };
    return near(load.requirement.concurrency, asked.concurrency) && near(load.shape.prompt, shape.prompt)
        && near(load.shape.answer, shape.answer);
}

std::string loadWords(const Load &load)
{
    return fmt::format("{} requests at once, prompts of {} and answers of {} tokens", load.requirement.concurrency,
                       load.shape.prompt, load.shape.answer);
}

/// Puts a measured value in place of an estimate; `there` is the same estimate under the load that was measured.
void take(Figure &figure, const Figure &there, double measured, bool same, const std::string &reason)
{
    if (same) {
        figure = {{measured, measured, measured}, reason};
        return;
    }
    const double carried = measured * figure.value.likely / there.value.likely;
    figure = {{std::min(measured, carried), carried, std::max(measured, carried)}, reason};
}

void takeServing(Throughput &out, const Throughput &there, const MeasuredServing &point, const Load &load,
                 const Requirement &asked, const RequestShape &shape)
{
    const bool same = isSame(load, asked, shape);
    const auto reason = same ? fmt::format("measured: {}", point.source)
                             : fmt::format("{:.4g} tokens/s measured at {} ({}), carried over by the roofline",
                                           point.outputTokensPerSecond, loadWords(load), point.source);
    if (point.outputTokensPerSecond > there.output.value.high)
        out.notes.push_back(
            fmt::format("{:.4g} tokens/s were measured where the {} allows {:.4g}: were prompts cached?",
                        point.outputTokensPerSecond, there.basis, there.output.value.high));
    take(out.output, there.output, point.outputTokensPerSecond, same, reason);
    if (point.tokensPerSecondPerStream) {
        take(out.perStream, there.perStream, *point.tokensPerSecondPerStream, same, reason);
        const auto all = [&asked](double one) { return one * asked.concurrency; };
        const auto &one = out.perStream.value;
        out.decode = {{all(one.low), all(one.likely), all(one.high)}, reason};
    }
    if (point.firstTokenSeconds)
        take(out.firstToken, there.firstToken, *point.firstTokenSeconds, same, reason);
    if (!point.concurrency)
        out.notes.emplace_back("the benchmark does not say how many requests it held at once");
    out.basis = point.source;
}

} // namespace

const MeasuredServing *nearestServing(const MeasuredSpeeds &speeds, const Requirement &requirement,
                                      std::string_view skuId)
{
    const MeasuredServing *best = nullptr;
    const auto rank = [&requirement](const MeasuredServing &one) {
        return std::tuple(distance(one, requirement.concurrency), -one.date);
    };
    for (const auto &one : speeds.serving) {
        const bool mine = one.modelId == requirement.modelId && one.skuId == skuId
            && one.devices == requirement.tensorParallel && one.weights == requirement.weights;
        if (mine && (best == nullptr || rank(one) < rank(*best)))
            best = &one;
    }
    return best;
}

Result<Throughput> bestKnownThroughput(const Model &model, const Requirement &requirement, const Sku &sku,
                                       const RequestShape &shape, const MeasuredSpeeds *speeds)
{
    if (speeds == nullptr)
        return estimateThroughput(model, requirement, sku, shape);
    const auto probed = speeds->skus.find(sku.id);
    const auto *device = probed == speeds->skus.end() ? nullptr : &probed->second;
    auto out = estimateThroughput(model, requirement, sku, shape, device);
    auto asked = requirement;
    asked.modelId = model.id; // callers may carry the name as it was typed
    const auto *point = nearestServing(*speeds, asked, sku.id);
    if (!out || point == nullptr)
        return out;
    const auto load = loadOf(*point, requirement, shape);
    const auto there = estimateThroughput(model, load.requirement, sku, load.shape, device);
    if (!there)
        return out;
    takeServing(*out, *there, *point, load, requirement, shape);
    return out;
}

} // namespace core
