// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/program_path.h"

#include "core/base/process.h"

#include <fmt/format.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace core {

namespace {

std::string findOn(const std::string &path, const std::string &name)
{
    std::istringstream folders(path);
    for (std::string folder; std::getline(folders, folder, ':');) {
        const auto file = (std::filesystem::path(folder.empty() ? "." : folder) / name).string();
        std::error_code unknown;
        if (access(file.c_str(), X_OK) == 0 && !std::filesystem::is_directory(file, unknown))
            return file;
    }
    return {};
}

/// PATH as the user's login shell sets it; empty when the shell does not say within two seconds.
std::string loginShellPath(const std::stop_token &stop)
{
    const auto *shell = std::getenv("SHELL");
    ProcessRequest ask;
    ask.command = shell && *shell == '/' ? shell : "/bin/sh";
    ask.arguments = {"-lc", "printenv PATH"}; // not $PATH: fish would print its list with spaces
    ask.timeLimit = std::chrono::seconds(2);
    const auto answer = runProcess(ask, stop);
    if (!answer || answer->exitCode != 0)
        return {};
    // Profiles may greet first: the path is the last line.
    const auto end = answer->output.find_last_not_of('\n');
    if (end == std::string::npos)
        return {};
    const auto start = answer->output.rfind('\n', end);
    return answer->output.substr(start == std::string::npos ? 0 : start + 1,
                                 end - (start == std::string::npos ? 0 : start + 1) + 1);
}

} // namespace

Result<std::string> findProgram(const std::string &command, const std::stop_token &stop)
{
    if (command.contains('/')) {
        if (access(command.c_str(), F_OK) != 0)
            return fail(ErrorKind::NotFound, "the command does not exist", command);
        if (access(command.c_str(), X_OK) != 0)
            return fail(ErrorKind::Io, "the command may not be executed", command, "chmod +x " + command);
        return command;
    }
    const auto *path = std::getenv("PATH");
    auto file = findOn(path ? path : "/usr/bin:/bin", command);
    if (file.empty())
        file = findOn(loginShellPath(stop), command);
    if (file.empty())
        return fail(ErrorKind::NotFound, fmt::format("the command \"{}\" is not on PATH", command), command);
    return file;
}

} // namespace core
