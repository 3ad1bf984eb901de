// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/calibration_store.h"
#include "app/ctl/catalog_files.h"
#include "app/ctl/cluster_view.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "core/base/file.h"
#include "core/probe_report/probe_report.h"
#include "core/sizing/sku_estimate.h"
#include "core/sizing/weights.h"

#include <fmt/format.h>

#include <algorithm>

namespace app::ctl {

using nlohmann::ordered_json;

namespace {

ordered_json rangeDocument(const core::Range &range)
{
    return {{"low", range.low}, {"likely", range.likely}, {"high", range.high}};
}

ordered_json figureDocument(const core::Figure &figure)
{
    auto document = rangeDocument(figure.value);
    document["reason"] = figure.reason;
    return document;
}

ordered_json rangeOrNull(const std::optional<core::Range> &range)
{
    return range ? rangeDocument(*range) : ordered_json();
}

ordered_json speedDocument(const core::Throughput &speed)
{
    return {{"basis", speed.basis},
            {"prefillTokensPerSecond", figureDocument(speed.prefill)},
            {"decodeTokensPerSecond", figureDocument(speed.decode)},
            {"tokensPerSecondPerStream", figureDocument(speed.perStream)},
            {"firstTokenSeconds", figureDocument(speed.firstToken)},
            {"outputTokensPerSecond", figureDocument(speed.output)},
            {"notes", speed.notes}};
}

ordered_json memoryDocument(const core::SkuEstimate &one)
{
    const auto need = one.ledger ? std::optional(one.ledger->total.likely) : std::nullopt;
    return {{"likelyBytes", orNull(need)},
            {"usableBytes", one.usableBytes},
            {"perDevice", true},
            {"calibration", one.ledger ? one.ledger->calibration : std::string()}};
}

ordered_json estimateDocument(const core::SkuEstimate &one, const std::string &currency)
{
    return {{"sku", one.sku->id},
            {"name", one.sku->displayName},
            {"tensorParallel", one.tensorParallel},
            {"fits", one.ledger ? ordered_json(one.fits) : ordered_json()},
            {"problem", one.problem},
            {"memory", memoryDocument(one)},
            {"speed", one.speed ? speedDocument(*one.speed) : ordered_json()},
            {"cost",
             {{"currency", currency},
              {"perHour", orNull(one.cost.perHour)},
              {"perMillionTokens", rangeOrNull(one.cost.perMillionTokens)},
              {"reason", one.cost.reason}}},
            {"power",
             {{"wattsAtMost", orNull(one.cost.wattsAtMost)},
              {"wattHoursPerMillionTokensAtMost", rangeOrNull(one.cost.wattHoursPerMillion)}}}};
}

std::string short3(double value)
{
    return value >= 1000 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value);
}

std::string rangeText(const core::Range &range)
{
    return fmt::format("{} ({}-{})", short3(range.likely), short3(range.low), short3(range.high));
}

std::vector<std::string> estimateRow(const core::SkuEstimate &one)
{
    const auto &cost = one.cost;
    const auto speed = [&](const core::Figure core::Throughput::*figure) {
        return one.speed ? rangeText(((*one.speed).*figure).value) : std::string("?");
    };
    return {one.sku->id,
            std::to_string(one.tensorParallel),
            one.ledger ? one.fits ? "fits" : "no" : "unknown",
            speed(&core::Throughput::output),
            speed(&core::Throughput::perStream),
            speed(&core::Throughput::prefill),
            speed(&core::Throughput::firstToken),
            cost.perHour ? fmt::format("{:.2f}", *cost.perHour) : "?",
            cost.perMillionTokens ? rangeText(*cost.perMillionTokens) : "?",
            cost.wattsAtMost ? fmt::format("{:.0f}", *cost.wattsAtMost) : "?",
            one.speed ? one.speed->basis : "-",
            one.problem};
}

void printTable(const std::vector<core::SkuEstimate> &estimates, const core::RequestShape &shape,
                const core::Requirement &requirement, const std::string &currency)
{
    print(fmt::format("One replica, {} requests at once, prompts of {} and answers of {} tokens. Likely (low-high); "
                      "\"?\" is not known.\n\n",
                      requirement.concurrency, shape.prompt, shape.answer));
    Table table({"SKU", "GPUS", "MEMORY", "OUTPUT TOK/S", "PER STREAM", "PREFILL TOK/S", "FIRST TOKEN S",
                 currency + "/H", currency + "/M TOKENS", "W AT MOST", "FROM", "WHY NOT"});
    for (const auto &one : estimates)
        table.add(estimateRow(one));
    print(table.text());
}

core::Result<core::RequestShape> shapeOf(const EstimateOptions &options)
{
    const auto context = options.requirement.context;
    if (!options.prompt)
        return core::evenShape(options.requirement);
    if (*options.prompt >= context)
        return core::fail(core::ErrorKind::Usage,
                          fmt::format("a prompt of {} tokens leaves no room for an answer in a context of {}",
                                      *options.prompt, context));
    return core::RequestShape{*options.prompt, context - *options.prompt};
}

/// Rates of a device that berth-probe measured; only what it checked and found right counts.
core::Result<core::MeasuredSpeeds> speedsOfProbe(const EstimateOptions &options,
                                                 const std::vector<const core::Sku *> &skus)
{
    if (skus.size() != 1)
        return core::fail(core::ErrorKind::Usage, "a probe is of one GPU: name its SKU with --sku");
    const auto text = core::readFile(options.probe);
    if (!text)
        return std::unexpected(text.error());
    const auto report = core::readProbeReport(*text);
    constexpr std::string_view library = "library.";
    core::MeasuredDevice out{{}, {}, fmt::format("{} of berth-probe", options.probe.filename().string())};
    for (const auto &[device, metric] : report.figures) {
        const auto name = metric.fullName();
        if (!metric.valid || device != report.figures.front().device || !(metric.value > 0))
            continue;
        if (name == "membw.copy")
            out.copyGBs = metric.value;
        else if (name.starts_with(library))
            out.tflops[name.substr(library.size())] = metric.value;
    }
    if (!out.copyGBs && out.tflops.empty())
        return core::fail(core::ErrorKind::Parse, "holds no valid figure of membw copy or a matrix library",
                          options.probe.string(), "run `berth-probe` with its standard profile");
    return core::MeasuredSpeeds{{}, {{skus.front()->id, std::move(out)}}};
}

/// What estimates stand on: the probe that was named, and it alone, else everything the history holds.
core::Result<core::MeasuredSpeeds> speedsFor(const EstimateOptions &options, const core::Catalog &catalog,
                                             const std::vector<const core::Sku *> &skus)
{
    if (!options.probe.empty())
        return speedsOfProbe(options, skus);
    return measuredSoFar(catalog).speeds;
}

} // namespace

