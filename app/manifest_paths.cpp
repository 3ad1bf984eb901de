// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/manifest_paths.h"

#include <fmt/format.h>

namespace app {

core::Result<std::string> pathOf(const core::ManifestObject &object)
{
    const auto path = [&object](const core::ApiResource &resource) {
        return core::apiPath(resource, object.nameSpace(), object.name());
    };
    const auto kind = object.kind();
    if (kind == "Deployment")
        return path({"apps", "v1", "deployments"});
    if (kind == "Service")
        return path({"", "v1", "services"});
    const std::string version = object.json.at("apiVersion");
    if (kind == "ResourceClaimTemplate") // in the version that the cluster serves
        return path({"resource.k8s.io", version.substr(version.find('/') + 1), "resourceclaimtemplates"});
    return core::fail(core::ErrorKind::Internal, fmt::format("no path is known for the kind {}", kind), object.name());
}

} // namespace app
