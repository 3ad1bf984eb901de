// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// Milliseconds as a benchmark reports them; absent: it did not.
struct LatencyMs {
    std::optional<double> mean, median, p99;
    bool operator==(const LatencyMs &) const = default;
};

/// One load point of a serving benchmark: a model on GPUs of one SKU.
struct ServingBenchmark {
    std::string model;     ///< as the user or the file names it
    std::string sku;       ///< catalogue id
    int devices = 1;       ///< GPUs the replica ran on
    std::string tool;      ///< "vllm bench serve", "aiperf", "genai-perf", "guidellm"
    std::string source;    ///< file name, or "job ns/name"
    std::int64_t date = 0; ///< seconds since 1970: when it ran, where the file says so, else when it was imported
    bool dateIsOfImport = false;
    std::optional<double> inputTokens, outputTokens; ///< mean of a request
    std::optional<double> concurrency;               ///< requests at once; absent for an open arrival rate
    std::optional<double> requestRate;          ///< requests/s asked for; absent: as fast as possible or closed loop
    double outputTokensPerSecond = 0;           ///< of all requests together
    std::optional<double> totalTokensPerSecond; ///< prompt tokens too
    std::optional<double> requestsPerSecond;
    LatencyMs ttft; ///< time to first token
    LatencyMs itl;  ///< between tokens of one request, after the first
    std::optional<std::int64_t> completed, failed;
    std::string weights;       ///< format of the weights, as in Requirement; empty: what the model's name says
    std::string engineVersion; ///< "vLLM 0.11.0"; empty: not known
    bool operator==(const ServingBenchmark &) const = default;
};

/// What the user must say, because no benchmark file does.
struct BenchmarkContext {
    std::string model; ///< empty: the file's own name of it
    std::string sku;
    int devices = 1;
    std::string source;
    std::int64_t importedAt = 0;
    std::string weights = {}, engineVersion = {}; ///< as in ServingBenchmark
};

/// Reads a result of vLLM's `vllm bench serve --save-result`, of GenAI-Perf or AIPerf (profile_export_*.json) or of
/// guidellm (benchmarks.json): one benchmark a load point. Errors (Parse, with the field): not JSON, none of these
/// formats, no output throughput, no completed request; a run without a model's name when the context has none.
Result<std::vector<ServingBenchmark>> readServingBenchmarks(std::string_view content, const BenchmarkContext &context);

/// One line: {"berth": "serving-benchmark/1", ...}.
std::string writeServingBenchmark(const ServingBenchmark &benchmark);
Result<ServingBenchmark> readServingBenchmark(std::string_view line, const std::string &place);

/// What a model does on one kind of GPU, as measured: what estimates stand on.
struct ServingFigures {
    std::string model, sku;
    int devices = 1;
    double outputTokensPerSecond = 0; ///< of the fastest load point
    double tokensPerSecondPerDevice = 0;
    std::optional<double> ttftMs, itlMs;           ///< median, else mean, at that point
    std::optional<double> leastTtftMs, leastItlMs; ///< of the least loaded point: what an idle server gives
    std::optional<double> concurrency;
    std::size_t points = 0;
    std::int64_t date = 0; ///< of the newest point used
    bool dateIsOfImport = false;
    std::string source; ///< of the fastest point: tool and file
};

/// Of each source (a file, a job) the load points of its newest run: what was measured again is out of date.
std::vector<ServingBenchmark> newestRuns(const std::vector<ServingBenchmark> &benchmarks);

/// Figures of each model × SKU × number of GPUs; of each source the newest run only. Ordered by model, SKU, devices.
std::vector<ServingFigures> servingFigures(const std::vector<ServingBenchmark> &benchmarks);
/// One million answer tokens at the fastest load point, when a device costs that much an hour.
double pricePerMillion(const ServingFigures &figures, double deviceHour);

/// Two names of one model: compared without case, and by their last path part when one has no path.
bool isSameModel(std::string_view a, std::string_view b);

/// Those of one combination, names as isSameModel().
std::optional<ServingFigures> servingFigures(const std::vector<ServingBenchmark> &benchmarks, std::string_view model,
                                             std::string_view sku, int devices);

} // namespace core
