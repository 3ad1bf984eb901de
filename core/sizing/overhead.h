// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sizing/weights.h"

namespace core {

/// Cards of at least this much memory start vLLM with 1024 sequences and 8192 batched tokens, smaller ones with 256 and
/// 2048 (vllm/engine/arg_utils.py, defaults by device memory).
inline constexpr std::int64_t largeDeviceBytes = 70LL << 30;

/// The peak of a profile run. Measured on vLLM over seven models it is 9.7 · sequences · vocabulary · 4 B, the
/// sampler's copies of the logits: H100 (1024 sequences) Llama-3.1-8B 4.76, Qwen3-0.6B 5.56, gpt-oss-20b 7.38 GiB
/// (llm-d-planner); RTX 4060 (256) Qwen2.5-7B 1.42, T4 Qwen2.5-1.5B 2.02 GiB (vLLM logs). The MLP's tokens · 2I/tp · 2
/// B when that is more.
LedgerBlock activationBlock(const Model &model, const Requirement &requirement,
                            std::optional<std::int64_t> deviceBytes);

/// CUDA or HIP context, collectives and graphs: 0.15 GiB alone, 0.6 GiB in a group, graphs 0.45 to 2.7 GiB.
LedgerBlock runtimeBlock(const Requirement &requirement, bool group);

/// What loading and fragmentation take beyond the checkpoint: 2 % of the weights, at most 5 % (KAITO's estimator). On a
/// device whose kernel pads the weights the padding stands in their block, so this is nothing but fragmentation's upper
/// end.
LedgerBlock reserveBlock(const ModelWeights &weights, bool onDevice);

/// Activations of a model that is not a decoder, by rules of thumb for its kind; the reason says which.
LedgerBlock otherActivations(const Model &model, const Requirement &requirement, std::int64_t weights);

/// State that an encoder-decoder keeps for its streams; nothing for other kinds.
LedgerBlock otherState(const Model &model, const Requirement &requirement);

} // namespace core
