// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/inventory/inventory_page.h"
#include "ui/manifests/manifests_page.h"
#include "ui/placement/placement_page.h"

#include <QComboBox>
#include <QListWidget>
#include <QMainWindow>
#include <QStackedWidget>

namespace ui {

/// The frame: context and connection at the top, pages at the left in the order of the work, the plan at the bottom.
/// Assembles; decides nothing.
class MainWindow final : public QMainWindow {
    Q_OBJECT

public:
    enum class Page { Inventory, Placement, Manifests };

    explicit MainWindow(QWidget *parent = nullptr);

    InventoryPage *inventory() const { return m_inventory; }
    PlacementPage *placement() const { return m_placement; }
    ManifestsPage *manifests() const { return m_manifests; }
    void showPage(Page page);
    void setContexts(const QStringList &contexts, const QString &current);
    /// "connected · v1.36.3" and the like; `trouble` colours it.
    void setConnection(const QString &words, bool trouble);
    /// What stays in sight until it is no longer true: blind spots, certificate checks that are off.
    void setNotices(const QStringList &notices);
    void setPlanLine(const QString &words);
    void setMessage(const QString &words);
    void setUndo(const QString &undo, const QString &redo); ///< empty = not possible

Q_SIGNALS:
    void contextChosen(const QString &context);
    void pageChanged(ui::MainWindow::Page page);
    void undoRequested();
    void redoRequested();
    void newPlanRequested();
    void openPlanRequested();
    void savePlanRequested();
    void savePlanAsRequested();
    void exportRequested();
    void themeChosen(const QString &name); ///< "system", "light", "dark"

private:
    void buildMenus();
    void showCommands();

    QComboBox *m_contexts;
    QLabel *m_connection, *m_notices, *m_planLine, *m_message;
    QListWidget *m_pages;
    QStackedWidget *m_stack;
    InventoryPage *m_inventory;
    PlacementPage *m_placement;
    ManifestsPage *m_manifests;
    QAction *m_undo = nullptr, *m_redo = nullptr;
};

} // namespace ui
