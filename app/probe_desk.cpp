// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/probe_desk.h"

#include "app/seconds_now.h"
#include "app/serving_import.h"
#include "core/base/file.h"
#include "ui/text/words.h"

#include <algorithm>
#include <cstdio>
#include <iterator>

using namespace Qt::StringLiterals;

namespace app {

namespace {

core::Result<std::vector<core::ProbeResult>> readResults(const std::filesystem::path &file,
                                                         const core::ProbeFilter &filter = {})
{
    const auto history = core::History::open(file);
    return history ? history->results(filter)
                   : core::Result<std::vector<core::ProbeResult>>(std::unexpected(history.error()));
}

/// Takes what berth-probe printed, or exported lines; how many results were new.
core::Result<std::size_t> import(const std::filesystem::path &history, const std::string &text)
{
    auto open = core::History::open(history);
    if (!open)
        return std::unexpected(open.error());
    if (const auto report = core::readProbeReport(text); report.begun)
        return open->add(core::resultsOf(report, "import", secondsNow()));
    const auto summary = open->importLines(text);
    if (!summary)
        return std::unexpected(summary.error());
    if (summary->added == 0 && !summary->refused.empty())
        return std::unexpected(summary->refused.front());
    return summary->added;
}

/// Why a run that ended well has no figure: only a CPU device is there, every probe was skipped.
QString whyNothing(const core::ProbeReport &report)
{
    QStringList reasons;
    for (const auto &event : report.events)
        reasons << ui::text(event.what);
    for (const auto &backend : report.backends)
        if (reasons.isEmpty() && !backend.why.empty())
            reasons << ui::text(backend.name + ": " + backend.why);
    reasons.removeDuplicates();
    return ProbeDesk::tr("nothing was measured: %1").arg(reasons.join(u"; "_s));
}

} // namespace

ProbeDesk::ProbeDesk(Places places, std::shared_ptr<const core::Catalog> catalog, QObject *parent)
    : QObject(parent)
    , m_places(std::move(places))
    , m_catalog(std::move(catalog))
{
}

void ProbeDesk::list()
{
    m_listJob.ask([this, program = m_places.program]() -> LatestJob::Answer {
        core::ProbeRunOptions options;
        options.program = program;
        options.list = true;
        auto end = core::runProbe(options, {}, {}, {});
        return [this, end = std::move(end)] {
            Q_EMIT listed(end.report, end.error ? ui::sentence(*end.error) : QString());
        };
    });
}

void ProbeDesk::judge()
{
    m_judgeJob.ask([this, places = m_places, catalog = m_catalog, shown = m_shown]() -> LatestJob::Answer {
        auto measured = readMeasured(*catalog, places.catalogFolder, places.history, shown);
        return [this, measured = std::move(measured)] {
            if (measured)
                Q_EMIT judged(*measured);
            else
                Q_EMIT noted(ui::sentence(measured.error()));
        };
    });
}

void ProbeDesk::readHistory(const std::string &card)
{
    std::vector<core::ProbeResult> shown;
    std::ranges::copy_if(m_shown.results, std::back_inserter(shown),
                         [&card](const core::ProbeResult &one) { return core::cardOf(one) == card; });
    m_historyJob.ask([this, file = m_places.history, card, shown = std::move(shown)]() -> LatestJob::Answer {
        core::ProbeFilter filter;
        filter.card = card;
        auto runs = readResults(file, filter);
        if (runs) {
            runs->insert(runs->end(), shown.begin(), shown.end());
            std::ranges::stable_sort(*runs, {}, &core::ProbeResult::time);
        }
        return [this, runs = std::move(runs)] {
            if (runs)
                Q_EMIT historyRead(*runs);
            else
                Q_EMIT noted(ui::sentence(runs.error()));
        };
    });
}

void ProbeDesk::run(const std::string &profile, const std::string &device)
{
    core::ProbeRunOptions options;
    options.program = m_places.program;
    options.profile = profile;
    options.device = device;
    if (profile == "soak")
        options.timeLimit = std::chrono::hours(24);
    m_run = std::jthread([this, options](const std::stop_token &stop) { measure(options, stop); });
}

void ProbeDesk::cancel()
{
    m_run.request_stop();
}

/// On the run's thread: what was measured is kept first, whatever ended the run.
void ProbeDesk::measure(const core::ProbeRunOptions &options, const std::stop_token &stop)
{
    const auto shares = core::loadExpectedShares(m_places.catalogFolder);
    const auto known = readResults(m_places.history).value_or(std::vector<core::ProbeResult>());
    const auto show = [this](const core::ProbeProgress &progress) {
        QMetaObject::invokeMethod(this, [this, progress] { Q_EMIT progressed(progress); });
    };
    const auto sheets = shares.value_or(core::ExpectedShares());
    const auto measured = measureCards(options, {*m_catalog, sheets, known}, m_places.secondLook, show, stop);
    QString problem = measured.end.error ? ui::sentence(*measured.end.error)
        : measured.fresh.empty()         ? whyNothing(measured.end.report)
                                         : QString();
    const auto lastResort = [](const std::string &lines) { std::fputs(lines.c_str(), stderr); };
    if (const auto kept = keepResults(measured.fresh, m_places.history, m_places.unsaved, lastResort); !kept)
        problem = ui::sentence(kept.error());
    QMetaObject::invokeMethod(this, [this, problem] {
        Q_EMIT ended(problem);
        judge();
    });
}

void ProbeDesk::keep(CollectedMeasurements collected)
{
    m_importJob.ask([this, file = m_places.history, collected = std::move(collected)]() -> LatestJob::Answer {
        auto history = core::History::open(file);
        auto added =
            history ? history->add(collected.results) : core::Result<std::size_t>(std::unexpected(history.error()));
        if (added) {
            if (const auto more = history->add(collected.benchmarks); more)
                *added += *more;
            else
                added = std::unexpected(more.error());
        }
        auto words = added
            ? tr("%1 new results of %2 pods; %3 are still at it").arg(*added).arg(collected.pods).arg(collected.pending)
            : ui::sentence(added.error());
        if (!collected.problems.empty())
            words += u' ' + ui::sentence(collected.problems.front());
        return [this, words] {
            Q_EMIT noted(words);
            judge();
        };
    });
}

void ProbeDesk::show(CollectedMeasurements collected)
{
    m_shown = {std::move(collected.results), {}, std::move(collected.benchmarks)};
    judge();
    Q_EMIT noted(tr("made up for the demo and not kept: %1, %2")
                     .arg(ui::counted(static_cast<std::int64_t>(m_shown.results.size()), tr("result"), tr("results")),
                          ui::counted(static_cast<std::int64_t>(m_shown.benchmarks.size()), tr("load point"),
                                      tr("load points"))));
}

void ProbeDesk::forgetShown()
{
    m_shown = {};
    judge();
}

void ProbeDesk::importFile(const std::filesystem::path &file)
{
    m_importJob.ask([this, history = m_places.history, file]() -> LatestJob::Answer {
        const auto text = core::readFile(file);
        if (const auto model = text ? modelOfBenchmark(*text) : std::nullopt)
            return [this, file, model] { Q_EMIT benchmarkFound(ui::text(file.string()), ui::text(*model)); };
        const auto added = text ? import(history, *text) : core::Result<std::size_t>(std::unexpected(text.error()));
        return [this, added] {
            Q_EMIT noted(added ? tr("%1 results taken in").arg(*added) : ui::sentence(added.error()));
            judge();
        };
    });
}

void ProbeDesk::importBenchmark(const std::filesystem::path &file, const core::BenchmarkContext &context)
{
    m_importJob.ask([this, history = m_places.history, file, context]() -> LatestJob::Answer {
        const auto taken = importBenchmarks(file, context, history);
        return [this, taken] {
            Q_EMIT noted(taken ? tr("%1 of %2 taken in, %3 new")
                                     .arg(ui::counted(static_cast<std::int64_t>(taken->points), tr("load point"),
                                                      tr("load points")),
                                          ui::text(taken->model))
                                     .arg(taken->added)
                               : ui::sentence(taken.error()));
            judge();
        };
    });
}

} // namespace app
