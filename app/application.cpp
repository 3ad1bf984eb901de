// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/application.h"

#include "app/calibration_store.h"
#include "app/cluster_reader.h"
#include "app/resource_paths.h"
#include "app/server_answers.h"
#include "core/kube/yaml_json.h"
#include "core/placement/misses.h"
#include "core/sizing/sku_estimate.h"
#include "ui/text/words.h"

#include <QApplication>
#include <QFileDialog>
#include <QTimer>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace app {

namespace {

/// Speed and price of one replica on every SKU that could take it.
ui::FiguresBySku figuresOf(const core::FitInput &input, const core::Requirement &requirement,
                           const std::vector<core::Candidate> &candidates)
{
    ui::FiguresBySku figures;
    const auto *model = input.catalog.findModel(requirement.modelId);
    for (const auto &candidate : candidates) {
        const auto *sku = input.catalog.findSku(candidate.skuId);
        if (!model || !sku || !core::isUsable(candidate) || figures.contains(candidate.skuId))
            continue;
        const auto one =
            core::estimateOn(*model, requirement, *sku, requirement.tensorParallel, core::evenShape(requirement),
                             input.prices ? input.prices->find(sku->id) : nullptr, input.calibrations, input.speeds);
        auto &known = figures[candidate.skuId];
        if (one.speed) {
            known.tokensPerSecond = one.speed->output.value;
            known.basis = one.speed->basis;
        }
        known.costPerHour = one.cost.perHour;
        if (input.prices)
            known.currency = input.prices->currency;
    }
    return figures;
}

} // namespace

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
    Resources resources{std::make_shared<core::Catalog>(std::move(*catalog)),
                        std::make_shared<core::ImageCatalog>(std::move(*images)),
                        *folder,
                        {},
                        {},
                        {}};
    readUserFiles(resources);
    auto [log, problem] = openLog(stateFolder(), "berth", line.logLevel);
    if (!problem.empty())
        std::fprintf(stderr, "berth: %s\n", problem.c_str());
    return std::unique_ptr<Application>(new Application(line, std::move(resources), std::move(log)));
}

/// A broken file of the user's is named in the window, which works without it.
void Application::readUserFiles(Resources &resources)
{
    auto calibrations = loadCalibrations(calibrationFile());
    auto prices = core::loadPrices(resources.folder / "catalog", configFolder() / "prices.yaml", *resources.catalog);
    if (!calibrations)
        resources.warnings.push_back(core::describe(calibrations.error()));
    if (!prices)
        resources.warnings.push_back(core::describe(prices.error()));
    resources.calibrations =
        std::make_shared<core::Calibrations>(std::move(calibrations).value_or(core::Calibrations{}));
    resources.prices = std::make_shared<core::Prices>(std::move(prices).value_or(core::Prices{}));
}

Application::Application(CommandLine line, Resources resources, Log log)
    : m_line(std::move(line))
    , m_resources(std::move(resources))
    , m_log(std::move(log))
    , m_snapshot(std::make_shared<core::ClusterSnapshot>())
    , m_probes(std::make_unique<ProbeDesk>(
          ProbeDesk::Places{m_resources.folder / "catalog", historyFile(), probeProgram(), stateFolder()},
          m_resources.catalog))
{
    m_window.placement()->models()->setCatalog(m_resources.catalog.get());
    m_window.placement()->inspector()->setCatalog(m_resources.catalog.get());
    m_window.placement()->inspector()->setCalibrations(m_resources.calibrations.get());
    m_window.placement()->drain()->setCatalog(m_resources.catalog.get());
    m_window.inventory()->setCatalog(m_resources.catalog.get());
    m_window.inventory()->setPrices(m_resources.prices.get());
    m_window.setPlaces([this] { return places(); });
    connectIntents();
}

Application::~Application() = default;

/// Who names a cluster gets it; who was somewhere returns there; everybody else is asked (empty).
QString Application::firstContext()
{
    auto current = readContexts();
    if (m_line.demo)
        return m_demoContext;
    if (m_line.kubeconfig || !m_line.context.empty())
        return current;
    return m_contexts.contains(m_settings.lastContext()) ? m_settings.lastContext() : QString();
}

