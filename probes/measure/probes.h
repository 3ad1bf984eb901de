// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "probes/measure/reference.h"
#include "probes/measure/session.h"

#include <memory>
#include <span>

namespace probe {

// Each measures one thing and publishes its metrics; what it does and why is said at its definition.
void measureLaunch(Session &session);
void measureClock(Session &session);
void measureMemoryBandwidth(Session &session);
void measureLatency(Session &session);
void measureCompute(Session &session);
void measureMatrix(Session &session);
void measureLibrary(Session &session);
void measureLink(Session &session);
void measurePeers(Session &session);
void testMemory(Session &session);
void measureLoad(Session &session);

std::optional<std::string> whyNoClock(Session &session);
std::optional<std::string> whyNoMatrix(Session &session);
std::optional<std::string> whyNoLibrary(Session &session);
std::optional<std::string> whyNoPeers(Session &session);
std::optional<std::string> whyNoLoad(Session &session);

// Means of the first and the last quarter of a load's windows (a tenth of a second each, at least two), once the card
// has settled: under a power cap a healthy card starts at its boost clock and falls to the cap's within half a second.
struct Held {
    double first, last;
};
Held heldRate(std::span<const double> rates);

// One vector format, ready to run: shared by `compute` and `load`.
class VectorWork {
public:
    struct Format {
        const char *metric;
        const char *kernel;
        double operationsPerStep; // of one work-item
        const char *unit;
        const char *counts;
    };
    static const std::vector<Format> &formats();
    VectorWork(Session &session, const Format &format);
    [[nodiscard]] bool usable() const { return m_out && m_where && m_table; }
    void launch(std::uint32_t steps);
    // Compares the last launch, which must have done `steps`.
    void check(Metric &metric, std::uint32_t steps);
    // Steps that make one launch last `ms`.
    std::uint32_t stepsFor(double ms);
    [[nodiscard]] double operations(std::uint32_t steps) const;
    [[nodiscard]] const Grid &grid() const { return m_grid; }

private:
    std::vector<std::uint32_t> expected(std::uint32_t steps) const;

    Session &m_session;
    const Format &m_format;
    Grid m_grid;
    std::shared_ptr<PackedReference> m_packed; // fp16 and bf16 only
    std::optional<Buffer> m_out, m_where, m_table;
};

} // namespace probe
