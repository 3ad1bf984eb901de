// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <string>

namespace core {

/// A Job, or the CronJob that makes it.
struct MeasuringJob {
    std::string name, nameSpace, schedule;
    std::string kind;                   ///< label berth.dev/job: "probe" or "serving-benchmark"
    nlohmann::ordered_json annotations; ///< of the pod
    nlohmann::ordered_json podSpec;
    int deadlineSeconds = 600; ///< after that the pod is ended
};
nlohmann::ordered_json jobObject(const MeasuringJob &job);

/// Seccomp, no capabilities, no escalation, a root file system that is not written to.
nlohmann::ordered_json closedSecurityContext();

/// Five fields of what cron takes: figures, '*', ',', '-', '/', names of days and months; or @daily and its like.
Result<void> checkSchedule(const std::string &schedule);

/// A DNS label of at most 52 (a CronJob's limit) made of any text: what Kubernetes refuses becomes '-', and a name that
/// had to be changed or cut gets a hash of the whole, so that two never become one.
std::string jobName(const std::string &text);

} // namespace core
