// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/measure/session.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace probe {
namespace {

constexpr std::uint32_t recordedFindings = 64;
constexpr std::uint32_t findingWords = 8;
constexpr std::size_t shownFindings = 8;
constexpr std::uint64_t listBytes = std::uint64_t{8 + recordedFindings * findingWords} * 4;

} // namespace

void Session::publish(const Metric &metric)
{
    if (!device.works())
        return;
    metrics++;
    wrong += metric.wrong;
    report.metric(metric);
}

bool Session::wants(std::string_view format) const
{
    return profile.formats.empty() || std::ranges::find(profile.formats, format) != profile.formats.end();
}

std::uint32_t Session::units() const
{
    return static_cast<std::uint32_t>(std::max(1, device.description().computeUnits.value_or(1)));
}

Grid Session::grid(std::uint32_t waves) const
{
    // A CPU driver runs one group a thread: few groups of one lane set. The stand-in's groups cost the same.
    return isCpu() ? Grid{units() * 4, 32} : Grid{units() * waves, 256};
}

std::optional<Buffer> Buffer::make(Device &device, std::uint64_t bytes)
{
    const auto pointer = device.allocate(bytes);
    return pointer ? std::optional(Buffer(device, *pointer, bytes)) : std::nullopt;
}

Buffer::Buffer(Buffer &&other) noexcept
    : m_device(std::exchange(other.m_device, nullptr))
    , m_pointer(other.m_pointer)
    , m_bytes(other.m_bytes)
{
}

Buffer::~Buffer()
{
    if (m_device)
        m_device->release(m_pointer);
}

FindingList::FindingList(Session &session) : m_session(session), m_buffer(Buffer::make(session.device, listBytes))
{
    clear();
}

void FindingList::clear()
{
    if (m_buffer)
        m_session.device.clear(m_buffer->pointer(), listBytes);
}

void FindingList::collect(Metric &metric, const std::function<std::string(std::uint64_t)> &describe,
                          std::uint64_t wordBytes, std::optional<DevicePointer> base)
{
    std::array<std::uint32_t, listBytes / 4> words{};
    m_session.device.download(words.data(), m_buffer->pointer(), listBytes, 0, 0);
    m_session.device.finish();
    if (!m_session.device.works())
        return;
    metric.wrong += words[0];
    const auto wide = [&words](std::size_t i) { return words[i] | static_cast<std::uint64_t>(words[i + 1]) << 32; };
    for (std::size_t k = 0; k < std::min(words[0], recordedFindings) && metric.findings.size() < shownFindings; k++) {
        const std::size_t at = 8 + k * findingWords;
        const std::uint64_t index = wide(at);
        Finding finding = {describe(index), index * wordBytes, 0,
                           wide(at + 2),    wide(at + 4),      unitName(m_session.device.description(), words[at + 6]),
                           std::nullopt};
        if (base)
            finding.address = *base + finding.byte;
        metric.findings.push_back(std::move(finding));
    }
}

bool hasKernel(Session &session, const char *kernel)
{
    return session.device.kernel(kernel).has_value();
}

bool run(Session &session, const char *kernel, Grid grid, std::initializer_list<Argument> arguments)
{
    const auto found = session.device.kernel(kernel);
    if (!found)
        return false;
    session.device.launch(*found, grid, {arguments.begin(), arguments.size()});
    return true;
}

Timing timeOf(Session &session, const std::function<void()> &work)
{
    const auto measure = [&](int repetitions) {
        session.device.mark(0);
        for (int i = 0; i < repetitions; i++)
            work();
        session.device.mark(1);
        return session.device.milliseconds() / repetitions;
    };
    const double first = measure(1);
    int repetitions = 1;
    if (first > 0 && first < session.profile.sampleMs)
        repetitions = static_cast<int>(std::min(1000.0, std::ceil(session.profile.sampleMs / first)));
    std::vector<double> samples;
    for (int i = 0; i < session.profile.samples && session.goesOn(); i++)
        samples.push_back(measure(repetitions));
    return timingOf(std::move(samples));
}

Grid fastestOf(Session &session, std::span<const Grid> shapes, const std::function<void(const Grid &)> &work)
{
    constexpr int rounds = 2, launches = 3;
    std::vector<double> fastest(shapes.size(), std::numeric_limits<double>::infinity());
    for (int round = 0; round < rounds && shapes.size() > 1; round++)
        for (std::size_t i = 0; i < shapes.size() && session.goesOn(); i++) {
            session.device.mark(0);
            for (int k = 0; k < launches; k++)
                work(shapes[i]);
            session.device.mark(1);
            fastest[i] = std::min(fastest[i], session.device.milliseconds());
        }
    return shapes[static_cast<std::size_t>(std::ranges::min_element(fastest) - fastest.begin())];
}

std::uint64_t affordable(Session &session, std::uint64_t wanted, int parts)
{
    constexpr std::uint64_t step = 65'536;
    const DeviceDescription &d = session.device.description();
    auto room = session.device.freeMemory();
    if (!room && d.memoryBytes)
        room = static_cast<std::uint64_t>(*d.memoryBytes) / 2; // the driver cannot say what is free
    std::uint64_t bytes = room ? std::min(wanted, *room * 9 / 10 / static_cast<std::uint64_t>(parts)) : wanted;
    if (d.largestAllocation)
        bytes = std::min(bytes, static_cast<std::uint64_t>(*d.largestAllocation));
    return bytes / step * step;
}

std::string unitName(const DeviceDescription &device, std::uint32_t unit)
{
    if (device.backend == "cuda")
        return "SM " + std::to_string(unit);
    if (device.backend == "opencl")
        return "work-group " + std::to_string(unit);
    const bool isRdna = device.architecture.starts_with("gfx1");
    return "XCC " + std::to_string(unit >> 12) + " SE " + std::to_string(unit >> 8 & 15) + " SH "
        + std::to_string(unit >> 4 & 15) + (isRdna ? " WGP " : " CU ") + std::to_string(unit & 15);
}

} // namespace probe
