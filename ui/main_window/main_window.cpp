// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/main_window.h"

#include "ui/main_window/keys_panel.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/panel.h"

#include <QApplication>
#include <QDropEvent>
#include <QMenuBar>
#include <QMimeData>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int pagesWidth = 136, pageRow = 32, statusHeight = 28;

} // namespace

MainWindow::MainWindow(QWidget *parent)
    : QMainWindow(parent)
    , m_top(new TopBar(this))
    , m_progress(new ProgressLine(this))
    , m_notices(new QLabel(this))
    , m_totals(new QLabel(this))
    , m_message(new ElidedLabel(this))
    , m_planLine(new GlyphLine(this))
    , m_pages(new QListWidget(this))
    , m_stack(new QStackedWidget(this))
    , m_inventory(new InventoryPage(this))
    , m_placement(new PlacementPage(this))
    , m_manifests(new ManifestsPage(this))
    , m_probes(new ProbesPage(this))
    , m_contexts(new ContextsPage(this))
{
    setObjectName(u"mainWindow"_s);
    setWindowTitle(u"Berth"_s);
    resize(1280, 800);
    setAcceptDrops(true);
    m_pages->setObjectName(u"pageList"_s);
    m_pages->setAccessibleName(tr("Pages"));
    m_pages->setFixedWidth(pagesWidth);
    dressSideList(*m_pages, pageRow, false);
    m_pages->addItems({tr("Inventory"), tr("Placement"), tr("Manifests"), tr("Probes")});
    for (auto *page : std::initializer_list<QWidget *>{m_inventory, m_placement, m_manifests, m_probes, m_contexts})
        m_stack->addWidget(page);
    m_notices->setObjectName(u"noticesLabel"_s);
    m_notices->setTextFormat(Qt::PlainText);
    m_notices->setWordWrap(true);
    m_notices->setContentsMargins(14, 4, 14, 4);
    m_notices->setForegroundRole(QPalette::BrightText);
    m_notices->hide();
    auto *middle = new QHBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(m_pages);
    middle->addWidget(hairline(this, Qt::Vertical));
    middle->addWidget(m_stack, 1);
    auto *central = new QWidget(this);
    auto *layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_top);
    layout->addWidget(hairline(central));
    layout->addWidget(m_progress);
    layout->addWidget(m_notices);
    layout->addLayout(middle, 1);
    layout->addWidget(hairline(central));
    layout->addWidget(buildStatusLine());
    setCentralWidget(central);

    connect(m_pages, &QListWidget::currentRowChanged, this, [this](int row) {
        if (row < 0)
            return;
        m_stack->setCurrentIndex(row);
        Q_EMIT pageChanged(static_cast<Page>(row));
    });
    connect(m_top, &TopBar::searchRequested, this, &MainWindow::showCommands);
    buildMenus();
    showPage(Page::Inventory);
}

QWidget *MainWindow::buildStatusLine()
{
    auto *line = new QWidget(this);
    line->setFixedHeight(statusHeight);
    m_planLine->setObjectName(u"planLine"_s);
    m_message->setObjectName(u"messageLine"_s);
    m_totals->setObjectName(u"totalsLine"_s);
    for (auto *label : {m_message, m_totals})
        label->setTextFormat(Qt::PlainText);
    m_message->setMinimumWidth(40);
    m_totals->setForegroundRole(QPalette::PlaceholderText);
    auto *layout = new QHBoxLayout(line);
    layout->setContentsMargins(12, 0, 12, 0);
    layout->setSpacing(16);
    layout->addWidget(m_planLine);
    layout->addWidget(m_message, 1);
    layout->addWidget(m_totals);
    return line;
}

void MainWindow::buildMenus()
{
    auto *file = menuBar()->addMenu(tr("&Plan"));
    file->addAction(tr("&New"), QKeySequence::New, this, &MainWindow::newPlanRequested);
    file->addAction(tr("&Open…"), QKeySequence::Open, this, &MainWindow::openPlanRequested);
    file->addAction(tr("&Save"), QKeySequence::Save, this, &MainWindow::savePlanRequested);
    file->addAction(tr("Save &as…"), QKeySequence(u"Ctrl+Shift+S"_s), this, &MainWindow::savePlanAsRequested);
    file->addSeparator();
    file->addAction(tr("&Export manifests…"), QKeySequence(u"Ctrl+E"_s), this, &MainWindow::exportRequested);
    file->addSeparator();
    file->addAction(tr("&Quit"), QKeySequence(u"Ctrl+Q"_s), this, &QWidget::close);
    auto *edit = menuBar()->addMenu(tr("&Edit"));
    m_undo = edit->addAction(tr("&Undo"), QKeySequence::Undo, this, &MainWindow::undoRequested);
    m_redo = edit->addAction(tr("&Redo"), QKeySequence(u"Ctrl+Shift+Z"_s), this, &MainWindow::redoRequested);
    edit->addAction(tr("&Find…"), QKeySequence(u"Ctrl+K"_s), this, &MainWindow::showCommands);
    edit->addSeparator();
    auto *models = m_placement->models();
    edit->addAction(tr("&Add a model…"), QKeySequence(u"Ctrl+M"_s), this, [this, models] {
        showPage(Page::Placement);
        models->showCatalogue();
    });
    auto *view = menuBar()->addMenu(tr("&View"));
    const QStringList names{tr("&Inventory"), tr("&Placement"), tr("&Manifests"), tr("P&robes")};
    for (int i = 0; i < names.size(); ++i)
        view->addAction(names[i], QKeySequence(u"Ctrl+%1"_s.arg(i + 1)), this,
                        [this, i] { showPage(static_cast<Page>(i)); });
    view->addAction(tr("&Clusters"), QKeySequence(u"Ctrl+0"_s), this, [this] { Q_EMIT m_top->clustersRequested(); });
    view->addSeparator();
    view->addAction(tr("&Connect again"), QKeySequence::Refresh, this, &MainWindow::refreshRequested);
    view->addAction(tr("Ne&xt cluster"), QKeySequence(u"Ctrl+Tab"_s), this, &MainWindow::nextContextRequested);
    view->addAction(tr("&Next panel"), QKeySequence(u"F6"_s), this, &MainWindow::focusNextPanel);
    view->addAction(tr("Ins&pector"), QKeySequence(u"Ctrl+I"_s), this,
                    [this] { m_placement->setInspectorVisible(!m_placement->isInspectorVisible()); });
    view->addAction(tr("&Keys of this page"), QKeySequence(u"?"_s), this, &MainWindow::showKeys);
    view->addSeparator();
    for (const auto &name : {u"system"_s, u"light"_s, u"dark"_s})
        view->addAction(tr("Theme: %1").arg(name), this, [this, name] { Q_EMIT themeChosen(name); });
}

