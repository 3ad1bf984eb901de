// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <chrono>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace core {

/// A program to run once.
struct ProcessRequest {
    std::string command; ///< a path, or a name to be found on PATH
    std::vector<std::string> arguments;
    std::map<std::string, std::string> environment; ///< laid over our own
    std::chrono::milliseconds timeLimit{30'000};
    /// The terminal is the program's too: it reads our stdin, its stderr is shown as it comes, and it stays in our
    /// process group (so only itself is killed, not its children). Else stdin is /dev/null.
    bool inheritStdin = false;
};

struct ProcessResult {
    int exitCode = 0;              ///< 128 + signal when a signal ended it
    std::string output, errorText; ///< stdout and stderr, at most 1 MiB each
};

/// Runs it in a process group of its own and waits until it ends. The whole group is killed at the time limit (Timeout)
/// and when `stop` is requested (Cancelled). A command that does not exist is NotFound. PATH is our own and, when the
/// command is not on it, the login shell's: a window started from a desktop does not have the terminal's PATH.
Result<ProcessResult> runProcess(const ProcessRequest &request, std::stop_token stop);

} // namespace core
