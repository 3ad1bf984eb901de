// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/application.h"

#include "app/cluster_reader.h"
#include "app/resource_paths.h"
#include "app/server_answers.h"
#include "core/kube/yaml_json.h"
#include "ui/text/words.h"

#include <QApplication>
#include <QFileDialog>
#include <QTimer>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace app {

core::Result<std::unique_ptr<Application>> Application::make(const CommandLine &line)
{
    const auto folder = resourceFolder();
    if (!folder)
        return std::unexpected(folder.error());
    auto catalog = core::loadCatalog(*folder / "catalog");
    if (!catalog)
        return std::unexpected(catalog.error());
    auto images = core::loadImages(*folder / "catalog");
    if (!images)
        return std::unexpected(images.error());
    Resources resources{std::make_shared<core::Catalog>(std::move(*catalog)), std::move(*images), *folder};
    auto [log, problem] = openLog(stateFolder(), "berth", line.logLevel);
    if (!problem.empty())
        std::fprintf(stderr, "berth: %s\n", problem.c_str());
    return std::unique_ptr<Application>(new Application(line, std::move(resources), std::move(log)));
}

Application::Application(const CommandLine &line, Resources resources, Log log)
    : m_line(line)
    , m_resources(std::move(resources))
    , m_log(std::move(log))
    , m_snapshot(std::make_shared<core::ClusterSnapshot>())
{
    m_window.placement()->models()->setCatalog(m_resources.catalog.get());
    m_window.placement()->inspector()->setCatalog(m_resources.catalog.get());
    m_window.inventory()->setCatalog(m_resources.catalog.get());
    connectIntents();
}

Application::~Application() = default;

