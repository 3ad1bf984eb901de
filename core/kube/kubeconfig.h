// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/kube_client.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>

namespace core {

/// A merged kubeconfig, in the file's own field names, each entry with the file it came from.
struct Kubeconfig {
    struct Entry {
        nlohmann::json value;
        std::filesystem::path file;
    }; ///< value = the "cluster"/"user"/"context" object
    std::map<std::string, Entry> clusters, users, contexts;
    std::string currentContext;
    std::vector<Error> fileErrors; ///< files that did not parse; the others still count
};

/// Files in order of precedence: `explicitPath` alone, else KUBECONFIG (":" separated, duplicates and empty entries
/// dropped), else ~/.kube/config.
std::vector<std::filesystem::path> kubeconfigPaths(const std::optional<std::filesystem::path> &explicitPath);
/// Loads and merges exactly as kubectl does: the first file that defines a name wins, relative paths resolve against
/// their file.
Result<Kubeconfig> loadKubeconfig(const std::vector<std::filesystem::path> &paths, bool explicitPath);
/// The access data of a context (empty = current-context). Errors name file, entry and field.
Result<ClusterAccess> clusterAccess(const Kubeconfig &config, const std::string &context = {});
/// From the service account of the pod we run in; nullopt outside a cluster.
std::optional<ClusterAccess> inClusterAccess();

} // namespace core
