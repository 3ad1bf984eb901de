// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "probes/drivers/device.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace probe {

// One look at a running card. Absent: not to be had here (never 0).
struct CardState {
    std::optional<double> coreMHz;
    std::optional<double> temperatureC;
    std::optional<double> powerW;
    std::optional<double> utilisationPercent;
    // Throttle reasons in words, without "idle" and "set by the application": "power cap", "hardware thermal", ...
    std::vector<std::string> throttled;
};

// What a card is set to and who else uses it, read once before measuring.
struct CardSetting {
    std::optional<double> powerLimitW;
    std::optional<int> linkGeneration, linkGenerationMax, linkWidth, linkWidthMax;
    std::optional<int> numaNode;
    std::vector<int> otherProcesses; // their ids; empty when none or not known
    std::optional<std::uint64_t> eccUncorrected;
    std::string partition; // AMD compute partition, "" when not known
};

// Memory errors since the driver was loaded. Where ECC is on, a bit that flips shows here and not in what is read.
struct EccCounts {
    std::optional<std::uint64_t> corrected, uncorrected;
};

// Reads clocks, power, temperature and throttle reasons beside a measurement: NVML for NVIDIA (libnvidia-ml.so.1,
// opened at run time; BERTH_PROBE_NVML_LIBRARY names another), the kernel's sysfs files for AMD and for the PCIe link
// of both.
class Monitor {
public:
    static std::unique_ptr<Monitor> of(const DeviceDescription &device);
    virtual ~Monitor() = default;
    [[nodiscard]] virtual CardState state() = 0;
    [[nodiscard]] virtual CardSetting setting() = 0;
    [[nodiscard]] virtual EccCounts ecc() = 0;
    [[nodiscard]] virtual std::string source() const = 0; // "nvml", "sysfs", "" when there is nothing to read
};

// The name of an NVIDIA GPU with MIG on when no slice of it can be seen; nullopt otherwise or when NVML is not there.
std::optional<std::string> migParentWithoutSlice();

} // namespace probe
