// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sizing/throughput.h"

#include <cstdint>

namespace core {

/// One load point that a serving benchmark measured: a model on GPUs of one SKU.
struct MeasuredServing {
    std::string modelId, skuId; ///< of the catalogue
    std::string weights;        ///< format, as in Requirement
    int devices = 1;
    std::optional<double> concurrency;    ///< requests at once; nullopt: the benchmark held an arrival rate
    std::optional<double> prompt, answer; ///< mean tokens of a request
    double outputTokensPerSecond = 0;     ///< of all requests together
    std::optional<double> firstTokenSeconds, tokensPerSecondPerStream;
    std::int64_t date = 0; ///< seconds since 1970
    std::string source;    ///< "vllm bench serve, h100.json, vLLM 0.11.0, 2026-11-20": shown with each figure
};

/// What was measured, for estimates to stand on. An empty one leaves the data sheet.
struct MeasuredSpeeds {
    std::vector<MeasuredServing> serving;                    ///< by model, SKU and load point
    std::map<std::string, MeasuredDevice, std::less<>> skus; ///< what probes measured, by catalogue id
};

/// The load point of that model, SKU, number of devices and weights format whose requests at once are nearest to the
/// requirement's; of equally near ones the newest. nullptr: none was measured.
const MeasuredServing *nearestServing(const MeasuredSpeeds &speeds, const Requirement &requirement,
                                      std::string_view skuId);

/// estimateThroughput() by the best that is known: a serving benchmark of this very combination, else what probes
/// measured on the SKU, else its data sheet; `basis` says which. A benchmark under another load is carried over by the
/// roofline: measured × estimate here / estimate there, and the range then spans both figures. What a benchmark did
/// not measure stays estimated. `speeds` may be null. Errors as estimateThroughput().
Result<Throughput> bestKnownThroughput(const Model &model, const Requirement &requirement, const Sku &sku,
                                       const RequestShape &shape, const MeasuredSpeeds *speeds);

} // namespace core
