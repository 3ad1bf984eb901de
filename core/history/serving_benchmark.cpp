// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/serving_benchmark.h"

#include "core/probe_report/probe_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace core {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

namespace {

constexpr const char *documentKind = "serving-benchmark/1";

LatencyMs readLatency(ProbeFields &of, const char *key)
{
    const auto *object = of.object(key);
    if (object == nullptr)
        return {};
    ProbeFields fields(*object);
    LatencyMs out{fields.number("mean"), fields.number("median"), fields.number("p99")};
    if (!fields.good())
        of.wrong(fmt::format("{}: {}", key, fields.fault()));
    return out;
}

OrderedJson latencyJson(const LatencyMs &latency)
{
    auto json = OrderedJson::object();
    for (const auto &[key, value] : {std::pair{"mean", latency.mean}, {"median", latency.median}, {"p99", latency.p99}})
        if (value)
            json[key] = *value;
    return json;
}

std::string lower(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(c < 0x80 ? std::tolower(c) : c); });
    return out;
}

using Key = std::tuple<std::string, std::string, int>;

Key keyOf(const ServingBenchmark &one)
{
    return {one.model, one.sku, one.devices};
}

std::optional<double> typical(const LatencyMs &latency)
{
    return latency.median ? latency.median : latency.mean;
}

/// Of one model, SKU and number of GPUs; never empty.
ServingFigures figuresOf(const std::vector<const ServingBenchmark *> &points)
{
    const auto &fastest =
        **std::ranges::max_element(points, {}, [](const ServingBenchmark *one) { return one->outputTokensPerSecond; });
    const auto load = [](const ServingBenchmark *one) {
        return one->concurrency.value_or(one->requestRate.value_or(1e9));
    };
    const auto &idlest = **std::ranges::min_element(points, {}, load);
    const auto newest = *std::ranges::max_element(points, {}, [](const ServingBenchmark *one) { return one->date; });
    return {.model = fastest.model,
            .sku = fastest.sku,
            .devices = fastest.devices,
            .outputTokensPerSecond = fastest.outputTokensPerSecond,
            .tokensPerSecondPerDevice = fastest.outputTokensPerSecond / fastest.devices,
            .ttftMs = typical(fastest.ttft),
            .itlMs = typical(fastest.itl),
            .leastTtftMs = typical(idlest.ttft),
            .leastItlMs = typical(idlest.itl),
            .concurrency = fastest.concurrency,
            .points = points.size(),
            .date = newest->date,
            .dateIsOfImport = newest->dateIsOfImport,
            .source = fmt::format("{}, {}", fastest.tool, fastest.source)};
}

} // namespace

/// "meta-llama/Llama-3.1-8B" and "llama-3.1-8b" name one model; two names with a path are compared whole.
bool isSameModel(std::string_view a, std::string_view b)
{
    const auto left = lower(a), right = lower(b);
    const auto last = [](const std::string &name) { return name.substr(name.rfind('/') + 1); };
    const bool bothHavePaths = left.contains('/') && right.contains('/');
    return bothHavePaths ? left == right : last(left) == last(right);
}

double pricePerMillion(const ServingFigures &figures, double deviceHour)
{
    return deviceHour * figures.devices / (figures.outputTokensPerSecond * 3600) * 1e6;
}