/// Every action of every menu and every place of the cluster, found by typing.
void MainWindow::showCommands()
{
    auto commands = m_places ? m_places() : std::vector<Command>{};
    for (auto *menu : menuBar()->findChildren<QMenu *>())
        for (auto *action : menu->actions())
            if (!action->isSeparator() && !action->menu() && action->isEnabled())
                commands.push_back({menu->title().remove(u'&'), action->text().remove(u'&'),
                                    action->shortcut().toString(QKeySequence::NativeText),
                                    [action] { action->trigger(); }});
    auto *palette = new CommandPalette(std::move(commands), this);
    palette->open();
}

/// The keys of the page, as it tells them itself, and every menu's action that has one.
void MainWindow::showKeys()
{
    std::vector<KeyHelp> everywhere;
    for (auto *menu : menuBar()->findChildren<QMenu *>())
        for (auto *action : menu->actions())
            if (!action->shortcut().isEmpty())
                everywhere.push_back(
                    {action->shortcut().toString(QKeySequence::NativeText), action->text().remove(u'&').remove(u'…')});
    const auto *page = m_pages->currentItem();
    auto *panel = new KeysPanel(page ? page->text() : tr("Clusters"), keysOfPage(), everywhere, this);
    panel->open();
}

std::vector<KeyHelp> MainWindow::keysOfPage() const
{
    const auto *page = m_stack->currentWidget();
    if (page == m_placement)
        return PlacementPage::keys();
    if (page == m_manifests)
        return ManifestsPage::keys();
    if (page == m_inventory)
        return InventoryPage::keys();
    if (page == m_probes)
        return ProbesPage::keys();
    return ContextsPage::keys();
}

/// The parts of a page a person works in, one after the other, whatever lies between them in the tab order.
void MainWindow::focusNextPanel()
{
    QList<QWidget *> panels{m_pages};
    for (auto *panel : m_stack->currentWidget()->findChildren<QAbstractScrollArea *>())
        if (panel->isVisible() && panel->focusPolicy() != Qt::NoFocus)
            panels << panel;
    const auto at = panels.indexOf(QApplication::focusWidget());
    panels[(at + 1) % panels.size()]->setFocus(Qt::TabFocusReason);
}

void MainWindow::showPage(Page page)
{
    const int row = static_cast<int>(page);
    if (m_pages->currentRow() == row)
        m_stack->setCurrentIndex(row);
    m_pages->setCurrentRow(row);
}

void MainWindow::showContexts()
{
    m_pages->setCurrentRow(-1);
    m_stack->setCurrentWidget(m_contexts);
}

void MainWindow::setNotices(const QStringList &notices)
{
    m_notices->setText(notices.join(u'\n'));
    m_notices->setVisible(!notices.isEmpty());
}

void MainWindow::setPlanLine(std::vector<GlyphLine::Part> parts)
{
    m_planLine->setParts(std::move(parts));
}

void MainWindow::setTotals(const QString &words)
{
    m_totals->setText(words);
}

void MainWindow::setMessage(const QString &words)
{
    m_message->setText(words);
    m_message->setToolTip(words.toHtmlEscaped());
}

void MainWindow::setUndo(const QString &undo, const QString &redo)
{
    m_undo->setEnabled(!undo.isEmpty());
    m_undo->setText(undo.isEmpty() ? tr("&Undo") : tr("&Undo: %1").arg(undo));
    m_redo->setEnabled(!redo.isEmpty());
    m_redo->setText(redo.isEmpty() ? tr("&Redo") : tr("&Redo: %1").arg(redo));
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    for (const auto &url : event->mimeData()->urls())
        if (url.isLocalFile())
            Q_EMIT fileDropped(url.toLocalFile());
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    Q_EMIT closed();
    QMainWindow::closeEvent(event);
}

} // namespace ui
