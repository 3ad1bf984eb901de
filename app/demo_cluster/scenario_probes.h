// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Finished runs of berth-probe and of serving benchmarks in a scenario; for the scenario reader.

#include "app/demo_cluster/scenario.h"

#include <yaml-cpp/yaml.h>

namespace app {

/// Adds a finished pod for each run of an entry, newest first, and the log it left: cards of one node, their figures a
/// number (which then varies a little from run to run) or one number a run. `now`: seconds since the epoch.
void addProbeRuns(const YAML::Node &entry, std::int64_t now, Scenario &scenario);

/// Adds a finished pod for each load point of an entry, and the result of `vllm bench serve` it printed.
void addServingBenchmark(const YAML::Node &entry, std::int64_t now, Scenario &scenario);

} // namespace app