void Application::connectIntents()
{
    auto *placement = m_window.placement();
    auto *models = placement->models();
    auto *board = placement->board();
    const auto pickUp = [this](const QString &) {
        m_pickedUp = true;
        showVerdicts();
    };
    const auto putBack = [this] {
        m_pickedUp = false;
        showVerdicts();
    };
    connect(models, &ui::ModelsPanel::selectionChanged, this, &Application::refresh);
    connect(models, &ui::ModelsPanel::addRequested, this, &Application::addModel);
    connect(models, &ui::ModelsPanel::dragStarted, this, pickUp);
    connect(models, &ui::ModelsPanel::dragEnded, this, putBack);
    connect(models, &ui::ModelsPanel::pickUpRequested, this, [pickUp, board](const QString &requirement) {
        pickUp(requirement);
        board->setFocus();
    });
    connect(models, &ui::ModelsPanel::removeRequested, this, [this](const QString &requirement) {
        auto plan = m_history.current();
        const auto name = ui::plain(requirement);
        std::erase_if(plan.placements, [&](const auto &p) { return p.requirement == name; });
        std::erase_if(plan.requirements, [&](const auto &r) { return r.name == name; });
        commit(std::move(plan), tr("remove %1").arg(requirement));
    });
    connect(board, &ui::PlacementBoard::placementRequested, this, &Application::place);
    connect(board, &ui::PlacementBoard::takeOffRequested, this, &Application::takeOff);
    connect(models, &ui::ModelsPanel::takeOffRequested, this, &Application::takeOff);
    connect(board, &ui::PlacementBoard::moveRequested, this, &Application::move);
    connect(board, &ui::PlacementBoard::dragStarted, this, [models, pickUp](const QString &requirement) {
        models->select(requirement);
        pickUp(requirement);
    });
    connect(board, &ui::PlacementBoard::putBack, this, putBack);
    connect(board, &ui::PlacementBoard::hovered, placement->inspector(), &ui::Inspector::setHovered);
    connect(board, &ui::PlacementBoard::placeDescribed, &m_window, &ui::MainWindow::setMessage);
    connect(placement->inspector(), &ui::Inspector::placeChosen, this, &Application::place);
    connect(placement->inspector(), &ui::Inspector::requirementEdited, this, [this](const core::Requirement &edited) {
        auto plan = m_history.current();
        for (auto &requirement : plan.requirements)
            if (requirement.name == edited.name)
                requirement = edited;
        commit(std::move(plan), tr("edit %1").arg(ui::text(edited.name)));
    });
    connectClusterIntents();
    connect(&m_window, &ui::MainWindow::undoRequested, this, [this] {
        m_history.undo();
        refresh();
    });
    connect(&m_window, &ui::MainWindow::redoRequested, this, [this] {
        m_history.redo();
        refresh();
    });
    connect(&m_window, &ui::MainWindow::newPlanRequested, this, [this] {
        m_planFile.reset();
        commit(core::Plan{}, tr("new plan"));
    });
    connect(&m_window, &ui::MainWindow::openPlanRequested, this, [this] {
        auto *dialog = new QFileDialog(&m_window, tr("Open a plan"), {}, tr("Plans (*.yaml *.yml)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &file) { openPlan(ui::plain(file)); });
        dialog->open();
    });
    connect(&m_window, &ui::MainWindow::savePlanRequested, this, [this] { savePlan(false); });
    connect(&m_window, &ui::MainWindow::savePlanAsRequested, this, [this] { savePlan(true); });
    connect(&m_window, &ui::MainWindow::exportRequested, this, &Application::exportManifests);
    connect(&m_window, &ui::MainWindow::themeChosen, this, &Application::applyTheme);
    connect(&m_window, &ui::MainWindow::pageChanged, this, [this](ui::MainWindow::Page page) {
        if (page == ui::MainWindow::Page::Manifests)
            askTheServer(false, false);
    });
    auto *manifests = m_window.manifests();
    connect(manifests, &ui::ManifestsPage::exportRequested, this, &Application::exportManifests);
    connect(manifests, &ui::ManifestsPage::dryRunRequested, this, [this] { askTheServer(false, false); });
    connect(manifests, &ui::ManifestsPage::applyRequested, this, [this](bool force) { askTheServer(true, force); });
}

void Application::connectClusterIntents()
{
    auto *top = m_window.topBar();
    auto *contexts = m_window.contexts();
    const auto open = [this](const QString &context) {
        m_window.showPage(ui::MainWindow::Page::Inventory);
        m_window.topBar()->setContexts(m_contexts, context);
        connectTo(context);
    };
    connect(top, &ui::TopBar::contextChosen, this, open);
    connect(top, &ui::TopBar::clustersRequested, this, &Application::showContexts);
    connect(top, &ui::TopBar::retryRequested, this, [this] { connectTo(m_context); });
    connect(&m_window, &ui::MainWindow::refreshRequested, this, [this] {
        if (!m_context.isEmpty())
            connectTo(m_context);
    });
    connect(contexts, &ui::ContextsPage::connectRequested, this, open);
    connect(contexts, &ui::ContextsPage::demoRequested, this, [open] { open(u"demo"_s); });
    connect(contexts, &ui::ContextsPage::otherFileRequested, this, [this] {
        auto *dialog = new QFileDialog(&m_window, tr("Open a kubeconfig"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &file) {
            m_line.kubeconfig = ui::plain(file);
            readContexts();
            showContexts();
        });
        dialog->open();
    });
    connect(&m_window, &ui::MainWindow::closed, this, [this] {
        m_settings.setWindowGeometry(m_window.saveGeometry());
        keepDraft();
    });
    m_draftTimer.setSingleShot(true);
    connect(&m_draftTimer, &QTimer::timeout, this, &Application::keepDraft);
}

/// The contexts to choose from; the demo cluster is always one.
QString Application::readContexts()
{
    m_contexts.clear();
    QString current;
    if (const auto config = readKubeconfig()) {
        for (const auto &[name, entry] : config->contexts)
            m_contexts << ui::text(name);
        current = ui::text(m_line.context.empty() ? config->currentContext : m_line.context);
    }
    m_contexts << u"demo"_s;
    return current;
}

/// What is not saved survives a closed window and a killed program: it is kept beside the log and opened again.
void Application::keepDraft()
{
    const auto draft = stateFolder() / "unsaved-plan.yaml";
    std::error_code ignored;
    if (!m_history.isModified()) {
        std::filesystem::remove(draft, ignored);
        return;
    }
    std::filesystem::create_directories(draft.parent_path(), ignored);
    if (const auto saved = core::savePlan(m_history.current(), draft); !saved)
        m_window.setMessage(ui::sentence(saved.error()));
}

bool Application::openDraft()
{
    const auto draft = core::loadPlan(stateFolder() / "unsaved-plan.yaml");
    if (!draft)
        return false;
    m_history.commit(*draft, ui::plain(tr("what was not saved")));
    m_window.setMessage(tr("The plan of last time was not saved; here it is again. Undo goes back to the saved one."));
    return true;
}

/// "Which cluster?": every context, and what is wrong with it.
void Application::showContexts()
{
    const auto config = readKubeconfig();
    m_window.contexts()->setContexts(config ? contextRows(*config) : std::vector<ui::ContextRow>{},
                                     config ? QString() : ui::sentence(config.error()));
    m_window.showContexts();
    if (m_context.isEmpty()) {
        m_window.topBar()->setContexts(m_contexts, {});
        m_window.topBar()->setConnection(tr("not connected"), false);
    }
    if (!config)
        return;
    m_contextCheck = std::make_unique<ContextCheck>(*config, m_log);
    connect(m_contextCheck.get(), &ContextCheck::checked, m_window.contexts(), &ui::ContextsPage::setReady);
    m_contextCheck->start();
}

void Application::start()
{
    const auto theme = m_settings.theme();
    applyTheme(theme == ThemeChoice::Light ? u"light"_s : theme == ThemeChoice::Dark ? u"dark"_s : u"system"_s);
    QString current = readContexts();
    // Who names a cluster gets it; who was somewhere returns there; everybody else is asked.
    const bool named = m_line.demo || m_line.kubeconfig || !m_line.context.empty();
    if (m_line.demo)
        current = u"demo"_s;
    else if (!named)
        current = m_contexts.contains(m_settings.lastContext()) ? m_settings.lastContext() : QString();
    if (m_line.plan)
        openPlan(*m_line.plan);
    else if (current == u"demo")
        openPlan(m_resources.folder / "demo" / "demo-plan.yaml");
    else if (const auto last = m_settings.lastPlan(); !last.isEmpty() && std::filesystem::exists(ui::plain(last)))
        openPlan(ui::plain(last));
    if (current == u"demo" && !m_line.plan)
        m_planFile.reset(); // the installed example is not the user's file
    if (!m_line.plan && !m_line.screenshots)
        openDraft();
    if (m_line.geometry)
        m_geometry = std::make_unique<GeometryReport>(m_window, *m_line.geometry);
    m_window.restoreGeometry(m_settings.windowGeometry());
    const auto windowSize = m_line.windowSize.value_or(std::pair(1280, 800));
    if (m_line.screenshots || m_line.geometry)
        m_window.resize(windowSize.first, windowSize.second);
    m_window.show();
    refresh();
    if (current.isEmpty())
        return showContexts();
    m_window.topBar()->setContexts(m_contexts, current);
    connectTo(current);
}

core::Result<core::Kubeconfig> Application::readKubeconfig()
{
    return core::loadKubeconfig(core::kubeconfigPaths(m_line.kubeconfig), m_line.kubeconfig.has_value());
}

void Application::connectTo(const QString &context)
{
    m_feed.reset();
    m_commands.reset();
    m_context = context;
    m_connected = false;
    m_trust.clear();
    takeSnapshot(std::make_shared<core::ClusterSnapshot>());
    core::Result<core::ClusterAccess> access;
    if (context == u"demo") {
        if (!m_demo) {
            DemoClusterOptions options;
            options.changes = !m_line.screenshots.has_value(); // pictures show one moment
            auto demo = DemoCluster::start(m_resources.folder / "demo" / "demo-cluster.yaml", options);
            if (!demo)
                return m_window.topBar()->setConnection(ui::sentence(demo.error()), true);
            m_demo = std::move(*demo);
        }
        access = accessFromText(m_demo->kubeconfig());
    } else {
        const auto config = readKubeconfig();
        access = config ? core::clusterAccess(*config, ui::plain(context)) : std::unexpected(config.error());
    }
    if (!access)
        return m_window.topBar()->setConnection(ui::sentence(access.error()), true);
    m_log->info("connecting to context {}", access->context);
    const auto connectClient = [access = *access, log = m_log]() -> core::Result<std::unique_ptr<core::KubeClient>> {
        return std::make_unique<core::KubeClient>(logged(core::makeCurlClient(), log), access);
    };
    for (const auto &warning : access->warnings)
        m_trust << ui::text(warning);
    m_window.setNotices(m_trust);
    m_window.topBar()->setConnection(tr("connecting …"), false);
    m_commands = std::make_unique<CommandQueue>(connectClient);
    m_feed = std::make_unique<ClusterFeed>(access->context, connectClient, m_resources.catalog);
    connect(m_feed.get(), &ClusterFeed::snapshotReady, this, &Application::takeSnapshot);
    connect(m_feed.get(), &ClusterFeed::stateChanged, this, &Application::showState);
    m_settings.setLastContext(context);
}

void Application::showState(const ConnectionState &state)
{
    m_connected = state.kind == ConnectionState::Kind::Connected;
    m_log->log(m_connected ? spdlog::level::info : spdlog::level::warn, "{}: {} {}", ui::plain(m_context),
               m_connected ? "connected" : "not connected", state.detail);
    m_window.topBar()->setConnection(m_connected ? tr("connected · %1").arg(ui::text(state.detail))
                                                 : tr("not connected: %1 · trying again").arg(ui::text(state.detail)),
                                     !m_connected);
    m_window.placement()->board()->setStale(!m_connected);
    if (!m_connected && m_staleSince.isEmpty())
        m_staleSince = QTime::currentTime().toString(u"HH:mm"_s);
    if (m_connected)
        m_staleSince.clear();
    m_window.inventory()->setStale(m_staleSince);
    m_window.manifests()->setWritable(m_connected);
}

void Application::takeSnapshot(const core::SnapshotPtr &snapshot)
{
    m_snapshot = snapshot;
    m_usage = core::account(*snapshot);
    m_rows = core::summarise(*snapshot, m_usage, *m_resources.catalog);
    m_window.inventory()->setInventory(snapshot, m_usage, m_rows);
    auto notices = m_trust;
    for (const auto &spot : snapshot->blindSpots)
        notices << ui::text(spot.reason);
    m_window.setNotices(notices);
    showRollout();
    refresh();
    if (m_line.screenshots && snapshot->nodesSynced && snapshot->podsSynced && m_screenshot == 0) {
        m_screenshot = 1;
        QTimer::singleShot(500ms, this, &Application::takeScreenshots);
    }
}

core::FitInput Application::fitInput() const
{
    return {*m_snapshot, m_usage, *m_resources.catalog, m_resources.images, m_planned};
}

void Application::refresh()
{
    const auto &plan = m_history.current();
    auto *placement = m_window.placement();
    placement->models()->setPlan(plan);
    m_planned = core::plannedDevices(plan, *m_snapshot, m_usage);
    placement->board()->setGroups(ui::boardGroups(*m_snapshot, m_usage, m_rows, plan, m_planned));
    placement->inspector()->setRequirement(plan.find(ui::plain(placement->models()->selected())));
    placement->inspector()->setPins(plan);
    const auto findings = core::checkPlan(plan, *m_snapshot, m_usage);
    std::int64_t gpus = 0;
    for (const auto &placed : plan.placements)
        if (const auto *requirement = plan.find(placed.requirement))
            gpus += static_cast<std::int64_t>(requirement->tensorParallel) * placed.replicas;
    showPlanLine(gpus, findings);
    m_window.setUndo(ui::text(m_history.undoText()), ui::text(m_history.redoText()));
    listPlaces();
    refreshManifests();
    judge();
}

void Application::showPlanLine(std::int64_t gpus, const std::vector<core::PlanFinding> &findings)
{
    const auto &plan = m_history.current();
    std::vector<ui::GlyphLine::Part> parts{
        {.words = tr("plan"), .verdict = {}, .muted = true},
        {.words = ui::text(plan.name), .verdict = {}, .strong = true},
        {.words = m_history.isModified() ? tr("edited") : tr("saved"), .verdict = {}, .muted = true},
        {.words = tr("%1 models · %2 GPUs").arg(plan.requirements.size()).arg(gpus), .verdict = {}, .muted = true}};
    if (!findings.empty())
        parts.push_back(
            {.words = tr("%1: %2").arg(ui::text(findings.front().place), ui::text(findings.front().message)),
             .verdict = core::Verdict::Tight});
    m_window.setPlanLine(std::move(parts));
    std::int64_t free = 0, capacity = 0;
    for (const auto &row : m_rows) {
        free += row.free;
        capacity += row.capacity;
    }
    m_window.setTotals(m_connected ? tr("%1 devices · %2 free").arg(capacity).arg(free)
                                   : tr("plans can be edited; nothing can be applied until %1 answers")
                                         .arg(m_context.isEmpty() ? tr("a cluster") : m_context));
}

/// What Ctrl+K finds: every SKU and node of the cluster, every model of the plan.
void Application::listPlaces()
{
    std::vector<ui::Command> places;
    for (const auto &row : m_rows)
        places.push_back({tr("SKU"),
                          tr("%1, %2 of %3 free").arg(ui::text(row.displayName)).arg(row.free).arg(row.capacity),
                          ui::text(row.resource), [this, name = ui::text(row.displayName)] {
                              m_window.showPage(ui::MainWindow::Page::Inventory);
                              m_window.inventory()->goTo(name);
                          }});
    for (const auto &row : m_rows)
        for (const auto &node : row.nodes)
            places.push_back({tr("Node"), ui::text(node + ", " + row.displayName), {}, [this, name = ui::text(node)] {
                                  m_window.showPage(ui::MainWindow::Page::Inventory);
                                  m_window.inventory()->goTo(name);
                              }});
    for (const auto &requirement : m_history.current().requirements)
        places.push_back({tr("Model"),
                          ui::text(requirement.name + ", " + requirement.modelId),
                          {},
                          [this, name = ui::text(requirement.name)] {
                              m_window.showPage(ui::MainWindow::Page::Placement);
                              m_window.placement()->models()->select(name);
                          }});
    m_window.setPlaces(std::move(places));
}

void Application::judge()
{
    const auto selected = m_window.placement()->models()->selected();
    const auto *requirement = m_history.current().find(ui::plain(selected));
    if (!requirement) {
        m_candidates.clear();
        m_judged.clear();
        return showVerdicts();
    }
    // The worker gets its own share of everything: the GUI may move on to the next snapshot meanwhile.
    m_verdictJob.ask([this, selected, requirement = *requirement, snapshot = m_snapshot, usage = m_usage,
                      planned = m_planned, catalog = m_resources.catalog,
                      images = m_resources.images]() -> LatestJob::Answer {
        auto candidates = core::evaluate({*snapshot, usage, *catalog, images, planned}, requirement);
        return [this, selected, candidates = std::move(candidates)]() mutable {
            m_candidates = std::move(candidates);
            m_judged = selected;
            showVerdicts();
        };
    });
}

void Application::showVerdicts()
{
    auto *placement = m_window.placement();
    std::int64_t free = 0, capacity = 0;
    for (const auto &row : m_rows) {
        free += row.free;
        capacity += row.capacity;
    }
    placement->board()->setVerdicts(m_pickedUp ? m_judged : QString(),
                                    m_pickedUp ? m_candidates : std::vector<core::Candidate>{});
    placement->inspector()->setCandidates(m_candidates);
    placement->setHeadline(m_candidates, m_pickedUp, free, capacity);
    if (const auto *requirement = m_history.current().find(ui::plain(m_judged)); m_pickedUp && requirement)
        m_window.setMessage(
            tr("%1 %2").arg(m_judged, ui::needSentence(*requirement, placement->inspector()->ledger())));
}

void Application::commit(core::Plan plan, const QString &what)
{
    m_history.commit(std::move(plan), ui::plain(what));
    m_draftTimer.start(2s);
    refresh();
}

void Application::place(const QString &requirement, const core::Target &target)
{
    m_pickedUp = false;
    auto chosen = target;
    // A drop on a SKU keeps the SKU: the scheduler may use every node of it. The sentence says which fits best now.
    const auto best =
        target.level == core::TargetLevel::Sku ? core::bestPlace(m_candidates, *m_snapshot, target) : std::nullopt;
    auto plan = core::place(m_history.current(), ui::plain(requirement), chosen);
    if (!plan)
        return m_window.setMessage(ui::sentence(plan.error()));
    commit(std::move(*plan),
           tr("place %1 on %2")
               .arg(requirement, ui::text(target.level == core::TargetLevel::Sku ? target.skuId : target.node)));
    m_window.setMessage(tr("%1: %2%3 · Undo Ctrl+Z")
                            .arg(requirement, ui::pinSentence(chosen),
                                 best ? tr(" (best now: %1)").arg(ui::text(best->node)) : QString()));
}

void Application::takeOff(const QString &requirement, const core::Target &target)
{
    auto plan = core::takeOff(m_history.current(), ui::plain(requirement), target);
    if (!plan)
        return m_window.setMessage(ui::sentence(plan.error()));
    commit(std::move(*plan), tr("take %1 off %2").arg(requirement, ui::text(target.node)));
}

void Application::move(const QString &requirement, const core::Target &from, const core::Target &to)
{
    if (from.node == to.node && from.resource == to.resource && to.level == core::TargetLevel::Node)
        return;
    auto plan = core::takeOff(m_history.current(), ui::plain(requirement), from);
    if (plan)
        plan = core::place(*plan, ui::plain(requirement), to);
    if (!plan)
        return m_window.setMessage(ui::sentence(plan.error()));
    commit(std::move(*plan), tr("move %1").arg(requirement));
    m_window.setMessage(tr("%1: %2 · Undo Ctrl+Z").arg(requirement, ui::pinSentence(to)));
}

void Application::addModel(const QString &modelId)
{
    const auto *model = m_resources.catalog->findModel(ui::plain(modelId));
    if (!model)
        return;
    auto plan = m_history.current();
    core::Requirement requirement;
    requirement.modelId = model->id;
    std::string name = model->shortName;
    std::replace_if(name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '-');
    name = name.substr(0, 40);
    while (!name.empty() && name.back() == '-')
        name.pop_back();
    requirement.name = name;
    for (int number = 2; plan.find(requirement.name); ++number)
        requirement.name = name + "-" + std::to_string(number);
    plan.requirements.push_back(requirement);
    commit(std::move(plan), tr("add %1").arg(ui::text(requirement.name)));
    m_window.placement()->models()->select(ui::text(requirement.name));
}

void Application::openPlan(const std::filesystem::path &file)
{
    auto plan = core::loadPlan(file);
    if (!plan)
        return m_window.setMessage(ui::sentence(plan.error()));
    m_history = core::PlanHistory(std::move(*plan));
    m_planFile = file;
    refresh();
}

void Application::savePlan(bool askWhere)
{
    if (askWhere || !m_planFile) {
        auto *dialog = new QFileDialog(&m_window, tr("Save the plan"), ui::text(m_history.current().name + ".yaml"),
                                       tr("Plans (*.yaml)"));
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &file) {
            m_planFile = ui::plain(file);
            savePlan(false);
        });
        return dialog->open();
    }
    if (const auto saved = core::savePlan(m_history.current(), *m_planFile); !saved)
        return m_window.setMessage(ui::sentence(saved.error()));
    m_history.markSaved();
    keepDraft();
    m_settings.setLastPlan(ui::text(m_planFile->string()));
    refresh();
    m_window.setMessage(tr("saved to %1").arg(ui::text(m_planFile->string())));
}

