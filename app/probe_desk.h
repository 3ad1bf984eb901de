// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/latest_job.h"
#include "app/probe_collector.h"
#include "app/probe_measuring.h"
#include "app/probed_nodes.h"
#include "core/history/history.h"
#include "core/probe_report/probe_run.h"
#include "core/probe_report/verdict.h"

#include <filesystem>
#include <memory>
#include <thread>

namespace app {

/// Runs berth-probe, keeps what it measured and judges it, all off the GUI thread. Signals come on the GUI thread. A
/// probe that hangs in a driver is left behind after its time; nothing here waits for it but the destructor, and that
/// for no longer than berth-probe is given to end.
class ProbeDesk final : public QObject {
    Q_OBJECT

public:
    struct Places {
        std::filesystem::path catalogFolder; ///< probe-shares.yaml
        std::filesystem::path history;
        std::string program;           ///< berth-probe
        std::filesystem::path unsaved; ///< where results go that the history cannot take
        SecondLook secondLook = {};    ///< at what was slow once
    };
    ProbeDesk(Places places, std::shared_ptr<const core::Catalog> catalog, QObject *parent = nullptr);

    void list();                               ///< what this machine has; answers with listed()
    void judge();                              ///< every card of the history; answers with judged() or noted()
    void readHistory(const std::string &card); ///< with what is only shown of it
    void run(const std::string &profile, const std::string &device);
    void cancel();
    /// Takes in what pods measured.
    void keep(CollectedMeasurements collected);
    /// From now on judges what pods measured beside the history, and keeps none of it: the demo cluster's figures are
    /// made up.
    void show(CollectedMeasurements collected);
    void forgetShown(); ///< judges the history alone again
    /// Exported lines, or what berth-probe printed; a serving benchmark is asked about first (benchmarkFound()).
    void importFile(const std::filesystem::path &file);
    void importBenchmark(const std::filesystem::path &file, const core::BenchmarkContext &context);

Q_SIGNALS:
    void listed(const core::ProbeReport &report, const QString &problem);
    void judged(const app::Measured &measured);
    void historyRead(const std::vector<core::ProbeResult> &runs);
    void progressed(const core::ProbeProgress &progress);
    void ended(const QString &problem); ///< of a run; empty: it ended by itself and was kept
    /// A file to import is a serving benchmark, which does not say on which GPUs it ran. `model`: as it names it.
    void benchmarkFound(const QString &file, const QString &model);
    void noted(const QString &words); ///< what became of a question: a problem, or how much an import took in

private:
    void measure(const core::ProbeRunOptions &options, const std::stop_token &stop);

    Places m_places;
    std::shared_ptr<const core::Catalog> m_catalog;
    core::HistoryContents m_shown; ///< judged with the history, and no part of it
    LatestJob m_listJob, m_judgeJob, m_historyJob, m_importJob;
    std::jthread m_run; ///< last: stops before what it speaks to goes
};

} // namespace app
