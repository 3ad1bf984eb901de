// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the feed that watches Dynamic Resource Allocation.
#include "app/access_review.h"
#include "app/cluster_feed.h"
#include "app/dra_reader.h"
#include "core/inventory/dra_json.h"
#include "core/kube/reflector.h"

using namespace std::chrono_literals;

namespace app {

namespace {

std::string keyOf(const core::dra::Claim &claim)
{
    return claim.key();
}
template <class T>
const std::string &keyOf(const T &object)
{
    return object.name;
}

} // namespace

void ClusterFeed::watchDevices()
{
    m_threads.emplace_back([this](const std::stop_token &stop) { watchDra<core::dra::Slice>("resourceslices", stop); });
    m_threads.emplace_back(
        [this](const std::stop_token &stop) { watchDra<core::dra::DeviceClass>("deviceclasses", stop); });
    m_threads.emplace_back([this](const std::stop_token &stop) { watchDra<core::dra::Claim>("resourceclaims", stop); });
}

std::optional<std::string> ClusterFeed::awaitDraVersion(core::KubeClient &client, const char *plural,
                                                        const std::stop_token &stop)
{
    std::mutex mutex;
    std::condition_variable_any wake;
    while (!stop.stop_requested()) {
        const auto version = draVersion(client, stop);
        if (version && !*version)
            push(core::DraNotServed{});
        if (version)
            return *version;
        const auto kind = version.error().kind;
        if (kind == core::ErrorKind::Forbidden || kind == core::ErrorKind::Unauthorized)
            push(core::KindBlind{{plural, {}, core::describe(version.error())}});
        std::unique_lock lock(mutex);
        wake.wait_for(lock, stop, 30s, [] { return false; });
    }
    return std::nullopt;
}

template <class T>
void ClusterFeed::watchDra(const char *plural, const std::stop_token &stop)
{
    using Object = std::shared_ptr<const T>;
    auto client = m_connect();
    if (!client)
        return;
    const auto version = awaitDraVersion(**client, plural, stop);
    if (!version)
        return;
    std::map<std::string, Object> objects;
    const auto pushAll = [&] {
        std::vector<Object> all;
        all.reserve(objects.size());
        for (const auto &[key, object] : objects)
            all.push_back(object);
        push(core::DraListed{std::move(all), *version});
    };
    core::ReflectorHandlers handlers;
    handlers.onListBegin = [&] { objects.clear(); };
    handlers.onListPage = [&](std::string_view page) -> core::Result<void> {
        auto items = core::parseDraList<T>(page);
        if (!items)
            return std::unexpected(items.error());
        for (auto &object : *items)
            objects[keyOf(*object)] = std::move(object);
        return {};
    };
    handlers.onListDone = pushAll;
    handlers.onEvent = [&](std::string_view type, std::string_view line) -> core::Result<void> {
        auto object = core::parseWatchedDra<T>(line);
        if (!object)
            return std::unexpected(object.error());
        const auto key = keyOf(**object);
        if (type == "DELETED")
            objects.erase(key);
        else
            objects[key] = *std::move(object);
        pushAll();
        return {};
    };
    handlers.onTrouble = [](const core::Error &, auto) {}; // the nodes' thread speaks for the connection
    handlers.onBlind = [&](const core::Error &error) { push(core::KindBlind{{plural, {}, core::describe(error)}}); };
    const core::ApiResource resource{"resource.k8s.io", *version, plural};
    awaitAccess(**client, resource, handlers.onBlind, stop);
    core::runReflector(**client, core::apiPath(resource), handlers, stop);
}

} // namespace app
