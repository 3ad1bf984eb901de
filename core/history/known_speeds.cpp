// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/known_speeds.h"

#include "core/sizing/model_name.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

namespace core {

namespace {

std::string dayOf(std::int64_t seconds)
{
    const auto time = static_cast<std::time_t>(seconds);
    std::tm day{};
    gmtime_r(&time, &day);
    return fmt::format("{:%Y-%m-%d}", day);
}

std::optional<double> typical(const LatencyMs &latency)
{
    return latency.median ? latency.median : latency.mean;
}

std::string sourceOf(const ServingBenchmark &one)
{
    auto words = fmt::format("{}, {}", one.tool, one.source);
    if (!one.engineVersion.empty())
        words += ", " + one.engineVersion;
    return words + (one.dateIsOfImport ? ", imported " : ", ") + dayOf(one.date);
}

std::optional<MeasuredServing> pointOf(const Catalog &catalog, const ServingBenchmark &one)
{
    const auto named = findNamed(catalog, one.model);
    if (named.model == nullptr || catalog.findSku(one.sku) == nullptr)
        return {};
    MeasuredServing point{.modelId = named.model->id,
                          .skuId = one.sku,
                          .weights = one.weights.empty() ? named.weights : one.weights,
                          .devices = one.devices,
                          .concurrency = one.concurrency,
                          .prompt = one.inputTokens,
                          .answer = one.outputTokens,
                          .outputTokensPerSecond = one.outputTokensPerSecond,
                          .firstTokenSeconds = {},
                          .tokensPerSecondPerStream = {},
                          .date = one.date,
                          .source = sourceOf(one)};
    if (const auto first = typical(one.ttft); first && *first > 0)
        point.firstTokenSeconds = *first / 1000;
    if (const auto between = typical(one.itl); between && *between > 0)
        point.tokensPerSecondPerStream = 1000 / *between;
    return point;
}

/// Every valid figure of the cards of one SKU.
struct Seen {
    std::vector<double> copy;
    std::map<std::string, std::vector<double>, std::less<>> tflops;
    std::size_t cards = 0;
    std::int64_t newest = 0;
};

double median(std::vector<double> &values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

void take(const CardVerdict &card, Seen &seen)
{
    constexpr std::string_view library = "library.";
    bool any = false;
    for (const auto &metric : card.result.metrics) {
        if (!metric.valid || !(metric.value > 0))
            continue;
        const auto name = metric.fullName();
        if (name == "membw.copy")
            seen.copy.push_back(metric.value);
        else if (name.starts_with(library))
            seen.tflops[name.substr(library.size())].push_back(metric.value);
        else
            continue;
        any = true;
    }
    if (any) {
        ++seen.cards;
        seen.newest = std::max(seen.newest, card.result.time);
    }
}

MeasuredDevice deviceOf(Seen &seen)
{
    MeasuredDevice device;
    if (!seen.copy.empty())
        device.copyGBs = median(seen.copy);
    for (auto &[precision, values] : seen.tflops)
        device.tflops[precision] = median(values);
    device.source =
        fmt::format("berth-probe, median of {} card{}, {}", seen.cards, seen.cards == 1 ? "" : "s", dayOf(seen.newest));
    return device;
}

} // namespace

MeasuredSpeeds knownSpeeds(const Catalog &catalog, std::span<const CardVerdict> newest,
                           const std::vector<ServingBenchmark> &benchmarks)
{
    MeasuredSpeeds out;
    for (const auto &one : newestRuns(benchmarks))
        if (auto point = pointOf(catalog, one))
            out.serving.push_back(*std::move(point));
    std::map<std::string, Seen> bySku;
    for (const auto &card : newest)
        if (card.verdict != ProbeVerdict::Fail && card.baseline.partition.empty()
            && catalog.findSku(card.baseline.sku) != nullptr)
            take(card, bySku[card.baseline.sku]);
    for (auto &[sku, seen] : bySku)
        if (seen.cards > 0)
            out.skus.emplace(sku, deviceOf(seen));
    return out;
}

} // namespace core
