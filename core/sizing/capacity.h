// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sizing/kv_cache.h"

#include <optional>
#include <vector>

namespace core {

/// How an engine turns a card into a budget.
enum class MemoryRule {
    ShareOfTotal, ///< vLLM gpu_memory_utilization, SGLang mem_fraction_static: a share of the total, which must be free
    ShareOfFree   ///< TensorRT-LLM free_gpu_memory_fraction: a share of what is free after the model is loaded
};

/// By the name of the engine: "trtllm", "tensorrt-llm" and "trt-llm" go by what is free; any other takes a share of the
/// total.
MemoryRule memoryRule(std::string_view engine);

/// The device a replica would run on.
struct SizingDevice {
    std::int64_t total = 0;
    std::optional<std::int64_t> free;   ///< nullopt: nobody else on it
    std::optional<std::int64_t> kvPool; ///< bytes of KV cache as the engine printed or was told them
};

enum class FitAnswer { Fits, Tight, No, Unknown };

/// What a ledger means on a device, asked both ways.
struct SizingAnswer {
    FitAnswer answer = FitAnswer::Unknown; ///< tight: the likely total fits, the high one does not
    std::string reason;                    ///< in words, with the numbers
    std::optional<std::int64_t> budget;    ///< bytes the engine may take
    std::optional<Estimate> headroom;      ///< budget less the ledger; low is against its high end; may be negative
    std::optional<Estimate> kvPool;        ///< what the other blocks leave for the KV cache; never negative
    std::optional<KvCapacity> held;        ///< of the likely pool, at the requirement's context
    std::optional<std::int64_t> largestContext; ///< at the requirement's concurrency; 0: not even one block
    std::optional<int> largestConcurrency;      ///< at the requirement's context
};

/// Judges `ledger` on `device`. Without a device and without a pool, unknown. Errors: Usage for a utilization outside
/// (0, 1], a pool that is not positive or larger than the card, a card of no memory, more free than there is.
Result<SizingAnswer> sizeOn(const Model &model, const Requirement &requirement, const GroupShape &shape,
                            const Ledger &ledger, const std::optional<SizingDevice> &device);

/// The longest request of which `concurrency` fit at once, at most `limit`; by bisection over blocks.
std::int64_t largestContext(const KvLayout &layout, std::int64_t poolBytes, int concurrency, std::int64_t limit);

} // namespace core
