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
    enum class Kind { AnyCard, Mi300, Counters };
    unsigned revision; // v1.REVISION
    unsigned size;
    unsigned place; // of the bits, or of the first counter
    Kind kind;
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

// A residency's growth over the accumulation counter's is its share of the time.
std::vector<std::string> AmdThrottle::byResidency(std::span<const unsigned char> table, std::size_t counters)
{
    const auto now = at<std::array<std::uint32_t, 6>>(table, counters);
    const auto before = std::exchange(m_before, now);
    if (!before || now[0] == before->at(0))
        return {};
    const auto share = [&](std::size_t i) {
        return static_cast<double>(now.at(i) - before->at(i)) / (now[0] - before->at(0)); // counters may wrap
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
