// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace app {

// The discovery documents of the demo cluster's API server, made from servedKinds().

bool isServedGroup(const std::string &name);
/// APIGroupList, APIGroup, and the APIResourceList of one version; `group` is empty for core.
nlohmann::json groupList();
nlohmann::json apiGroup(const std::string &name);
nlohmann::json resourceList(const std::string &group, const std::string &version);

} // namespace app
