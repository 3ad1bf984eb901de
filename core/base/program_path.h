// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <stop_token>
#include <string>

namespace core {

/// The file of a command: the path itself, or the name looked for on PATH and then on the login shell's PATH. NotFound
/// when there is none, Io when it may not be executed. May run the login shell: up to two seconds.
Result<std::string> findProgram(const std::string &command, const std::stop_token &stop);

} // namespace core
