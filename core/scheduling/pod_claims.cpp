// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/pod_claims.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace core {

using nlohmann::json;

namespace {

/// Empty when absent or null.
std::string textOf(const json &object, const char *key)
{
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? std::string() : found->get<std::string>();
}

const json::array_t &listOf(const json &object, const char *key)
{
    static const json::array_t none;
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? none : found->get_ref<const json::array_t &>();
}

const json &objectOf(const json &object, const char *key)
{
    static const json none = json::object();
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? none : *found;
}

} // namespace

Result<std::vector<PodClaim>> readPodClaims(const json &pod)
{
    try {
        std::vector<PodClaim> claims;
        for (const auto &one : listOf(objectOf(pod, "spec"), "resourceClaims"))
            claims.push_back(
                {textOf(one, "name"), textOf(one, "resourceClaimName"), textOf(one, "resourceClaimTemplateName")});
        for (const auto &made : listOf(objectOf(pod, "status"), "resourceClaimStatuses")) {
            const auto claim = std::ranges::find(claims, textOf(made, "name"), &PodClaim::name);
            if (claim != claims.end() && claim->claimName.empty())
                claim->claimName = textOf(made, "resourceClaimName");
        }
        return claims;
    } catch (const json::exception &) {
        return fail(ErrorKind::Parse, "spec.resourceClaims must be a list of objects with names", "pod");
    }
}

} // namespace core
