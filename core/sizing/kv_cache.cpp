// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/kv_cache.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

/// Tokens of one scheduler step, which a sliding layer keeps beyond its window (vLLM's default on data-centre cards).
constexpr std::int64_t maxBatchedTokens = 8192;

std::int64_t blocksFor(std::int64_t tokens)
{
    return (tokens + kvBlockTokens - 1) / kvBlockTokens;
}

/// How many of the layers see every token. The pattern belongs to the architecture: gpt-oss and Gemma 2 alternate,
/// Gemma 3 and 4 have one full layer after five sliding ones, older Mistral slides everywhere.
int fullLayersOf(const Model &model, int layers)
{
    if (!model.slidingWindow)
        return layers;
    const std::string_view name = model.architecture;
    if (name.starts_with("GptOss") || name.starts_with("Gemma2"))
        return layers - layers / 2;
    if (name.starts_with("Gemma3") || name.starts_with("Gemma4"))
        return layers / 6;
    return 0;
}

/// Layers that hold a cache: hybrid models (linear attention) publish fewer bytes than all their layers would need.
int cachingLayers(const Model &model, std::int64_t perTokenLayerOfModel)
{
    const int all = model.layers.value_or(0);
    if (!model.kvBytesPerToken16 || perTokenLayerOfModel <= 0)
        return all;
    const auto published = *model.kvBytesPerToken16 / perTokenLayerOfModel;
    return published > 0 && published < all ? static_cast<int>(published) : all;
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
            fmt::format("{} has no '{}' in the catalogue, so its KV cache is unknown", model.id, field),
            field,
            {}};
}

} // namespace

Result<KvLayout> kvLayout(const Model &model, std::string_view kvCache, int tensorParallel)
{
    if (kvCache != "auto" && kvCache != "fp8")
        return fail(ErrorKind::Usage, fmt::format("unknown KV cache format '{}'", kvCache), "kvCache", "auto or fp8");
    if (!model.layers)
        return std::unexpected(missing(model, "layers"));
    const std::int64_t bytes = kvCache == "fp8" ? 1 : 2;
    KvLayout layout;
    std::int64_t ofModel = 0;
    if (model.mla) {
        const std::int64_t width = model.mla->kvLoraRank + model.mla->qkRopeHeadDim;
        layout.bytesPerTokenLayer = width * bytes;
        layout.latent = true;
        ofModel = width * 2;
    } else {
        const std::int64_t heads = model.kvHeads.value_or(0), dim = headDimension(model);
        if (heads <= 0)
            return std::unexpected(missing(model, "kv_heads"));
        if (dim <= 0)
            return std::unexpected(missing(model, "head_dim"));
        layout.bytesPerTokenLayer = 2 * std::max<std::int64_t>(1, heads / std::max(1, tensorParallel)) * dim * bytes;
        layout.replicated = tensorParallel > heads;
        ofModel = 2 * heads * dim * 2;
    }
    const int layers = cachingLayers(model, ofModel);
    layout.fullLayers = fullLayersOf(model, layers);
    layout.slidingLayers = layers - layout.fullLayers;
    layout.window = layout.slidingLayers > 0 ? model.slidingWindow.value_or(0) : 0;
    return layout;
}

std::int64_t kvTokensIn(const KvLayout &layout, std::int64_t bytes)
{
    const auto block = layout.bytesPerToken() * kvBlockTokens;
    return block > 0 && bytes > 0 ? bytes / block * kvBlockTokens : 0;
}

Estimate kvCacheBytes(const KvLayout &layout, std::int64_t context, int concurrency)
{
    const auto blocks = blocksFor(context);
    // vllm/v1/kv_cache_interface.py, SlidingWindowSpec.max_memory_usage_bytes.
    const auto windowBlocks = std::min(blocks, blocksFor(std::min(layout.window - 1 + maxBatchedTokens, context)) + 1);
    const auto page = layout.bytesPerTokenLayer * kvBlockTokens * concurrency;
    const auto likely = page * (blocks * layout.fullLayers + windowBlocks * layout.slidingLayers);
    return {likely, likely, page * blocks * (layout.fullLayers + layout.slidingLayers)};
}

} // namespace core
