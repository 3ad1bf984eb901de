// SPDX-License-Identifier: GPL-3.0-or-later
// The cluster that is open: contexts, connection, snapshots.
#include "app/application.h"

#include "app/cluster_reader.h"
#include "app/resource_paths.h"
#include "app/seconds_now.h"
#include "app/server_answers.h"
#include "core/kube/yaml_json.h"
#include "ui/text/words.h"

#include <QApplication>
#include <QDateTime>
#include <QFileDialog>
#include <QTimer>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace app {

/// The contexts to choose from; the demo cluster is always one, and gives way to a user's context of its name.
QString Application::readContexts()
{
    const bool inDemo = !m_context.isEmpty() && m_context == m_demoContext;
    m_contexts.clear();
    QString current;
    if (const auto config = readKubeconfig()) {
        for (const auto &[name, entry] : config->contexts)
            m_contexts << ui::text(name);
        current = ui::text(m_line.context.empty() ? config->currentContext : m_line.context);
    }
    m_demoContext = m_contexts.contains(u"demo"_s) ? tr("demo (built in)") : u"demo"_s;
    m_contexts << m_demoContext;
    if (inDemo)
        m_context = m_demoContext;
    return current;
}

/// "Which cluster?": every context, and what is wrong with it.
void Application::showContexts()
{
    const auto config = readKubeconfig();
    m_window.contexts()->setContexts(config ? contextRows(*config) : std::vector<ui::ContextRow>{},
                                     config ? QString() : ui::sentence(config.error()));
    m_window.contexts()->setOtherProblems(config ? otherProblems(*config) : QStringList());
    m_window.showContexts();
    if (m_context.isEmpty()) {
        m_window.topBar()->setContexts(m_contexts, {});
        m_window.topBar()->setConnection({});
    }
    if (!config)
        return;
    m_contextCheck = std::make_unique<ContextCheck>(*config, m_log);
    connect(m_contextCheck.get(), &ContextCheck::checked, m_window.contexts(), &ui::ContextsPage::setReady);
    m_contextCheck->start();
}

core::Result<core::Kubeconfig> Application::readKubeconfig() const
{
    return core::loadKubeconfig(core::kubeconfigPaths(m_line.kubeconfig), m_line.kubeconfig.has_value());
}

/// The demo cluster is started when it is first asked for.
core::Result<core::ClusterAccess> Application::accessTo(const QString &context)
{
    if (context != m_demoContext) {
        const auto config = readKubeconfig();
        return config ? core::clusterAccess(*config, ui::plain(context)) : std::unexpected(config.error());
    }
    if (!m_demo) {
        DemoClusterOptions options;
        options.changes = !m_line.screenshots.has_value(); // pictures show one moment
        auto demo = DemoCluster::start(m_resources.folder / "demo" / "demo-cluster.yaml", options);
        if (!demo)
            return std::unexpected(demo.error());
        m_demo = std::move(*demo);
    }
    return accessFromText(m_demo->kubeconfig());
}

void Application::connectTo(const QString &context)
{
    m_feed.reset();
    m_commands.reset();
    giveUpAsking();
    if (m_context == m_demoContext && context != m_demoContext)
        m_probes->forgetShown(); // what the demo's pods said counts nowhere else
    m_connected = false;
    m_trust.clear();
    const auto access = accessTo(context);
    // Asked again for the same cluster, its last picture stays until there is a newer one.
    const bool other = context != m_context || (access && access->server != m_server);
    m_context = context;
    if (access)
        m_server = access->server;
    if (other)
        takeSnapshot(std::make_shared<core::ClusterSnapshot>());
    if (!access)
        return showLost(ui::sentence(access.error()));
    m_log->info("connecting to context {}", access->context);
    const auto connectClient = [access = *access, log = m_log]() -> core::Result<std::unique_ptr<core::KubeClient>> {
        return std::make_unique<core::KubeClient>(logged(core::makeCurlClient(), log), access);
    };
    for (const auto &warning : access->warnings)
        m_trust << ui::text(warning);
    m_window.setNotices(m_trust);
    m_window.topBar()->setConnection(
        {.state = ui::Connection::State::Connecting, .cluster = m_context, .version = {}, .why = {}});
    m_commands = std::make_unique<CommandQueue>(connectClient);
    m_feed = std::make_unique<ClusterFeed>(access->context, connectClient, m_resources.catalog);
    connect(m_feed.get(), &ClusterFeed::snapshotReady, this, [this](const core::SnapshotPtr &snapshot) {
        if (snapshot->nodesSynced || !m_snapshot->nodesSynced)
            takeSnapshot(snapshot);
    });
    connect(m_feed.get(), &ClusterFeed::stateChanged, this, &Application::showState);
    m_window.progress()->clear();
    connect(m_feed.get(), &ClusterFeed::progressed, m_window.progress(), &ui::ProgressLine::setProgress);
    connect(m_feed.get(), &ClusterFeed::listed, m_window.progress(), &ui::ProgressLine::finish);
    m_settings.setLastContext(context);
}

