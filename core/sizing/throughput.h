// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/sizing/requirement.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace core {

/// low <= likely <= high, in the unit of the figure.
struct Range {
    double low = 0, likely = 0, high = 0;
    bool operator==(const Range &) const = default;
};

/// An estimated figure and why it is as large as it is.
struct Figure {
    Range value;
    std::string reason;
};

/// What a probe measured on a device of the SKU; takes the place of the data sheet's peaks.
struct MeasuredDevice {
    std::optional<double> copyGBs;                     ///< berth-probe membw copy, bytes read and written
    std::map<std::string, double, std::less<>> tflops; ///< matrix rate by precision, on random data: "bf16", "fp8"
    std::string source;                                ///< "berth-probe on gpu-03, 2026-11-25"; shown with each figure
};

/// Tokens of one request. Together they should not exceed the requirement's context.
struct RequestShape {
    std::int64_t prompt = 0, answer = 0;
};

/// Half of the context is prompt, half answer: an assumption, said in every estimate that rests on it.
RequestShape evenShape(const Requirement &requirement);

/// Speed of ONE replica at the requirement's concurrency.
struct Throughput {
    Figure prefill;   ///< prompt tokens a second
    Figure decode;    ///< answer tokens a second over all streams, while nothing is prefilled
    Figure perStream; ///< answer tokens a second that one user sees
    Figure
        firstToken; ///< seconds from request to first token; low and likely: alone, high: last of all streams at once
    Figure output;  ///< answer tokens a second of steady work, prompts included
    std::string basis; ///< "data sheet", or MeasuredDevice::source
    std::vector<std::string> notes;
};

// The constants, and where each is from.

/// Share of the matrix peak that prefill reaches: dense 0.40, MoE 0.25 (an estimator fitted to measurements); the low
/// ends are what it gives a T4 (0.30) and what gpt-oss-20b measured on an L4: 3547 tokens/s x 2 x 3.6 B / 121 TFLOPS.
inline constexpr Range denseCompute{0.30, 0.40, 1.0}, moeCompute{0.21, 0.25, 1.0};
/// Share of the memory bandwidth that decode reaches: 0.8 (ai-dynamo/aiconfigurator), 0.55 (AlexsJones/llmfit); 1 is
/// what the data sheet allows.
inline constexpr Range memoryShare{0.55, 0.80, 1.0};
/// What measured rates are of the data sheet on a healthy card, to carry the shares above over to measured peaks: copy
/// 4.3 of 4.8 TB/s, bf16 cuBLAS 788 of 989 TFLOPS on random data (H200).
inline constexpr double copyOfSheet = 0.90, matrixOfSheet = 0.80;
/// Share of the link that a collective reaches: NVLink 0.83 (H100) to 0.92 (A100) measured by nvbandwidth.
inline constexpr double linkShare = 0.83;

/// Roofline (reference formulas): prefill = n · peak · share / (2 · active parameters + attention), attention
/// 4 · layers · heads · head_dim per token of context; a decode step reads the weights once and each stream's KV cache,
/// t = bytes / (n · bandwidth · share), at least its FLOPs; MoE reads E·(1 − (1 − k/E)^streams) experts. Tensor
/// parallel adds 2 all-reduces of hidden · 2 B a token and layer, ring factor 2(n−1)/n. The upper end has no losses at
/// all: no engine can be faster than the sheet. Errors: Unsupported (not a decoder, no bandwidth, no matrix rate,
/// dimensions missing; the message names which), Usage/Invalid as buildLedger() for the requirement's numbers.
Result<Throughput> estimateThroughput(const Model &model, const Requirement &requirement, const Sku &sku,
                                      const RequestShape &shape, const MeasuredDevice *measured = nullptr);

} // namespace core
