// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace app::ctl {

/// A completion script for "bash", "zsh" or "fish", made from the commands and options the program really has.
std::optional<std::string> completionScript(const CLI::App &program, const std::string &shell);

} // namespace app::ctl
