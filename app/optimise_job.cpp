// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/optimise_job.h"

#include <chrono>

namespace app {

OptimiseJob::OptimiseJob(Run run, QObject *parent)
    : QObject(parent)
    , m_thread([this, run = std::move(run)](const std::stop_token &stop) {
        const auto start = std::chrono::steady_clock::now();
        const auto tell = [this, start](const core::optimizer::Progress &progress) {
            const std::chrono::duration<double> since = std::chrono::steady_clock::now() - start;
            QMetaObject::invokeMethod(
                this, [this, seconds = since.count(), progress] { Q_EMIT improved(seconds, progress); });
        };
        auto draft = run(tell, stop);
        QMetaObject::invokeMethod(this, [this, draft = std::move(draft)] { Q_EMIT finished(draft); });
    })
{
}

} // namespace app
