// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/drivers/monitor.h"

#include "probes/drivers/absence.h"
#include "probes/drivers/amd_metrics.h"
#include "probes/drivers/nvml.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace probe {
namespace {

std::optional<double> numberIn(const std::string &path)
{
    const std::string text = machineLine(path);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<int> wholeIn(const std::string &path)
{
    const auto value = numberIn(path);
    return value && *value > 0 ? std::optional(static_cast<int>(*value)) : std::nullopt;
}

std::vector<unsigned char> bytesIn(const std::string &path)
{
    std::ifstream file(machinePath(path), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// PCIe transfer rates in GT/s by generation (PCI-SIG): "16.0 GT/s PCIe" is 4.
std::optional<int> generationIn(const std::string &path)
{
    const auto rate = numberIn(path);
    if (!rate)
        return std::nullopt;
    constexpr double rates[] = {2.5, 5, 8, 16, 32, 64};
    for (int i = 0; i < 6; i++)
        if (std::fabs(*rate - rates[i]) < 0.1)
            return i + 1;
    return std::nullopt;
}

// "ue: 0" and "ce: 3", a line each (Linux, Documentation/gpu/amdgpu/ras.rst).
EccCounts rasCountsIn(const std::string &path)
{
    EccCounts counts;
    std::ifstream file(machinePath(path));
    std::string what;
    for (std::uint64_t count = 0; file >> what >> count;) {
        if (what == "ue:")
            counts.uncorrected = count;
        else if (what == "ce:")
            counts.corrected = count;
    }
    return counts;
}

std::string sysfsFolder(const DeviceDescription &device)
{
    std::string address = device.pciAddress;
    std::ranges::transform(address, address.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    // CUDA prints eight digits of the domain, sysfs four.
    if (const auto colon = address.find(':'); colon == 8)
        address.erase(0, 4);
    return address.empty() ? "" : "/sys/bus/pci/devices/" + address;
}

void readLink(const std::string &folder, CardSetting &setting)
{
    if (folder.empty())
        return;
    setting.linkGeneration = generationIn(folder + "/current_link_speed");
    setting.linkGenerationMax = generationIn(folder + "/max_link_speed");
    setting.linkWidth = wholeIn(folder + "/current_link_width");
    setting.linkWidthMax = wholeIn(folder + "/max_link_width");
    if (const auto node = numberIn(folder + "/numa_node"); node && *node >= 0)
        setting.numaNode = static_cast<int>(*node);
}

// The kernel's hwmon and amdgpu files (Linux, Documentation/gpu/amdgpu/thermal.rst): microwatts, millidegrees, Hz.
class SysfsMonitor : public Monitor {
public:
    explicit SysfsMonitor(const DeviceDescription &device) : m_folder(sysfsFolder(device))
    {
        std::error_code error;
        if (m_folder.empty())
            return;
        for (const auto &entry : std::filesystem::directory_iterator(machinePath(m_folder + "/hwmon"), error))
            m_hwmon = m_folder + "/hwmon/" + entry.path().filename().string();
    }
    CardState state() override
    {
        CardState state;
        if (m_hwmon.empty())
            return state;
        const auto scaled = [&](const char *file, double unit) -> std::optional<double> {
            const auto value = numberIn(m_hwmon + file);
            return value ? std::optional(*value * unit) : std::nullopt;
        };
        state.coreMHz = scaled("/freq1_input", 1e-6);
        state.temperatureC = scaled("/temp1_input", 1e-3);
        state.powerW = scaled("/power1_average", 1e-6);
        if (!state.powerW)
            state.powerW = scaled("/power1_input", 1e-6);
        state.utilisationPercent = numberIn(m_folder + "/gpu_busy_percent");
        state.throttled = m_throttle.reasons(bytesIn(m_folder + "/gpu_metrics"), state.coreMHz);
        return state;
    }
    CardSetting setting() override
    {
        CardSetting setting;
        readLink(m_folder, setting);
        if (const auto cap = m_hwmon.empty() ? std::nullopt : numberIn(m_hwmon + "/power1_cap"))
            setting.powerLimitW = *cap * 1e-6;
        if (!m_folder.empty())
            setting.partition = machineLine(m_folder + "/current_compute_partition");
        return setting;
    }
    EccCounts ecc() override { return m_folder.empty() ? EccCounts() : rasCountsIn(m_folder + "/ras/umc_err_count"); }
    std::string source() const override { return m_hwmon.empty() ? "nothing" : "sysfs"; }

private:
    std::string m_folder, m_hwmon;
    AmdThrottle m_throttle;
};

class NvmlMonitor final : public Monitor {
public:
    NvmlMonitor(Nvml nvml, void *card, const DeviceDescription &device)
        : m_nvml(std::move(nvml))
        , m_card(card)
        , m_folder(sysfsFolder(device))
    {
    }
    CardState state() override { return m_nvml.state(m_card); }
    CardSetting setting() override
    {
        CardSetting setting = m_nvml.setting(m_card);
        CardSetting link;
        readLink(m_folder, link);
        setting.linkGeneration = setting.linkGeneration ? setting.linkGeneration : link.linkGeneration;
        setting.linkGenerationMax = setting.linkGenerationMax ? setting.linkGenerationMax : link.linkGenerationMax;
        setting.linkWidth = setting.linkWidth ? setting.linkWidth : link.linkWidth;
        setting.linkWidthMax = setting.linkWidthMax ? setting.linkWidthMax : link.linkWidthMax;
        setting.numaNode = link.numaNode;
        return setting;
    }
    EccCounts ecc() override { return m_nvml.ecc(m_card); }
    std::string source() const override { return "nvml"; }

private:
    Nvml m_nvml;
    void *m_card;
    std::string m_folder;
};

} // namespace

std::unique_ptr<Monitor> Monitor::of(const DeviceDescription &device)
{
    if (device.backend == "cuda") {
        if (auto nvml = Nvml::load())
            if (void *card = nvml->card(device))
                return std::make_unique<NvmlMonitor>(std::move(*nvml), card, device);
    }
    return std::make_unique<SysfsMonitor>(device);
}

std::optional<std::string> migParentWithoutSlice()
{
    const auto nvml = Nvml::load();
    return nvml ? nvml->firstMigParent() : std::nullopt;
}

} // namespace probe
