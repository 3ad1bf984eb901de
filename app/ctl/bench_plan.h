// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/exit_code.h"

#include <filesystem>

namespace app::ctl {

struct BenchPlanOptions {
    std::filesystem::path instance;
    std::filesystem::path out;
    double seconds = 10;
    std::uint64_t seed = 1;
};

/// `berthctl bench-plan INSTANCE --out PLAN.jsonl`: plans a whole fleet (core/placement/optimizer/optimize_fleet.h) and
/// prints {"seconds","cost","bound","gap"} as a JSON line at each improvement; the last line also says what is unmet.
/// The plan is written when the first one is found, then every few seconds while it improves, and at the end; SIGINT
/// and SIGTERM end the search, not the writing.
core::Result<ExitCode> runBenchPlan(const BenchPlanOptions &options);

} // namespace app::ctl
