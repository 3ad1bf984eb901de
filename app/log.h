// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/http_client.h"

#include <spdlog/logger.h>

#include <filesystem>
#include <memory>
#include <string>

namespace app {

using Log = std::shared_ptr<spdlog::logger>;

/// The names that --log-level takes: trace debug info warn error off.
inline constexpr auto logLevels = {"trace", "debug", "info", "warn", "error", "off"};

/// A log in `folder` (made when missing) of at most 4 files of 2 MiB, NAME.log the newest. Any thread. When the folder
/// cannot be written the log keeps nothing and `problem` says why: no program fails for want of a log.
struct OpenedLog {
    Log log;
    std::string problem; ///< empty when all is well
};
OpenedLog openLog(const std::filesystem::path &folder, const std::string &name, const std::string &level);

/// Passes everything on and logs method, address, status and time of each request: debug when it worked, warn when it
/// did not. Never a header, a body, a query or a password.
std::unique_ptr<core::HttpClient> logged(std::unique_ptr<core::HttpClient> http, Log log);

/// The address as logs may show it: no query, no user, no password.
std::string addressForLog(const std::string &url);

} // namespace app
