// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sizing/ledger.h"

namespace core {

/// The KV cache of one rank as vLLM lays it out (v1/kv_cache_interface.py, models/llama.py):
/// grouped heads 2 · max(1, KV/tp) · head_dim · bytes per layer and token; latent attention (kv_lora_rank + rope) ·
/// bytes, whole on every rank.
struct KvLayout {
    std::int64_t bytesPerTokenLayer = 0; ///< per device
    int fullLayers = 0;                  ///< layers that keep every token
    int slidingLayers = 0;               ///< layers that keep a window
    int window = 0;                      ///< tokens; 0 without sliding layers
    bool latent = false;                 ///< MLA: one copy on every rank
    bool replicated = false;             ///< more ranks than KV heads: heads are copied

    std::int64_t bytesPerToken() const { return bytesPerTokenLayer * (fullLayers + slidingLayers); }
};

/// Errors: Unsupported without the dimensions, Usage for an unknown `kvCache` ("auto", "fp8").
Result<KvLayout> kvLayout(const Model &model, std::string_view kvCache, int tensorParallel);

/// vLLM's default block; token counts in its logs are multiples of it.
inline constexpr std::int64_t kvBlockTokens = 16;

/// Tokens that fit in `bytes` of cache on a device, as vLLM logs "GPU KV cache size": whole blocks over all layers.
std::int64_t kvTokensIn(const KvLayout &layout, std::int64_t bytes);

/// Bytes for `concurrency` requests of `context` tokens. low = likely: sliding layers keep a window each;
/// high: every layer keeps every token (hybrid cache off, or an engine without it).
Estimate kvCacheBytes(const KvLayout &layout, std::int64_t context, int concurrency);

} // namespace core
