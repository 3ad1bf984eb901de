// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/history.h"
#include "core/kube/kube_client.h"

namespace app {

/// What the logs of Berth's measuring pods held.
struct CollectedMeasurements {
    std::vector<core::ProbeResult> results; ///< under their node's name
    std::vector<core::ServingBenchmark> benchmarks;
    std::size_t pods = 0, pending = 0; ///< seen; still waiting or running, so not read
    std::vector<core::Error> problems; ///< pods whose log could not be used; each names its pod
};

/// Reads the logs of all ended probe and serving benchmark pods of a namespace. A pod that cannot be read is a problem,
/// never the end of it; a list that cannot be read is an error. Blocks; changes nothing in the cluster.
core::Result<CollectedMeasurements> collectMeasurements(core::KubeClient &client, const std::string &nameSpace,
                                                        std::int64_t now, const std::stop_token &stop = {});

} // namespace app
