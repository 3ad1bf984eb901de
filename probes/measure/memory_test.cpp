// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/measure/probes.h"

#include <algorithm>
#include <array>

namespace probe {
namespace {

// Quick runs take the first of these: random words find most, their addresses find decoder faults.
struct Pattern {
    std::uint32_t number; // of pk_word in kernels/memory.inc
    const char *name;
};
constexpr std::array<Pattern, 7> patterns = {
    {{6, "random"}, {4, "address"}, {0, "zeros"}, {1, "ones"}, {2, "AA"}, {3, "55"}, {5, "linear"}}};
constexpr std::uint64_t chunkBytes = 8ULL << 30;

class MemoryTest {
public:
    explicit MemoryTest(Session &session) : m_session(session), m_findings(session), m_grid(session.grid(32)) {}
    bool reserve();
    void run();

private:
    void pass(const Pattern &pattern);
    void check(const Pattern &pattern, std::size_t chunk, bool withSecondRead);
    void readAgain(std::size_t from, std::size_t chunk);
    std::uint64_t bytes() const;

    Session &m_session;
    FindingList m_findings;
    Grid m_grid;
    std::vector<Buffer> m_chunks;
    double m_spokeAt = secondsNow();
    Metric m_metric = {
        .probe = "memtest", .name = "bad_words", .unit = "words", .counts = "words that were not as written"};
};

bool MemoryTest::reserve()
{
    const double share = m_session.profile.memoryShare;
    const auto room = m_session.device.freeMemory();
    std::uint64_t wanted = affordable(m_session, UINT64_MAX, 1);
    if (const auto all = m_session.device.description().memoryBytes; all && m_session.profile.memoryLimit == 0)
        wanted = static_cast<std::uint64_t>(static_cast<double>(room.value_or(static_cast<std::uint64_t>(*all) / 2))
                                            * share);
    if (m_session.profile.memoryLimit > 0)
        wanted = std::min(wanted, m_session.profile.memoryLimit);
    const auto largest = static_cast<std::uint64_t>(
        m_session.device.description().largestAllocation.value_or(static_cast<std::int64_t>(chunkBytes)));
    while (wanted >= 1 << 20) {
        const std::uint64_t size = std::min({wanted, chunkBytes, largest}) / 65536 * 65536;
        auto chunk = Buffer::make(m_session.device, size);
        if (!chunk)
            break;
        m_chunks.push_back(std::move(*chunk));
        wanted -= std::min(wanted, size);
    }
    return !m_chunks.empty() && m_findings.usable();
}

std::uint64_t MemoryTest::bytes() const
{
    std::uint64_t all = 0;
    for (const Buffer &chunk : m_chunks)
        all += chunk.bytes();
    return all;
}

// Reads the words of these findings again with the copy engine: the same value means the cell holds it, the right one
// means the first read went wrong.
void MemoryTest::readAgain(std::size_t from, std::size_t chunk)
{
    for (std::size_t i = from; i < m_metric.findings.size(); i++) {
        std::uint32_t word = 0;
        m_session.device.download(&word, m_chunks[chunk].pointer(), 4, 0, m_metric.findings[i].byte);
        m_session.device.finish();
        m_metric.findings[i].secondRead = word;
    }
}

void MemoryTest::check(const Pattern &pattern, std::size_t chunk, bool withSecondRead)
{
    const std::size_t known = m_metric.findings.size();
    m_findings.collect(
        m_metric, [&](std::uint64_t) { return std::string(pattern.name); }, 4, m_chunks[chunk].pointer());
    m_findings.clear();
    if (withSecondRead)
        readAgain(known, chunk);
}

// Fill; check and write the complement; check the complement and write the pattern back; check.
void MemoryTest::pass(const Pattern &pattern)
{
    const std::uint32_t seed = m_session.seed, number = pattern.number;
    for (std::size_t i = 0; i < m_chunks.size() && m_session.goesOn(); i++) {
        const Buffer &chunk = m_chunks[i];
        const std::uint64_t n4 = chunk.bytes() / 16;
        probe::run(m_session, "pk_fill", m_grid, {chunk.argument(), valueOf(n4), valueOf(seed), valueOf(number)});
        for (const std::uint32_t flip : {0U, 0xFFFFFFFFU}) {
            probe::run(
                m_session, "pk_invert", m_grid,
                {chunk.argument(), m_findings.argument(), valueOf(n4), valueOf(seed), valueOf(number), valueOf(flip)});
        }
        check(pattern, i, false);
        probe::run(m_session, "pk_verify", m_grid,
                   {m_findings.argument(), chunk.argument(), valueOf(n4), valueOf(seed), valueOf(number)});
        check(pattern, i, true);
        // A sign of life for whoever waits: much memory on a slow device takes minutes.
        if (secondsNow() - m_spokeAt > 1) {
            m_spokeAt = secondsNow();
            m_session.report.progress("memtest", static_cast<int>(i + 1), static_cast<int>(m_chunks.size()),
                                      std::string("chunks of ") + pattern.name);
        }
    }
}

void MemoryTest::run()
{
    const int count = std::min<int>(m_session.profile.patterns, static_cast<int>(patterns.size()));
    const double from = secondsNow();
    int passes = 0;
    for (int i = 0; i < count && m_session.goesOn(); i++) {
        const Pattern &pattern = patterns[static_cast<std::size_t>(i)];
        pass(pattern);
        passes++;
        m_session.report.progress("memtest", passes, count, pattern.name);
    }
    const double seconds = secondsNow() - from;
    m_metric.value = static_cast<double>(m_metric.wrong);
    const double moved = 6.0 * passes * static_cast<double>(bytes()); // fill 1, two inversions 2 each, check 1
    m_metric.numbers = {{"bytes", static_cast<double>(bytes())},
                        {"patterns", passes},
                        {"seconds", seconds},
                        {"gbps", seconds > 0 ? moved / seconds * 1e-9 : 0}};
    if (passes > 0)
        m_session.publish(m_metric);
}

} // namespace

// Moving inversions over most of the free memory: every cell holds every pattern and its complement.
void testMemory(Session &session)
{
    MemoryTest test(session);
    if (!test.reserve()) {
        if (session.device.works())
            session.report.inconclusive("memtest", outOfMemory);
        return;
    }
    test.run();
}

} // namespace probe
