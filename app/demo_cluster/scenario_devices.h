// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Dynamic Resource Allocation in a scenario; for the scenario reader.

#include "app/demo_cluster/scenario.h"

#include <yaml-cpp/yaml.h>

namespace app {

/// What a driver publishes of each node of a kind: its name, the number of devices, and what they all have.
nlohmann::json devicesOf(const YAML::Node &entry);
/// The ResourceSlice of a node, as the vendors' drivers publish one: a pool of the node's own name.
nlohmann::json sliceOf(const nlohmann::json &devices, const std::string &node);
/// Adds a claim that holds the next free devices of the pod's node, as many as `entry` says.
void addClaim(const YAML::Node &entry, nlohmann::json &pod, Scenario &scenario);

} // namespace app
