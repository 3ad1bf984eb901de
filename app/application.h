// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cluster_feed.h"
#include "app/command_line.h"
#include "app/command_queue.h"
#include "app/context_check.h"
#include "app/demo_cluster/demo_cluster.h"
#include "app/geometry_report.h"
#include "app/latest_job.h"
#include "app/log.h"
#include "app/optimise_job.h"
#include "app/probe_desk.h"
#include "app/settings.h"
#include "core/kube/kubeconfig.h"
#include "core/placement/edit_set.h"
#include "ui/main_window/main_window.h"

#include <QTimer>

#include <memory>

namespace app {

/// The composition root: every object of the window is made here, every intent meets the world here. GUI thread only.
class Application final : public QObject {
    Q_OBJECT

public:
    /// What must be there before a window makes sense. The error names the file that is broken.
    static core::Result<std::unique_ptr<Application>> make(const CommandLine &line);
    ~Application() override;

    void start();

private:
    struct Resources {
        std::shared_ptr<const core::Catalog> catalog;
        std::shared_ptr<const core::ImageCatalog> images;
        std::filesystem::path folder;
        std::shared_ptr<const core::Calibrations> calibrations; ///< what logs taught; never null
        std::shared_ptr<const core::Prices> prices;             ///< never null
        std::vector<std::string> warnings;                      ///< files of the user that could not be used
    };
    static void readUserFiles(Resources &resources);
    /// Everything a question to the core looks at, to be carried to another thread: shared, never changed. Nothing in
    /// it is null.
    struct Ground {
        core::SnapshotPtr snapshot;
        std::shared_ptr<const core::ClusterUsage> usage;
        std::shared_ptr<const core::PlannedDevices> planned;
        std::shared_ptr<const core::Catalog> catalog;
        std::shared_ptr<const core::ImageCatalog> images;
        std::shared_ptr<const core::Calibrations> calibrations;
        std::shared_ptr<const core::Prices> prices;
        std::shared_ptr<const core::ProbedNodes> probed;
        std::shared_ptr<const Measured> measured;

        core::FitInput input() const
        {
            return {*snapshot,          *usage,       *catalog,     *images,          *planned,
                    calibrations.get(), prices.get(), probed.get(), &measured->speeds};
        }
    };
    Application(CommandLine line, Resources resources, Log log);
    void connectIntents();
    void connectPlanIntents();
    void connectClusterIntents();
    void connectCapacityIntents();
    void connectProbeIntents();
    void openProbes();
    void askAboutBenchmark(const QString &file, const QString &model);
    void collectProbes();
    void exportProbeJobs();
    void showProposals();
    void askToCordon(const QString &node);
    void cordonNode(const std::string &node);
    void writeProbeJobs(const core::Export &tree);
    void takeFile(const QString &file); ///< dropped on the window
    void listPodLogs(std::vector<ui::Command> &places);
    void listMeasurements(std::vector<ui::Command> &places);
    void learnFromPod(const core::Pod &pod, const std::string &skuId);
    /// `read` gives the log, on a thread of its own.
    void learn(const std::function<core::Result<std::string>()> &read, const std::string &name,
               const std::string &modelId, const std::string &skuId);
    void takeCalibrations(const core::Result<core::Calibrations> &all, const std::string &log);
    QString firstContext();
    void openFirstPlan(bool demo);
    QString readContexts();
    void showContexts();
    core::Result<core::ClusterAccess> accessTo(const QString &context);
    void connectTo(const QString &context);
    core::Result<core::Kubeconfig> readKubeconfig() const;
    void takeSnapshot(const core::SnapshotPtr &snapshot);
    void showState(const ConnectionState &state);
    /// The cluster does not answer; it is tried again after `pause`.
    void showLost(const QString &why, std::chrono::milliseconds pause = {});
    void refresh();  ///< everything that follows from plan or snapshot
    void showPlan(); ///< the same with the placement sets as they were resolved last
    void showPlanLine(std::int64_t gpus, const std::vector<core::PlanFinding> &findings);
    void showTotals();
    std::vector<ui::Command> places();
    void listInventory(std::vector<ui::Command> &places);
    void showDrain(const QString &node);
    void judge(); ///< verdicts for the selected model
    void judgeAll(const QString &selected, const core::Requirement &requirement, const Ground &at);
    void showVerdicts();
    void refreshManifests();
    void commit(core::Plan plan, const QString &what);
    void place(const QString &requirement, const core::Target &target);
    void move(const QString &requirement, const core::Target &from, const core::Target &to);
    void placeIfItFits(const QString &requirement, const core::Target &target);
    void takeOff(const QString &requirement, const core::Target &target);
    void toggleLock(const QString &requirement, const core::Target &target);
    void editSet(const core::SetEdit &edit);
    void resolveSets();
    void takeSets(const core::Plan &plan, core::Result<std::vector<core::SetResolution>> answer);
    core::Plan placedPlan() const; ///< the plan with its sets as placements, as far as is known
    void listSetEdits(std::vector<ui::Command> &places);
    void addModel(const QString &modelId);
    void openPlan(const std::filesystem::path &file);
    void openFirst(const std::filesystem::path &file, bool isExample);
    void savePlan(bool askWhere);
    void savePlanTo(const std::filesystem::path &file);
    void keepDraft();
    bool openDraft();
    void exportManifests();
    void askTheServer(bool apply, bool force);
    void giveUpAsking();
    void showRollout();
    void applyTheme(const QString &name);
    void takeScreenshots();
    Ground ground() const;
    void refreshView(); ///< the view of the placement page that is in sight
    void refreshShapes();
    void findHole(const core::SkuRow &row, int size);
    void askPartition(const QString &node, const QString &mode);
    void refreshDrain();
    void askDrain(const QString &node);
    void autoPlace(core::Objective objective, const QStringList &keepFree);
    std::string skuIdOf(const QString &displayName) const;
    void takePlaces(const std::string &requirement, const core::Plan &asked,
                    const core::Result<std::vector<core::PlaceAnswer>> &answers);
    void startOptimiser(core::OptimiseGoal goal, int seconds);
    void compareWith(const std::filesystem::path &file);
    void refreshComparison();

