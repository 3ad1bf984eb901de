// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <optional>
#include <string>
#include <variant>

namespace app {

/// What `berth` was asked to do.
struct CommandLine {
    std::optional<std::filesystem::path> kubeconfig;  ///< --kubeconfig; else KUBECONFIG and ~/.kube/config
    std::string context;                              ///< --context; empty = current-context
    bool demo = false;                                ///< --demo: the built-in cluster, whatever kubeconfig says
    std::optional<std::filesystem::path> plan;        ///< plan file to open
    std::string logLevel = "info";                    ///< trace debug info warn error off
    std::optional<std::filesystem::path> screenshots; ///< write a PNG of every page there, light and dark, and end
    std::string screenshotSuffix = "1x";
    /// --window-size WIDTHxHEIGHT, for screenshots and programs that drive the window.
    std::optional<std::pair<int, int>> windowSize;
    std::optional<std::filesystem::path>
        geometry; ///< keep the places of named widgets there, for programs that drive the window
    std::optional<std::filesystem::path> exportTo; ///< where Export writes without asking
};

/// The program should end at once: print `text` and return `code` (--help, --version, a usage error).
struct Exit {
    int code = 0;
    std::string text;
};

std::variant<CommandLine, Exit> parseCommandLine(int argc, const char *const *argv);

} // namespace app
