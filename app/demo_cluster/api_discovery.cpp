// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo_cluster/api_discovery.h"

#include "app/demo_cluster/object_store.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace app {

using nlohmann::json;

namespace {

constexpr std::array groupNames{"apps", "authorization.k8s.io", "node.k8s.io", "resource.k8s.io"};

} // namespace

bool isServedGroup(const std::string &name)
{
    return std::ranges::count(groupNames, name) > 0;
}

json resourceList(const std::string &group, const std::string &version)
{
    auto resources = json::array();
    for (const auto &kind : servedKinds()) {
        if (kind.group != group || kind.version != version)
            continue;
        auto singular = kind.kind;
        std::ranges::transform(singular, singular.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        resources.push_back({{"name", kind.plural},
                             {"singularName", singular},
                             {"namespaced", kind.namespaced},
                             {"kind", kind.kind},
                             {"verbs", {"delete", "get", "list", "patch", "watch"}}});
    }
    if (group == "authorization.k8s.io")
        resources.push_back({{"name", "selfsubjectaccessreviews"},
                             {"singularName", "selfsubjectaccessreview"},
                             {"namespaced", false},
                             {"kind", "SelfSubjectAccessReview"},
                             {"verbs", {"create"}}});
    return {{"kind", "APIResourceList"},
            {"apiVersion", "v1"},
            {"groupVersion", group.empty() ? version : group + "/" + version},
            {"resources", resources}};
}

json apiGroup(const std::string &name)
{
    const json version{{"groupVersion", name + "/v1"}, {"version", "v1"}};
    return {{"kind", "APIGroup"},
            {"apiVersion", "v1"},
            {"name", name},
            {"versions", json::array({version})},
            {"preferredVersion", version}};
}

json groupList()
{
    auto groups = json::array();
    for (const auto *name : groupNames)
        groups.push_back(apiGroup(name));
    return {{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", groups}};
}

} // namespace app
