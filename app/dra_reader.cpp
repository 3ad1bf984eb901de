// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dra_reader.h"

#include "core/inventory/dra_json.h"

#include <algorithm>
#include <array>

namespace app {

using core::ErrorKind;

namespace {

template <class T>
core::Result<void> readKind(core::KubeClient &client, const core::ApiResource &resource, int pageSize,
                            core::ClusterSnapshot &snapshot, std::vector<std::shared_ptr<const T>> &into,
                            const std::stop_token &stop)
{
    const auto onPage = [&into](std::string_view page) -> core::Result<void> {
        auto objects = core::parseDraList<T>(page);
        if (!objects)
            return std::unexpected(objects.error());
        into.insert(into.end(), std::move_iterator(objects->begin()), std::move_iterator(objects->end()));
        return {};
    };
    const auto listed = client.list(core::apiPath(resource), pageSize, onPage, [&into] { into.clear(); }, stop);
    std::ranges::sort(into, {}, [](const auto &object) { return core::dra::keyOf(*object); });
    if (listed)
        return {};
    const auto kind = listed.error().kind;
    if (kind != ErrorKind::Forbidden && kind != ErrorKind::NotFound)
        return std::unexpected(listed.error());
    snapshot.blindSpots.push_back({resource.plural, {}, listed.error().message});
    return {};
}

} // namespace

core::Result<std::optional<std::string>> draVersion(core::KubeClient &client, const std::stop_token &stop)
{
    const auto group = client.get("/apis/resource.k8s.io", stop);
    if (!group && group.error().kind == ErrorKind::NotFound)
        return std::nullopt;
    if (!group)
        return std::unexpected(group.error());
    static constexpr std::array<const char *, 3> known{"v1", "v1beta2", "v1beta1"};
    const auto versions = group->is_object() ? group->value("versions", nlohmann::json::array()) : nlohmann::json();
    for (const auto *version : known)
        if (std::ranges::any_of(versions, [version](const nlohmann::json &one) {
                return one.is_object() && one.contains("version") && one["version"] == version;
            }))
            return version;
    return std::nullopt;
}

core::Result<void> readDra(core::KubeClient &client, core::ClusterSnapshot &snapshot, int pageSize, bool templates,
                           const std::stop_token &stop)
{
    const auto version = draVersion(client, stop);
    // Who may not even ask what is served may not list it either.
    if (!version && version.error().kind == ErrorKind::Forbidden) {
        snapshot.blindSpots.push_back({"resourceslices", {}, version.error().message});
        return {};
    }
    if (!version)
        return std::unexpected(version.error());
    snapshot.draServed = version->has_value();
    if (!*version)
        return {};
    auto resources = std::make_shared<core::dra::Resources>();
    resources->version = **version;
    const auto read = [&]<class T>(const char *plural, std::vector<std::shared_ptr<const T>> &into) {
        return readKind<T>(client, {"resource.k8s.io", **version, plural}, pageSize, snapshot, into, stop);
    };
    if (const auto slices = read("resourceslices", resources->slices); !slices)
        return slices;
    if (const auto classes = read("deviceclasses", resources->classes); !classes)
        return classes;
    if (const auto claims = read("resourceclaims", resources->claims); !claims)
        return claims;
    auto last = templates ? read("resourceclaimtemplates", resources->templates) : core::Result<void>();
    snapshot.dra = std::move(resources);
    return last;
}

} // namespace app
