// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/kubeconfig.h"

#include "core/base/file.h"
#include "core/kube/yaml_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace core {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// Adds the named entries of one list ("clusters"/"cluster"); entries that an earlier file defined stay.
Result<void> mergeEntries(const json &document, const char *listName, const char *itemName, const fs::path &file,
                          std::map<std::string, Kubeconfig::Entry> &into)
{
    if (!document.contains(listName) || document[listName].is_null())
        return {};
    if (!document[listName].is_array())
        return fail(ErrorKind::Parse, fmt::format("{} must be a list", listName), file.string());
    std::map<std::string, Kubeconfig::Entry> own;
    for (std::size_t i = 0; i < document[listName].size(); ++i) {
        const auto &entry = document[listName][i];
        const auto place = fmt::format("{}: {}[{}]", file.string(), listName, i);
        if (!entry.is_object() || !entry.contains("name") || !entry["name"].is_string())
            return fail(ErrorKind::Parse, "name must be a string", place);
        const auto value = entry.contains(itemName) && !entry[itemName].is_null() ? entry[itemName] : json::object();
        if (!value.is_object())
            return fail(ErrorKind::Parse, fmt::format("{} must be a mapping", itemName), place);
        const auto name = entry["name"].get<std::string>();
        if (!own.emplace(name, Kubeconfig::Entry{value, file}).second)
            return fail(ErrorKind::Parse, fmt::format("duplicate name \"{}\" in list", name), place);
    }
    into.merge(own);
    return {};
}

Result<void> mergeFile(const fs::path &file, const std::string &text, Kubeconfig &into)
{
    const auto document = yamlToJson(text, file.string());
    if (!document)
        return std::unexpected(document.error());
    if (document->is_null())
        return {};
    if (!document->is_object())
        return fail(ErrorKind::Parse, "is no kubeconfig: a mapping was expected", file.string());
    for (const auto *scalar : {"apiVersion", "kind", "current-context"})
        if (document->contains(scalar) && !(*document)[scalar].is_string() && !(*document)[scalar].is_null())
            return fail(ErrorKind::Parse, fmt::format("{} must be a string", scalar), file.string());
    for (const auto &[field, wanted] : {std::pair{"apiVersion", "v1"}, std::pair{"kind", "Config"}}) {
        const auto found = document->value(field, json());
        if (found.is_string() && !found.get<std::string>().empty() && found != wanted)
            return fail(ErrorKind::Parse, fmt::format("is no kubeconfig: {} is not {}", field, wanted), file.string());
    }
    for (const auto &[listName, itemName, target] :
         {std::tuple{"clusters", "cluster", &into.clusters}, std::tuple{"users", "user", &into.users},
          std::tuple{"contexts", "context", &into.contexts}})
        if (auto merged = mergeEntries(*document, listName, itemName, file, *target); !merged)
            return merged;
    if (into.currentContext.empty() && document->contains("current-context")
        && (*document)["current-context"].is_string())
        into.currentContext = (*document)["current-context"];
    return {};
}

const char *environment(const char *name)
{
    const auto *value = std::getenv(name);
    return value ? value : "";
}

} // namespace

std::vector<fs::path> kubeconfigPaths(const std::optional<fs::path> &explicitPath)
{
    if (explicitPath)
        return {*explicitPath};
    std::vector<fs::path> paths;
    std::istringstream list(environment("KUBECONFIG"));
    for (std::string path; std::getline(list, path, ':');)
        if (!path.empty() && std::ranges::find(paths, fs::path(path)) == paths.end())
            paths.emplace_back(path);
    if (paths.empty() && *environment("HOME"))
        paths.push_back(fs::path(environment("HOME")) / ".kube" / "config");
    return paths;
}

Result<Kubeconfig> loadKubeconfig(const std::vector<fs::path> &paths, bool explicitPath)
{
    Kubeconfig config;
    for (const auto &path : paths) {
        std::error_code status;
        if (!fs::exists(path, status) && !explicitPath)
            continue;
        const auto content = readFile(path);
        auto merged = content ? mergeFile(path, *content, config) : Result<void>(std::unexpected(content.error()));
        if (!merged && explicitPath)
            return std::unexpected(merged.error());
        if (!merged)
            config.fileErrors.push_back(merged.error());
    }
    return config;
}

} // namespace core
