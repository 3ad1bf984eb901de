// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace core {

/// What is to be served, and what it needs. Kept in plans; formats are spelled as in the plan file.
struct Requirement {
    std::string name;             ///< unique in a plan, a DNS label: names the Deployment
    std::string modelId;          ///< id in the model catalogue
    std::string weights = "bf16"; ///< fp32 bf16 fp16 fp8 int8 int4 (group 128) nvfp4 mxfp4
    std::string kvCache = "auto"; ///< auto (= 16 bit) or fp8
    std::int64_t context = 8192;  ///< tokens of one request, prompt and answer
    int concurrency = 8;          ///< requests held at once by one replica
    int tensorParallel = 1;       ///< equal GPUs of one node per replica
    int replicas = 1;
    double utilization = 0.90; ///< share of the device's total memory the engine may take (vLLM gpu_memory_utilization)
    std::string engine = "vllm";
    std::string nameSpace = "default";
    // Targets of one replica; nullopt = not asked for.
    std::optional<double> minTokensPerSecond = {};      ///< answer tokens at steady work, all requests together
    std::optional<double> maxFirstTokenSeconds = {};    ///< from request to first token
    std::optional<double> maxCostPerMillionTokens = {}; ///< answer tokens, in the currency of the price file

    bool operator==(const Requirement &) const = default;
};

} // namespace core
