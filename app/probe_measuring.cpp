// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/probe_measuring.h"

#include "app/seconds_now.h"
#include "core/base/file.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <thread>

namespace app {

namespace {

std::vector<core::CardVerdict> judgeAll(const ProbeGrounds &grounds, const std::vector<core::ProbeResult> &fresh)
{
    auto all = grounds.known;
    all.insert(all.end(), fresh.begin(), fresh.end());
    const core::ProbeJudge judge(grounds.catalog, grounds.shares, all);
    std::vector<core::CardVerdict> cards;
    cards.reserve(fresh.size());
    for (const auto &result : fresh)
        cards.push_back(judge.judge(result));
    return cards;
}

/// The probes whose figures failed once.
std::set<std::string> slowOnce(const core::CardVerdict &card)
{
    std::set<std::string> probes;
    for (const auto &figure : card.figures)
        if (figure.strikes == 1)
            probes.insert(figure.metric.substr(0, figure.metric.find('.')));
    return probes;
}

void settle(std::chrono::milliseconds pause, const std::stop_token &stop)
{
    constexpr std::chrono::milliseconds step{100};
    for (auto left = pause; left.count() > 0 && !stop.stop_requested(); left -= step)
        std::this_thread::sleep_for(std::min(step, left));
}

} // namespace

MeasuredCards measureCards(const core::ProbeRunOptions &options, const ProbeGrounds &grounds, const SecondLook &again,
                           const std::function<void(const core::ProbeProgress &)> &onProgress,
                           const std::stop_token &stop)
{
    MeasuredCards out;
    out.end = core::runProbe(options, onProgress, {}, stop);
    out.fresh = core::resultsOf(out.end.report, "local", secondsNow());
    out.cards = judgeAll(grounds, out.fresh);
    if (out.end.error || !again.wanted)
        return out;
    for (std::size_t i = 0; i < out.cards.size(); ++i) {
        const auto probes = slowOnce(out.cards[i]);
        if (probes.empty())
            continue;
        settle(again.pause, stop);
        if (stop.stop_requested())
            break;
        auto look = options;
        look.device = out.fresh[i].device.id;
        look.probes.assign(probes.begin(), probes.end());
        for (const auto &figure : core::runProbe(look, onProgress, {}, stop).report.figures)
            if (figure.device == look.device)
                out.fresh[i].metrics.push_back(figure.metric);
    }
    out.cards = judgeAll(grounds, out.fresh);
    return out;
}

core::Result<void> keepResults(const std::vector<core::ProbeResult> &fresh, const std::filesystem::path &history,
                               const std::filesystem::path &folder,
                               const std::function<void(const std::string &lines)> &lastResort)
{
    if (fresh.empty())
        return {};
    auto open = core::History::open(history);
    const auto added = open ? open->add(fresh) : core::Result<std::size_t>(std::unexpected(open.error()));
    if (added)
        return {};
    auto error = added.error();
    std::string lines;
    for (const auto &result : fresh)
        lines += core::writeProbeResult(result) + "\n";
    const auto file = folder / fmt::format("unsaved-probe-{}.jsonl", secondsNow());
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
    if (core::writeFileAtomically(file, lines)) {
        error.remedy +=
            fmt::format("; these results are in {}: `berthctl probe import` takes them later", file.string());
    } else {
        error.remedy += fmt::format("; {} cannot be written either: these results were printed, and are kept nowhere",
                                    folder.string());
        lastResort(lines);
    }
    return std::unexpected(error);
}

} // namespace app
