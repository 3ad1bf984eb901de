// SPDX-License-Identifier: GPL-3.0-or-later
// What Ctrl+K finds.
#include "app/application.h"

#include "ui/text/words.h"

namespace app {

/// Every SKU and node of the cluster, every model of the plan.
std::vector<ui::Command> Application::places()
{
    std::vector<ui::Command> places;
    places.reserve(m_rows.size() + 2 * m_snapshot->nodes.size());
    listInventory(places);
    for (const auto &node : m_snapshot->nodes)
        places.push_back({tr("Drain"),
                          tr("What if %1 were drained?").arg(ui::text(node->name)),
                          {},
                          [this, name = ui::text(node->name)] { showDrain(name); }});
    for (const auto &requirement : m_history.current().requirements)
        places.push_back({tr("Model"),
                          ui::text(requirement.name + ", " + requirement.modelId),
                          {},
                          [this, name = ui::text(requirement.name)] {
                              m_window.showPage(ui::MainWindow::Page::Placement);
                              m_window.placement()->models()->select(name);
                          }});
    listSetEdits(places);
    listPodLogs(places);
    listMeasurements(places);
    return places;
}

void Application::listInventory(std::vector<ui::Command> &places)
{
    const auto goTo = [this](const QString &name) {
        return [this, name] {
            m_window.showPage(ui::MainWindow::Page::Inventory);
            m_window.inventory()->goTo(name);
        };
    };
    for (const auto &row : m_rows)
        places.push_back({tr("SKU"),
                          tr("%1, %2 of %3 free").arg(ui::text(row.displayName)).arg(row.free).arg(row.capacity),
                          ui::text(row.resource), goTo(ui::text(row.displayName))});
    for (const auto &row : m_rows)
        for (const auto &node : row.nodes)
            places.push_back({tr("Node"), ui::text(node + ", " + row.displayName), {}, goTo(ui::text(node))});
}

void Application::showDrain(const QString &node)
{
    m_window.showPage(ui::MainWindow::Page::Placement);
    m_window.placement()->showView(ui::PlacementPage::View::Drain);
    m_window.placement()->drain()->askFor(node);
}

} // namespace app
