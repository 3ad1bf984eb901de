// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <chrono>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
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
    /// Longest time without a byte on either stream; zero: any.
    std::chrono::milliseconds silenceLimit{0};
    /// Asked to stop or out of time, the program gets SIGTERM and this long to leave; then, or at once when it is zero,
    /// SIGKILL.
    std::chrono::milliseconds grace{0};
    /// Gets every line of stdout as it comes, without its end, on the calling thread; also while the program uses its
    /// grace. What follows the last line end is handed over when the program has ended. `output` stays empty then.
    std::function<void(std::string_view line)> onLine{};
};

struct ProcessResult {
    int exitCode = 0;              ///< 128 + signal when a signal ended it
    std::string output, errorText; ///< stdout and stderr, at most 1 MiB each
};

/// Runs it in a process group of its own and waits until it ends. The whole group is ended at the time limit or after
/// too long a silence (Timeout) and when `stop` is requested (Cancelled). A process that even SIGKILL does not end
/// sleeps in a kernel driver: it is left behind after five seconds, and the error says so. A command that does not
/// exist is NotFound. PATH is our own and, when the command is not on it, the login shell's: a window started from a
/// desktop does not have the terminal's PATH.
Result<ProcessResult> runProcess(const ProcessRequest &request, std::stop_token stop);

} // namespace core
