// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/measure/probes.h"
#include "probes/measure/reference.h"

#include <algorithm>
#include <numeric>

namespace probe {
namespace {

constexpr std::uint32_t linear = 5, random = 6;
constexpr float scalar = 0.5F;
constexpr std::uint32_t mostGroups = 32; // a unit

class Bandwidth {
public:
    Bandwidth(Session &session, std::uint64_t bytes)
        : m_session(session)
        , m_findings(session)
        , m_a(Buffer::make(session.device, bytes))
        , m_b(Buffer::make(session.device, bytes))
        , m_c(Buffer::make(session.device, bytes))
        , m_grid(session.grid(mostGroups))
        , m_shape(m_grid)
        , m_n4(bytes / 16)
    {
    }
    bool usable() const { return m_a && m_b && m_c && m_findings.usable(); }
    void triad();
    void copy();
    void read();
    void write();

private:
    using Launch = std::function<void(const Grid &)>;
    std::vector<Grid> shapes(bool mayBeOneEach) const;
    Timing time(const std::vector<Grid> &shapes, const Launch &launch);
    void publish(const char *name, double operands, const char *counts, const Timing &timing, Metric metric);
    void verify(Metric &metric, const Buffer &buffer, std::uint32_t pattern);
    std::uint32_t sumOfParts(const Buffer &parts) const;