std::string writeServingBenchmark(const ServingBenchmark &benchmark)
{
    const auto &b = benchmark;
    OrderedJson json{{"berth", documentKind},
                     {"model", b.model},
                     {"sku", b.sku},
                     {"devices", b.devices},
                     {"tool", b.tool},
                     {"source", b.source},
                     {"date", b.date},
                     {"dateIsOfImport", b.dateIsOfImport},
                     {"outputTokensPerSecond", b.outputTokensPerSecond}};
    for (const auto &[key, value] : {std::pair{"inputTokens", b.inputTokens},
                                     {"outputTokens", b.outputTokens},
                                     {"concurrency", b.concurrency},
                                     {"requestRate", b.requestRate},
                                     {"totalTokensPerSecond", b.totalTokensPerSecond},
                                     {"requestsPerSecond", b.requestsPerSecond}})
        if (value)
            json[key] = *value;
    if (b.completed)
        json["completed"] = *b.completed;
    if (b.failed)
        json["failed"] = *b.failed;
    if (!b.weights.empty())
        json["weights"] = b.weights;
    if (!b.engineVersion.empty())
        json["engineVersion"] = b.engineVersion;
    json["ttft"] = latencyJson(b.ttft);
    json["itl"] = latencyJson(b.itl);
    return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

Result<ServingBenchmark> readServingBenchmark(std::string_view line, const std::string &place)
{
    const auto json = Json::parse(line, nullptr, false);
    if (!json.is_object())
        return fail(ErrorKind::Parse, "is not a JSON object", place);
    ProbeFields fields(json);
    if (const auto kind = fields.text("berth"); kind != documentKind)
        return fail(ErrorKind::Parse, fmt::format("is \"{}\", not a \"{}\"", kind, documentKind), place,
                    kind.starts_with("serving-benchmark/") ? "use a Berth as new as the one that wrote it" : "");
    ServingBenchmark out;
    out.model = fields.text("model");
    out.sku = fields.text("sku");
    out.devices = static_cast<int>(fields.whole("devices").value_or(0));
    out.tool = fields.text("tool");
    out.source = fields.text("source");
    out.date = fields.whole("date").value_or(0);
    out.dateIsOfImport = fields.flag("dateIsOfImport");
    out.inputTokens = fields.number("inputTokens");
    out.outputTokens = fields.number("outputTokens");
    out.concurrency = fields.number("concurrency");
    out.requestRate = fields.number("requestRate");
    out.outputTokensPerSecond = fields.number("outputTokensPerSecond").value_or(0);
    out.totalTokensPerSecond = fields.number("totalTokensPerSecond");
    out.requestsPerSecond = fields.number("requestsPerSecond");
    out.completed = fields.whole("completed");
    out.failed = fields.whole("failed");
    out.weights = fields.text("weights");
    out.engineVersion = fields.text("engineVersion");
    out.ttft = readLatency(fields, "ttft");
    out.itl = readLatency(fields, "itl");
    if (out.model.empty() || out.sku.empty() || out.devices < 1 || !(out.outputTokensPerSecond > 0))
        fields.wrong("model, sku, devices and outputTokensPerSecond are needed");
    if (!fields.good())
        return fail(ErrorKind::Parse, fields.fault(), place);
    return out;
}

std::vector<ServingBenchmark> newestRuns(const std::vector<ServingBenchmark> &benchmarks)
{
    std::map<std::pair<Key, std::string>, std::int64_t> newest;
    for (const auto &one : benchmarks) {
        auto &date = newest[{keyOf(one), one.source}];
        date = std::max(date, one.date);
    }
    // Load points of one run start up to hours after each other.
    constexpr std::int64_t oneRun = 24 * std::int64_t{3600};
    std::vector<ServingBenchmark> out;
    std::ranges::copy_if(benchmarks, std::back_inserter(out), [&](const ServingBenchmark &one) {
        return one.date + oneRun >= newest[{keyOf(one), one.source}];
    });
    return out;
}

std::vector<ServingFigures> servingFigures(const std::vector<ServingBenchmark> &benchmarks)
{
    const auto counted = newestRuns(benchmarks);
    std::map<Key, std::vector<const ServingBenchmark *>> groups;
    for (const auto &one : counted)
        groups[keyOf(one)].push_back(&one);
    std::vector<ServingFigures> out;
    out.reserve(groups.size());
    for (const auto &[key, points] : groups)
        out.push_back(figuresOf(points));
    return out;
}

std::optional<ServingFigures> servingFigures(const std::vector<ServingBenchmark> &benchmarks, std::string_view model,
                                             std::string_view sku, int devices)
{
    std::vector<ServingBenchmark> mine;
    std::ranges::copy_if(benchmarks, std::back_inserter(mine), [&](const ServingBenchmark &one) {
        return one.sku == sku && one.devices == devices && isSameModel(one.model, model);
    });
    for (auto &one : mine)
        one.model = std::string(model); // names that mean the same model are one group
    const auto all = servingFigures(mine);
    return all.empty() ? std::nullopt : std::optional(all.front());
}

} // namespace core