void Application::showLost(const QString &why, std::chrono::milliseconds pause)
{
    m_window.topBar()->setConnection(
        {.state = ui::Connection::State::Lost,
         .cluster = m_context,
         .version = {},
         .why = why,
         .retryAt = pause > 0s ? QDateTime::currentDateTime().addMSecs(pause.count()) : QDateTime()});
}

void Application::showState(const ConnectionState &state)
{
    m_connected = state.kind == ConnectionState::Kind::Connected;
    m_log->log(m_connected ? spdlog::level::info : spdlog::level::warn, "{}: {} {}", ui::plain(m_context),
               m_connected ? "connected" : "not connected", state.detail);
    if (m_connected) {
        m_window.topBar()->setConnection({.state = ui::Connection::State::Connected,
                                          .cluster = m_context,
                                          .version = ui::text(state.detail),
                                          .why = {}});
        m_window.topBar()->heard(QDateTime::currentDateTime());
    } else {
        showLost(ui::text(state.detail), state.pause);
    }
    m_window.placement()->board()->setStale(!m_connected);
    if (!m_connected && m_staleSince.isEmpty())
        m_staleSince = QTime::currentTime().toString(u"HH:mm"_s);
    if (m_connected)
        m_staleSince.clear();
    m_window.inventory()->setStale(m_staleSince);
    m_window.manifests()->setWritable(m_connected);
    showTotals();
}

void Application::takeSnapshot(const core::SnapshotPtr &snapshot)
{
    m_snapshot = snapshot;
    if (m_connected && snapshot->nodesSynced)
        m_window.topBar()->heard(QDateTime::currentDateTime());
    m_usage = std::make_shared<core::ClusterUsage>(core::account(*snapshot));
    m_probed = std::make_shared<core::ProbedNodes>(
        probedNodes(m_measured->newest, m_measured->voids, *snapshot, secondsNow()));
    showProposals();
    m_rows = core::summarise(*snapshot, *m_usage, *m_resources.catalog);
    m_window.inventory()->setInventory(snapshot, m_usage, m_rows);
    QStringList skus;
    for (const auto &row : m_rows)
        skus << ui::text(row.displayName);
    m_window.placement()->setKeepFree(skus);
    auto notices = m_trust;
    for (const auto &warning : m_resources.warnings)
        notices << ui::text(warning);
    for (const auto &spot : snapshot->blindSpots)
        notices << ui::text(spot.reason);
    m_window.setNotices(notices);
    refresh();
    if (m_line.screenshots && snapshot->nodesSynced && snapshot->podsSynced && m_screenshot == 0) {
        m_screenshot = 1;
        QTimer::singleShot(500ms, this, &Application::takeScreenshots);
    }
}

void Application::showRollout()
{
    QStringList lines;
    const auto &plan = m_history.current().name;
    const auto left = core::leftovers(plan, m_export, *m_snapshot);
    for (const auto &workload : m_snapshot->workloads)
        if (workload.plan == plan && std::ranges::find(left, workload) == left.end())
            lines << tr("%1: %2 of %3 replicas ready %4")
                         .arg(ui::text(workload.name))
                         .arg(workload.ready)
                         .arg(workload.replicas)
                         .arg(ui::text(workload.message));
    for (const auto &workload : left)
        lines << tr("%1 runs but is no longer in the plan: kubectl delete deployment,service %1 -n %2")
                     .arg(ui::text(workload.name), ui::text(workload.nameSpace));
    m_window.manifests()->setRollout(lines);
}

} // namespace app