void Application::openFirstPlan(bool demo)
{
    if (m_line.plan)
        return openFirst(*m_line.plan, false);
    if (demo) {
        openFirst(m_resources.folder / "demo" / "demo-plan.yaml", true);
    } else if (const auto last = m_settings.lastPlan(); !last.isEmpty() && std::filesystem::exists(ui::plain(last))) {
        openFirst(ui::plain(last), false);
    }
    if (!m_line.screenshots)
        openDraft();
}

void Application::start()
{
    const auto theme = m_settings.theme();
    applyTheme(theme == ThemeChoice::Light ? u"light"_s : theme == ThemeChoice::Dark ? u"dark"_s : u"system"_s);
    const auto current = firstContext();
    openFirstPlan(current == m_demoContext);
    if (m_line.geometry)
        m_geometry = std::make_unique<GeometryReport>(m_window, *m_line.geometry);
    m_window.restoreGeometry(m_settings.windowGeometry());
    const auto windowSize = m_line.windowSize.value_or(std::pair(1280, 800));
    if (m_line.screenshots || m_line.geometry)
        m_window.resize(windowSize.first, windowSize.second);
    m_window.show();
    refresh();
    m_probes->judge();
    if (current.isEmpty())
        return showContexts();
    m_window.topBar()->setContexts(m_contexts, current);
    connectTo(current);
}

void Application::refresh()
{
    resolveSets();
    showPlan();
}

void Application::showPlan()
{
    const auto &plan = m_history.current();
    const auto placed = placedPlan();
    auto *placement = m_window.placement();
    placement->models()->setPlan(plan);
    const auto selected = placement->models()->selected();
    m_planned = std::make_shared<core::PlannedDevices>(core::plannedDevices(placed, *m_snapshot, *m_usage));
    placement->board()->setGroups(ui::boardGroups(ground().input(), m_rows, plan, m_sets));
    placement->board()->setSelected(selected, plan.sets);
    placement->inspector()->setRequirement(plan.find(ui::plain(selected)));
    placement->inspector()->setPins(plan);
    placement->inspector()->set()->setPlan(plan, ui::plain(selected), m_sets, m_rows);
    auto findings = core::setFindings(m_sets);
    std::ranges::copy(core::checkPlan(placed, *m_snapshot, *m_usage), std::back_inserter(findings));
    std::int64_t gpus = 0;
    for (const auto &one : placed.placements)
        if (const auto *requirement = placed.find(one.requirement))
            gpus += static_cast<std::int64_t>(requirement->tensorParallel) * one.replicas;
    showPlanLine(gpus, findings);
    m_window.setUndo(ui::text(m_history.undoText()), ui::text(m_history.redoText()));
    refreshManifests();
    refreshView();
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
    showTotals();
}

/// At the right of the status bar: the cluster in two figures, during a drag the ends of the choice.
void Application::showTotals()
{
    const auto extremes = m_pickedUp ? ui::extremesLine(*m_candidates, m_figures, *m_resources.catalog) : QString();
    if (m_connected && !extremes.isEmpty())
        return m_window.setTotals(extremes);
    std::int64_t free = 0, capacity = 0;
    for (const auto &row : m_rows) {
        free += row.free;
        capacity += row.capacity;
    }
    m_window.setTotals(m_connected ? tr("%1 devices · %2 free").arg(capacity).arg(free)
                                   : tr("plans can be edited; nothing can be applied until %1 answers")
                                         .arg(m_context.isEmpty() ? tr("a cluster") : m_context));
}

