// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/probed_nodes.h"

#include <utility>

namespace app {

core::ProbedNodes probedNodes(const std::vector<core::CardVerdict> &newest, const std::vector<core::ProbeVoid> &voids,
                              const core::ClusterSnapshot &snapshot, std::int64_t now)
{
    core::ProbedNodes nodes;
    for (auto &[name, factor] : core::nodeFactors(newest, voids, snapshot, now))
        nodes[name] = {factor.factor, factor.proposeCordon, factor.proposeCordon ? factor.cordonReason : factor.reason};
    return nodes;
}

core::Result<Measured> readMeasured(const core::Catalog &catalog, const std::filesystem::path &catalogFolder,
                                    const std::filesystem::path &history)
{
    std::error_code ignored;
    if (!std::filesystem::exists(history, ignored))
        return Measured{};
    const auto shares = core::loadExpectedShares(catalogFolder);
    if (!shares)
        return std::unexpected(shares.error());
    const auto open = core::History::open(history);
    if (!open)
        return std::unexpected(open.error());
    const auto results = open->results();
    auto voids = open->voids();
    if (!results)
        return std::unexpected(results.error());
    if (!voids)
        return std::unexpected(voids.error());
    const auto benchmarks = open->benchmarks();
    if (!benchmarks)
        return std::unexpected(benchmarks.error());
    const core::ProbeJudge judge(catalog, *shares, *results);
    Measured measured{judge.newestVerdicts([&voids](const auto &result) { return core::isVoid(result, *voids); }),
                      std::move(*voids),
                      {}};
    measured.speeds = core::knownSpeeds(catalog, measured.newest, *benchmarks);
    return measured;
}

} // namespace app
