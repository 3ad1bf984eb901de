// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/measure/probes.h"
#include "probes/measure/reference.h"

#include <string_view>

namespace probe {
namespace {

constexpr std::uint32_t random = 6;

class Link {
public:
    Link(Session &session, std::uint64_t bytes)
        : m_session(session)
        , m_bytes(bytes)
        , m_out(session.device, bytes)
        , m_in(session.device, bytes)
        , m_to(Buffer::make(session.device, bytes))
        , m_from(Buffer::make(session.device, bytes))
        , m_findings(session)
    {
    }
    bool usable() const { return m_out.words() && m_in.words() && m_to && m_from && m_findings.usable(); }
    void prepare();
    void toDevice();
    void toHost();
    void bothWays();

private:
    void publish(const char *name, const char *counts, double ways, const Timing &timing, Metric metric);
    void checkOnDevice(Metric &metric);
    void checkOnHost(Metric &metric);
    Timing time(const std::function<void()> &work);

    Session &m_session;
    std::uint64_t m_bytes;
    PinnedMemory m_out, m_in;
    std::optional<Buffer> m_to, m_from;
    FindingList m_findings;
};

void Link::prepare()
{
    fillPattern(m_out.words(), m_bytes / 4, m_session.seed, random);
    run(m_session, "pk_fill", m_session.grid(16),
        {m_from->argument(), valueOf(m_bytes / 16), valueOf(m_session.seed), valueOf(random)});
    m_session.device.finish();
}

// Host clock around copies and a wait: both directions and two queues are timed alike.
Timing Link::time(const std::function<void()> &work)
{
    work();
    m_session.device.finish();
    std::vector<double> samples;
    for (int i = 0; i < m_session.profile.samples && m_session.goesOn(); i++) {
        const double from = secondsNow();
        work();
        m_session.device.finish();
        samples.push_back((secondsNow() - from) * 1e3);
    }
    return timingOf(std::move(samples));
}

void Link::publish(const char *name, const char *counts, double ways, const Timing &timing, Metric metric)
{
    metric.probe = "link";
    metric.name = name;
    metric.value = timing.medianMs > 0 ? ways * static_cast<double>(m_bytes) / timing.medianMs * 1e-6 : 0;
    metric.unit = "GB/s";
    metric.counts = counts;
    metric.timing = timing;
    metric.numbers = {{"bytes", static_cast<double>(m_bytes)}};
    m_session.publish(metric);
}

void Link::checkOnDevice(Metric &metric)
{
    m_findings.clear();
    run(m_session, "pk_verify", m_session.grid(16),
        {m_findings.argument(), m_to->argument(), valueOf(m_bytes / 16), valueOf(m_session.seed), valueOf(random)});
    m_findings.collect(
        metric, [](std::uint64_t) { return std::string("word sent to the device"); }, 4, m_to->pointer());
}

void Link::checkOnHost(Metric &metric)
{
    std::vector<std::uint64_t> places;
    metric.wrong += countDifferences(m_in.words(), m_bytes / 4, m_session.seed, random, places);
    for (const std::uint64_t i : places)
        metric.findings.push_back({"word sent to the host", i * 4, 0, patternWord(i, m_session.seed, random),
                                   m_in.words()[i], "", std::nullopt});
}

void Link::toDevice()
{
    m_session.device.clear(m_to->pointer(), m_bytes);
    const Timing timing = time([&] { m_session.device.upload(m_to->pointer(), m_out.words(), m_bytes, 0); });
    Metric metric;
    checkOnDevice(metric);
    publish("h2d_pinned", "one way", 1, timing, std::move(metric));
}

void Link::toHost()
{
    const Timing timing = time([&] { m_session.device.download(m_in.words(), m_from->pointer(), m_bytes, 0, 0); });
    Metric metric;
    checkOnHost(metric);
    publish("d2h_pinned", "one way", 1, timing, std::move(metric));
}

void Link::bothWays()
{
    m_session.device.clear(m_to->pointer(), m_bytes);
    const Timing timing = time([&] {
        m_session.device.upload(m_to->pointer(), m_out.words(), m_bytes, 0);
        m_session.device.download(m_in.words(), m_from->pointer(), m_bytes, 1, 0);
    });
    Metric metric;
    checkOnDevice(metric);
    checkOnHost(metric);
    publish("both_ways", "both ways added", 2, timing, std::move(metric));
}

} // namespace

// Host memory to the device and back, pinned, one way and both at once; checked where it arrives.
void measureLink(Session &session)
{
    const std::uint64_t bytes = affordable(session, session.profile.linkBytes, 2);
    Link link(session, bytes);
    if (bytes == 0 || !link.usable()) {
        if (session.device.works())
            session.report.inconclusive(
                "link", "out of memory, on the device or pinned on the host: stop what runs there, or wait for it");
        return;
    }
    link.prepare();
    link.toDevice();
    if (session.goesOn())
        link.toHost();
    if (session.goesOn())
        link.bothWays();
}

} // namespace probe