void Application::judge()
{
    const auto selected = m_window.placement()->models()->selected();
    const auto *requirement = m_history.current().find(ui::plain(selected));
    if (!requirement) {
        m_candidates = std::make_shared<std::vector<core::Candidate>>();
        m_judged.clear();
        return showVerdicts();
    }
    const auto seen = m_window.placement()->board()->nodesInSight();
    if (seen.empty() || seen.size() == m_snapshot->nodes.size())
        return judgeAll(selected, *requirement, ground());
    // What is in sight is answered within a frame, however large the cluster is.
    m_verdictJob.ask([this, selected, requirement = *requirement, at = ground(), seen]() -> LatestJob::Answer {
        auto candidates =
            std::make_shared<const std::vector<core::Candidate>>(core::evaluate(at.input(), requirement, seen));
        return [this, selected, requirement, at, candidates = std::move(candidates)] {
            if (m_pickedUp)
                m_window.placement()->board()->setVerdicts(selected, candidates);
            judgeAll(selected, requirement, at);
        };
    });
}

/// The worker gets its own share of everything: the GUI may move on to the next snapshot meanwhile.
void Application::judgeAll(const QString &selected, const core::Requirement &requirement, const Ground &at)
{
    m_verdictJob.ask([this, selected, requirement, at]() -> LatestJob::Answer {
        auto candidates = std::make_shared<const std::vector<core::Candidate>>(core::evaluate(at.input(), requirement));
        auto figures = figuresOf(at.input(), requirement, *candidates);
        return [this, selected, candidates = std::move(candidates), figures = std::move(figures)]() mutable {
            m_candidates = std::move(candidates);
            m_figures = std::move(figures);
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
    placement->board()->setVerdicts(m_pickedUp ? m_judged : QString(), m_pickedUp ? m_candidates : nullptr);
    placement->inspector()->setCandidates(*m_candidates, m_figures);
    placement->setHeadline(*m_candidates, m_pickedUp, free, capacity);
    showTotals();
    if (const auto *requirement = m_history.current().find(ui::plain(m_judged)); m_pickedUp && requirement)
        m_window.setMessage(
            tr("%1 %2").arg(m_judged, ui::needSentence(*requirement, placement->inspector()->ledger())));
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
    using Page = ui::MainWindow::Page;
    using View = ui::PlacementPage::View;
    struct Shot {
        const char *name;
        Page page;
        View view = View::Board;
        bool pickedUp = false;
        ui::ProbesPage::View probes = ui::ProbesPage::View::Card;
    };
    static constexpr Shot shots[] = {{"inventory", Page::Inventory},
                                     {"placement", Page::Placement},
                                     {"placement-drag", Page::Placement, View::Board, true},
                                     {"free-shapes", Page::Placement, View::Shapes},
                                     {"partitions", Page::Placement, View::Partitions},
                                     {"drain", Page::Placement, View::Drain},
                                     {"manifests", Page::Manifests},
                                     {"probes", Page::Probes},
                                     {"benchmarks", Page::Probes, View::Board, false, ui::ProbesPage::View::Serving}};
    constexpr int count = std::size(shots);
    const int step = m_screenshot - 1;
    openProbes(); // they take a moment
    if (step == 0 && m_context == m_demoContext)
        collectProbes(); // the demo's figures are shown and not kept
    if (step > 0) {
        const auto &shot = shots[(step - 1) % count];
        const auto name =
            u"%1-%2-%3.png"_s.arg(QString::fromLatin1(shot.name), (step - 1) / count == 0 ? u"light"_s : u"dark"_s,
                                  ui::text(m_line.screenshotSuffix));
        const auto file = ui::text(m_line.screenshots.value_or(std::filesystem::path()).string()) + u'/' + name;
        if (!m_window.grab().save(file))
            return QApplication::exit(1);
    }
    if (step == 2 * count)
        return QApplication::exit(0);
    const auto &next = shots[step % count];
    applyTheme(step / count == 0 ? u"light"_s : u"dark"_s);
    m_window.showPage(next.page);
    m_window.placement()->showView(next.view);
    m_window.probes()->showView(next.probes);
    m_pickedUp = next.pickedUp;
    showVerdicts();
    ++m_screenshot;
    QTimer::singleShot(400ms, this, &Application::takeScreenshots);
}

} // namespace app
