// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/bench_plan.h"

#include "core/base/file.h"
#include "core/placement/optimizer/optimize_fleet.h"
#include "core/placement/optimizer/plan_instance.h"

#include <fmt/format.h>

#include <cmath>
#include <csignal>
#include <cstdio>
#include <thread>

namespace app::ctl {

namespace {

using Clock = std::chrono::steady_clock;
using core::optimizer::FleetProblem;
using core::optimizer::OptimizedPlan;
using core::optimizer::Progress;

constexpr std::chrono::seconds BetweenWrites{2};

volatile std::sig_atomic_t interrupted = 0;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Turns SIGINT and SIGTERM into a stop request while it lives.
class StopOnSignal {
public:
    explicit StopOnSignal(std::stop_source source)
        : m_watch([source = std::move(source)](const std::stop_token &stop) mutable {
            while (!stop.stop_requested() && !interrupted)
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
            if (interrupted)
                source.request_stop();
        })
    {
        for (const int number : {SIGINT, SIGTERM})
            std::signal(number, [](int) { interrupted = 1; });
    }

private:
    std::jthread m_watch;
};

/// Prints progress, and writes the plan now and then.
class Reporter {
public:
    Reporter(const FleetProblem &problem, const std::filesystem::path &out, Clock::time_point start)
        : m_problem(problem)
        , m_out(out)
        , m_start(start)
    {
    }

    void operator()(const Progress &progress, const std::function<std::vector<core::optimizer::PlannedReplica>()> &plan)
    {
        print(progress, "");
        const bool due = !m_written || Clock::now() - *m_written >= BetweenWrites;
        if (!due || !m_result)
            return;
        m_result = core::writeFileAtomically(m_out, writePlanLines(m_problem, plan()));
        m_written = Clock::now();
    }

    core::Result<void> finish(const OptimizedPlan &plan)
    {
        print(plan.progress,
              fmt::format(R"(,"gpu_cost":{:.3f},"unmet_tps":{:.3f},"missing_replicas":{},"replicas":{},"done":true)",
                          plan.score.gpuUsdPerHour, plan.score.unmetTps, plan.score.missingReplicas,
                          plan.replicas.size()));
        return m_result ? core::writeFileAtomically(m_out, writePlanLines(m_problem, plan.replicas)) : m_result;
    }

private:
    void print(const Progress &progress, const std::string &more) const
    {
        const bool proven = std::isfinite(progress.gap());
        fmt::print(R"({{"seconds":{:.3f},"cost":{:.3f},"bound":{:.3f},"gap":{}{}}})", secondsSince(m_start),
                   progress.usdPerHour, progress.bound, proven ? fmt::format("{:.6f}", progress.gap()) : "null", more);
        std::fputc('\n', stdout);
        std::fflush(stdout);
    }

    const FleetProblem &m_problem;
    const std::filesystem::path &m_out;
    Clock::time_point m_start;
    std::optional<Clock::time_point> m_written;
    core::Result<void> m_result;
};

} // namespace

core::Result<ExitCode> runBenchPlan(const BenchPlanOptions &options)
{
    const auto start = Clock::now();
    const auto text = core::readFile(options.instance);
    if (!text)
        return std::unexpected(text.error());
    const auto problem = core::optimizer::readPlanInstance(*text);
    if (!problem)
        return core::fail(problem.error().kind, problem.error().message,
                          fmt::format("{}: {}", options.instance.string(), problem.error().place),
                          problem.error().remedy);
    Reporter reporter(*problem, options.out, start);
    const std::stop_source source;
    const StopOnSignal watch(source);
    // The time asked for is the whole command's: reading is taken off it.
    const std::chrono::duration<double> left(options.seconds - secondsSince(start));
    const core::optimizer::OptimizeOptions how{.limit = std::chrono::duration_cast<std::chrono::milliseconds>(left),
                                               .seed = options.seed};
    const auto plan = core::optimizer::optimizeFleet(*problem, how, std::ref(reporter), source.get_token());
    if (!plan)
        return std::unexpected(plan.error());
    if (auto written = reporter.finish(*plan); !written)
        return std::unexpected(written.error());
    return Yes;
}

} // namespace app::ctl
