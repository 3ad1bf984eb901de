// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/main_window.h"

#include "ui/theme/theme.h"

#include <QDialog>
#include <QLineEdit>
#include <QMenuBar>
#include <QPushButton>
#include <QShortcut>
#include <QStatusBar>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

MainWindow::MainWindow(QWidget *parent)
    : QMainWindow(parent)
    , m_contexts(new QComboBox(this))
    , m_connection(new QLabel(this))
    , m_notices(new QLabel(this))
    , m_planLine(new QLabel(this))
    , m_message(new QLabel(this))
    , m_pages(new QListWidget(this))
    , m_stack(new QStackedWidget(this))
    , m_inventory(new InventoryPage(this))
    , m_placement(new PlacementPage(this))
    , m_manifests(new ManifestsPage(this))
{
    setObjectName(u"mainWindow"_s);
    setWindowTitle(u"Berth"_s);
    resize(1280, 800);
    for (auto *label : {m_connection, m_notices, m_planLine, m_message})
        label->setTextFormat(Qt::PlainText);
    m_contexts->setObjectName(u"contextCombo"_s);
    m_contexts->setAccessibleName(tr("Cluster"));
    m_contexts->setMinimumContentsLength(12);
    m_connection->setObjectName(u"connectionLabel"_s);
    auto *brand = new QLabel(u"Berth"_s, this);
    auto strong = brand->font();
    strong.setWeight(QFont::DemiBold);
    strong.setPointSizeF(strong.pointSizeF() + 2);
    brand->setFont(strong);
    auto *search = new QPushButton(tr("Find a node, model or command   Ctrl+K"), this);
    search->setObjectName(u"searchButton"_s);
    connect(search, &QPushButton::clicked, this, &MainWindow::showCommands);
    auto *top = new QHBoxLayout;
    top->setContentsMargins(16, 6, 16, 6);
    top->setSpacing(16);
    top->addWidget(brand);
    top->addWidget(m_contexts);
    top->addWidget(m_connection);
    top->addStretch();
    top->addWidget(search);

    m_pages->setObjectName(u"pageList"_s);
    m_pages->setAccessibleName(tr("Pages"));
    m_pages->setFrameShape(QFrame::NoFrame);
    m_pages->setFixedWidth(130);
    for (const auto &name : {tr("Inventory"), tr("Placement"), tr("Manifests")}) {
        auto *item = new QListWidgetItem(name, m_pages);
        item->setSizeHint(QSize(0, 36));
    }
    for (auto *page : std::initializer_list<QWidget *>{m_inventory, m_placement, m_manifests})
        m_stack->addWidget(page);
    m_notices->setObjectName(u"noticesLabel"_s);
    m_notices->setWordWrap(true);
    m_notices->setContentsMargins(16, 4, 16, 4);
    m_notices->hide();
    auto *middle = new QHBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(m_pages);
    middle->addWidget(m_stack, 1);
    auto *central = new QWidget(this);
    auto *layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(top);
    layout->addWidget(m_notices);
    layout->addLayout(middle, 1);
    setCentralWidget(central);
    m_planLine->setObjectName(u"planLine"_s);
    m_message->setObjectName(u"messageLine"_s);
    statusBar()->addWidget(m_planLine);
    statusBar()->addWidget(m_message, 1);
    statusBar()->setSizeGripEnabled(false);

    connect(m_pages, &QListWidget::currentRowChanged, this, [this](int row) {
        m_stack->setCurrentIndex(row);
        Q_EMIT pageChanged(static_cast<Page>(row));
    });
    connect(m_contexts, &QComboBox::textActivated, this, &MainWindow::contextChosen);
    buildMenus();
    showPage(Page::Inventory);
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
    auto *view = menuBar()->addMenu(tr("&View"));
    const QStringList names{tr("&Inventory"), tr("&Placement"), tr("&Manifests")};
    for (int i = 0; i < names.size(); ++i)
        view->addAction(names[i], QKeySequence(u"Ctrl+%1"_s.arg(i + 1)), this,
                        [this, i] { showPage(static_cast<Page>(i)); });
    view->addSeparator();
    for (const auto &name : {u"system"_s, u"light"_s, u"dark"_s})
        view->addAction(tr("Theme: %1").arg(name), this, [this, name] { Q_EMIT themeChosen(name); });
}

/// Every action of every menu, found by typing.
void MainWindow::showCommands()
{
    auto *dialog = new QDialog(this);
    dialog->setObjectName(u"commandPalette"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Find"));
    dialog->resize(480, 360);
    auto *find = new QLineEdit(dialog);
    find->setAccessibleName(tr("Find a command or model"));
    auto *list = new QListWidget(dialog);
    list->setAccessibleName(tr("Commands and models"));
    QList<QAction *> actions;
    for (auto *menu : menuBar()->findChildren<QMenu *>())
        for (auto *action : menu->actions())
            if (!action->isSeparator() && !action->menu() && action->isEnabled()) {
                list->addItem(action->text().remove(u'&') + u"   "_s + action->shortcut().toString());
                actions << action;
            }
    auto *layout = new QVBoxLayout(dialog);
    layout->addWidget(find);
    layout->addWidget(list);
    connect(find, &QLineEdit::textChanged, list, [list](const QString &words) {
        for (int i = 0; i < list->count(); ++i)
            list->item(i)->setHidden(!list->item(i)->text().contains(words, Qt::CaseInsensitive));
    });
    const auto run = [list, actions, dialog](const QListWidgetItem *item) {
        dialog->accept();
        actions[list->row(item)]->trigger();
    };
    connect(list, &QListWidget::itemActivated, dialog, run);
    connect(find, &QLineEdit::returnPressed, dialog, [list, run] {
        for (int i = 0; i < list->count(); ++i)
            if (!list->item(i)->isHidden())
                return run(list->item(i));
    });
    dialog->open();
}

void MainWindow::showPage(Page page)
{
    m_pages->setCurrentRow(static_cast<int>(page));
}

void MainWindow::setContexts(const QStringList &contexts, const QString &current)
{
    m_contexts->clear();
    m_contexts->addItems(contexts);
    m_contexts->setCurrentText(current);
}

void MainWindow::setConnection(const QString &words, bool trouble)
{
    m_connection->setText(words);
    m_connection->setForegroundRole(trouble ? QPalette::BrightText : QPalette::PlaceholderText);
}

void MainWindow::setNotices(const QStringList &notices)
{
    m_notices->setText(notices.join(u'\n'));
    m_notices->setVisible(!notices.isEmpty());
}

void MainWindow::setPlanLine(const QString &words)
{
    m_planLine->setText(words);
}
void MainWindow::setMessage(const QString &words)
{
    m_message->setText(words);
}

void MainWindow::setUndo(const QString &undo, const QString &redo)
{
    m_undo->setEnabled(!undo.isEmpty());
    m_undo->setText(undo.isEmpty() ? tr("&Undo") : tr("&Undo: %1").arg(undo));
    m_redo->setEnabled(!redo.isEmpty());
    m_redo->setText(redo.isEmpty() ? tr("&Redo") : tr("&Redo: %1").arg(redo));
}

} // namespace ui
