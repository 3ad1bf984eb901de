// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the feed that watches Dynamic Resource Allocation.
#include "app/access_review.h"
#include "app/cluster_feed.h"
#include "app/dra_reader.h"
#include "core/inventory/dra_json.h"
#include "core/kube/reflector.h"

#include <algorithm>
#include <utility>

using namespace std::chrono_literals;

namespace app {

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
    // Soon at first: a server that was away for a moment has its devices back with its nodes.
    for (auto pause = 1s; !stop.stop_requested(); pause = std::min(2 * pause, 30s)) {
        const auto version = draVersion(client, stop);
        if (version && !*version)
            push(core::DraNotServed{});
        if (version)
            return *version;
        const auto kind = version.error().kind;
        if (kind == core::ErrorKind::Forbidden || kind == core::ErrorKind::Unauthorized)
            push(core::KindBlind{{plural, {}, core::describe(version.error())}});
        std::unique_lock lock(mutex);
        wake.wait_for(lock, stop, pause, [] { return false; });
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
    std::vector<Object> listed;
    core::ReflectorHandlers handlers;
    handlers.onListBegin = [&] { listed.clear(); };
    handlers.onListPage = [&](std::string_view page) -> core::Result<void> {
        auto objects = core::parseDraList<T>(page);
        if (!objects)
            return std::unexpected(objects.error());
        listed.insert(listed.end(), objects->begin(), objects->end());
        return {};
    };
    handlers.onListDone = [&] { push(core::DraListed{std::exchange(listed, {}), *version}); };
    handlers.onEvent = [&](std::string_view type, std::string_view line) -> core::Result<void> {
        auto object = core::parseWatchedDra<T>(line);
        if (!object)
            return std::unexpected(object.error());
        push(type == "DELETED" ? core::WatchEvent(core::DraDeleted{*std::move(object)})
                               : core::WatchEvent(core::DraChanged{*std::move(object)}));
        return {};
    };
    handlers.onTrouble = [](const core::Error &, auto) {}; // the nodes' thread speaks for the connection
    handlers.onBlind = [&](const core::Error &error) { push(core::KindBlind{{plural, {}, core::describe(error)}}); };
    const core::ApiResource resource{"resource.k8s.io", *version, plural};
    awaitAccess(**client, resource, handlers.onBlind, stop);
    core::runReflector(**client, core::apiPath(resource), handlers, stop);
}

} // namespace app
