// SPDX-License-Identifier: GPL-3.0-or-later
// `berthctl bench`: what serving benchmarks measured.
#include "app/ctl/catalog_files.h"
#include "app/ctl/probe_commands.h"
#include "app/ctl/probe_document.h"
#include "app/serving_import.h"

#include <fmt/format.h>

namespace app::ctl {

using nlohmann::ordered_json;

namespace {

std::string amount(std::optional<double> value)
{
    return value ? fmt::format("{:.4g}", *value) : "-";
}

core::Result<core::Prices> benchPrices()
{
    const auto catalog = openCatalog();
    return catalog ? openPrices(*catalog) : std::unexpected(catalog.error());
}

} // namespace

Answer runBenchImport(const GlobalOptions &global, const ProbeOptions &options)
{
    const auto basis = loadProbeBasis();
    if (!basis)
        return std::unexpected(basis.error());
    if (basis->catalog.findSku(options.sku) == nullptr)
        return core::fail(core::ErrorKind::NotFound, fmt::format("the catalogue knows no SKU \"{}\"", options.sku),
                          "--sku", "`berthctl inventory` shows the SKUs of the cluster");
    const auto taken = importBenchmarks(options.file,
                                        {.model = options.model,
                                         .sku = options.sku,
                                         .devices = options.gpus,
                                         .source = {},
                                         .importedAt = 0,
                                         .weights = options.weights,
                                         .engineVersion = options.engineVersion},
                                        historyOf(options));
    if (!taken)
        return std::unexpected(taken.error());
    if (global.format == Format::Table)
        print(fmt::format("{} load points of {}, {} new\n", taken->points, printable(taken->model), taken->added));
    else
        printDocument(ordered_json{{"points", taken->points}, {"added", taken->added}, {"model", taken->model}},
                      global.format);
    return Yes;
}

Answer runBenchShow(const GlobalOptions &global, const ProbeOptions &options)
{
    const auto history = openHistory(options);
    if (!history)
        return std::unexpected(history.error());
    const auto all = history->benchmarks();
    if (!all)
        return std::unexpected(all.error());
    Table table({"SKU", "GPUS", "AT ONCE", "PROMPT", "ANSWER", "TOKENS/S", "TTFT MS", "TTFT P99", "ITL MS", "ITL P99",
                 "FAILED", "DATE", "SOURCE"});
    ordered_json document{{"model", options.model}, {"points", ordered_json::array()}};
    for (const auto &one : core::newestRuns(*all)) {
        if (!core::isSameModel(one.model, options.model) || (!options.sku.empty() && one.sku != options.sku))
            continue;
        table.add({one.sku, std::to_string(one.devices), amount(one.concurrency), amount(one.inputTokens),
                   amount(one.outputTokens), amount(one.outputTokensPerSecond),
                   amount(one.ttft.median ? one.ttft.median : one.ttft.mean), amount(one.ttft.p99),
                   amount(one.itl.median ? one.itl.median : one.itl.mean), amount(one.itl.p99),
                   one.failed ? std::to_string(*one.failed) : "-", timeText(one.date), one.tool + ", " + one.source});
        document["points"].push_back(ordered_json::parse(core::writeServingBenchmark(one)));
    }
    if (document["points"].empty())
        return core::fail(core::ErrorKind::NotFound, "no serving benchmark of this model was imported", options.model,
                          "`berthctl bench list` names them, `berthctl bench import` takes one in");
    if (global.format == Format::Table)
        print(table.text());
    else
        printDocument(document, global.format);
    return Yes;
}

Answer runBenchList(const GlobalOptions &global, const ProbeOptions &options)
{
    const auto history = openHistory(options);
    if (!history)
        return std::unexpected(history.error());
    const auto all = history->benchmarks();
    if (!all)
        return std::unexpected(all.error());
    const auto prices = benchPrices();
    if (!prices)
        return std::unexpected(prices.error());
    Table table({"MODEL", "SKU", "GPUS", "TOKENS/S", "PER GPU", prices->currency + "/M TOKENS", "TTFT MS", "ITL MS",
                 "DATE", "SOURCE"});
    ordered_json document{{"figures", ordered_json::array()}};
    for (const auto &one : core::servingFigures(*all)) {
        const auto *price = prices->find(one.sku);
        const auto perMillion = price ? std::optional(core::pricePerMillion(one, price->perHour)) : std::nullopt;
        table.add({one.model, one.sku, std::to_string(one.devices), amount(one.outputTokensPerSecond),
                   amount(one.tokensPerSecondPerDevice), amount(perMillion), amount(one.ttftMs), amount(one.itlMs),
                   timeText(one.date), one.source});
        document["figures"].push_back({{"model", one.model},
                                       {"sku", one.sku},
                                       {"gpus", one.devices},
                                       {"outputTokensPerSecond", one.outputTokensPerSecond},
                                       {"tokensPerSecondPerGpu", one.tokensPerSecondPerDevice},
                                       {"currency", prices->currency},
                                       {"pricePerMillionTokens", orNull(perMillion)},
                                       {"ttftMs", orNull(one.ttftMs)},
                                       {"itlMs", orNull(one.itlMs)},
                                       {"leastTtftMs", orNull(one.leastTtftMs)},
                                       {"leastItlMs", orNull(one.leastItlMs)},
                                       {"points", one.points},
                                       {"date", timeText(one.date)},
                                       {"source", one.source}});
    }
    if (global.format == Format::Table)
        print(table.text());
    else
        printDocument(document, global.format);
    return Yes;
}

} // namespace app::ctl
