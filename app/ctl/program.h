// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace app::ctl {

/// `berthctl`: reads the command line, runs the command, prints errors to standard error; returns the exit code.
int runProgram(int argc, char **argv);

} // namespace app::ctl
