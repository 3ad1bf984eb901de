// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/probe_report/probe_report.h"

#include <chrono>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace core {

/// One run of berth-probe as a process of its own.
struct ProbeRunOptions {
    std::string program = "berth-probe"; ///< a path, or a name on PATH
    std::string profile = "quick";       ///< as berth-probe names them; empty: its default
    std::string device;                  ///< "cuda:0", a PCI address, a UUID; empty: every GPU
    std::vector<std::string> probes;     ///< empty: the profile's
    std::string expectFile;              ///< lets berth-probe judge by this file too; empty: none
    bool list = false;                   ///< only says which devices and drivers there are; measures nothing
    std::map<std::string, std::string> environment;
    std::chrono::milliseconds timeLimit{std::chrono::minutes(15)};
    /// berth-probe itself gives a driver 20 s to answer, 60 while it is opened; silent for longer, it hangs as a whole.
    std::chrono::milliseconds silenceLimit{std::chrono::seconds(90)};
    /// For SIGTERM: berth-probe leaves the GPU idle within five seconds.
    std::chrono::milliseconds grace{std::chrono::seconds(8)};
};

/// How a run ended. What was read until then is kept in every case.
struct ProbeRunEnd {
    ProbeReport report;
    std::string lines; ///< as printed, at most 16 MiB: what an export or a bug report needs
    std::optional<Error>
        error; ///< not found, could not be started, time limit, cancelled, a hang, an unusable command line
};

/// Runs berth-probe and waits. `onProgress` and `onLine` (either may be empty) are called on this thread. A request to
/// stop sends SIGTERM, and SIGKILL after the grace; a process that sleeps in the kernel driver is left behind after
/// five more seconds, so the caller always gets its answer.
ProbeRunEnd runProbe(const ProbeRunOptions &options, const std::function<void(const ProbeProgress &)> &onProgress,
                     const std::function<void(std::string_view line)> &onLine, std::stop_token stop);

} // namespace core
