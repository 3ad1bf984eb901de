// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/probe_collector.h"

#include "core/manifests/probe_job.h"

#include <fmt/format.h>

#include <algorithm>

namespace app {

namespace {

constexpr std::int64_t mostLogBytes = 16LL << 20;
constexpr int pageSize = 500;

std::string placeOf(const core::MeasuringPod &pod)
{
    return fmt::format("pod {}/{}", pod.nameSpace, pod.name);
}

void takeProbe(const core::MeasuringPod &pod, const std::string &log, std::int64_t now, CollectedMeasurements &into)
{
    const auto report = core::readProbeReport(log);
    for (const auto &problem : report.problems)
        into.problems.push_back({core::ErrorKind::Parse, problem, placeOf(pod), {}});
    const auto results = core::resultsOf(report, fmt::format("job {}/{}", pod.nameSpace, pod.name), now, pod.node);
    if (results.empty())
        into.problems.push_back(
            {core::ErrorKind::Parse,
             report.begun ? "berth-probe found no device" : "its log holds no report of berth-probe", placeOf(pod),
             "read the log: kubectl logs -n " + pod.nameSpace + " " + pod.name});
    into.results.insert(into.results.end(), results.begin(), results.end());
}

/// The last line that is a JSON object: what the job prints when it is done.
std::string lastDocument(const std::string &log)
{
    for (auto end = log.size(); end > 0;) {
        const auto start = log.rfind('\n', end - 1);
        const auto from = start == std::string::npos ? 0 : start + 1;
        if (log.compare(from, 1, "{") == 0)
            return log.substr(from, end - from);
        end = start == std::string::npos ? 0 : start;
    }
    return {};
}

void takeBenchmark(const core::MeasuringPod &pod, const std::string &log, std::int64_t now, CollectedMeasurements &into)
{
    const core::BenchmarkContext context{pod.model, pod.sku, pod.gpus,
                                         fmt::format("job {}/{}", pod.nameSpace, pod.name), now};
    auto benchmarks = core::readServingBenchmarks(lastDocument(log), context);
    if (benchmarks)
        into.benchmarks.insert(into.benchmarks.end(), benchmarks->begin(), benchmarks->end());
    else
        into.problems.push_back(std::move(benchmarks.error()));
}

} // namespace

core::Result<CollectedMeasurements> collectMeasurements(core::KubeClient &client, const std::string &nameSpace,
                                                        std::int64_t now, const std::stop_token &stop)
{
    std::vector<core::MeasuringPod> pods;
    const auto path = core::apiPath({"", "v1", "pods"}, nameSpace) + "?labelSelector=" + core::measuringPodSelector;
    const auto takePage = [&pods](std::string_view page) -> core::Result<void> {
        auto more = core::measuringPods(nlohmann::json::parse(page, nullptr, false));
        std::ranges::move(more, std::back_inserter(pods));
        return {};
    };
    const auto listed = client.list(path, pageSize, takePage, [&pods] { pods.clear(); }, stop);
    if (!listed)
        return std::unexpected(listed.error());
    CollectedMeasurements out;
    out.pods = pods.size();
    for (const auto &pod : pods) {
        if (!pod.ended) {
            ++out.pending;
            continue;
        }
        const auto log = client.podLog(pod.nameSpace, pod.name, mostLogBytes, stop);
        if (stop.stop_requested())
            return core::fail(core::ErrorKind::Cancelled, "stopped");
        if (!log)
            out.problems.push_back(log.error());
        else if (pod.servingBenchmark)
            takeBenchmark(pod, *log, now, out);
        else
            takeProbe(pod, *log, now, out);
    }
    return out;
}

} // namespace app
