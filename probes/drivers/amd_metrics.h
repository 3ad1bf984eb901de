// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace probe {

// Why an AMD card is held back, from the kernel's table of measurements (the file gpu_metrics of its PCI device;
// layouts: Linux, drivers/gpu/drm/amd/include/kgd_pp_interface.h). MI200 and Radeon (v1.3) and early MI300 drivers
// (v1.4, v1.5) have one bit a reason, later ones (v1.6 to v1.8) count for how much of the time each held. Not compared
// with a card yet.
class AmdThrottle {
public:
    // Reasons as CardState words them, since the last call: "software power cap", "hardware thermal". Counters need two
    // calls; less than a tenth of the time is none. Bits are believed only while the clock is below the highest one
    // seen, because some never clear (ROCm/rocm-systems#11781). Empty too for a table that is cut short or of an
    // unknown layout.
    std::vector<std::string> reasons(std::span<const unsigned char> table, std::optional<double> coreMHz);

private:
    std::vector<std::string> byResidency(std::span<const unsigned char> table, std::size_t counters);
    bool isHeldBack(std::optional<double> coreMHz);

    double m_highestMHz = 0;
    // Of the last call: accumulation counter, then PROCHOT, PPT, socket, VR and HBM residencies.
    std::optional<std::array<std::uint32_t, 6>> m_before;
};

} // namespace probe
