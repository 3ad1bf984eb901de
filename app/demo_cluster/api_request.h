// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo_cluster/object_store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace app {

// What a request to the demo cluster's API server asks for. Pure: no connection, no store.

/// "/apis/apps/v1/namespaces/ns/deployments/name" taken apart.
struct Place {
    const ServedKind *kind = nullptr;
    std::string nameSpace, name;
};
/// nullopt: no kind that is served has such a path.
std::optional<Place> parsePlace(const std::string &path);

/// What lies between the separators, empty parts too.
std::vector<std::string> split(const std::string &text, char separator);
/// A decimal number that is not negative; nullopt: anything else.
std::optional<std::int64_t> number(const std::string &text);

/// Which objects of a kind are asked for. Equality-based selectors only, as the failure says.
ApiResult<ObjectStore::Filter> makeFilter(const std::string &fieldSelector, const std::string &labelSelector,
                                          const Place &place);
/// An object in JSON or YAML.
ApiResult<nlohmann::json> parseBody(const std::string &body);

} // namespace app
