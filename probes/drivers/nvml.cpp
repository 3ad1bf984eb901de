// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/drivers/nvml.h"

#include <array>
#include <unistd.h>
#include <utility>

namespace probe {
namespace {

// nvmlClocksEventReasons. Idle (1), application clocks (2) and sync boost (16) say nothing about the card's health.
struct Reason {
    unsigned long long bit;
    const char *words;
};
constexpr Reason reasons[] = {
    {0x4, "software power cap"}, // normal under full load at the default limit
    {0x8, "hardware slowdown"},     {0x20, "software thermal"}, {0x40, "hardware thermal"},
    {0x80, "hardware power brake"}, {0x100, "display clocks"},
};

template <typename Call>
std::optional<int> whole(Call call, void *card)
{
    unsigned value = 0;
    return call && call(card, &value) == 0 ? std::optional(static_cast<int>(value)) : std::nullopt;
}

} // namespace

Nvml::Nvml(Library library) : m_library(std::move(library))
{
    Library &l = m_library;
    l.find(m_init, "nvmlInit_v2");
    l.findOptional(m_count, "nvmlDeviceGetCount_v2");
    l.findOptional(m_byIndex, "nvmlDeviceGetHandleByIndex_v2");
    l.find(m_byPci, "nvmlDeviceGetHandleByPciBusId_v2");
    l.findOptional(m_byUuid, "nvmlDeviceGetHandleByUUID");
    l.findOptional(m_name, "nvmlDeviceGetName");
    l.findOptional(m_clock, "nvmlDeviceGetClockInfo");
    l.findOptional(m_temperature, "nvmlDeviceGetTemperature");
    l.findOptional(m_power, "nvmlDeviceGetPowerUsage");
    l.findOptional(m_powerLimit, "nvmlDeviceGetEnforcedPowerLimit");
    l.findOptional(m_utilisation, "nvmlDeviceGetUtilizationRates");
    l.findOptional(m_throttle, "nvmlDeviceGetCurrentClocksThrottleReasons");
    l.findOptional(m_migMode, "nvmlDeviceGetMigMode");
    l.findOptional(m_processes, "nvmlDeviceGetComputeRunningProcesses_v3");
    l.findOptional(m_linkGeneration, "nvmlDeviceGetCurrPcieLinkGeneration");
    l.findOptional(m_linkGenerationMax, "nvmlDeviceGetMaxPcieLinkGeneration");
    l.findOptional(m_linkWidth, "nvmlDeviceGetCurrPcieLinkWidth");
    l.findOptional(m_linkWidthMax, "nvmlDeviceGetMaxPcieLinkWidth");
    l.findOptional(m_ecc, "nvmlDeviceGetTotalEccErrors");
}

std::optional<Nvml> Nvml::load()
{
    auto library = Library::open({"libnvidia-ml.so.1"}, "BERTH_PROBE_NVML_LIBRARY");
    if (!library)
        return std::nullopt;
    Nvml nvml(*library);
    if (!nvml.m_library.missing().empty() || nvml.m_init() != 0)
        return std::nullopt;
    return nvml;
}

void *Nvml::card(const DeviceDescription &device) const
{
    void *card = nullptr;
    if (!device.pciAddress.empty() && m_byPci(device.pciAddress.c_str(), &card) == 0)
        return card;
    return nullptr;
}

CardState Nvml::state(void *card) const
{
    CardState state;
    unsigned value = 0;
    if (m_clock && m_clock(card, 1, &value) == 0) // 1: the SM clock
        state.coreMHz = value;
    if (m_temperature && m_temperature(card, 0, &value) == 0) // 0: the GPU die
        state.temperatureC = value;
    if (m_power && m_power(card, &value) == 0)
        state.powerW = value * 1e-3;
    if (Utilisation use{}; m_utilisation && m_utilisation(card, &use) == 0)
        state.utilisationPercent = use.gpu;
    unsigned long long bits = 0;
    if (m_throttle && m_throttle(card, &bits) == 0)
        for (const Reason &reason : reasons)
            if (bits & reason.bit)
                state.throttled.emplace_back(reason.words);
    return state;
}

CardSetting Nvml::setting(void *card) const
{
    CardSetting setting;
    if (const auto limit = whole(m_powerLimit, card))
        setting.powerLimitW = *limit * 1e-3;
    setting.linkGeneration = whole(m_linkGeneration, card);
    setting.linkGenerationMax = whole(m_linkGenerationMax, card);
    setting.linkWidth = whole(m_linkWidth, card);
    setting.linkWidthMax = whole(m_linkWidthMax, card);
    setting.eccUncorrected = ecc(card).uncorrected;
    std::array<ProcessInfo, 64> processes{};
    unsigned count = processes.size();
    if (m_processes && m_processes(card, &count, processes.data()) == 0)
        for (unsigned i = 0; i < count && i < processes.size(); i++)
            if (static_cast<pid_t>(processes[i].pid) != getpid())
                setting.otherProcesses.push_back(static_cast<int>(processes[i].pid));
    return setting;
}

EccCounts Nvml::ecc(void *card) const
{
    constexpr int corrected = 0, uncorrected = 1, sinceLoad = 0; // nvmlMemoryErrorType_t, NVML_VOLATILE_ECC
    EccCounts counts;
    unsigned long long count = 0;
    if (m_ecc && m_ecc(card, corrected, sinceLoad, &count) == 0)
        counts.corrected = count;
    if (m_ecc && m_ecc(card, uncorrected, sinceLoad, &count) == 0)
        counts.uncorrected = count;
    return counts;
}

std::optional<std::string> Nvml::firstMigParent() const
{
    unsigned count = 0;
    if (!m_count || !m_byIndex || !m_migMode || m_count(&count) != 0)
        return std::nullopt;
    for (unsigned i = 0; i < count; i++) {
        void *card = nullptr;
        unsigned current = 0, pending = 0;
        if (m_byIndex(i, &card) != 0 || m_migMode(card, &current, &pending) != 0 || current == 0)
            continue;
        std::array<char, 96> name{};
        if (m_name)
            m_name(card, name.data(), name.size());
        return std::string(name.data()) + " (GPU " + std::to_string(i) + ")";
    }
    return std::nullopt;
}

} // namespace probe
