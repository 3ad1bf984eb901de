// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/measure/matrix_work.h"
#include "probes/measure/probes.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

namespace probe {
namespace {

constexpr double windowSeconds = 0.1;

// What one tenth of a second of load looked like.
struct Window {
    double rate; // launches a second
    CardState state;
};

// Whatever draws most power here: the matrix units, else the widest vector arithmetic.
struct Work {
    std::string name;
    std::function<void(std::uint32_t steps)> launch;
    std::function<double(std::uint32_t steps)> operations;
    std::function<bool(Metric &, std::uint32_t steps)> check; // false: unproven here (see MatrixWork::check)
    std::uint32_t steps = 0;
};

std::optional<Work> matrixLoad(Session &session, double ms)
{
    for (const MatrixKernel &kernel : matrixKernels(session)) {
        // fp8 and wgmma draw more, but bf16 is proven on the most devices.
        if (std::string_view(kernel.metric) != "bf16")
            continue;
        const auto work = std::make_shared<MatrixWork>(session, kernel);
        if (!work->usable())
            return std::nullopt;
        return Work{"matrix bf16", [work](std::uint32_t steps) { work->launch(steps); },
                    [work](std::uint32_t steps) { return work->operations(steps); },
                    [work](Metric &metric, std::uint32_t) { return work->check(metric); }, work->stepsFor(ms)};
    }
    return std::nullopt;
}

std::optional<Work> vectorLoad(Session &session, double ms)
{
    for (const char *wanted : {"fp16", "fp32"})
        for (const VectorWork::Format &format : VectorWork::formats()) {
            if (std::string_view(format.metric) != wanted || !hasKernel(session, format.kernel))
                continue;
            const auto work = std::make_shared<VectorWork>(session, format);
            if (!work->usable())
                return std::nullopt;
            return Work{std::string("vector ") + format.metric, [work](std::uint32_t steps) { work->launch(steps); },
                        [work](std::uint32_t steps) { return work->operations(steps); },
                        [work](Metric &metric, std::uint32_t steps) {
                            work->check(metric, steps);
                            return true;
                        },
                        work->stepsFor(ms)};
        }
    return std::nullopt;
}

std::optional<double> meanOf(const std::vector<Window> &windows, std::optional<double> CardState::*what)
{
    double sum = 0;
    int count = 0;
    for (const Window &window : windows)
        if (const auto value = window.state.*what) {
            sum += *value;
            count++;
        }
    return count ? std::optional(sum / count) : std::nullopt;
}

// Share of the windows in which each throttle reason was seen.
std::map<std::string, double> throttleShares(const std::vector<Window> &windows)
{
    std::map<std::string, double> shares;
    for (const Window &window : windows)
        for (const std::string &reason : window.state.throttled)
            shares[reason] += 1.0 / static_cast<double>(windows.size());
    return shares;
}

std::vector<Window> runWindows(Session &session, const Work &work, double seconds)
{
    std::vector<Window> windows;
    const double end = secondsNow() + seconds;
    double reported = secondsNow();
    while (secondsNow() < end && session.goesOn()) {
        const double from = secondsNow();
        int launches = 0;
        CardState state;
        while (secondsNow() < from + windowSeconds && session.goesOn()) {
            work.launch(work.steps);
            if (launches++ == 0)
                state = session.monitor.state(); // while it works: an idle card has other clocks and reasons
            session.device.finish();
        }
        windows.push_back({launches / (secondsNow() - from), std::move(state)});
        if (secondsNow() - reported >= 1) {
            reported = secondsNow();
            const double done = std::clamp((reported - end + seconds) / seconds * 100, 0.0, 100.0);
            session.report.progress("load", static_cast<int>(done), 100, "percent of the time");
        }
    }
    return windows;
}

void describe(Metric &metric, const std::vector<Window> &windows)
{
    const auto put = [&](const char *name, std::optional<double> value) {
        if (value)
            metric.numbers.emplace_back(name, *value);
    };
    put("core_mhz", meanOf(windows, &CardState::coreMHz));
    put("power_w", meanOf(windows, &CardState::powerW));
    put("temperature_c", windows.back().state.temperatureC);
    std::string reasons;
    for (const auto &[reason, share] : throttleShares(windows))
        reasons += (reasons.empty() ? "" : ", ") + reason + " in " + std::to_string(std::lround(share * 100))
            + " % of samples";
    if (!reasons.empty())
        metric.words.emplace_back("throttled", reasons);
}

} // namespace

Held heldRate(std::span<const double> rates)
{
    constexpr std::size_t settling = 5;
    const std::size_t settled = std::min(settling, rates.size() / 3);
    const std::size_t quarter = std::max<std::size_t>(1, (rates.size() - settled) / 4);
    const auto mean = [quarter](std::span<const double> some) {
        return std::accumulate(some.begin(), some.end(), 0.0) / static_cast<double>(quarter);
    };
    return {mean(rates.subspan(settled, quarter)), mean(rates.last(quarter))};
}

std::optional<std::string> whyNoLoad(Session &session)
{
    if (hasKernel(session, "pk_fp32"))
        return std::nullopt;
    return "no arithmetic kernel in this image";
}

// Arithmetic back to back with clocks, power and throttle reasons sampled beside it: does the card hold its rate?
void measureLoad(Session &session)
{
    const double ms = session.profile.computeMs > 0 ? 10 : 0;
    std::optional<Work> work = matrixLoad(session, ms);
    Metric unproven;
    if (work) {
        work->launch(work->steps);
        if (!work->check(unproven, work->steps))
            work.reset();
    }
    if (!work)
        work = vectorLoad(session, ms);
    if (!work) {
        session.report.inconclusive("load", outOfMemory);
        return;
    }
    const std::vector<Window> windows = runWindows(session, *work, session.profile.loadSeconds);
    if (windows.size() < 2 || !session.device.works())
        return;
    std::vector<double> rates;
    rates.reserve(windows.size());
    for (const Window &window : windows)
        rates.push_back(window.rate);
    const Held held = heldRate(rates);
    Metric metric = {.probe = "load",
                     .name = "held",
                     .value = held.last / held.first,
                     .unit = "ratio",
                     .counts = "rate of the last quarter over the first, once settled"};
    metric.numbers = {{"seconds", session.profile.loadSeconds},
                      {"rate_end", held.last * work->operations(work->steps) * 1e-12}};
    metric.words = {{"work", work->name}, {"sampled_by", session.monitor.source()}};
    describe(metric, windows);
    work->check(metric, work->steps);
    session.publish(metric);
}

} // namespace probe
