// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifests/measuring_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <sstream>

namespace core {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::size_t longestName = 52;
constexpr int keepSeconds = 7 * 24 * 3600; ///< a week to collect the log in

std::uint32_t fnv1a(const std::string &text)
{
    std::uint32_t hash = 2166136261U;
    for (const unsigned char c : text)
        hash = (hash ^ c) * 16777619U;
    return hash;
}

bool isCronField(const std::string &field)
{
    return std::ranges::all_of(field, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '*' || c == ',' || c == '-' || c == '/' || c == '?';
    });
}

} // namespace

std::string jobName(const std::string &text)
{
    std::string name;
    for (const unsigned char c : text)
        name += std::isalnum(c) != 0 ? static_cast<char>(std::tolower(c)) : '-';
    const auto end = [](const std::string &label) { return label.find_last_not_of('-') + 1; };
    name.erase(0, std::min(name.find_first_not_of('-'), name.size()));
    name.resize(end(name));
    if (name == text && name.size() <= longestName)
        return name;
    name.resize(std::min(name.size(), longestName - 9));
    name.resize(end(name));
    return fmt::format("{}{}{:08x}", name, name.empty() ? "" : "-", fnv1a(text));
}

Result<void> checkSchedule(const std::string &schedule)
{
    constexpr std::array known{"@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"};
    if (schedule.empty() || std::ranges::find(known, schedule) != known.end())
        return {};
    std::istringstream words(schedule);
    int fields = 0;
    for (std::string field; words >> field; ++fields)
        if (!isCronField(field))
            return fail(ErrorKind::Invalid, fmt::format("\"{}\" is no field of a schedule", field), "schedule",
                        "write five fields as cron does: \"0 3 * * 0\" is Sundays at three");
    if (fields != 5)
        return fail(ErrorKind::Invalid, fmt::format("a schedule has five fields, this one {}", fields), "schedule",
                    "write five fields as cron does: \"0 3 * * 0\" is Sundays at three");
    return {};
}

Json closedSecurityContext()
{
    return {{"allowPrivilegeEscalation", false},
            {"readOnlyRootFilesystem", true},
            {"capabilities", {{"drop", {"ALL"}}}},
            {"seccompProfile", {{"type", "RuntimeDefault"}}}};
}

Json jobObject(const MeasuringJob &job)
{
    const Json labels{
        {"app.kubernetes.io/name", job.name}, {"app.kubernetes.io/managed-by", "berth"}, {"berth.dev/job", job.kind}};
    const Json metadata{{"name", job.name}, {"namespace", job.nameSpace}, {"labels", labels}};
    Json pod{{"metadata", {{"labels", labels}, {"annotations", job.annotations}}}, {"spec", job.podSpec}};
    // A measurement is never tried again by itself: its failure is a result. The log is kept to be collected.
    Json spec{{"backoffLimit", 0},
              {"activeDeadlineSeconds", job.deadlineSeconds},
              {"ttlSecondsAfterFinished", keepSeconds},
              {"template", std::move(pod)}};
    if (job.schedule.empty())
        return {{"apiVersion", "batch/v1"}, {"kind", "Job"}, {"metadata", metadata}, {"spec", std::move(spec)}};
    return {{"apiVersion", "batch/v1"},
            {"kind", "CronJob"},
            {"metadata", metadata},
            {"spec",
             {{"schedule", job.schedule},
              {"concurrencyPolicy", "Forbid"},
              {"startingDeadlineSeconds", 3600},
              {"successfulJobsHistoryLimit", 3},
              {"failedJobsHistoryLimit", 3},
              {"jobTemplate", {{"spec", std::move(spec)}}}}}};
}

} // namespace core
