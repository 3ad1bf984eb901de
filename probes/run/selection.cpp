// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/run/selection.h"

#include <algorithm>
#include <cctype>

namespace probe {
namespace {

struct Backend {
    const char *name;
    Result<std::unique_ptr<Driver>> (*load)();
};
constexpr Backend backends[] = {{"cuda", loadCuda}, {"hip", loadHip}, {"opencl", loadOpenCl}};

std::string lower(std::string text)
{
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// PCI addresses compare without leading zeros of the domain: CUDA writes eight digits of it, lspci none.
std::string bareAddress(const std::string &address)
{
    const std::string text = lower(address);
    return text.substr(std::min(text.find_first_not_of("0:"), text.size()));
}

bool matches(const DeviceDescription &d, const std::string &wanted)
{
    if (wanted == d.id() || wanted == std::to_string(d.index))
        return true;
    if (!d.uuid.empty() && lower(wanted) == lower(d.uuid))
        return true;
    return wanted.contains(':') && !d.pciAddress.empty() && bareAddress(wanted) == bareAddress(d.pciAddress);
}

// An OpenCL device of a vendor whose own backend works is the same card again.
bool isAnotherName(const DeviceDescription &d, const Survey &survey)
{
    if (d.backend != "opencl" || d.type == "cpu")
        return false;
    const std::string vendor = lower(d.vendor);
    return std::ranges::any_of(survey.devices, [&](const Survey::Found &other) {
        const bool nvidia = other.description.backend == "cuda" && vendor.contains("nvidia");
        const bool amd =
            other.description.backend == "hip" && (vendor.contains("advanced micro") || vendor.contains("amd"));
        return nvidia || amd;
    });
}

std::string noDeviceMatches(const Options &options, const Survey &survey)
{
    std::string known;
    for (const Survey::Found &found : survey.devices)
        known += (known.empty() ? "" : ", ") + found.description.id() + " (" + found.description.name + ")";
    return "no device \"" + options.device + "\"" + (known.empty() ? "; none was found" : "; there are " + known);
}

} // namespace

Survey surveyMachine(const Options &options, Reporter *report)
{
    Survey survey;
    for (const Backend &backend : backends) {
        const bool wanted = options.backend.empty() || options.backend == backend.name;
        const std::size_t colon = options.device.find(':');
        const std::string prefix = options.device.substr(0, colon);
        const bool named = colon != std::string::npos && (prefix == "cuda" || prefix == "hip" || prefix == "opencl");
        if (!wanted || (named && prefix != backend.name))
            continue;
        auto driver = backend.load();
        if (report)
            report->backend(backend.name, driver ? "" : driver.error().what);
        if (!driver)
            continue;
        for (DeviceDescription &description : (*driver)->devices()) {
            if (report)
                report->device(description, Monitor::of(description)->setting());
            survey.devices.push_back({driver->get(), std::move(description)});
        }
        survey.drivers.push_back(std::move(*driver));
    }
    return survey;
}

std::expected<std::vector<std::size_t>, std::string> chooseDevices(const Options &options, const Survey &survey)
{
    const bool all = options.device.empty() || options.device == "all";
    std::vector<std::size_t> chosen;
    std::string onlyCpu;
    for (std::size_t i = 0; i < survey.devices.size(); i++) {
        const DeviceDescription &d = survey.devices[i].description;
        if (!all && matches(d, options.device))
            chosen.push_back(i);
        if (!all || isAnotherName(d, survey))
            continue;
        if (d.type != "cpu" || options.profile->name == "ci")
            chosen.push_back(i);
        else
            onlyCpu = d.id();
    }
    if (!all && chosen.size() > 1) // an index names the first backend's device
        chosen = {chosen.front()};
    if (!chosen.empty())
        return chosen;
    if (!all)
        return std::unexpected(noDeviceMatches(options, survey));
    if (!onlyCpu.empty())
        return std::unexpected("no GPU, only a CPU device; measure that with --device " + onlyCpu);
    return std::unexpected("no device was found");
}

} // namespace probe
