// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/probed_nodes.h"

#include <utility>

namespace app {

namespace {

struct Kept {
    std::vector<core::ProbeResult> results;
    std::vector<core::ProbeVoid> voids;
    std::vector<core::ServingBenchmark> benchmarks;
};

core::Result<Kept> readKept(const std::filesystem::path &file)
{
    const auto history = core::History::open(file);
    if (!history)
        return std::unexpected(history.error());
    auto results = history->results();
    if (!results)
        return std::unexpected(results.error());
    auto voids = history->voids();
    if (!voids)
        return std::unexpected(voids.error());
    auto benchmarks = history->benchmarks();
    if (!benchmarks)
        return std::unexpected(benchmarks.error());
    return Kept{*std::move(results), *std::move(voids), *std::move(benchmarks)};
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
                                    const std::filesystem::path &history, const std::vector<core::ProbeResult> &more)
{
    std::error_code ignored;
    const bool kept = std::filesystem::exists(history, ignored);
    if (!kept && more.empty())
        return Measured{};
    const auto shares = core::loadExpectedShares(catalogFolder);
    if (!shares)
        return std::unexpected(shares.error());
    auto all = kept ? readKept(history) : core::Result<Kept>(Kept{});
    if (!all)
        return std::unexpected(all.error());
    all->results.insert(all->results.end(), more.begin(), more.end());
    const core::ProbeJudge judge(catalog, *shares, all->results);
    Measured measured{judge.newestVerdicts([&all](const auto &result) { return core::isVoid(result, all->voids); }),
                      all->voids,
                      {},
                      core::servingFigures(all->benchmarks)};
    measured.speeds = core::knownSpeeds(catalog, measured.newest, all->benchmarks);
    return measured;
}

} // namespace app
