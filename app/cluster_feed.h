// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/cluster/watch_event.h"
#include "core/kube/kube_client.h"

#include <QObject>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace app {

/// How the connection stands, in the words the top bar shows.
struct ConnectionState {
    enum class Kind { Connecting, Connected, Retrying };
    Kind kind = Kind::Connecting;
    std::string detail;                 ///< "v1.36.3" when connected, the error in one line when retrying
    std::chrono::milliseconds pause{0}; ///< retrying: it is tried again so long after this was said
};

/// Watches one cluster and hands its snapshots to the GUI thread. One thread and one client per watched kind; events
/// meet in a queue that is applied at most every 50 ms. A GUI that falls behind is given the newest snapshot, never a
/// backlog.
class ClusterFeed final : public QObject {
    Q_OBJECT

public:
    using Connect = std::function<core::Result<std::unique_ptr<core::KubeClient>>()>;

    /// Starts at once. `connect` is called on the feed's threads, once per kind.
    ClusterFeed(std::string context, Connect connect, std::shared_ptr<const core::Catalog> catalog,
                QObject *parent = nullptr);
    ~ClusterFeed() override;

Q_SIGNALS:
    void snapshotReady(const core::SnapshotPtr &snapshot);
    void stateChanged(const app::ConnectionState &state);
    /// A list comes in: `count` of `total` objects (0: the server does not say). Ends with listed().
    void progressed(const QString &kind, qint64 count, qint64 total);
    void listed(const QString &kind);

private:
    void watchNodes(const std::stop_token &stop);
    void watchPods(const std::stop_token &stop);
    void watchWorkloads(const std::stop_token &stop);
    /// Starts a thread for each kind of Dynamic Resource Allocation.
    void watchDevices();
    /// One kind of resource.k8s.io: T is core::dra::Slice, DeviceClass or Claim.
    template <class T>
    void watchDra(const char *plural, const std::stop_token &stop);
    /// The version of resource.k8s.io to watch; nullopt when there is none, or `stop`. Tries again while the server
    /// cannot be asked.
    std::optional<std::string> awaitDraVersion(core::KubeClient &client, const char *plural,
                                               const std::stop_token &stop);
    void applyQueued(const std::stop_token &stop);
    void push(core::WatchEvent event);
    void publish(core::SnapshotPtr snapshot);
    void report(ConnectionState state);
    /// The state Connected, with the version of the server.
    ConnectionState connected();
    void reportPage(const QString &kind, std::string_view page, std::size_t count);
    void reportListed(const QString &kind);

    std::string m_context;
    Connect m_connect;
    std::shared_ptr<const core::Catalog> m_catalog;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::vector<core::WatchEvent> m_events; ///< guarded by m_mutex
    core::SnapshotPtr m_unpublished;        ///< guarded by m_mutex
    std::string m_serverVersion;            ///< guarded by m_mutex
    std::vector<std::jthread> m_threads;    ///< last member: they stop before the others go
};

} // namespace app
