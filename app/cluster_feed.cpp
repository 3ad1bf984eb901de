// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster_feed.h"

#include "app/access_review.h"
#include "app/workload_json.h"
#include "core/inventory/node_json.h"
#include "core/kube/list_meta.h"
#include "core/kube/reflector.h"

#include <utility>

using namespace std::chrono_literals;

namespace app {

ClusterFeed::ClusterFeed(std::string context, Connect connect, std::shared_ptr<const core::Catalog> catalog,
                         QObject *parent)
    : QObject(parent)
    , m_context(std::move(context))
    , m_connect(std::move(connect))
    , m_catalog(std::move(catalog))
{
    m_threads.emplace_back([this](const std::stop_token &stop) { watchNodes(stop); });
    m_threads.emplace_back([this](const std::stop_token &stop) { watchPods(stop); });
    m_threads.emplace_back([this](const std::stop_token &stop) { watchWorkloads(stop); });
    watchDevices();
    m_threads.emplace_back([this](const std::stop_token &stop) { applyQueued(stop); });
}

ClusterFeed::~ClusterFeed()
{
    // All are asked first, so that they stop together and not one after the other.
    for (auto &thread : m_threads)
        thread.request_stop();
}

void ClusterFeed::watchNodes(const std::stop_token &stop)
{
    auto client = m_connect();
    if (!client)
        return report({ConnectionState::Kind::Retrying, core::describe(client.error())});
    core::ObjectReader reader(*m_catalog);
    std::vector<core::NodePtr> listed;
    core::ReflectorHandlers handlers;
    handlers.onListBegin = [&] {
        listed.clear();
        const auto version = (*client)->serverVersion(stop);
        const std::lock_guard lock(m_mutex);
        m_serverVersion = version.value_or("");
    };
    handlers.onListPage = [&](std::string_view page) -> core::Result<void> {
        auto nodes = reader.nodeList(page);
        if (!nodes)
            return std::unexpected(nodes.error());
        listed.insert(listed.end(), nodes->begin(), nodes->end());
        reportPage(tr("nodes"), page, listed.size());
        return {};
    };
    handlers.onListDone = [&] {
        push(core::NodesListed{std::exchange(listed, {})});
        reportListed(tr("nodes"));
        report(connected());
    };
    // A watch goes on where it broke, without a list: that the cluster answers again is seen here only.
    bool troubled = false;
    handlers.onWatching = [&] {
        if (std::exchange(troubled, false))
            report(connected());
    };
    handlers.onEvent = [&](std::string_view type, std::string_view line) -> core::Result<void> {
        auto node = reader.watchedNode(line);
        if (!node)
            return std::unexpected(node.error());
        push(type == "DELETED" ? core::WatchEvent(core::NodeDeleted{(*node)->name})
                               : core::WatchEvent(core::NodeChanged{*node}));
        return {};
    };
    handlers.onTrouble = [&](const core::Error &error, std::chrono::milliseconds pause) {
        troubled = true;
        report({ConnectionState::Kind::Retrying, core::describe(error), pause});
    };
    handlers.onBlind = [&](const core::Error &error) {
        report({ConnectionState::Kind::Retrying, core::describe(error)});
        push(core::KindBlind{core::BlindSpot{"nodes", {}, core::describe(error)}});
    };
    awaitAccess(**client, {"", "v1", "nodes"}, handlers.onBlind, stop);
    core::runReflector(**client, "/api/v1/nodes", handlers, stop);
}

void ClusterFeed::watchPods(const std::stop_token &stop)
{
    auto client = m_connect();
    if (!client)
        return;
    core::ObjectReader reader(*m_catalog);
    std::vector<core::PodPtr> listed;
    core::ReflectorHandlers handlers;
    handlers.onListBegin = [&] { listed.clear(); };
    handlers.onListPage = [&](std::string_view page) -> core::Result<void> {
        auto pods = reader.podList(page);
        if (!pods)
            return std::unexpected(pods.error());
        listed.insert(listed.end(), pods->begin(), pods->end());
        reportPage(tr("pods"), page, listed.size());
        return {};
    };
    handlers.onListDone = [&] {
        push(core::PodsListed{std::exchange(listed, {})});
        reportListed(tr("pods"));
    };
    handlers.onEvent = [&](std::string_view type, std::string_view line) -> core::Result<void> {
        auto pod = reader.watchedPod(line);
        if (!pod)
            return std::unexpected(pod.error());
        push(type == "DELETED" ? core::WatchEvent(core::PodDeleted{(*pod)->nameSpace, (*pod)->name})
                               : core::WatchEvent(core::PodChanged{*pod}));
        return {};
    };
    handlers.onTrouble = [](const core::Error &, auto) {}; // the nodes' thread speaks for the connection
    handlers.onBlind = [&](const core::Error &error) {
        push(core::KindBlind{core::BlindSpot{"pods", {}, core::describe(error)}});
    };
    awaitAccess(**client, {"", "v1", "pods"}, handlers.onBlind, stop);
    core::runReflector(**client, "/api/v1/pods", handlers, stop);
}

void ClusterFeed::watchWorkloads(const std::stop_token &stop)
{
    auto client = m_connect();
    if (!client)
        return;
    std::map<std::string, core::Workload> workloads;
    const auto pushAll = [&] {
        core::WorkloadsListed event;
        for (const auto &[key, workload] : workloads)
            event.workloads.push_back(workload);
        push(std::move(event));
    };
    core::ReflectorHandlers handlers;
    handlers.onListBegin = [&] {
        workloads.clear();
        if (auto classes = readRuntimeClasses(**client, stop))
            push(core::RuntimeClassesListed{std::move(*classes)});
    };
    handlers.onListPage = [&](std::string_view page) -> core::Result<void> {
        auto items = parseWorkloads(page);
        if (!items)
            return std::unexpected(items.error());
        for (auto &workload : *items)
            workloads[workload.nameSpace + "/" + workload.name] = std::move(workload);
        return {};
    };
    handlers.onListDone = pushAll;
    handlers.onEvent = [&](std::string_view type, std::string_view line) -> core::Result<void> {
        auto workload = parseWatchedWorkload(line);
        if (!workload)
            return std::unexpected(workload.error());
        const auto key = workload->nameSpace + "/" + workload->name;
        if (type == "DELETED")
            workloads.erase(key);
        else
            workloads[key] = std::move(*workload);
        pushAll();
        return {};
    };
    handlers.onTrouble = [](const core::Error &, auto) {};
    handlers.onBlind = [&](const core::Error &error) {
        push(core::KindBlind{core::BlindSpot{"deployments", {}, core::describe(error)}});
    };
    awaitAccess(**client, {"apps", "v1", "deployments"}, handlers.onBlind, stop);
    core::runReflector(**client, "/apis/apps/v1/deployments?labelSelector=app.kubernetes.io%2Fmanaged-by%3Dberth",
                       handlers, stop);
}

void ClusterFeed::push(core::WatchEvent event)
{
    {
        const std::lock_guard lock(m_mutex);
        m_events.push_back(std::move(event));
    }
    m_wake.notify_one();
}

void ClusterFeed::applyQueued(const std::stop_token &stop)
{
    auto first = std::make_shared<core::ClusterSnapshot>();
    first->context = m_context;
    core::SnapshotPtr snapshot = first;
    while (true) {
        std::unique_lock lock(m_mutex);
        if (!m_wake.wait(lock, stop, [this] { return !m_events.empty(); }))
            return;
        // What comes in the next moment belongs to the same picture: a burst of events is one snapshot.
        m_wake.wait_for(lock, stop, 50ms, [] { return false; });
        if (stop.stop_requested())
            return;
        const auto events = std::exchange(m_events, {});
        const auto version = m_serverVersion;
        lock.unlock();
        auto next = std::make_shared<core::ClusterSnapshot>(*core::apply(snapshot, events, m_catalog.get()));
        next->serverVersion = version;
        snapshot = next;
        publish(snapshot);
    }
}

void ClusterFeed::publish(core::SnapshotPtr snapshot)
{
    std::unique_lock lock(m_mutex);
    const bool alreadyQueued = std::exchange(m_unpublished, std::move(snapshot)) != nullptr;
    lock.unlock();
    if (alreadyQueued)
        return;
    QMetaObject::invokeMethod(this, [this] {
        std::unique_lock guard(m_mutex);
        const auto newest = std::exchange(m_unpublished, nullptr);
        guard.unlock();
        Q_EMIT snapshotReady(newest);
    });
}

ConnectionState ClusterFeed::connected()
{
    const std::lock_guard lock(m_mutex);
    return {ConnectionState::Kind::Connected, m_serverVersion};
}

void ClusterFeed::report(ConnectionState state)
{
    QMetaObject::invokeMethod(this, [this, state = std::move(state)] { Q_EMIT stateChanged(state); });
}

/// A list of one page is there at once: nothing to report.
void ClusterFeed::reportPage(const QString &kind, std::string_view page, std::size_t count)
{
    const auto meta = core::listMeta(page, {});
    if (!meta || meta->continueToken.empty())
        return;
    const auto so = static_cast<qint64>(count);
    const qint64 total = meta->remaining > 0 ? so + meta->remaining : 0;
    QMetaObject::invokeMethod(this, [this, kind, so, total] { Q_EMIT progressed(kind, so, total); });
}

void ClusterFeed::reportListed(const QString &kind)
{
    QMetaObject::invokeMethod(this, [this, kind] { Q_EMIT listed(kind); });
}

} // namespace app
