// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/history.h"
#include "core/probe_report/probe_run.h"
#include "core/probe_report/verdict.h"

namespace app {

/// What a run is judged by. Loans for the call.
struct ProbeGrounds {
    const core::Catalog &catalog;
    const core::ExpectedShares &shares;
    const std::vector<core::ProbeResult> &known;
};

/// When to measure what was slow once more, before it is called slow: two strikes.
struct SecondLook {
    bool wanted = true;
    std::chrono::milliseconds pause{std::chrono::seconds(10)}; ///< lets the card settle
};

/// A run that was judged, a second look at what was slow in it included; both looks' figures are in `fresh`.
struct MeasuredCards {
    core::ProbeRunEnd end; ///< of the first look
    std::vector<core::ProbeResult> fresh;
    std::vector<core::CardVerdict> cards; ///< beside `fresh`
};

/// Runs berth-probe and waits, as core::runProbe(); no second look after a run that ended with an error.
MeasuredCards measureCards(const core::ProbeRunOptions &options, const ProbeGrounds &grounds, const SecondLook &again,
                           const std::function<void(const core::ProbeProgress &)> &onProgress,
                           const std::stop_token &stop);

/// Adds the results to the history. Where that fails they go to `unsaved-probe-TIME.jsonl` in `folder`, which the error
/// names as the way out; where that fails too, `lastResort` gets the lines. Nothing measured is lost in silence.
core::Result<void> keepResults(const std::vector<core::ProbeResult> &fresh, const std::filesystem::path &history,
                               const std::filesystem::path &folder,
                               const std::function<void(const std::string &lines)> &lastResort);

} // namespace app
