// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace probe {

// How a child process ended.
struct ChildEnd {
    std::optional<int> signal; // it died of this one
    int exitCode = 0;          // what it left with, when it left by itself
    bool hung = false;         // it was killed after too long a silence
    bool unkillable = false;   // and even that did not end it: it sleeps in the driver
};

// Runs `work` in a child process that writes lines to the file it is given, and hands every whole line to `onLine`.
// A driver that crashes, hangs or sleeps takes the child with it, never the caller. `onLine` runs in the caller.
// When `stopRequested` turns true the child gets SIGTERM, and five seconds to leave the device idle.
ChildEnd superviseChild(const std::function<void(int file)> &work, const std::function<double()> &stallSeconds,
                        const std::function<void(const std::string &line)> &onLine,
                        const std::function<bool()> &stopRequested);

// "SIGSEGV" of 11.
std::string signalName(int signal);

} // namespace probe
