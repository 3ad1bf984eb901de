// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/ledger.h"

#include "core/sizing/kv_cache.h"
#include "core/sizing/overhead.h"
#include "core/sizing/weights.h"

#include <fmt/format.h>

#include <cmath>

namespace core {

namespace {

/// So that no product of bytes, tokens and requests overflows.
constexpr std::int64_t maxContext = 1LL << 26;
constexpr int maxConcurrency = 65536;

Result<void> checkNumbers(const Model &model, const Requirement &requirement)
{
    if (requirement.context < 1)
        return fail(ErrorKind::Usage, "context must be at least 1 token", "context");
    if (requirement.context > maxContext)
        return fail(ErrorKind::Usage, fmt::format("context {} is beyond any model's", requirement.context), "context");
    if (requirement.concurrency < 1 || requirement.concurrency > maxConcurrency)
        return fail(ErrorKind::Usage, fmt::format("concurrency must be between 1 and {}", maxConcurrency),
                    "concurrency");
    if (requirement.tensorParallel < 1)
        return fail(ErrorKind::Usage, "tensor parallel must be at least 1", "tensorParallel");
    if (model.context && requirement.context > *model.context)
        return fail(ErrorKind::Invalid,
                    fmt::format("context {} is {} tokens beyond the {} of {}", requirement.context,
                                requirement.context - *model.context, *model.context, model.shortName),
                    "context", fmt::format("at most {}", *model.context));
    return {};
}

/// Group-quantised tensors can only be cut between groups.
Result<void> checkGroups(const Model &model, const Requirement &requirement, const GroupShape &shape)
{
    const int group = groupSize(requirement.weights), tp = model.experts && shape.expert > 1 ? 1 : shape.tensor;
    const auto width = model.experts ? model.moeIntermediate : model.intermediate;
    if (group == 0 || tp == 1 || !width || *width % (group * tp) == 0)
        return {};
    return fail(ErrorKind::Invalid,
                fmt::format("{} weights come in groups of {}: an MLP of {} cannot be cut in {} ({:.2f} groups each)",
                            requirement.weights, group, *width, tp, static_cast<double>(*width) / tp / group),
                "tensorParallel");
}

/// vLLM: config.py (heads) and models/llama.py (KV heads).
Result<void> checkTensor(const Model &model, int tp)
{
    if (tp == 1)
        return {};
    if (!model.isLlm)
        return fail(ErrorKind::Invalid, fmt::format("a {} is not split over {} devices", model.kind, tp),
                    "tensorParallel", "tensor parallel 1");
    if (model.heads && *model.heads % tp != 0)
        return fail(ErrorKind::Invalid,
                    fmt::format("{} attention heads are not divisible by {}: {} left over", *model.heads, tp,
                                *model.heads % tp),
                    "tensorParallel");
    if (model.kvHeads && !model.mla) {
        const int kv = *model.kvHeads;
        const bool even = kv > 0 && (kv >= tp ? kv % tp == 0 : tp % kv == 0);
        if (!even)
            return fail(ErrorKind::Invalid,
                        fmt::format("{} KV heads and tensor parallel {} do not divide one another", kv, tp),
                        "tensorParallel");
    }
    return {};
}

Result<void> checkPipeline(const Model &model, int stages)
{
    if (stages == 1)
        return {};
    if (!model.isLlm || !model.layers)
        return fail(ErrorKind::Invalid, fmt::format("{} has no layers to cut in {} stages", model.id, stages),
                    "pipelineParallel", "pipeline parallel 1");
    if (stages > *model.layers)
        return fail(ErrorKind::Invalid,
                    fmt::format("{} pipeline stages are {} more than the {} layers of {}", stages,
                                stages - *model.layers, *model.layers, model.shortName),
                    "pipelineParallel", fmt::format("at most {}", *model.layers));
    return {};
}

Result<void> checkExperts(const Model &model, const GroupShape &shape)
{
    if (shape.expert == 1)
        return {};
    if (!model.experts || *model.experts <= 0)
        return fail(ErrorKind::Invalid, fmt::format("{} has no experts to spread", model.id), "expertParallel",
                    "expert parallel 1");
    if (*model.experts % shape.expert != 0 || shape.expert % shape.tensor != 0)
        return fail(ErrorKind::Invalid,
                    fmt::format("expert parallel {} must divide {} experts and be a multiple of tensor parallel {}",
                                shape.expert, *model.experts, shape.tensor),
                    "expertParallel");
    return {};
}

/// vLLM: decode context parallel lies inside the tensor parallel group.
Result<void> checkContextDegree(const GroupShape &shape)
{
    if (shape.context < 1 || shape.speculativeTokens < 0)
        return fail(ErrorKind::Usage, "a context degree is at least 1 and speculated tokens at least 0",
                    "contextParallel");
    if (shape.tensor % shape.context != 0)
        return fail(
            ErrorKind::Invalid,
            fmt::format("tensor parallel {} is no multiple of decode context parallel {}", shape.tensor, shape.context),
            "contextParallel");
    return {};
}

Result<void> checkParallel(const Model &model, const Requirement &requirement, const GroupShape &shape)
{
    if (shape.pipeline < 1 || shape.expert < 1)
        return fail(ErrorKind::Usage, "pipeline and expert parallel must be at least 1",
                    shape.pipeline < 1 ? "pipelineParallel" : "expertParallel");
    for (const auto &checked :
         {checkTensor(model, shape.tensor), checkPipeline(model, shape.pipeline), checkExperts(model, shape),
          checkContextDegree(shape), checkGroups(model, requirement, shape)})
        if (!checked)
            return checked;
    return {};
}

std::string overDevices(const GroupShape &shape)
{
    std::string text;
    if (shape.tensor > 1)
        text = fmt::format(" over {} devices", shape.tensor);
    if (shape.expert > 1)
        text += fmt::format(", experts over {}", shape.expert);
    if (shape.pipeline > 1)
        text += fmt::format(", the fullest of {} stages", shape.pipeline);
    return text;
}

std::string weightReason(const Model &model, const std::string &format, const ModelWeights &weights)
{
    if (format == "stored" && model.stored)
        return fmt::format("{:.2f} GB of tensors in the checkpoint ({})", static_cast<double>(weights.total) / 1e9,
                           model.stored->format);
    const double bits = bitsPerWeight(format).value_or(16);
    auto reason = fmt::format("{:.2f} B parameters at {:g} bit", static_cast<double>(weights.parameters) / 1e9,
                              std::round(bits * 1000) / 1000);
    if (bits < 16)
        reason += format == "mxfp4" && model.experts ? " (experts only, the rest 16 bit)"
                                                     : " (embeddings, head and norms 16 bit)";
    return reason;
}

/// As stored when no device is named; as the engine's kernels lay them out on one that is.
LedgerBlock weightBlock(const Model &model, const Requirement &requirement, const GroupShape &shape,
                        const ModelWeights &weights, bool onDevice)
{
    const bool padded = weights.loaded > weights.perDevice;
    LedgerBlock block{BlockKind::Weights,
                      {weights.perDevice, onDevice ? weights.loaded : weights.perDevice,
                       padded ? weights.loaded : std::llround(static_cast<double>(weights.perDevice) * 1.02)},
                      weightReason(model, requirement.weights, weights) + overDevices(shape),
                      requirement.weights == "stored" ? "the file's own header"
                                                      : "parameter count x bits of the format"};
    if (padded)
        block.reason += fmt::format("; the MXFP4 kernel of cards without FP4 units pads the experts by {:.0f} %",
                                    100.0 * static_cast<double>(weights.loaded - weights.perDevice)
                                        / static_cast<double>(weights.perDevice));
    return block;
}

LedgerBlock kvBlock(const KvLayout &layout, const Requirement &requirement, const GroupShape &shape, Ledger &ledger)
{
    if (layout.latent && shape.tensor > 1 && shape.context == 1)
        ledger.notes.emplace_back(
            "latent attention keeps the whole KV cache on every device: tensor parallel does not shrink it");
    if (layout.replicated)
        ledger.notes.emplace_back("more devices than KV heads: each device keeps a copy of one head");
    ledger.kvBytesPerToken = layout.bytesPerToken();
    LedgerBlock block{BlockKind::KvCache,
                      kvCacheBytes(layout, requirement.context, requirement.concurrency),
                      {},
                      "vLLM v1/kv_cache_interface.py"};
    block.reason = fmt::format("{} tokens ({} requests of {}) x {} B", ledger.kvTokens, requirement.concurrency,
                               requirement.context, ledger.kvBytesPerToken);
    if (layout.slidingLayers > 0)
        block.reason += fmt::format("; {} of {} layers keep a window of {}", layout.slidingLayers,
                                    layout.slidingLayers + layout.fullLayers, layout.window);
    if (layout.recurrentLayers > 0)
        block.reason += fmt::format("; {} layers keep a state of {} B a request, so blocks are {} tokens",
                                    layout.recurrentLayers, layout.stateBytes, layout.blockTokens());
    return block;
}

void finish(Ledger &ledger, const Model &model)
{
    for (const auto &block : ledger.blocks) {
        ledger.total.low += block.bytes.low;
        ledger.total.likely += block.bytes.likely;
        ledger.total.high += block.bytes.high;
    }
    for (const auto &field : model.unverified)
        ledger.notes.push_back("not verified: " + field);
}

} // namespace

Result<Ledger> buildLedger(const Model &model, const Requirement &requirement, std::optional<std::int64_t> deviceBytes)
{
    return buildLedger(model, requirement, GroupShape{.tensor = requirement.tensorParallel}, deviceBytes);
}

Result<Ledger> buildLedger(const Model &model, const Requirement &requirement, const GroupShape &shape,
                           std::optional<std::int64_t> deviceBytes)
{
    auto wanted = requirement;
    wanted.tensorParallel = shape.tensor;
    if (auto checked = checkNumbers(model, wanted); !checked)
        return std::unexpected(checked.error());
    if (auto checked = checkParallel(model, wanted, shape); !checked)
        return std::unexpected(checked.error());
    Ledger ledger;
    const auto weights = weightBytes(model, wanted.weights, shape);
    if (!weights)
        return std::unexpected(weights.error());
    ledger.notes = weights->notes;
    const auto stored = weightBlock(model, wanted, shape, *weights, deviceBytes.has_value());
    ledger.blocks.push_back(stored);
    if (model.isLlm) {
        const auto layout = kvLayout(model, wanted.kvCache, shape);
        if (!layout)
            return std::unexpected(layout.error());
        const auto blocks = (wanted.context + kvBlockTokens - 1) / kvBlockTokens;
        ledger.kvTokens = blocks * kvBlockTokens * wanted.concurrency;
        ledger.blocks.push_back(kvBlock(*layout, wanted, shape, ledger));
        ledger.blocks.push_back(activationBlock(model, wanted, deviceBytes));
    } else {
        ledger.blocks.push_back(otherState(model, wanted));
        ledger.blocks.push_back(otherActivations(model, wanted, stored.bytes.likely));
    }
    ledger.blocks.push_back(runtimeBlock(wanted, shape.pipeline * shape.expert * shape.tensor > 1));
    ledger.blocks.push_back(reserveBlock(*weights, deviceBytes.has_value()));
    finish(ledger, model);
    return ledger;
}

std::int64_t usableMemory(std::int64_t deviceBytes, double utilization)
{
    return std::llround(std::floor(static_cast<double>(deviceBytes) * utilization));
}

} // namespace core
