// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/resource_paths.h"

#include <fmt/format.h>

#include <cstdlib>
#include <vector>

namespace app {

namespace {

std::filesystem::path userFolder(const char *variable, const char *otherwise)
{
    if (const auto *chosen = std::getenv(variable); chosen != nullptr && *chosen == '/')
        return std::filesystem::path(chosen)
            / "berth"; // a relative value is ignored (XDG Base Directory Specification)
    const auto *home = std::getenv("HOME");
    return std::filesystem::path(home != nullptr ? home : "/") / otherwise / "berth";
}

} // namespace

core::Result<std::filesystem::path> resourceFolder()
{
    std::error_code ignored;
    std::vector<std::filesystem::path> candidates;
    if (const auto *chosen = std::getenv("BERTH_RESOURCES"); chosen != nullptr && *chosen != '\0') {
        candidates.emplace_back(chosen);
    } else {
        const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
        if (!program.empty())
            candidates.push_back(program.parent_path().parent_path() / "share" / "berth");
        candidates.emplace_back(BERTH_SOURCE_RESOURCES);
    }
    std::string tried;
    for (const auto &folder : candidates) {
        if (std::filesystem::is_directory(folder / "catalog", ignored))
            return folder;
        tried += (tried.empty() ? "" : ", ") + folder.string();
    }
    return core::fail(core::ErrorKind::NotFound, fmt::format("Berth's catalogue is in none of: {}", tried), {},
                      "reinstall Berth, or set BERTH_RESOURCES to the folder that holds catalog/");
}

std::filesystem::path stateFolder()
{
    return userFolder("XDG_STATE_HOME", ".local/state");
}

std::filesystem::path configFolder()
{
    return userFolder("XDG_CONFIG_HOME", ".config");
}

std::filesystem::path dataFolder()
{
    return userFolder("XDG_DATA_HOME", ".local/share");
}

std::filesystem::path historyFile()
{
    return dataFolder() / "history.sqlite";
}

std::string probeProgram()
{
    std::error_code unknown;
    const auto beside = std::filesystem::read_symlink("/proc/self/exe", unknown).parent_path() / "berth-probe";
    return std::filesystem::exists(beside, unknown) ? beside.string() : "berth-probe";
}

} // namespace app
