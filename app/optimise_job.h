// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/optimise_plan.h"

#include <QObject>

#include <functional>
#include <thread>

namespace app {

/// One run of the optimiser on a thread of its own. Signals come on the GUI thread, improvements in order; a run that
/// is cancelled ends at once with its best plan so far. Going, it stops and waits.
class OptimiseJob final : public QObject {
    Q_OBJECT

public:
    using Improved = std::function<void(const core::optimizer::Progress &)>;
    /// Computes on the job's thread until it is done or the token is asked to stop.
    using Run = std::function<core::Result<core::PlanDraft>(const Improved &, const std::stop_token &)>;

    /// Starts at once.
    explicit OptimiseJob(Run run, QObject *parent = nullptr);

    void cancel() { m_thread.request_stop(); }

Q_SIGNALS:
    void improved(double seconds, const core::optimizer::Progress &progress);
    void finished(const core::Result<core::PlanDraft> &draft);

private:
    std::jthread m_thread; ///< last member: it stops before the others go
};

} // namespace app
