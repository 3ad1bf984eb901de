// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/kv_cache.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace core {

namespace {

/// Tokens of one scheduler step, which a sliding layer keeps beyond its window (vLLM's default on data-centre cards).
constexpr std::int64_t maxBatchedTokens = 8192;

std::int64_t ceilDiv(std::int64_t value, std::int64_t by)
{
    return (value + by - 1) / by;
}

/// The pattern belongs to the architecture: gpt-oss and Gemma 2 alternate, Gemma 3 and 4 have one full layer after five
/// sliding ones, older Mistral slides everywhere. Hybrid models (linear attention) publish fewer cache bytes than all
/// their layers would need.
LayerMix layerMixOf(const Model &model, std::int64_t perTokenLayer16)
{
    if (model.layerMix)
        return *model.layerMix;
    const int all = model.layers.value_or(0);
    if (!model.slidingWindow) {
        const auto published =
            model.kvBytesPerToken16 && perTokenLayer16 > 0 ? *model.kvBytesPerToken16 / perTokenLayer16 : all;
        const int full = published > 0 && published < all ? static_cast<int>(published) : all;
        return {full, 0, model.recurrent ? all - full : 0};
    }
    const std::string_view name = model.architecture;
    if (name.starts_with("GptOss") || name.starts_with("Gemma2"))
        return {all - all / 2, all / 2, 0};
    if (name.starts_with("Gemma3") || name.starts_with("Gemma4"))
        return {all / 6, all - all / 6, 0};
    return {0, all, 0};
}

/// 0 when neither it nor what it follows from is known.
std::int64_t headDimension(const Model &model)
{
    const auto heads = model.heads.value_or(0);
    return model.headDim.value_or(heads > 0 ? model.hidden.value_or(0) / heads : 0);
}

Error missing(const Model &model, std::string field)
{
    return {ErrorKind::Unsupported,
            fmt::format("'{}' of {} is not known, so its KV cache is unknown", field, model.id),
            field,
            {}};
}

Result<std::int64_t> bytesOf(std::string_view kvCache)
{
    if (kvCache == "auto" || kvCache == "bf16" || kvCache == "fp16")
        return 2;
    if (kvCache.starts_with("fp8") || kvCache == "int8")
        return 1;
    if (kvCache == "fp32")
        return 4;
    return fail(ErrorKind::Usage, fmt::format("unknown KV cache format '{}'", kvCache), "kvCache",
                "auto, fp8, int8, bf16, fp16 or fp32");
}

/// Elements of K and V of one layer and token: over all ranks, and of one rank.
struct KvWidth {
    std::int64_t all = 0, rank = 0;
};

Result<KvWidth> kvWidth(const Model &model, int tensorParallel)
{
    if (model.mla) {
        const std::int64_t width = std::int64_t{model.mla->kvLoraRank} + model.mla->qkRopeHeadDim;
        return KvWidth{width, width};
    }
    const int heads = model.kvHeads.value_or(0);
    if (heads <= 0)
        return std::unexpected(missing(model, "kv_heads"));
    const auto key = headDimension(model);
    if (key <= 0)
        return std::unexpected(missing(model, "head_dim"));
    const std::int64_t both = key + model.valueHeadDim.value_or(static_cast<int>(key));
    return KvWidth{heads * both, std::max(1, heads / std::max(1, tensorParallel)) * both};
}

std::int64_t stateBytesOf(const RecurrentState &state, const GroupShape &shape)
{
    const std::int64_t kept = std::max(0, state.convKernel - 1) + shape.speculativeTokens;
    return state.elements / shape.tensor * state.stateBytes + kept * (state.convChannels / shape.tensor) * 2;
}

/// Bytes beyond any memory are held at 2^58, so that sums of blocks never overflow.
std::int64_t product(std::int64_t bytes, std::int64_t blocks, std::int64_t requests)
{
    constexpr std::int64_t most = 1LL << 58;
    std::int64_t out = 0;
    return __builtin_mul_overflow(bytes, blocks, &out) || __builtin_mul_overflow(out, requests, &out)
        ? most
        : std::min(out, most);
}

} // namespace

std::int64_t KvLayout::blockTokens() const
{
    if (recurrentLayers == 0 || bytesPerTokenLayer == 0)
        return kvBlockTokens;
    return std::max<std::int64_t>(1, ceilDiv(ceilDiv(stateBytes, bytesPerTokenLayer), kvBlockTokens)) * kvBlockTokens;
}

