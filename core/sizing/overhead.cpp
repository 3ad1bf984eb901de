// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/overhead.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace core {

namespace {

constexpr double gib = 1073741824.0;

std::int64_t gibibytes(double amount)
{
    return std::llround(amount * gib);
}

std::int64_t scaled(std::int64_t bytes, double factor)
{
    return std::llround(static_cast<double>(bytes) * factor);
}

/// Beyond any memory, and far from overflow when blocks are added up.
std::int64_t bounded(double bytes)
{
    return std::llround(std::min(bytes, 0x1p58));
}

struct EngineDefaults {
    std::int64_t sequences, tokens;
};

EngineDefaults engineDefaults(std::optional<std::int64_t> deviceBytes)
{
    return deviceBytes.value_or(0) >= largeDeviceBytes ? EngineDefaults{1024, 8192} : EngineDefaults{256, 2048};
}

std::int64_t activationPeak(const Model &model, int tensorParallel, EngineDefaults engine)
{
    const auto logits = std::llround(9.7 * static_cast<double>(engine.sequences) * model.vocab.value_or(128000) * 4);
    const std::int64_t perToken = model.experts
        ? std::int64_t{model.moeIntermediate.value_or(0)} * model.expertsPerToken.value_or(8)
        : std::int64_t{model.intermediate.value_or(0)};
    const auto mlp = engine.tokens * (2 * perToken / tensorParallel + std::int64_t{2} * model.hidden.value_or(0)) * 2;
    return std::max<std::int64_t>(logits, mlp);
}

} // namespace

LedgerBlock activationBlock(const Model &model, const Requirement &requirement, std::optional<std::int64_t> deviceBytes)
{
    auto engine = engineDefaults(deviceBytes), capped = engine;
    engine.sequences = std::max<std::int64_t>(engine.sequences, requirement.concurrency);
    // Berth's manifests cap the engine at the concurrency; no measured profile has so few sequences, so only `low` uses
    // it.
    capped.sequences = requirement.concurrency;
    const auto likely = activationPeak(model, requirement.tensorParallel, engine);
    const auto low = std::min(activationPeak(model, requirement.tensorParallel, capped), likely);
    auto high = scaled(likely, model.experts ? 1.3 : 1.2);
    if (!deviceBytes)
        high = std::max(high, activationPeak(model, requirement.tensorParallel, engineDefaults(largeDeviceBytes)));
    return {
        BlockKind::Activations,
        {low, likely, high},
        fmt::format("profile run of {} sequences over a vocabulary of {}", engine.sequences, model.vocab.value_or(0)),
        "9.7 x sequences x vocabulary x 4 B: fits profile peaks in llm-d-planner and vLLM logs within 5 %"};
}

LedgerBlock runtimeBlock(const Requirement &requirement, bool group)
{
    const bool single = !group && requirement.tensorParallel <= 1;
    const Estimate bytes = single ? Estimate{gibibytes(0.13), gibibytes(0.85), gibibytes(1.1)}
                                  : Estimate{gibibytes(0.55), gibibytes(1.3), gibibytes(3.3)};
    return {BlockKind::Runtime, bytes,
            single ? "context 0.15 GiB and graphs 0.7 GiB"
                   : "context and collectives 0.6 GiB, graphs 0.7 GiB (2.7 on large models)",
            "vLLM start-up logs; llm-d-planner non-torch constants"};
}

LedgerBlock reserveBlock(const ModelWeights &weights, bool onDevice)
{
    const bool counted = onDevice && weights.loaded > weights.perDevice;
    return {BlockKind::Reserve,
            {0, counted ? 0 : scaled(weights.perDevice, 0.02), scaled(weights.perDevice, 0.05)},
            counted ? "padding is counted with the weights; up to 5 % for fragmentation"
                    : "2 % of the weights for loading and fragmentation, 5 % at most",
            "KAITO memory estimator"};
}

LedgerBlock otherActivations(const Model &model, const Requirement &requirement, std::int64_t weights)
{
    LedgerBlock block{BlockKind::Activations, {}, {}, {}};
    const std::string_view kind = model.kind;
    if (kind.contains("diffusion")) {
        block.bytes = {scaled(weights, 0.2), scaled(weights, 0.3), scaled(weights, 0.7)};
        block.reason = "30 % of the weights for the image decoder's peak (20 to 70 %)";
        block.source = "gguf-parser-go: FLUX.1-dev 31.79 GiB of weights, 41.15 GiB at work";
    } else if (kind.contains("cnn") || kind.contains("detector")) {
        const std::int64_t images = requirement.concurrency;
        block.bytes = {images * gibibytes(0.02), images * gibibytes(0.05), images * gibibytes(0.2)};
        block.reason = fmt::format("{} images at once, 0.05 GiB each (0.02 to 0.2)", images);
        block.source = "rule of thumb; not measured";
    } else if (kind.contains("encoder") && model.hidden && !kind.contains("asr")) {
        const std::int64_t tokens = requirement.context * requirement.concurrency;
        const auto linear = bounded(static_cast<double>(tokens) * *model.hidden * 34);
        const auto scores = bounded(static_cast<double>(tokens) * model.heads.value_or(16)
                                    * static_cast<double>(requirement.context) * 2);
        block.bytes = {linear / 2, linear, linear + scores};
        block.reason = fmt::format("{} tokens x hidden {} x 34 B; the upper end with attention scores kept", tokens,
                                   *model.hidden);
        block.source = "activation count of a transformer layer (Korthikanti et al. 2022)";
    } else {
        block.bytes = {scaled(weights, 0.1), scaled(weights, 0.2), scaled(weights, 0.4)};
        block.reason = "20 % over the weights";
        block.source = "EleutherAI's rule, as in accelerate estimate-memory";
    }
    return block;
}

LedgerBlock otherState(const Model &model, const Requirement &requirement)
{
    LedgerBlock block{BlockKind::KvCache, {}, "no cache between requests", {}};
    if (!model.kind.contains("asr"))
        return block;
    // Largest Whisper when the catalogue states no dimensions, so the answer errs on the safe side.
    const std::int64_t layers = model.layers.value_or(32), hidden = model.hidden.value_or(1280);
    const auto perStream = (1500 + 448) * layers * 2 * hidden * 2;
    const auto all = perStream * requirement.concurrency;
    block.bytes = {all / 2, all, all};
    block.reason = fmt::format("{} streams x (1500 audio + 448 text positions) x {} layers x 2 x {} x 2 B",
                               requirement.concurrency, layers, hidden);
    block.source = "Whisper: 30 s of audio are 1500 positions";
    return block;
}

} // namespace core
