// SPDX-License-Identifier: GPL-3.0-or-later
// What the user asks for, connected to what does it.
#include "app/application.h"

#include "app/cluster_reader.h"
#include "app/resource_paths.h"
#include "app/server_answers.h"
#include "core/kube/yaml_json.h"
#include "ui/text/words.h"

#include <QApplication>
#include <QFileDialog>
#include <QTimer>

namespace app {

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
        if (auto plan = core::removeRequirement(m_history.current(), ui::plain(requirement)))
            commit(std::move(*plan), tr("remove %1").arg(requirement));
    });
    connect(board, &ui::PlacementBoard::placementRequested, this, &Application::place);
    connect(board, &ui::PlacementBoard::takeOffRequested, this, &Application::takeOff);
    connect(board, &ui::PlacementBoard::lockRequested, this, &Application::toggleLock);
    connect(board, &ui::PlacementBoard::duplicateRequested, this, &Application::place);
    connect(board, &ui::PlacementBoard::placeHereRequested, this, &Application::placeIfItFits);
    connect(board, &ui::PlacementBoard::drainRequested, this, &Application::showDrain);
    connect(board, &ui::PlacementBoard::setEditRequested, this, &Application::editSet);
    connect(placement->inspector()->set(), &ui::SetView::editRequested, this, &Application::editSet);
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
    connectPlanIntents();
    connectClusterIntents();
    connectCapacityIntents();
    connectProbeIntents();
}

void Application::connectPlanIntents()
{
    connect(&m_window, &ui::MainWindow::undoRequested, this, [this] {
        m_history.undo();
        refresh();
    });
    connect(&m_window, &ui::MainWindow::redoRequested, this, [this] {
        m_history.redo();
        refresh();
    });
    connect(&m_window, &ui::MainWindow::newPlanRequested, this, [this] {
        m_history.open({}, {}, ui::plain(tr("new plan")));
        refresh();
    });
    connect(&m_window, &ui::MainWindow::openPlanRequested, this, [this] {
        auto *dialog = new QFileDialog(&m_window, tr("Open a plan"), {}, tr("Plans (*.yaml *.yml)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &file) { openPlan(ui::plain(file)); });
        dialog->open();
    });
    connect(&m_window, &ui::MainWindow::savePlanRequested, this, [this] { savePlan(false); });
    connect(&m_window, &ui::MainWindow::savePlanAsRequested, this, [this] { savePlan(true); });
    connect(&m_window, &ui::MainWindow::fileDropped, this, &Application::takeFile);
    connect(&m_window, &ui::MainWindow::exportRequested, this, &Application::exportManifests);
    connect(&m_window, &ui::MainWindow::themeChosen, this, &Application::applyTheme);
    connect(&m_window, &ui::MainWindow::pageChanged, this, [this](ui::MainWindow::Page page) {
        if (page == ui::MainWindow::Page::Manifests)
            askTheServer(false, false);
        if (page == ui::MainWindow::Page::Probes)
            openProbes();
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
    connect(top, &ui::TopBar::whyRequested, &m_window, &ui::MainWindow::setMessage);
    connect(top, &ui::TopBar::retryRequested, this, [this] { connectTo(m_context); });
    connect(&m_window, &ui::MainWindow::refreshRequested, this, [this] {
        if (!m_context.isEmpty())
            connectTo(m_context);
    });
    connect(&m_window, &ui::MainWindow::nextContextRequested, this,
            [this, open] { open(m_contexts[(m_contexts.indexOf(m_context) + 1) % m_contexts.size()]); });
    connect(contexts, &ui::ContextsPage::connectRequested, this, open);
    connect(contexts, &ui::ContextsPage::demoRequested, this, [this, open] { open(m_demoContext); });
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

} // namespace app
