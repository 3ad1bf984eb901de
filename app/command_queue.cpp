// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command_queue.h"

namespace app {

CommandQueue::CommandQueue(Connect connect, QObject *parent)
    : QObject(parent)
    , m_connect(std::move(connect))
    , m_thread([this](const std::stop_token &stop) { run(stop); })
{
}

CommandQueue::~CommandQueue() = default;

void CommandQueue::enqueue(Job job)
{
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_wake.notify_one();
}

void CommandQueue::run(const std::stop_token &stop)
{
    while (true) {
        std::unique_lock lock(m_mutex);
        if (!m_wake.wait(lock, stop, [this] { return !m_jobs.empty(); }))
            return;
        const auto job = std::move(m_jobs.front());
        m_jobs.pop_front();
        lock.unlock();
        job(client(), stop);
    }
}

core::Result<core::KubeClient *> CommandQueue::client()
{
    if (!m_client) {
        auto made = m_connect();
        if (!made)
            return std::unexpected(made.error());
        m_client = std::move(*made);
    }
    return m_client.get();
}

} // namespace app