void Application::refreshManifests()
{
    auto tree = core::exportPlan(m_history.current(), fitInput());
    m_export = tree.value_or(core::Export{});
    m_window.manifests()->setExport(tree);
}

void Application::exportManifests()
{
    const auto write = [this](const QString &folder) {
        const auto written = core::writeExport(m_export, ui::plain(folder));
        m_window.setMessage(written ? tr("%1 files written to %2").arg(m_export.files.size()).arg(folder)
                                    : ui::sentence(written.error()));
    };
    if (m_line.exportTo)
        return write(ui::text(m_line.exportTo->string()));
    auto *dialog = new QFileDialog(&m_window, tr("Export manifests to a folder"));
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QFileDialog::fileSelected, this, write);
    dialog->open();
}

void Application::askTheServer(bool apply, bool force)
{
    if (!m_commands || !m_connected || m_export.files.empty())
        return;
    auto *page = m_window.manifests();
    page->setBusy(true);
    const core::ApplyOptions options{.dryRun = !apply, .force = force};
    m_commands->submit<ui::ServerAnswers>(
        [tree = m_export, options](core::KubeClient &client, const std::stop_token &stop) {
            return askServer(client, tree, options, stop);
        },
        [this, page, apply](core::Result<ui::ServerAnswers> answers) {
            page->setBusy(false);
            if (!answers)
                return m_window.setMessage(ui::sentence(answers.error()));
            const auto count = answers->size();
            page->setAnswers(std::move(*answers));
            if (apply)
                m_window.setMessage(tr("%1 objects applied to %2").arg(count).arg(ui::text(m_snapshot->context)));
        });
}

