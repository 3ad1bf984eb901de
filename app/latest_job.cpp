// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/latest_job.h"

#include <utility>

namespace app {

LatestJob::LatestJob(QObject *parent) : QObject(parent), m_thread([this](const std::stop_token &stop) { run(stop); }) {}

LatestJob::~LatestJob() = default;

void LatestJob::ask(Question question)
{
    {
        const std::lock_guard lock(m_mutex);
        m_waiting = std::move(question);
        ++m_newest;
    }
    m_wake.notify_one();
}

void LatestJob::run(const std::stop_token &stop)
{
    while (true) {
        std::unique_lock lock(m_mutex);
        if (!m_wake.wait(lock, stop, [this] { return m_waiting.has_value(); }) || !m_waiting)
            return;
        const auto question = std::move(*m_waiting);
        m_waiting.reset();
        const auto number = m_newest;
        lock.unlock();
        auto answer = question();
        QMetaObject::invokeMethod(this, [this, number, answer = std::move(answer)] {
            std::unique_lock guard(m_mutex);
            const bool overtaken = number != m_newest;
            guard.unlock(); // the answer may ask again
            if (!overtaken)
                answer();
        });
    }
}

} // namespace app
