// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/measure/probes.h"

#include <algorithm>
#include <map>

namespace probe {

std::optional<std::string> whyNoClock(Session &session)
{
    if (hasKernel(session, "pk_clock"))
        return std::nullopt;
    return "this backend has no clock inside a kernel";
}

// The core clock of every unit from timers inside a kernel: no vendor library, and a unit out of line or missing shows.
void measureClock(Session &session)
{
    const Grid grid = {session.units() * 4, 64};
    const std::uint32_t steps = session.isCpu() ? 1000 : 200'000;
    auto out = Buffer::make(session.device, std::uint64_t{grid.groups} * 32);
    if (!out)
        return;
    std::vector<std::uint64_t> words(std::size_t{grid.groups} * 4);
    // Twice: the first wakes the card up.
    for (int i = 0; i < 2; i++)
        run(session, "pk_clock", grid, {out->argument(), valueOf(steps)});
    session.device.download(words.data(), out->pointer(), words.size() * 8, 0, 0);
    session.device.finish();
    const double nsPerTick = session.device.description().backend == "hip" ? 10 : 1; // s_memrealtime counts at 100 MHz
    std::map<std::uint64_t, double> unitMHz;
    for (std::size_t i = 0; i < words.size(); i += 4)
        if (words[i + 2] > 0)
            unitMHz[words[i]] =
                static_cast<double>(words[i + 1]) * 1e3 / (static_cast<double>(words[i + 2]) * nsPerTick);
    if (unitMHz.empty())
        return;
    std::vector<double> clocks;
    clocks.reserve(unitMHz.size());
    for (const auto &[unit, mhz] : unitMHz)
        clocks.push_back(mhz);
    std::ranges::sort(clocks);
    const auto slowest = std::ranges::min_element(unitMHz, {}, [](const auto &entry) { return entry.second; });
    Metric metric = {.probe = "clock",
                     .name = "core",
                     .value = clocks[clocks.size() / 2],
                     .unit = "MHz",
                     .counts = "cycles over time inside a kernel, median of the units"};
    metric.numbers = {{"units_seen", static_cast<double>(unitMHz.size())},
                      {"units", static_cast<double>(session.units())},
                      {"slowest_mhz", clocks.front()},
                      {"fastest_mhz", clocks.back()}};
    metric.words = {
        {"slowest_unit", unitName(session.device.description(), static_cast<std::uint32_t>(slowest->first))}};
    session.publish(metric);
}

} // namespace probe
