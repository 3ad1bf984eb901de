// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "probes/drivers/device.h"
#include "probes/report/reporter.h"
#include "probes/run/options.h"

#include <memory>
#include <string>
#include <vector>

namespace probe {

// The drivers of this machine and their devices.
struct Survey {
    std::vector<std::unique_ptr<Driver>> drivers;
    struct Found {
        Driver *driver;
        DeviceDescription description;
    };
    std::vector<Found> devices;
};

// Loads the drivers `options` allow. With a reporter, says what was found, and why a backend has nothing.
Survey surveyMachine(const Options &options, Reporter *report);

// Which devices to measure. Without --device: every GPU, each by one backend only; CPUs only in profile ci or by name.
// The error says why there is none.
std::expected<std::vector<std::size_t>, std::string> chooseDevices(const Options &options, const Survey &survey);

} // namespace probe