    CommandLine m_line;
    Resources m_resources;
    Log m_log;
    Settings m_settings;
    std::unique_ptr<DemoCluster> m_demo;
    ui::MainWindow m_window;
    core::PlanHistory m_history;
    core::SnapshotPtr m_snapshot;
    std::shared_ptr<const core::ClusterUsage> m_usage = std::make_shared<core::ClusterUsage>();
    std::vector<core::SkuRow> m_rows;
    std::shared_ptr<const core::PlannedDevices> m_planned = std::make_shared<core::PlannedDevices>();
    core::CandidatesPtr m_candidates = std::make_shared<std::vector<core::Candidate>>();
    ui::FiguresBySku m_figures; ///< of the judged requirement
    std::string m_server;       ///< its URL, as last read
    QString m_context;          ///< what we are, or try to be, connected to; empty before a cluster is chosen
    QStringList m_contexts;     ///< to choose from
    QString m_demoContext;      ///< the one of them that is the built-in cluster
    QString m_staleSince;       ///< the time of the last picture while the cluster does not answer
    QStringList m_trust;        ///< warnings about the connection that stay in sight
    std::unique_ptr<ContextCheck> m_contextCheck;
    QString m_judged; ///< requirement the candidates are for
    bool m_pickedUp = false;
    core::Export m_export;
    bool m_connected = false;
    int m_screenshot = 0;
    QTimer m_draftTimer;
    std::unique_ptr<GeometryReport> m_geometry;
    std::optional<core::Plan> m_otherPlan;   ///< to compare with
    std::optional<core::PlanDraft> m_draft;  ///< what the optimiser proposes
    std::vector<core::SetResolution> m_sets; ///< how the sets of `m_setsOf` resolve
    core::Plan m_setsOf;
    LatestJob m_verdictJob, m_viewJob, m_holeJob, m_placeJob, m_setJob;
    std::unique_ptr<OptimiseJob> m_optimiseJob;
    std::unique_ptr<ProbeDesk> m_probes;
    bool m_probesAsked = false;
    /// What probes said of every card, and benchmarks of every model.
    std::shared_ptr<const Measured> m_measured = std::make_shared<Measured>();
    /// Of that, what counts for the nodes of the snapshot.
    std::shared_ptr<const core::ProbedNodes> m_probed = std::make_shared<core::ProbedNodes>();
    std::unique_ptr<CommandQueue> m_commands;
    std::unique_ptr<ClusterFeed> m_feed; ///< last: its threads stop before what they speak to goes
};

} // namespace app