void Application::showRollout()
{
    QStringList lines;
    for (const auto &workload : m_snapshot->workloads)
        if (workload.plan == m_history.current().name)
            lines << tr("%1: %2 of %3 replicas ready %4")
                         .arg(ui::text(workload.name))
                         .arg(workload.ready)
                         .arg(workload.replicas)
                         .arg(ui::text(workload.message));
    m_window.manifests()->setRollout(lines);
}

void Application::applyTheme(const QString &name)
{
    if (name == u"light")
        QApplication::setPalette(ui::Theme::light().palette());
    else if (name == u"dark")
        QApplication::setPalette(ui::Theme::dark().palette());
    else
        QApplication::setPalette(ui::Theme::of(QPalette()).palette());
    m_settings.setTheme(name == u"light"      ? ThemeChoice::Light
                            : name == u"dark" ? ThemeChoice::Dark
                                              : ThemeChoice::System);
}

/// One picture a step: every page, light and dark, the board also with a model picked up. Ends the program.
void Application::takeScreenshots()
{
    struct Shot {
        const char *name;
        ui::MainWindow::Page page;
        bool pickedUp;
    };
    static constexpr Shot shots[] = {{"inventory", ui::MainWindow::Page::Inventory, false},
                                     {"placement", ui::MainWindow::Page::Placement, false},
                                     {"placement-drag", ui::MainWindow::Page::Placement, true},
                                     {"manifests", ui::MainWindow::Page::Manifests, false}};
    constexpr int count = 4;
    const int step = m_screenshot - 1;
    if (step > 0) {
        const auto &shot = shots[(step - 1) % count];
        const auto name =
            u"%1-%2-%3.png"_s.arg(QString::fromLatin1(shot.name), (step - 1) / count == 0 ? u"light"_s : u"dark"_s,
                                  ui::text(m_line.screenshotSuffix));
        const auto file = ui::text(m_line.screenshots->string()) + u'/' + name;
        if (!m_window.grab().save(file))
            return QApplication::exit(1);
    }
    if (step == 2 * count)
        return QApplication::exit(0);
    const auto &next = shots[step % count];
    applyTheme(step / count == 0 ? u"light"_s : u"dark"_s);
    m_window.showPage(next.page);
    m_pickedUp = next.pickedUp;
    showVerdicts();
    ++m_screenshot;
    QTimer::singleShot(400ms, this, &Application::takeScreenshots);
}

} // namespace app
