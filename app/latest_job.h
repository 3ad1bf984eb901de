// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace app {

/// Computes on its own thread and keeps only the newest question: one that is asked while another runs replaces
/// whatever waits. Answers come back on the GUI thread, in order; an answer that was overtaken is dropped.
class LatestJob final : public QObject {
    Q_OBJECT

public:
    using Answer = std::function<void()>;     ///< runs on the GUI thread
    using Question = std::function<Answer()>; ///< runs on the job's thread

    explicit LatestJob(QObject *parent = nullptr);
    ~LatestJob() override;

    void ask(Question question);

private:
    void run(const std::stop_token &stop);

    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::optional<Question> m_waiting; ///< guarded by m_mutex
    unsigned m_newest = 0;             ///< guarded by m_mutex
    std::jthread m_thread;             ///< last member: stops before the others go
};

} // namespace app
