// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/throughput.h"

#include "core/sizing/kv_cache.h"
#include "core/sizing/roofline.h"
#include "core/sizing/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace core {

namespace {

Result<void> checkShape(const Requirement &requirement, const RequestShape &shape)
{
    if (requirement.concurrency < 1)
        return fail(ErrorKind::Usage, "concurrency must be at least 1", "concurrency");
    if (shape.prompt < 1 || shape.answer < 1)
        return fail(ErrorKind::Usage, "prompt and answer must be at least 1 token each", "prompt");
    if (shape.prompt + shape.answer > requirement.context)
        return fail(ErrorKind::Invalid,
                    fmt::format("a prompt of {} and an answer of {} tokens exceed the context of {}", shape.prompt,
                                shape.answer, requirement.context),
                    "prompt", "a shorter prompt, or a larger context");
    return {};
}

/// Seconds of one prompt's prefill, per prompt token.
double prefillSeconds(const Roofline &roofline, const RequestShape &shape, End end)
{
    const double flops = roofline.flopsPerToken(static_cast<double>(shape.prompt) / 2); // causal: half on average
    return flops / roofline.flopsPerSecond(end) + roofline.collectiveSeconds(end);
}

/// Seconds of one decode step of `streams` requests that hold `context` tokens each.
double stepSeconds(const Roofline &roofline, int streams, std::int64_t context, End end)
{
    const double memory =
        (roofline.weightBytes(streams, end) + roofline.cacheBytes(streams, context)) / roofline.bytesPerSecond(end);
    const double compute =
        streams * roofline.flopsPerToken(static_cast<double>(context)) / roofline.flopsPerSecond(end);
    return std::max(memory, compute) + streams * roofline.collectiveSeconds(end);
}

/// Context that a stream holds during its answer: all of it at worst, the middle of the answer, the prompt at best.
std::int64_t heldContext(const RequestShape &shape, End end)
{
    switch (end) {
    case End::Low: return shape.prompt + shape.answer;
    case End::Likely: return shape.prompt + shape.answer / 2;
    case End::High: break;
    }
    return shape.prompt;
}

template <class Make>
Range overEnds(const Make &make)
{
    return {make(End::Low), make(End::Likely), make(End::High)};
}

/// Answer tokens a second when a replica's time goes to prompts and answers in turn; at best the two overlap, for one
/// is bound by compute and the other by memory.
double steadyOutput(double prefillRate, double decodeRate, const RequestShape &shape, End end)
{
    const double forPrompt = static_cast<double>(shape.prompt) / static_cast<double>(shape.answer) / prefillRate;
    const double forAnswer = 1 / decodeRate;
    return 1 / (end == End::High ? std::max(forPrompt, forAnswer) : forPrompt + forAnswer);
}

void explain(Throughput &out, const Roofline &roofline, const Requirement &requirement, const RequestShape &shape)
{
    const auto devices = requirement.tensorParallel > 1 ? fmt::format("{} x ", requirement.tensorParallel) : "";
    out.prefill.reason =
        fmt::format("{}{:g} TFLOPS {} x {:.2f} (at worst {:.2f}) over {:.1f} GFLOP a token", devices,
                    roofline.peakTflops(), roofline.precision(), roofline.computeShare().likely,
                    roofline.computeShare().low, roofline.flopsPerToken(static_cast<double>(shape.prompt) / 2) / 1e9);
    const auto held = heldContext(shape, End::Likely);
    out.decode.reason = fmt::format(
        "a step of {} streams reads {:.2f} GB of weights and {:.2f} GB of cache per device at {:g} GB/s x {:.2f} "
        "(at worst {:.2f})",
        requirement.concurrency, roofline.weightBytes(requirement.concurrency, End::Likely) / 1e9,
        roofline.cacheBytes(requirement.concurrency, held) / 1e9, roofline.peakGBs(), roofline.memoryShare().likely,
        roofline.memoryShare().low);
    out.perStream.reason = fmt::format("one of {} streams", requirement.concurrency);
    out.firstToken.reason = fmt::format("a prompt of {} tokens alone; at worst behind {} others", shape.prompt,
                                        requirement.concurrency - 1);
    out.output.reason = fmt::format("prompts of {} and answers of {} tokens, {} streams", shape.prompt, shape.answer,
                                    requirement.concurrency);
}

} // namespace

RequestShape evenShape(const Requirement &requirement)
{
    const auto half = std::max<std::int64_t>(1, requirement.context / 2);
    return {half, std::max<std::int64_t>(1, requirement.context - half)};
}

Result<Throughput> estimateThroughput(const Model &model, const Requirement &requirement, const Sku &sku,
                                      const RequestShape &shape, const MeasuredDevice *measured)
{
    if (const auto checked = checkShape(requirement, shape); !checked)
        return std::unexpected(checked.error());
    const auto roofline = Roofline::of(model, requirement, sku, measured);
    if (!roofline)
        return std::unexpected(roofline.error());
    const auto streams = requirement.concurrency;
    const auto step = [&](End end) { return stepSeconds(*roofline, streams, heldContext(shape, end), end); };
    const auto prefillRate = [&](End end) { return 1 / prefillSeconds(*roofline, shape, end); };
    const auto decodeRate = [&](End end) { return streams / step(end); };
    Throughput out;
    out.prefill.value = overEnds(prefillRate);
    out.decode.value = overEnds(decodeRate);
    out.perStream.value = overEnds([&](End end) { return 1 / step(end); });
    const auto first = [&](End end, int prompts) {
        return prompts * static_cast<double>(shape.prompt) / prefillRate(end)
            + stepSeconds(*roofline, 1, shape.prompt, end);
    };
    out.firstToken.value = {first(End::High, 1), first(End::Likely, 1), first(End::Low, streams)};
    out.output.value = overEnds([&](End end) { return steadyOutput(prefillRate(end), decodeRate(end), shape, end); });
    out.basis = roofline->basis();
    out.notes = roofline->notes();
    explain(out, *roofline, requirement, shape);
    return out;
}

} // namespace core
