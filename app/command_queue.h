// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/kube_client.h"

#include <QObject>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace app {

/// Runs one user command at a time off the GUI thread: dry run, diff, apply, following a rollout.
/// The work runs on the queue's thread with its own client; `done` runs on the GUI thread, and not at all once
/// the queue is gone. Destroying the queue cancels the command that runs and drops those that wait.
class CommandQueue final : public QObject {
    Q_OBJECT

public:
    using Work = std::function<void(core::KubeClient &, const std::stop_token &)>;
    /// Makes the client on the queue's thread, at the first command.
    using Connect = std::function<core::Result<std::unique_ptr<core::KubeClient>>()>;

    explicit CommandQueue(Connect connect, QObject *parent = nullptr);
    ~CommandQueue() override;

    /// `work` gets the client and fills a Result<T>; `done` gets it on the GUI thread.
    template <class T>
    void submit(std::function<core::Result<T>(core::KubeClient &, const std::stop_token &)> work,
                std::function<void(core::Result<T>)> done)
    {
        enqueue([this, work = std::move(work), done = std::move(done)](core::Result<core::KubeClient *> client,
                                                                       const std::stop_token &stop) {
            auto result = client ? work(**client, stop) : core::Result<T>(std::unexpected(client.error()));
            QMetaObject::invokeMethod(this, [done, result = std::move(result)]() mutable { done(std::move(result)); });
        });
    }

private:
    using Job = std::function<void(core::Result<core::KubeClient *>, const std::stop_token &)>;
    void enqueue(Job job);
    void run(const std::stop_token &stop);
    core::Result<core::KubeClient *> client();

    Connect m_connect;
    std::unique_ptr<core::KubeClient> m_client; ///< touched by the queue's thread only
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::deque<Job> m_jobs; ///< guarded by m_mutex
    std::jthread m_thread;  ///< last member: starts after, and stops before, all the others
};

} // namespace app
