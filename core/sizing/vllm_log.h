// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// What one worker process (one device) printed, in bytes. A line that was not there is nullopt.
struct VllmWorker {
    std::optional<std::int64_t> weights;  ///< "Model loading took", "Loading model weights took", "model weights take"
    std::optional<std::int64_t> nonTorch; ///< "non_torch_memory takes", "non-torch forward increase memory"
    std::optional<std::int64_t> activations; ///< "PyTorch activation peak memory takes", "torch peak memory increase"
    std::optional<std::int64_t> kvCache;     ///< "reserved for KV Cache is", "Available KV cache memory"
    std::optional<std::int64_t> graphs;      ///< "Graph capturing finished in ... took"
    bool operator==(const VllmWorker &) const = default;
};

/// One start of vLLM as its log tells it.
struct VllmLog {
    std::string version;      ///< "0.10.2", without "v"; empty when the line was not there
    std::string model;        ///< as given to vLLM: hub id or path
    std::string dtype;        ///< "torch.bfloat16"
    std::string quantization; ///< "None", "fp8", "awq_marlin"; empty when not printed
    std::string kvCacheDtype; ///< "auto", "fp8"
    std::optional<int> tensorParallel, pipelineParallel, decodeContextParallel;
    std::optional<std::int64_t> maxLength;
    std::optional<double> utilization;         ///< gpu_memory_utilization; nullopt when not printed
    std::optional<std::int64_t> totalMemory;   ///< of a device
    std::optional<std::int64_t> kvTokens;      ///< "GPU KV cache size", or blocks · 16 (V0); the fewest of all engines
    std::map<std::string, VllmWorker> workers; ///< by the process in the line's prefix, "" without one
    bool ready = false;                        ///< it got as far as serving
    std::vector<std::string> notes;            ///< "the log holds 3 starts; the last is used"
};

/// Logs beyond this are refused: start-up takes thousands of lines, not gigabytes.
inline constexpr std::size_t largestLog = 256u << 20;

/// Reads a start-up log of vLLM, V0 or V1, "GB" (old, meaning GiB) or "GiB", one line per worker or many, with or
/// without ANSI colours, prefixes of pods, tools and timestamps. Of several starts the last that loaded weights counts.
/// A log that was cut gives what it has. Errors: Parse when there is no line of vLLM's memory accounting at all, or one
/// that holds no number; the message names the line.
Result<VllmLog> parseVllmLog(std::string_view text);

/// "0.10.2rc1" is {0, 10, 2}: versions are compared as numbers, what follows the numbers is not.
std::vector<int> versionNumbers(std::string_view version);

} // namespace core
