// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/drivers/amd_metrics.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace probe {
namespace {

constexpr const char *powerCap = "software power cap";
constexpr const char *thermal = "hardware thermal";
constexpr double noticeable = 0.1; // of the time

struct Layout {
    unsigned revision; // v1.REVISION
    std::size_t size;
    std::size_t place; // of the bits, or of the first counter
    enum class Kind { AnyCard, Mi300, Counters } kind;
};
constexpr Layout layouts[] = {
    {3, 120, 112, Layout::Kind::AnyCard},  {4, 288, 40, Layout::Kind::Mi300},     {5, 328, 72, Layout::Kind::Mi300},
    {6, 1664, 32, Layout::Kind::Counters}, {7, 2208, 40, Layout::Kind::Counters}, {8, 3360, 40, Layout::Kind::Counters},
};

template <typename T>
T at(std::span<const unsigned char> table, std::size_t place)
{
    T value{};
    std::memcpy(&value, table.data() + place, sizeof(T));
    return value;
}

const Layout *layoutOf(std::span<const unsigned char> table)
{
    if (table.size() < 4)
        return nullptr;
    const auto size = at<std::uint16_t>(table, 0);
    const auto *found = std::ranges::find_if(layouts, [&](const Layout &layout) {
        return table[2] == 1 && table[3] == layout.revision && size == layout.size && table.size() >= layout.size;
    });
    return found == std::end(layouts) ? nullptr : found;
}

std::vector<std::string> words(bool isPower, bool isHeat)
{
    std::vector<std::string> all;
    if (isPower)
        all.emplace_back(powerCap);
    if (isHeat)
        all.emplace_back(thermal);
    return all;
}

// indep_throttle_status: PPT in bits 0 to 7; temperatures, VRHOT and PROCHOT in bits 32 to 47 (amdgpu_smu.h).
std::vector<std::string> anyCard(std::uint64_t bits)
{
    return words((bits & 0xFF) != 0, (bits >> 32 & 0xFFFF) != 0);
}

// MI300's own bits: PROCHOT, PPT, thermal of socket, VR and HBM (smu_v13_0_6_pmfw.h).
std::vector<std::string> mi300(std::uint32_t bits)
{
    return words((bits & 2) != 0, (bits & 0b11101) != 0);
}

} // namespace

bool AmdThrottle::isHeldBack(std::optional<double> coreMHz)
{
    m_highestMHz = std::max(m_highestMHz, coreMHz.value_or(0));
    return coreMHz && *coreMHz < 0.97 * m_highestMHz;
}

// accumulation counter, then PROCHOT, PPT, socket, VR and HBM residencies: growth over growth is the share of the time.
std::vector<std::string> AmdThrottle::byResidency(std::span<const unsigned char> table, std::size_t counters)
{
    std::vector<std::uint32_t> now;
    for (std::size_t i = 0; i < 6; i++)
        now.push_back(at<std::uint32_t>(table, counters + 4 * i));
    const std::vector<std::uint32_t> before = std::exchange(m_before, now);
    if (before.empty() || now[0] == before[0])
        return {};
    const auto share = [&](std::size_t i) {
        return static_cast<double>(now[i] - before[i]) / static_cast<double>(now[0] - before[0]); // they may wrap
    };
    const double heat = std::max({share(1), share(3), share(4), share(5)});
    return words(share(2) >= noticeable, heat >= noticeable);
}

std::vector<std::string> AmdThrottle::reasons(std::span<const unsigned char> table, std::optional<double> coreMHz)
{
    const bool heldBack = isHeldBack(coreMHz);
    const Layout *layout = layoutOf(table);
    if (!layout)
        return {};
    if (layout->kind == Layout::Kind::Counters)
        return byResidency(table, layout->place);
    if (!heldBack)
        return {};
    return layout->kind == Layout::Kind::Mi300 ? mi300(at<std::uint32_t>(table, layout->place))
                                               : anyCard(at<std::uint64_t>(table, layout->place));
}

} // namespace probe
