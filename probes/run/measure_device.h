// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "probes/run/options.h"

namespace probe {

// What one child process does: looks at the machine, reports it (the first child only), opens the `place`-th chosen
// device and measures it. Everything it learns goes out as JSON lines on `file`; SIGTERM ends it after the running
// launch.
void measureInChild(const Options &options, std::size_t place, int file, double startedAt);

} // namespace probe
