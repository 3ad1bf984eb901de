// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/ledger.h"

#include "core/sizing/kv_cache.h"
#include "core/sizing/overhead.h"
#include "core/sizing/parameters.h"

#include <fmt/format.h>

#include <cmath>

namespace core {

namespace {

Result<void> checkNumbers(const Model &model, const Requirement &requirement)
{
    if (requirement.context < 1)
        return fail(ErrorKind::Usage, "context must be at least 1 token", "context");
    if (requirement.concurrency < 1)
        return fail(ErrorKind::Usage, "concurrency must be at least 1", "concurrency");
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
int groupSize(std::string_view format)
{
    if (format == "int4")
        return 128;
    return format == "nvfp4" ? 16 : 0;
}

Result<void> checkGroups(const Model &model, const Requirement &requirement)
{
    const int group = groupSize(requirement.weights), tp = requirement.tensorParallel;
    const auto width = model.experts ? model.moeIntermediate : model.intermediate;
    if (group == 0 || tp == 1 || !width || *width % (group * tp) == 0)
        return {};
    return fail(ErrorKind::Invalid,
                fmt::format("{} weights come in groups of {}: an MLP of {} cannot be cut in {} ({:.2f} groups each)",
                            requirement.weights, group, *width, tp, static_cast<double>(*width) / tp / group),
                "tensorParallel");
}

/// vLLM: config.py (heads) and models/llama.py (KV heads).
Result<void> checkParallel(const Model &model, const Requirement &requirement)
{
    const int tp = requirement.tensorParallel;
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
    return checkGroups(model, requirement);
}

Result<LedgerBlock> weightBlock(const Model &model, const Requirement &requirement, std::vector<std::string> &notes)
{
    const auto weights = weightBytes(model, requirement.weights, requirement.tensorParallel);
    if (!weights)
        return std::unexpected(weights.error());
    notes.insert(notes.end(), weights->notes.begin(), weights->notes.end());
    const auto bits = bitsPerWeight(requirement.weights);
    // Marlin pads MXFP4 experts: gpt-oss-120b is 60.77 GiB on disk and 64.38 to 65.97 GiB loaded (vLLM issues 23278,
    // 33155).
    const bool padded = requirement.weights == "mxfp4";
    const auto bytes = static_cast<double>(weights->perDevice);
    LedgerBlock block{BlockKind::Weights,
                      {weights->perDevice, weights->perDevice, std::llround(bytes * 1.02)},
                      {},
                      "parameter count x bits of the format"};
    if (padded)
        block.bytes = {weights->perDevice, std::llround(bytes * 1.06), std::llround(bytes * 1.09)};
    block.reason = fmt::format("{:.2f} B parameters at {:g} bit", static_cast<double>(weights->parameters) / 1e9,
                               std::round(*bits * 1000) / 1000);
    if (*bits < 16)
        block.reason +=
            padded && model.experts ? " (experts only, the rest 16 bit)" : " (embeddings, head and norms 16 bit)";
    if (requirement.tensorParallel > 1)
        block.reason += fmt::format(" over {} devices", requirement.tensorParallel);
    return block;
}

LedgerBlock kvBlock(const KvLayout &layout, const Requirement &requirement, Ledger &ledger)
{
    if (layout.latent && requirement.tensorParallel > 1)
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
    if (auto checked = checkNumbers(model, requirement); !checked)
        return std::unexpected(checked.error());
    if (auto checked = checkParallel(model, requirement); !checked)
        return std::unexpected(checked.error());
    Ledger ledger;
    const auto weights = weightBlock(model, requirement, ledger.notes);
    if (!weights)
        return std::unexpected(weights.error());
    ledger.blocks.push_back(*weights);
    const bool decoder = model.isLlm;
    if (decoder) {
        const auto layout = kvLayout(model, requirement.kvCache, requirement.tensorParallel);
        if (!layout)
            return std::unexpected(layout.error());
        ledger.kvTokens =
            (requirement.context + kvBlockTokens - 1) / kvBlockTokens * kvBlockTokens * requirement.concurrency;
        ledger.blocks.push_back(kvBlock(*layout, requirement, ledger));
        ledger.blocks.push_back(activationBlock(model, requirement, deviceBytes));
    } else {
        ledger.blocks.push_back(otherState(model, requirement));
        ledger.blocks.push_back(otherActivations(model, requirement, weights->bytes.likely));
    }
    ledger.blocks.push_back(runtimeBlock(requirement));
    ledger.blocks.push_back(reserveBlock(weights->bytes));
    finish(ledger, model);
    return ledger;
}

std::int64_t usableMemory(std::int64_t deviceBytes, double utilization)
{
    return std::llround(std::floor(static_cast<double>(deviceBytes) * utilization));
}

} // namespace core
