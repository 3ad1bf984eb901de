// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/probed_nodes.h"

#include <utility>

namespace app {

namespace {

core::Result<core::HistoryContents> readContents(const std::filesystem::path &file)
{
    const auto history = core::History::open(file);
    return history ? history->contents() : std::unexpected(history.error());
}

} // namespace

core::ProbedNodes probedNodes(const std::vector<core::CardVerdict> &newest, const std::vector<core::ProbeVoid> &voids,
                              const core::ClusterSnapshot &snapshot, std::int64_t now)
{
    core::ProbedNodes nodes;
    for (auto &[name, factor] : core::nodeFactors(newest, voids, snapshot, now))
        nodes[name] = {factor.factor, factor.proposeCordon, factor.proposeCordon ? factor.cordonReason : factor.reason};
    return nodes;
}

core::Result<Measured> readMeasured(const core::Catalog &catalog, const std::filesystem::path &catalogFolder,
                                    const std::filesystem::path &history, const core::HistoryContents &more)
{
    std::error_code ignored;
    const bool kept = std::filesystem::exists(history, ignored);
    if (!kept && more.results.empty() && more.benchmarks.empty())
        return Measured{};
    const auto shares = core::loadExpectedShares(catalogFolder);
    if (!shares)
        return std::unexpected(shares.error());
    auto all = kept ? readContents(history) : core::Result<core::HistoryContents>(core::HistoryContents{});
    if (!all)
        return std::unexpected(all.error());
    all->results.insert(all->results.end(), more.results.begin(), more.results.end());
    all->benchmarks.insert(all->benchmarks.end(), more.benchmarks.begin(), more.benchmarks.end());
    const core::ProbeJudge judge(catalog, *shares, all->results);
    Measured measured{judge.newestVerdicts([&all](const auto &result) { return core::isVoid(result, all->voids); }),
                      all->voids,
                      {},
                      core::servingFigures(all->benchmarks)};
    measured.speeds = core::knownSpeeds(catalog, measured.newest, all->benchmarks);
    return measured;
}

} // namespace app
