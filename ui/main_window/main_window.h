// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/contexts/contexts_page.h"
#include "ui/inventory/inventory_page.h"
#include "ui/main_window/command_palette.h"
#include "ui/main_window/progress_line.h"
#include "ui/main_window/top_bar.h"
#include "ui/manifests/manifests_page.h"
#include "ui/placement/placement_page.h"
#include "ui/probes/probes_page.h"
#include "ui/widgets/key_help.h"

#include <QListWidget>
#include <QMainWindow>
#include <QStackedWidget>

namespace ui {

/// The frame: context and connection at the top, pages at the left in the order of the work, the plan at the bottom.
/// Assembles; decides nothing.
class MainWindow final : public QMainWindow {
    Q_OBJECT

public:
    enum class Page { Inventory, Placement, Manifests, Probes };

    explicit MainWindow(QWidget *parent = nullptr);

    ContextsPage *contexts() const { return m_contexts; }
    InventoryPage *inventory() const { return m_inventory; }
    PlacementPage *placement() const { return m_placement; }
    ManifestsPage *manifests() const { return m_manifests; }
    ProbesPage *probes() const { return m_probes; }
    TopBar *topBar() const { return m_top; }
    ProgressLine *progress() const { return m_progress; }
    void showPage(Page page);
    /// "Which cluster?" in front of every page, until a page is shown again.
    void showContexts();
    /// What stays in sight until it is no longer true: blind spots, certificate checks that are off.
    void setNotices(const QStringList &notices);
    void setPlanLine(std::vector<GlyphLine::Part> parts);
    void setTotals(const QString &words); ///< "124 devices · 74 free"
    void setMessage(const QString &words);
    void setUndo(const QString &undo, const QString &redo); ///< empty = not possible
    /// What Ctrl+K finds besides the menus' actions; asked for each time.
    void setPlaces(std::function<std::vector<Command>()> places) { m_places = std::move(places); }

Q_SIGNALS:
    void pageChanged(ui::MainWindow::Page page);
    void refreshRequested();
    void nextContextRequested();
    void undoRequested();
    void redoRequested();
    void newPlanRequested();
    void openPlanRequested();
    void savePlanRequested();
    void savePlanAsRequested();
    void exportRequested();
    void themeChosen(const QString &name); ///< "system", "light", "dark"
    void fileDropped(const QString &path); ///< a local file: a plan, a log, a benchmark
    void closed();

protected:
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void buildMenus();
    QWidget *buildStatusLine();
    void showCommands();
    void showKeys();
    std::vector<KeyHelp> keysOfPage() const;
    void focusNextPanel();

    TopBar *m_top;
    ProgressLine *m_progress;
    QLabel *m_notices, *m_totals, *m_message;
    GlyphLine *m_planLine;
    QListWidget *m_pages;
    QStackedWidget *m_stack;
    InventoryPage *m_inventory;
    PlacementPage *m_placement;
    ManifestsPage *m_manifests;
    ProbesPage *m_probes;
    ContextsPage *m_contexts;
    QAction *m_undo = nullptr, *m_redo = nullptr;
    std::function<std::vector<Command>()> m_places;
};

} // namespace ui