Answer runEstimate(const GlobalOptions &global, const EstimateOptions &options)
{
    const auto catalog = openCatalog();
    if (!catalog)
        return std::unexpected(catalog.error());
    const auto prices = openPrices(*catalog);
    if (!prices)
        return std::unexpected(prices.error());
    const auto model = namedModel(*catalog, options.requirement.modelId);
    if (!model)
        return std::unexpected(model.error());
    const auto skus = chosenSkus(*catalog, options.skus);
    if (!skus)
        return std::unexpected(skus.error());
    const auto shape = shapeOf(options);
    if (!shape)
        return std::unexpected(shape.error());
    if (const auto bits = core::bitsPerWeight(options.requirement.weights); !bits)
        return std::unexpected(bits.error());
    const auto calibrations = loadCalibrations(calibrationFile());
    if (!calibrations)
        return std::unexpected(calibrations.error());
    const auto speeds = speedsFor(options, *catalog, *skus);
    if (!speeds)
        return std::unexpected(speeds.error());
    std::vector<core::SkuEstimate> estimates;
    estimates.reserve(skus->size());
    for (const auto *sku : *skus)
        estimates.push_back(core::estimateOn(**model, options.requirement, *sku, options.tensorParallel, *shape,
                                             prices->find(sku->id), &*calibrations, &*speeds));
    core::sortByCost(estimates);
    const bool any = std::ranges::any_of(estimates, &core::SkuEstimate::fits);
    if (global.format == Format::Table) {
        printTable(estimates, *shape, options.requirement, prices->currency);
        return any ? Yes : No;
    }
    ordered_json document{{"model", (*model)->id},
                          {"weights", options.requirement.weights},
                          {"kvCache", options.requirement.kvCache},
                          {"context", options.requirement.context},
                          {"concurrency", options.requirement.concurrency},
                          {"promptTokens", shape->prompt},
                          {"answerTokens", shape->answer},
                          {"estimates", ordered_json::array()}};
    for (const auto &one : estimates)
        document["estimates"].push_back(estimateDocument(one, prices->currency));
    printDocument(document, global.format);
    return any ? Yes : No;
}

} // namespace app::ctl
