// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/probe_commands.h"
#include "app/ctl/probe_document.h"
#include "app/resource_paths.h"
#include "core/base/file.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace app::ctl {

using nlohmann::ordered_json;

namespace {

core::Result<core::History> openHistory(const ProbeOptions &options)
{
    return core::History::open(options.history.empty() ? historyFile() : options.history);
}

/// The history with all its results and what they are judged by.
struct Known {
    ProbeBasis basis;
    std::vector<core::ProbeResult> results;
    std::vector<core::ProbeVoid> voids;
};

core::Result<Known> loadKnown(const ProbeOptions &options)
{
    auto basis = loadProbeBasis();
    if (!basis)
        return std::unexpected(basis.error());
    const auto history = openHistory(options);
    if (!history)
        return std::unexpected(history.error());
    auto results = history->results();
    if (!results)
        return std::unexpected(results.error());
    auto voids = history->voids();
    if (!voids)
        return std::unexpected(voids.error());
    return Known{*std::move(basis), *std::move(results), *std::move(voids)};
}

bool isWanted(const core::CardVerdict &card, const ProbeOptions &options)
{
    return (options.host.empty() || card.host == options.host) && (options.card.empty() || card.card == options.card);
}

void printCards(const GlobalOptions &global, const std::vector<core::CardVerdict> &cards)
{
    if (global.format == Format::Table) {
        print(cardTable(cards));
        return;
    }
    ordered_json document{{"cards", ordered_json::array()}};
    for (const auto &card : cards)
        document["cards"].push_back(cardDocument(card));
    printDocument(document, global.format);
}

std::int64_t secondsNow()
{
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

/// A file of berth-probe's own lines rather than an export: its first JSON line has an event.
bool isProbeOutput(std::string_view text)
{
    const auto start = text.find('{');
    if (start == std::string_view::npos)
        return false;
    const auto json = nlohmann::json::parse(text.substr(start, text.find('\n', start) - start), nullptr, false);
    return json.is_object() && json.contains("ev");
}

core::Result<core::ImportSummary> importProbeOutput(core::History &history, const std::string &text,
                                                    const ProbeOptions &options)
{
    const auto report = core::readProbeReport(text);
    core::ImportSummary summary;
    for (const auto &problem : report.problems)
        summary.refused.push_back({core::ErrorKind::Parse, problem, options.file.string(), {}});
    summary.refusedCount = report.problems.size();
    const auto results =
        core::resultsOf(report, "import " + options.file.filename().string(), secondsNow(), options.host);
    const auto added = history.add(results);
    if (!added)
        return std::unexpected(added.error());
    summary.added = *added;
    summary.known = results.size() - *added;
    return summary;
}

} // namespace

Answer runProbeHistory(const GlobalOptions &global, const ProbeOptions &options)
{
    const auto known = loadKnown(options);
    if (!known)
        return std::unexpected(known.error());
    const core::ProbeJudge judge(known->basis.catalog, known->basis.shares, known->results);
    std::vector<core::CardVerdict> cards;
    for (auto result = known->results.rbegin(); result != known->results.rend() && cards.size() < options.most;
         ++result)
        if (auto card = judge.judge(*result); isWanted(card, options))
            cards.push_back(std::move(card));
    printCards(global, cards);
    return Yes;
}

Answer runProbeShow(const GlobalOptions &global, const ProbeOptions &options)
{
    const auto known = loadKnown(options);
    if (!known)
        return std::unexpected(known.error());
    const core::ProbeJudge judge(known->basis.catalog, known->basis.shares, known->results);
    auto cards = judge.newestVerdicts();
    std::erase_if(cards, [&options](const core::CardVerdict &card) { return !isWanted(card, options); });
    if (cards.empty())
        return core::fail(core::ErrorKind::NotFound, "no such card was measured", options.card,
                          "`berthctl probe history` lists them");
    if (global.format != Format::Table) {
        printCards(global, cards);
        return exitCodeOf(cards);
    }
    for (const auto &card : cards) {
        print(cardText(card, true));
        if (core::isVoid(card.result, known->voids))
            print("  void: what was measured came before its driver changed or it was reset\n");
    }
    return exitCodeOf(cards);
}

Answer runProbeVerdict(const GlobalOptions &global, const ProbeOptions &options)
{
    const auto known = loadKnown(options);
    if (!known)
        return std::unexpected(known.error());
    const core::ProbeJudge judge(known->basis.catalog, known->basis.shares, known->results);
    auto cards =
        judge.newestVerdicts([&known](const core::ProbeResult &result) { return core::isVoid(result, known->voids); });
    std::erase_if(cards, [&](const core::CardVerdict &card) { return !isWanted(card, options); });
    printCards(global, cards);
    if (cards.empty())
        return core::fail(core::ErrorKind::NotFound, "nothing was measured yet", {}, "`berthctl probe run` measures");
    return exitCodeOf(cards);
}

Answer runProbeExport(const GlobalOptions &, const ProbeOptions &options)
{
    const auto history = openHistory(options);
    if (!history)
        return std::unexpected(history.error());
    std::string text;
    const auto done = history->exportLines([&text](std::string_view line) { text.append(line).push_back('\n'); });
    if (!done)
        return std::unexpected(done.error());
    if (options.file.empty()) {
        print(text);
        return Yes;
    }
    if (const auto written = core::writeFileAtomically(options.file, text); !written)
        return std::unexpected(written.error());
    return Yes;
}

Answer runProbeImport(const GlobalOptions &global, const ProbeOptions &options)
{
    const auto text = core::readFile(options.file);
    if (!text)
        return std::unexpected(text.error());
    auto history = openHistory(options);
    if (!history)
        return std::unexpected(history.error());
    const auto done = isProbeOutput(*text) ? importProbeOutput(*history, *text, options) : history->importLines(*text);
    if (!done)
        return std::unexpected(done.error());
    for (const auto &error : done->refused)
        fmt::print(stderr, "berthctl: {}\n", printable(core::describe(error)));
    const ordered_json document{{"added", done->added}, {"known", done->known}, {"refused", done->refusedCount}};
    if (global.format == Format::Table)
        print(fmt::format("{} added, {} known already, {} lines refused\n", done->added, done->known,
                          done->refusedCount));
    else
        printDocument(document, global.format);
    return done->refusedCount > 0 ? BadInput : Yes;
}

Answer runProbeVoid(const GlobalOptions &, const ProbeOptions &options)
{
    auto history = openHistory(options);
    if (!history)
        return std::unexpected(history.error());
    if (const auto added = history->addVoid({options.host, options.card, secondsNow(), options.reason}); !added)
        return std::unexpected(added.error());
    return Yes;
}

Answer runBenchImport(const GlobalOptions &global, const ProbeOptions &options)
{
    const auto basis = loadProbeBasis();
    if (!basis)
        return std::unexpected(basis.error());
    if (basis->catalog.findSku(options.sku) == nullptr)
        return core::fail(core::ErrorKind::NotFound, fmt::format("the catalogue knows no SKU \"{}\"", options.sku),
                          "--sku", "`berthctl inventory` shows the SKUs of the cluster");
    const auto text = core::readFile(options.file);
    if (!text)
        return std::unexpected(text.error());
    const auto benchmarks = core::readServingBenchmarks(
        *text, {options.model, options.sku, options.gpus, options.file.filename().string(), secondsNow()});
    if (!benchmarks)
        return std::unexpected(benchmarks.error());
    auto history = openHistory(options);
    if (!history)
        return std::unexpected(history.error());
    const auto added = history->add(*benchmarks);
    if (!added)
        return std::unexpected(added.error());
    if (global.format == Format::Table)
        print(fmt::format("{} load points of {}, {} new\n", benchmarks->size(), printable(benchmarks->front().model),
                          *added));
    else
        printDocument({{"points", benchmarks->size()}, {"added", *added}, {"model", benchmarks->front().model}},
                      global.format);
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
    const auto amount = [](std::optional<double> value) { return value ? fmt::format("{:.4g}", *value) : "-"; };
    const auto known = [](std::optional<double> value) { return value ? ordered_json(*value) : ordered_json(); };
    Table table({"MODEL", "SKU", "GPUS", "TOKENS/S", "PER GPU", "TTFT MS", "ITL MS", "DATE", "SOURCE"});
    ordered_json document{{"figures", ordered_json::array()}};
    for (const auto &one : core::servingFigures(*all)) {
        table.add({one.model, one.sku, std::to_string(one.devices), amount(one.outputTokensPerSecond),
                   amount(one.tokensPerSecondPerDevice), amount(one.ttftMs), amount(one.itlMs), timeText(one.date),
                   one.source});
        document["figures"].push_back({{"model", one.model},
                                       {"sku", one.sku},
                                       {"gpus", one.devices},
                                       {"outputTokensPerSecond", one.outputTokensPerSecond},
                                       {"tokensPerSecondPerGpu", one.tokensPerSecondPerDevice},
                                       {"ttftMs", known(one.ttftMs)},
                                       {"itlMs", known(one.itlMs)},
                                       {"leastTtftMs", known(one.leastTtftMs)},
                                       {"leastItlMs", known(one.leastItlMs)},
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
