// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/measure/probes.h"
#include "probes/measure/reference.h"

#include <bit>

namespace probe {

// One work-item follows a random cycle through memory, one cache line a hop: nothing can be fetched ahead.
void measureLatency(Session &session)
{
    const std::uint64_t bytes = std::bit_floor(affordable(session, session.profile.latencyBytes, 1));
    auto lines = bytes ? Buffer::make(session.device, bytes) : std::nullopt;
    auto out = Buffer::make(session.device, 4096);
    if (!lines || !out) {
        if (session.device.works())
            session.report.inconclusive("latency", outOfMemory);
        return;
    }
    const std::uint64_t count = bytes / 128;
    const std::uint32_t a = (session.seed & 0x3FFFFFCU) | 0x4000005U, c = session.seed | 1U;
    const std::uint32_t hops = session.isCpu() ? 20'000 : 100'000;
    run(session, "pk_chain", session.grid(16), {lines->argument(), valueOf(count), valueOf(a), valueOf(c)});
    const Timing timing =
        timeOf(session, [&] { run(session, "pk_chase", {1, 1}, {out->argument(), lines->argument(), valueOf(hops)}); });
    std::uint32_t got = 0;
    session.device.download(&got, out->pointer(), sizeof(got), 0, 0);
    session.device.finish();
    const std::uint32_t want = chaseEnd(count, a, c, hops);
    Metric metric = {.probe = "latency",
                     .name = "memory",
                     .value = timing.medianMs * 1e6 / hops,
                     .unit = "ns",
                     .counts = "one dependent load",
                     .timing = timing};
    metric.numbers = {{"bytes", static_cast<double>(bytes)}, {"hops", hops}};
    if (got != want) {
        metric.wrong = 1;
        metric.findings = {
            {"end of the chain", std::uint64_t{got} * 128, lines->pointer(), want, got, "", std::nullopt}};
    }
    session.publish(metric);
}

} // namespace probe
