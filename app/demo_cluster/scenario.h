// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace app {

/// Something that happens by itself while the demo cluster runs.
struct ScenarioChange {
    enum class What { FinishPod, Cordon, Uncordon, Withdraw };
    std::chrono::milliseconds after{};
    What what{};
    std::string nameSpace, name; ///< pod, or node
    std::string reason;          ///< of a cordon
    std::string resource;        ///< withdrawn by one
};

/// A cluster, written compactly in YAML and expanded to the objects an API server holds.
struct Scenario {
    std::string serverVersion = "v1.36.3";
    std::vector<nlohmann::json> nodes, pods, namespaces, runtimeClasses;
    std::vector<nlohmann::json> slices, deviceClasses, claims; ///< of Dynamic Resource Allocation
    std::map<std::string, std::string> logs;                   ///< what pods printed, by "namespace/name"
    std::vector<ScenarioChange> changes;                       ///< ordered by time
};

/// Reads a scenario file. Errors name file, line and field.
core::Result<Scenario> loadScenario(const std::filesystem::path &file);

/// What makePod() is told of a pod; every quantity and label a string.
struct PodParts {
    std::string name, nameSpace = "default";
    std::string node; ///< empty: not bound
    std::string phase = "Running";
    std::string image = "registry.k8s.io/pause:3.10";
    std::string owner; ///< empty: nobody's pod
    std::string ownerKind = "ReplicaSet";
    nlohmann::json labels = nlohmann::json::object(), resources = nlohmann::json::object();
};

/// A pod of one container that tolerates the vendors' taints, as its controller makes it.
nlohmann::json makePod(const PodParts &parts);

/// Adds the label nodes select themselves by, status and conditions to a bare node; used by tests to make clusters.
nlohmann::json makeNode(const std::string &name, nlohmann::json labels, const nlohmann::json &resources);

} // namespace app
