// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/probe_desk.h"

#include "core/base/file.h"
#include "ui/text/words.h"

#include <chrono>

namespace app {

namespace {

std::int64_t secondsNow()
{
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

core::Result<std::vector<core::ProbeResult>> readResults(const std::filesystem::path &file,
                                                         const core::ProbeFilter &filter = {})
{
    const auto history = core::History::open(file);
    return history ? history->results(filter)
                   : core::Result<std::vector<core::ProbeResult>>(std::unexpected(history.error()));
}

core::Result<void> store(const std::filesystem::path &file, const std::vector<core::ProbeResult> &fresh)
{
    auto history = core::History::open(file);
    const auto added = history ? history->add(fresh) : core::Result<std::size_t>(std::unexpected(history.error()));
    return added ? core::Result<void>() : std::unexpected(added.error());
}

/// Takes a file of either kind; how many results were new.
core::Result<std::size_t> import(const std::filesystem::path &history, const std::filesystem::path &file)
{
    const auto text = core::readFile(file);
    if (!text)
        return std::unexpected(text.error());
    auto open = core::History::open(history);
    if (!open)
        return std::unexpected(open.error());
    if (const auto report = core::readProbeReport(*text); report.begun)
        return open->add(core::resultsOf(report, "import", secondsNow()));
    const auto summary = open->importLines(*text);
    if (!summary)
        return std::unexpected(summary.error());
    if (summary->added == 0 && !summary->refused.empty())
        return std::unexpected(summary->refused.front());
    return summary->added;
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
    m_judgeJob.ask([this, places = m_places, catalog = m_catalog]() -> LatestJob::Answer {
        auto measured = readMeasured(*catalog, places.catalogFolder, places.history);
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
    m_historyJob.ask([this, file = m_places.history, card]() -> LatestJob::Answer {
        core::ProbeFilter filter;
        filter.card = card;
        auto runs = readResults(file, filter);
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
    m_run = std::make_unique<core::ProbeRun>(
        options,
        core::ProbeRun::Callbacks{.progress =
                                      [this](const core::ProbeProgress &progress) {
                                          QMetaObject::invokeMethod(this,
                                                                    [this, progress] { Q_EMIT progressed(progress); });
                                      },
                                  .line = {},
                                  .ended = [this](core::ProbeRunEnd end) { finish(std::move(end)); }});
}

void ProbeDesk::cancel()
{
    if (m_run)
        m_run->cancel();
}

/// On the run's thread: what was measured is kept first, whatever ended the run.
void ProbeDesk::finish(core::ProbeRunEnd end)
{
    const auto fresh = core::resultsOf(end.report, "local", secondsNow());
    QString problem = end.error ? ui::sentence(*end.error) : QString();
    if (const auto kept = fresh.empty() ? core::Result<void>() : store(m_places.history, fresh); !kept)
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
        if (added)
            if (const auto more = history->add(collected.benchmarks); more)
                *added += *more;
            else
                added = std::unexpected(more.error());
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

void ProbeDesk::importFile(const std::filesystem::path &file)
{
    m_importJob.ask([this, history = m_places.history, file]() -> LatestJob::Answer {
        const auto added = import(history, file);
        return [this, added] {
            Q_EMIT noted(added ? tr("%1 results taken in").arg(*added) : ui::sentence(added.error()));
            judge();
        };
    });
}

} // namespace app