    Session &m_session;
    FindingList m_findings;
    std::optional<Buffer> m_a, m_b, m_c;
    Grid m_grid;  // of the checks
    Grid m_shape; // of what was timed last
    std::uint64_t m_n4;
};

// Which shape fills the memory pipe best differs between SKUs, so it is tried. Groups a unit, and at last one vector
// for each work-item; not that where each work-item writes a result.
std::vector<Grid> Bandwidth::shapes(bool mayBeOneEach) const
{
    if (!m_session.wantsSpeed())
        return {m_grid};
    std::vector<Grid> shapes;
    for (const std::uint32_t groups : {2U, 4U, 8U, 16U, mostGroups})
        shapes.push_back(m_session.grid(groups));
    if (mayBeOneEach)
        shapes.push_back({static_cast<std::uint32_t>((m_n4 + m_grid.perGroup - 1) / m_grid.perGroup), m_grid.perGroup});
    return shapes;
}

Timing Bandwidth::time(const std::vector<Grid> &shapes, const Launch &launch)
{
    m_shape = fastestOf(m_session, shapes, launch);
    return timeOf(m_session, [&] { launch(m_shape); });
}

void Bandwidth::publish(const char *name, double operands, const char *counts, const Timing &timing, Metric metric)
{
    const double bytes = operands * static_cast<double>(m_n4 * 16);
    metric.probe = "membw";
    metric.name = name;
    metric.value = timing.medianMs > 0 ? bytes / timing.medianMs * 1e-6 : 0;
    metric.unit = "GB/s";
    metric.counts = counts;
    metric.timing = timing;
    metric.numbers = {{"bytes", bytes}, {"groups", m_shape.groups}, {"per_group", m_shape.perGroup}};
    if (timing.medianMs > 0)
        m_session.publish(metric);
}

void Bandwidth::verify(Metric &metric, const Buffer &buffer, std::uint32_t pattern)
{
    m_findings.clear();
    run(m_session, "pk_verify", m_grid,
        {m_findings.argument(), buffer.argument(), valueOf(m_n4), valueOf(m_session.seed), valueOf(pattern)});
    m_findings.collect(metric, [&](std::uint64_t) { return std::string("copied word"); }, 4, buffer.pointer());
}

void Bandwidth::triad()
{
    run(m_session, "pk_operands", m_grid, {m_b->argument(), m_c->argument(), valueOf(m_n4), valueOf(m_session.seed)});
    const Timing timing = time(shapes(true), [&](const Grid &shape) {
        run(m_session, "pk_triad", shape,
            {m_a->argument(), m_b->argument(), m_c->argument(), valueOf(scalar), valueOf(m_n4)});
    });
    Metric metric;
    m_findings.clear();
    run(m_session, "pk_triad_check", m_grid,
        {m_findings.argument(), m_a->argument(), valueOf(scalar), valueOf(m_n4), valueOf(m_session.seed)});
    m_findings.collect(metric, [](std::uint64_t) { return std::string("b + 0.5 c, fp32 bits"); }, 4, m_a->pointer());
    publish("triad", 3, "read+write", timing, std::move(metric));
}

void Bandwidth::copy()
{
    run(m_session, "pk_fill", m_grid, {m_b->argument(), valueOf(m_n4), valueOf(m_session.seed), valueOf(random)});
    const Timing timing = time(shapes(true), [&](const Grid &shape) {
        run(m_session, "pk_copy", shape, {m_a->argument(), m_b->argument(), valueOf(m_n4)});
    });
    Metric metric;
    verify(metric, *m_a, random);
    publish("copy", 2, "read+write", timing, std::move(metric));
}

std::uint32_t Bandwidth::sumOfParts(const Buffer &parts) const
{
    std::vector<std::uint32_t> sums(m_shape.items());
    m_session.device.download(sums.data(), parts.pointer(), sums.size() * 4, 0, 0);
    m_session.device.finish();
    return std::accumulate(sums.begin(), sums.end(), 0U);
}

// The sum of the linear pattern is known in closed form; when it is wrong, a second pass finds the word.
void Bandwidth::read()
{
    auto parts = Buffer::make(m_session.device, m_grid.items() * 4);
    if (!parts)
        return;
    run(m_session, "pk_fill", m_grid, {m_c->argument(), valueOf(m_n4), valueOf(m_session.seed), valueOf(linear)});
    const Timing timing = time(shapes(false), [&](const Grid &shape) {
        run(m_session, "pk_read", shape, {parts->argument(), m_c->argument(), valueOf(m_n4)});
    });
    Metric metric;
    const std::uint32_t got = sumOfParts(*parts), want = linearSum(m_n4 * 4, m_session.seed);
    if (got != want) {
        verify(metric, *m_c, linear);
        if (metric.wrong == 0) { // memory is right now: the sum was computed or read wrongly
            metric.wrong = 1;
            metric.findings = {{"sum of all words", 0, m_c->pointer(), want, got, "", std::nullopt}};
        }
    }
    publish("read", 1, "read", timing, std::move(metric));
}

void Bandwidth::write()
{
    const Timing timing = time(shapes(true), [&](const Grid &shape) {
        run(m_session, "pk_fill", shape, {m_a->argument(), valueOf(m_n4), valueOf(m_session.seed), valueOf(linear)});
    });
    Metric metric;
    verify(metric, *m_a, linear);
    publish("write", 1, "write", timing, std::move(metric));
}

// An operand must be far larger than the last cache, or that is measured.
std::uint64_t wantedBytes(const Session &session)
{
    const DeviceDescription &device = session.device.description();
    auto cache = static_cast<std::uint64_t>(device.l2Bytes.value_or(0));
    if (device.architecture == "gfx942" || device.architecture == "gfx950")
        cache = 256ULL << 20; // the Infinity Cache behind the L2 (AMD, CDNA 3 white paper)
    return session.wantsSpeed() ? std::max(session.profile.bandwidthBytes, 8 * cache) : session.profile.bandwidthBytes;
}

} // namespace

// Streams of 16-byte words through device memory; every result is checked on the device.
void measureMemoryBandwidth(Session &session)
{
    const std::uint64_t bytes = affordable(session, wantedBytes(session), 3);
    // Less would fit a cache and measure that.
    if (bytes < session.profile.bandwidthBytes / 8) {
        session.report.inconclusive("membw", outOfMemory);
        return;
    }
    Bandwidth bandwidth(session, bytes);
    if (!bandwidth.usable()) {
        if (session.device.works())
            session.report.inconclusive("membw", outOfMemory);
        return;
    }
    bandwidth.triad();
    if (session.goesOn())
        bandwidth.copy();
    if (session.goesOn())
        bandwidth.read();
    if (session.goesOn())
        bandwidth.write();
}

} // namespace probe
