// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "probes/measure/profile.h"

#include <optional>
#include <string>
#include <vector>

namespace probe {

// Exit codes of berth-probe. 0 is only for data that was measured and good.
enum class Exit {
    Good = 0,
    Bad = 1,          // wrong data, or a figure below what --expect asks
    DriverError = 2,  // an error, a hang or a death in the driver
    NotRun = 3,       // no device, or nothing was measured
    Usage = 4,        // the command line or the --expect file
    Inconclusive = 5, // busy, too little memory: says nothing about the card
    Stopped = 6,      // by SIGTERM or SIGINT before it was done
};

struct Options {
    const Profile *profile = nullptr;
    bool list = false;
    std::string device;              // "", "all", "cuda:0", "0", a PCI address, a UUID
    std::string backend;             // "" for all
    std::vector<std::string> probes; // empty: the profile's
    bool again = false;              // a second look: what the machine has was said already
    std::string expectFile;
    double stallSeconds = 20;
    double minutes = 10;                     // of soak
    std::optional<std::uint32_t> seed;       // random when absent
    std::optional<double> againAfterSeconds; // the profile's when absent
};

// The command line, or the exit code with which to leave (help and errors are printed).
struct ParsedOptions {
    std::optional<Options> options;
    int exitCode = 0;
};
ParsedOptions parseOptions(int argc, char **argv);

} // namespace probe