std::int64_t KvLayout::layersInGroup() const
{
    int least = 0, most = 0;
    for (const int count : {fullLayers, slidingLayers, recurrentLayers}) {
        least = count > 0 && (least == 0 || count < least) ? count : least;
        most = std::max(most, count);
    }
    // kv_cache_utils.py: groups of the least kind, but padded to the largest when the two hardly differ.
    return std::max(1, most < 1.25 * least ? most : least);
}

std::int64_t KvLayout::groups() const
{
    const auto size = layersInGroup();
    return ceilDiv(fullLayers, size) + ceilDiv(slidingLayers, size) + ceilDiv(recurrentLayers, size);
}

std::int64_t KvLayout::blocksPerRequest(std::int64_t context) const
{
    const auto size = layersInGroup(), block = blockTokens();
    const auto all = ceilDiv(ceilDiv(context, contextParallel), block);
    // SlidingWindowSpec.max_memory_usage_bytes.
    const auto kept = std::min(all, ceilDiv(std::min(window - 1 + maxBatchedTokens, context), block) + 1);
    return ceilDiv(fullLayers, size) * all + ceilDiv(slidingLayers, size) * kept
        + ceilDiv(recurrentLayers, size) * states;
}

Result<KvLayout> kvLayout(const Model &model, std::string_view kvCache, const GroupShape &shape)
{
    const auto bytes = bytesOf(kvCache);
    if (!bytes)
        return std::unexpected(bytes.error());
    if (!model.layers)
        return std::unexpected(missing(model, "layers"));
    const auto width = kvWidth(model, shape.tensor);
    if (!width)
        return std::unexpected(width.error());
    KvLayout layout;
    layout.bytesPerTokenLayer = width->rank * *bytes;
    layout.latent = model.mla.has_value();
    layout.replicated = !model.mla && shape.tensor > model.kvHeads.value_or(0);
    layout.contextParallel = std::max(1, shape.context);
    auto mix = layerMixOf(model, width->all * 2);
    if (shape.speculativeTokens > 0)
        ++mix.full; // the multi-token prediction layer
    const auto ofStage = [&](int layers) { return static_cast<int>(ceilDiv(layers, std::max(1, shape.pipeline))); };
    layout.fullLayers = ofStage(mix.full);
    layout.slidingLayers = ofStage(mix.sliding);
    layout.window = layout.slidingLayers > 0 ? model.slidingWindow.value_or(0) : 0;
    if (model.recurrent) {
        layout.recurrentLayers = ofStage(mix.recurrent);
        layout.stateBytes = stateBytesOf(*model.recurrent, shape);
        layout.states = 1 + shape.speculativeTokens;
    }
    if (layout.groups() == 0) // all layers are recurrent, and what they keep is not known
        return std::unexpected(missing(model, "recurrent state"));
    return layout;
}

KvCapacity kvCapacity(const KvLayout &layout, std::int64_t bytes, std::int64_t context)
{
    KvCapacity held;
    if (layout.blockBytes() <= 0 || bytes <= 0 || context <= 0)
        return held;
    held.blocks = bytes / layout.blockBytes();
    held.maxConcurrency = static_cast<double>(held.blocks) / static_cast<double>(layout.blocksPerRequest(context));
    held.tokens = layout.recurrentLayers > 0
        ? static_cast<std::int64_t>(held.maxConcurrency * static_cast<double>(context))
        : held.blocks / layout.groups() * layout.blockTokens() * layout.contextParallel;
    return held;
}

std::int64_t kvTokensIn(const KvLayout &layout, std::int64_t bytes)
{
    return kvCapacity(layout, bytes, kvBlockTokens).tokens;
}

Estimate kvCacheBytes(const KvLayout &layout, std::int64_t context, int concurrency)
{
    const auto likely = product(layout.blockBytes(), layout.blocksPerRequest(context), concurrency);
    auto whole = layout;
    whole.fullLayers += std::exchange(whole.slidingLayers, 0);
    const auto high = product(whole.blockBytes(), whole.blocksPerRequest(context), concurrency);
    return {likely, likely, std::max(likely, high)};
}

} // namespace core
