// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sizing/ledger.h"

namespace core {

/// vLLM's default block; token counts in its logs are multiples of it.
inline constexpr std::int64_t kvBlockTokens = 16;

/// The KV cache of one rank as vLLM lays it out (v1/kv_cache_interface.py, v1/core/kv_cache_utils.py, models/llama.py):
/// grouped heads 2 · max(1, KV/tp) · head_dim · bytes per layer and token; latent attention (kv_lora_rank + rope) ·
/// bytes, whole on every rank. Layers that remember differently form groups of equal size; a block is one page of
/// every layer of a group, and pages have one size, so attention blocks grow until a recurrent state fits in a page.
struct KvLayout {
    std::int64_t bytesPerTokenLayer = 0; ///< per device
    int fullLayers = 0;          ///< layers that keep every token; of the fullest pipeline stage, as the next two
    int slidingLayers = 0;       ///< layers that keep a window
    int recurrentLayers = 0;     ///< layers that keep one state a request
    int window = 0;              ///< tokens; 0 without sliding layers
    std::int64_t stateBytes = 0; ///< of one recurrent layer and request
    int states = 1;              ///< states kept for a request: one more for each speculated token
    int contextParallel = 1;     ///< ranks that share the tokens of a request (decode context parallel)
    bool latent = false;         ///< MLA: one copy on every rank
    bool replicated = false;     ///< more ranks than KV heads: heads are copied

    /// Of the layers that grow with the context.
    std::int64_t bytesPerToken() const { return bytesPerTokenLayer * (fullLayers + slidingLayers); }
    std::int64_t blockTokens() const;   ///< 16, or what a recurrent state needs
    std::int64_t layersInGroup() const; ///< pages of one block
    std::int64_t groups() const;
    std::int64_t blockBytes() const { return blockTokens() * bytesPerTokenLayer * layersInGroup(); }
    /// Blocks one request of `context` tokens takes, over all groups.
    std::int64_t blocksPerRequest(std::int64_t context) const;
};

/// Errors: Unsupported without the dimensions, Usage for an unknown `kvCache`: auto, fp16, bf16 (2 B), fp8, int8 (1 B),
/// fp32 (4 B).
Result<KvLayout> kvLayout(const Model &model, std::string_view kvCache, const GroupShape &shape);
inline Result<KvLayout> kvLayout(const Model &model, std::string_view kvCache, int tensorParallel)
{
    return kvLayout(model, kvCache, GroupShape{.tensor = tensorParallel});
}

/// What a cache of some size holds.
struct KvCapacity {
    std::int64_t blocks = 0;
    std::int64_t tokens = 0;   ///< as vLLM logs "GPU KV cache size"
    double maxConcurrency = 0; ///< requests of the context asked for, as vLLM logs "Maximum concurrency"
};

/// `bytes` of cache on a device. Tokens are whole blocks over all groups; with recurrent layers, where no such rate
/// exists, max concurrency × context, as newer engines print it.
KvCapacity kvCapacity(const KvLayout &layout, std::int64_t bytes, std::int64_t context);

/// `kvCapacity().tokens` of a model without recurrent layers.
std::int64_t kvTokensIn(const KvLayout &layout, std::int64_t bytes);

/// Bytes for `concurrency` requests of `context` tokens. low = likely: sliding layers keep a window each;
/// high: every layer keeps every token (hybrid cache off, or an engine without it).
Estimate kvCacheBytes(const KvLayout &layout, std::int64_t context, int concurrency);

} // namespace core
