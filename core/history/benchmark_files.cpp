// SPDX-License-Identifier: GPL-3.0-or-later
// The formats that serving benchmarks write. Sources: vLLM, vllm/benchmarks/serve.py (--save-result); AIPerf, "JSON
// export schema" of its documentation (schema_version 1.x) and GenAI-Perf's JSON exporter, which it follows; guidellm,
// the benchmarks.json report of 0.2 to 0.4 (metrics by successful, errored and incomplete requests).
#include "core/history/serving_benchmark.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <initializer_list>

namespace core {

using Json = nlohmann::json;

namespace {

/// The value at a path of keys; nullptr when a part of it is missing.
const Json *at(const Json &json, std::initializer_list<const char *> path)
{
    const auto *value = &json;
    for (const auto *key : path) {
        if (!value->is_object() || !value->contains(key))
            return nullptr;
        value = &(*value)[key];
    }
    return value;
}

/// Finite and at least 0, or nothing: NaN and text stand for "was not measured" in some of these files.
std::optional<double> number(const Json *value)
{
    if (value == nullptr || !value->is_number())
        return {};
    const auto out = value->get<double>();
    return std::isfinite(out) && out >= 0 ? std::optional(out) : std::nullopt;
}

std::optional<std::int64_t> count(const Json *value)
{
    const auto amount = number(value);
    return amount && *amount < 1e15 ? std::optional(static_cast<std::int64_t>(*amount)) : std::nullopt;
}

std::string text(const Json *value)
{
    return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

/// "20250423-101530" and "2026-06-13T05:11:41.465270": without a zone, so taken as UTC.
std::optional<std::int64_t> dateOf(const std::string &written)
{
    for (const auto *form : {"%Y%m%d-%H%M%S", "%Y-%m-%dT%H:%M:%S"}) {
        std::tm parts{};
        if (strptime(written.c_str(), form, &parts) != nullptr && parts.tm_year >= 100)
            return timegm(&parts);
    }
    return {};
}

std::optional<double> perRequest(const Json *total, std::optional<std::int64_t> requests)
{
    const auto sum = number(total);
    const auto count = requests.value_or(0);
    return sum && count > 0 ? std::optional(*sum / static_cast<double>(count)) : std::nullopt;
}

LatencyMs vllmLatency(const Json &json, const std::string &name)
{
    const auto of = [&](const char *kind) { return number(at(json, {fmt::format("{}_{}_ms", kind, name).c_str()})); };
    return {of("mean"), of("median"), of("p99")};
}

void readVllm(const Json &json, ServingBenchmark &out)
{
    out.tool = "vllm bench serve";
    out.completed = count(at(json, {"completed"}));
    out.failed = count(at(json, {"failed"}));
    out.inputTokens = perRequest(at(json, {"total_input_tokens"}), out.completed);
    out.outputTokens = perRequest(at(json, {"total_output_tokens"}), out.completed);
    out.concurrency = number(at(json, {"max_concurrency"}));
    out.requestRate = number(at(json, {"request_rate"})); // "inf" is text: as fast as possible
    out.outputTokensPerSecond = number(at(json, {"output_throughput"})).value_or(0);
    out.totalTokensPerSecond = number(at(json, {"total_token_throughput"}));
    out.requestsPerSecond = number(at(json, {"request_throughput"}));
    out.ttft = vllmLatency(json, "ttft");
    out.itl = vllmLatency(json, "itl");
}

LatencyMs aiperfLatency(const Json &json, const char *name)
{
    return {number(at(json, {name, "avg"})), number(at(json, {name, "p50"})), number(at(json, {name, "p99"}))};
}

/// The first of these places that holds a name, or a list of names.
std::string aiperfModel(const Json &json)
{
    for (const auto *value :
         {at(json, {"input_config", "endpoint", "model_names"}), at(json, {"input_config", "models", "items"}),
          at(json, {"input_config", "model_names"}), at(json, {"input_config", "model"}),
          at(json, {"input_config", "formatted_model_name"})}) {
        if (value == nullptr)
            continue;
        const auto *first = value->is_array() && !value->empty() ? &value->front() : value;
        const auto name = first->is_object() ? text(at(*first, {"name"})) : text(first);
        if (!name.empty())
            return name;
    }
    return {};
}

void readAiperf(const Json &json, ServingBenchmark &out)
{
    out.tool = json.contains("schema_version") || json.contains("start_time") ? "aiperf" : "genai-perf";
    out.completed = count(at(json, {"request_count", "avg"}));
    out.failed = count(at(json, {"error_request_count", "avg"}));
    out.inputTokens = number(at(json, {"input_sequence_length", "avg"}));
    out.outputTokens = number(at(json, {"output_sequence_length", "avg"}));
    for (const auto *value :
         {at(json, {"input_config", "loadgen", "concurrency"}), at(json, {"input_config", "concurrency"}),
          at(json, {"input_config", "perf_analyzer", "stimulus", "concurrency"})})
        out.concurrency = out.concurrency ? out.concurrency : number(value);
    out.requestRate = number(at(json, {"input_config", "loadgen", "request_rate"}));
    out.outputTokensPerSecond = number(at(json, {"output_token_throughput", "avg"})).value_or(0);
    out.totalTokensPerSecond = number(at(json, {"total_token_throughput", "avg"}));
    out.requestsPerSecond = number(at(json, {"request_throughput", "avg"}));
    out.ttft = aiperfLatency(json, "time_to_first_token");
    out.itl = aiperfLatency(json, "inter_token_latency");
}

LatencyMs guidellmLatency(const Json &metrics, const char *name)
{
    return {number(at(metrics, {name, "successful", "mean"})), number(at(metrics, {name, "successful", "median"})),
            number(at(metrics, {name, "successful", "percentiles", "p99"}))};
}

void readGuidellm(const Json &benchmark, const Json &metrics, ServingBenchmark &out)
{
    out.tool = "guidellm";
    out.completed = count(at(metrics, {"request_totals", "successful"}));
    out.failed = count(at(metrics, {"request_totals", "errored"}));
    if (!out.completed)
        out.completed = count(at(benchmark, {"run_stats", "requests_made", "successful"}));
    for (const auto *config : {"config", "args"})
        if (const auto *strategy = at(benchmark, {config, "strategy"})) {
            out.concurrency = number(at(*strategy, {"streams"}));
            out.requestRate = number(at(*strategy, {"rate"}));
        }
    const auto mean = [&metrics](const char *name) { return number(at(metrics, {name, "successful", "mean"})); };
    out.inputTokens = mean("prompt_token_count");
    out.outputTokens = mean("output_token_count");
    out.outputTokensPerSecond = mean("output_tokens_per_second").value_or(0);
    out.totalTokensPerSecond = mean("tokens_per_second");
    out.requestsPerSecond = mean("requests_per_second");
    out.ttft = guidellmLatency(metrics, "time_to_first_token_ms");
    out.itl = guidellmLatency(metrics, "inter_token_latency_ms");
    if (const auto started = number(at(benchmark, {"start_time"})))
        out.date = static_cast<std::int64_t>(*started);
}

/// One load point of a file, and how the file names the model and the date.
struct Point {
    ServingBenchmark benchmark;
    std::string model, place;
};

Result<std::vector<Point>> guidellmPoints(const Json &json)
{
    std::vector<Point> points;
    for (const auto &benchmark : json["benchmarks"]) {
        const auto place = fmt::format("benchmarks[{}]", points.size());
        const auto *metrics = at(benchmark, {"metrics"});
        if (metrics == nullptr || !metrics->is_object())
            return fail(ErrorKind::Parse, "has no metrics: not a report of guidellm", place);
        Point point{{}, {}, place};
        readGuidellm(benchmark, *metrics, point.benchmark);
        for (const auto *name : {at(benchmark, {"config", "backend", "model"}),
                                 at(benchmark, {"worker", "backend_model"}), at(json, {"args", "model"})})
            point.model = point.model.empty() ? text(name) : point.model;
        points.push_back(std::move(point));
    }
    return points;
}

Result<std::vector<Point>> pointsOf(const Json &json)
{
    if (const auto *benchmarks = at(json, {"benchmarks"}); benchmarks != nullptr && benchmarks->is_array())
        return guidellmPoints(json);
    Point point;
    if (json.contains("output_throughput") && json.contains("mean_ttft_ms")) {
        readVllm(json, point.benchmark);
        point.model = text(at(json, {"model_id"}));
        point.benchmark.date = dateOf(text(at(json, {"date"}))).value_or(0);
    } else if (at(json, {"output_token_throughput", "avg"}) != nullptr
               || at(json, {"request_throughput", "avg"}) != nullptr) {
        readAiperf(json, point.benchmark);
        point.model = aiperfModel(json);
        point.benchmark.date = dateOf(text(at(json, {"start_time"}))).value_or(0);
    } else if (const auto *records = at(json, {"records"}); records != nullptr && records->is_object()) {
        return pointsOf(*records); // AIPerf before its schema 1.0
    } else {
        return fail(ErrorKind::Parse, "is no result that is known here", {},
                    "give the JSON of `vllm bench serve --save-result`, of AIPerf or GenAI-Perf "
                    "(profile_export_*.json) or of guidellm (benchmarks.json)");
    }
    return std::vector{std::move(point)};
}

Result<ServingBenchmark> completed(Point point, const BenchmarkContext &context)
{
    auto &out = point.benchmark;
    const auto place = context.source + (point.place.empty() ? "" : " " + point.place);
    if (!(out.outputTokensPerSecond > 0))
        return fail(ErrorKind::Parse, "has no output tokens per second", place, "was the server reached at all?");
    if (out.completed.value_or(1) <= 0)
        return fail(ErrorKind::Parse, "no request was completed", place, "was the server reached at all?");
    out.model = context.model.empty() ? point.model : context.model;
    if (out.model.empty())
        return fail(ErrorKind::Usage, "does not name its model", place, "name it with --model");
    out.sku = context.sku;
    out.devices = context.devices;
    out.source = context.source;
    out.weights = context.weights;
    out.engineVersion = context.engineVersion;
    out.dateIsOfImport = out.date == 0;
    if (out.dateIsOfImport)
        out.date = context.importedAt;
    return out;
}

} // namespace

Result<std::vector<ServingBenchmark>> readServingBenchmarks(std::string_view content, const BenchmarkContext &context)
{
    if (context.sku.empty() || context.devices < 1)
        return fail(ErrorKind::Usage, "the SKU and how many of it served the model are needed", context.source);
    const auto json = Json::parse(content, nullptr, false);
    if (!json.is_object())
        return fail(ErrorKind::Parse, "is not a JSON object", context.source);
    auto points = pointsOf(json);
    if (!points) {
        auto error = points.error();
        error.place = context.source + (error.place.empty() ? "" : " " + error.place);
        return std::unexpected(error);
    }
    if (points->empty())
        return fail(ErrorKind::Parse, "holds no benchmark", context.source);
    std::vector<ServingBenchmark> out;
    for (auto &point : *points) {
        auto one = completed(std::move(point), context);
        if (!one)
            return std::unexpected(one.error());
        out.push_back(*std::move(one));
    }
    return out;
}

} // namespace core
