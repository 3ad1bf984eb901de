// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/probe_commands.h"
#include "app/ctl/probe_document.h"
#include "app/resource_paths.h"
#include "app/seconds_now.h"
#include "core/base/file.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace app::ctl {

using nlohmann::ordered_json;

std::filesystem::path historyOf(const ProbeOptions &options)
{
    return options.history.empty() ? historyFile() : options.history;
}

core::Result<core::History> openHistory(const ProbeOptions &options)
{
    return core::History::open(historyOf(options));
}

namespace {

/// The history with all it holds and what that is judged by.
struct Known {
    ProbeBasis basis;
    core::HistoryContents kept;
};

core::Result<Known> loadKnown(const ProbeOptions &options)
{
    auto basis = loadProbeBasis();
    if (!basis)
        return std::unexpected(basis.error());
    const auto history = openHistory(options);
    if (!history)
        return std::unexpected(history.error());
    auto kept = history->contents();
    if (!kept)
        return std::unexpected(kept.error());
    return Known{*std::move(basis), *std::move(kept)};
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
    const core::ProbeJudge judge(known->basis.catalog, known->basis.shares, known->kept.results);
    std::vector<core::CardVerdict> cards;
    for (auto result = known->kept.results.rbegin();
         result != known->kept.results.rend() && cards.size() < options.most; ++result)
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
    const core::ProbeJudge judge(known->basis.catalog, known->basis.shares, known->kept.results);
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
        if (core::isVoid(card.result, known->kept.voids))
            print("  void: what was measured came before its driver changed or it was reset\n");
    }
    return exitCodeOf(cards);
}

Answer runProbeVerdict(const GlobalOptions &global, const ProbeOptions &options)
{
    const auto known = loadKnown(options);
    if (!known)
        return std::unexpected(known.error());
    const core::ProbeJudge judge(known->basis.catalog, known->basis.shares, known->kept.results);
    auto cards = judge.newestVerdicts(
        [&known](const core::ProbeResult &result) { return core::isVoid(result, known->kept.voids); });
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

} // namespace app::ctl
