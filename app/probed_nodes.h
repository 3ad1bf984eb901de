// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/probed_node.h"
#include "core/history/history.h"
#include "core/history/known_speeds.h"
#include "core/history/node_factors.h"
#include "core/history/serving_benchmark.h"

namespace app {

/// What verdicts and the engine take from the history: the factors of every measured node.
core::ProbedNodes probedNodes(const std::vector<core::CardVerdict> &newest, const std::vector<core::ProbeVoid> &voids,
                              const core::ClusterSnapshot &snapshot, std::int64_t now);

/// Everything ever measured, judged. No history yet is nothing, and none is made.
struct Measured {
    std::vector<core::CardVerdict> newest; ///< without the void ones
    std::vector<core::ProbeVoid> voids;
    core::MeasuredSpeeds speeds; ///< of serving benchmarks and of probes, for estimates
    std::vector<core::ServingFigures> serving;
};
/// With `more`, as if the history held that too.
core::Result<Measured> readMeasured(const core::Catalog &catalog, const std::filesystem::path &catalogFolder,
                                    const std::filesystem::path &history, const core::HistoryContents &more = {});

} // namespace app
