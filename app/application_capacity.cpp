// SPDX-License-Identifier: GPL-3.0-or-later
// What else is asked of a plan: free shapes, partitions, auto-place, the optimiser, another plan beside it.
#include "app/application.h"

#include "app/place_figures.h"
#include "app/place_words.h"
#include "core/placement/compare_plans.h"
#include "core/placement/what_if.h"
#include "ui/text/words.h"

#include <QFileDialog>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace app {

namespace {

/// Nodes with cards that the catalogue knows: those whose partitions can be judged.
QStringList knownNodes(const core::ClusterSnapshot &snapshot)
{
    QStringList names;
    for (const auto &node : snapshot.nodes)
        if (std::ranges::any_of(node->devices, [](const auto &pool) { return !pool.skuId.empty(); }))
            names << ui::text(node->name);
    return names;
}

} // namespace

Application::Ground Application::ground() const
{
    return {m_snapshot,         m_usage,  m_planned, m_resources.catalog, m_resources.images, m_resources.calibrations,
            m_resources.prices, m_probed, m_measured};
}

void Application::connectCapacityIntents()
{
    auto *placement = m_window.placement();
    connect(placement, &ui::PlacementPage::viewChanged, this, &Application::refreshView);
    connect(placement, &ui::PlacementPage::autoPlaceRequested, this, &Application::autoPlace);
    connect(placement->shapes(), &ui::ShapesView::holeRequested, this, &Application::findHole);
    connect(placement->partitions(), &ui::PartitionView::partitionAsked, this, &Application::askPartition);
    connect(placement->drain(), &ui::DrainView::drainAsked, this, &Application::askDrain);
    connect(placement->optimise(), &ui::OptimiseView::startRequested, this, &Application::startOptimiser);
    connect(placement->optimise(), &ui::OptimiseView::cancelRequested, this, [this] {
        if (m_optimiseJob)
            m_optimiseJob->cancel();
    });
    connect(placement->optimise(), &ui::OptimiseView::takeRequested, this, [this] {
        if (m_draft)
            commit(m_draft->plan, tr("take the optimised plan"));
    });
    connect(placement->compare(), &ui::CompareView::otherPlanRequested, this, [this] {
        auto *dialog = new QFileDialog(&m_window, tr("Compare with a plan"), {}, tr("Plans (*.yaml *.yml)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &QFileDialog::fileSelected, this,
                [this](const QString &file) { compareWith(ui::plain(file)); });
        dialog->open();
    });
}

/// Only what is in sight is computed; the board has its own job.
void Application::refreshView()
{
    auto *placement = m_window.placement();
    using View = ui::PlacementPage::View;
    switch (placement->view()) {
    case View::Board:
    case View::Optimise: return;
    case View::Shapes: return refreshShapes();
    case View::Partitions: return placement->partitions()->setNodes(knownNodes(*m_snapshot));
    case View::Drain: return refreshDrain();
    case View::Compare: return refreshComparison();
    }
}

void Application::refreshShapes()
{
    m_viewJob.ask([this, at = ground()]() -> LatestJob::Answer {
        auto shapes = core::freeShapes({*at.snapshot, *at.usage, *at.catalog, *at.planned});
        return [this, shapes = std::move(shapes)]() mutable {
            m_window.placement()->shapes()->setShapes(std::move(shapes));
        };
    });
}

void Application::findHole(const core::SkuRow &row, int size)
{
    core::HoleOptions options;
    options.stay = core::lockedPods(m_history.current(), *m_snapshot);
    m_holeJob.ask([this, at = ground(), row, size, options = std::move(options)]() -> LatestJob::Answer {
        auto hole = core::openHole({*at.snapshot, *at.usage, *at.catalog, *at.planned}, row, size, options);
        return [this, hole = std::move(hole)] { m_window.placement()->shapes()->setHole(hole); };
    });
}

void Application::askPartition(const QString &node, const QString &mode)
{
    m_viewJob.ask([this, at = ground(), plan = m_history.current(), node = ui::plain(node),
                   mode = ui::plain(mode)]() -> LatestJob::Answer {
        auto answer = core::partitionWhatIf(at.input(), node, mode, &plan);
        return [this, answer = std::move(answer)] { m_window.placement()->partitions()->setAnswer(answer); };
    });
}

void Application::refreshDrain()
{
    QStringList nodes;
    nodes.reserve(static_cast<qsizetype>(m_snapshot->nodes.size()));
    for (const auto &node : m_snapshot->nodes)
        nodes << ui::text(node->name);
    m_window.placement()->drain()->setNodes(nodes);
}

void Application::askDrain(const QString &node)
{
    m_viewJob.ask([this, at = ground(), plan = placedPlan(), node = ui::plain(node)]() -> LatestJob::Answer {
        auto answer = core::whatIfDrain(at.input(), node, &plan);
        return [this, answer = std::move(answer)] { m_window.placement()->drain()->setAnswer(answer); };
    });
}

/// Places what the selected model still lacks, one replica after the other, and says why there.
void Application::autoPlace(core::Objective objective, const QStringList &keepFree)
{
    const auto *selected = m_history.current().find(ui::plain(m_window.placement()->models()->selected()));
    if (!selected)
        return m_window.setMessage(tr("select a model to place"));
    auto wanted = *selected;
    wanted.replicas -= m_history.current().placedReplicas(wanted.name);
    if (wanted.replicas < 1)
        return m_window.setMessage(tr("all replicas of %1 have a place").arg(ui::text(wanted.name)));
    m_window.setMessage(tr("looking for the best places …"));
    std::vector<std::string> kept;
    for (const auto &sku : keepFree)
        kept.push_back(skuIdOf(sku));
    m_placeJob.ask([this, at = ground(), plan = m_history.current(), wanted, objective,
                    kept = std::move(kept)]() -> LatestJob::Answer {
        core::PlaceQuery query{.requirement = wanted, .objective = objective, .keepFree = kept, .plan = &plan};
        addFigures(at.input(), query);
        auto answers = core::autoPlaceAll(at.input(), query);
        return [this, name = wanted.name, plan, answers = std::move(answers)] { takePlaces(name, plan, answers); };
    });
}

/// The SKU of a line of the inventory; the name itself when no line has it.
std::string Application::skuIdOf(const QString &displayName) const
{
    const auto row = std::ranges::find(m_rows, ui::plain(displayName), &core::SkuRow::displayName);
    return row == m_rows.end() ? ui::plain(displayName) : row->sku;
}

void Application::takePlaces(const std::string &requirement, const core::Plan &asked,
                             const core::Result<std::vector<core::PlaceAnswer>> &answers)
{
    if (!answers)
        return m_window.setMessage(ui::sentence(answers.error()));
    if (m_history.current() != asked)
        return m_window.setMessage(tr("the plan changed meanwhile: nothing was placed"));
    auto plan = asked;
    int placed = 0;
    for (const auto &answer : *answers)
        if (answer.best)
            if (auto next = core::place(plan, requirement, answer.best->target)) {
                plan = std::move(*next);
                ++placed;
            }
    QStringList why;
    for (const auto &answer : *answers)
        why << ui::text(answerSentence(answer));
    if (placed > 0)
        commit(std::move(plan), tr("auto-place %1").arg(ui::text(requirement)));
    why.removeDuplicates();
    m_window.placement()->inspector()->setWhy(why);
    m_window.setMessage(placed > 0 ? tr("%1 replicas placed · Undo Ctrl+Z · %2").arg(placed).arg(why.front())
                                   : why.value(0));
}

void Application::startOptimiser(core::OptimiseGoal goal, int seconds)
{
    auto *view = m_window.placement()->optimise();
    view->setRunning(true);
    m_draft.reset();
    const core::optimizer::OptimizeOptions options{.limit = std::chrono::seconds(seconds)};
    m_optimiseJob =
        std::make_unique<OptimiseJob>([at = ground(), plan = m_history.current(), goal,
                                       options](const OptimiseJob::Improved &improved, const std::stop_token &stop) {
            core::OptimiseQuery query{.goal = goal, .prices = at.prices.get()};
            return core::optimisePlan(at.input(), plan, query, options, improved, stop);
        });
    connect(m_optimiseJob.get(), &OptimiseJob::improved, view, &ui::OptimiseView::addProgress);
    connect(m_optimiseJob.get(), &OptimiseJob::finished, this,
            [this, view](const core::Result<core::PlanDraft> &draft) {
                if (draft)
                    m_draft = *draft;
                view->setOutcome(draft);
            });
}

void Application::compareWith(const std::filesystem::path &file)
{
    auto other = core::loadPlan(file);
    if (!other)
        return m_window.placement()->compare()->setComparison(std::unexpected(other.error()));
    m_otherPlan = std::move(*other);
    refreshComparison();
}

void Application::refreshComparison()
{
    if (!m_otherPlan)
        return m_window.placement()->compare()->setComparison(std::nullopt);
    m_viewJob.ask([this, at = ground(), plan = m_history.current(), other = *m_otherPlan]() -> LatestJob::Answer {
        auto comparison = core::comparePlans(at.input(), *at.prices, plan, other);
        return
            [this, comparison = std::move(comparison)] { m_window.placement()->compare()->setComparison(comparison); };
    });
}

} // namespace app
