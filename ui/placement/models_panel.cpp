// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/models_panel.h"

#include "ui/placement/requirement_drag.h"
#include "ui/text/words.h"
#include "ui/widgets/row_delegate.h"

#include <QDialog>
#include <QDragEnterEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int nameRole = Qt::UserRole, rowHeight = 46;
} // namespace

ModelsPanel::ModelsPanel(QWidget *parent) : QWidget(parent), m_head(new PanelHead(this)), m_list(new QListWidget(this))
{
    setObjectName(u"modelsPanelFrame"_s);
    setAcceptDrops(true);
    m_list->setObjectName(u"modelsPanel"_s);
    m_list->setAccessibleName(tr("Models of the plan"));
    dressSideList(*m_list, rowHeight, true);
    m_list->viewport()->installEventFilter(this);
    m_list->installEventFilter(this);
    auto *addButton = new QPushButton(tr("Add…"), this);
    addButton->setObjectName(u"addModelButton"_s);
    m_head->addAction(addButton);
    auto *hint = new QLabel(tr("Drag onto the board, or press Space to pick up and arrows to move."), this);
    hint->setWordWrap(true);
    hint->setContentsMargins(12, 8, 12, 12);
    hint->setForegroundRole(QPalette::PlaceholderText);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_head);
    layout->addWidget(m_list, 1);
    layout->addWidget(hint);
    connect(addButton, &QPushButton::clicked, this, &ModelsPanel::showCatalogue);
    connect(m_list, &QListWidget::currentItemChanged, this, [this](const QListWidgetItem *item) {
        Q_EMIT selectionChanged(item ? item->data(nameRole).toString() : QString());
    });
}

void ModelsPanel::setCatalog(const core::Catalog *catalog)
{
    m_catalog = catalog;
}

QString ModelsPanel::selected() const
{
    return m_list->currentItem() ? m_list->currentItem()->data(nameRole).toString() : QString();
}

void ModelsPanel::select(const QString &requirement)
{
    for (int i = 0; i < m_list->count(); ++i)
        if (m_list->item(i)->data(nameRole).toString() == requirement)
            m_list->setCurrentRow(i);
}

void ModelsPanel::setPlan(const core::Plan &plan)
{
    const auto before = selected();
    const QSignalBlocker quiet(m_list);
    m_head->line()->setParts({{.words = tr("Models"), .verdict = {}, .strong = true},
                              {.words = QString::number(plan.requirements.size()), .verdict = {}, .muted = true}});
    while (m_list->count() > static_cast<int>(plan.requirements.size()))
        delete m_list->takeItem(m_list->count() - 1);
    for (std::size_t i = 0; i < plan.requirements.size(); ++i) {
        const auto &requirement = plan.requirements[i];
        if (static_cast<int>(i) >= m_list->count())
            m_list->addItem(new QListWidgetItem);
        auto *item = m_list->item(static_cast<int>(i));
        const int placed = plan.placedReplicas(requirement.name);
        item->setText(text(requirement.name));
        item->setData(RowDelegate::SubtitleRole, requirementLine(requirement));
        item->setData(RowDelegate::SideRole, tr("%1 of %2").arg(placed).arg(requirement.replicas));
        item->setToolTip(tr("%1 of %2 replicas placed").arg(placed).arg(requirement.replicas));
        item->setData(nameRole, text(requirement.name));
        item->setData(Qt::AccessibleTextRole, text(requirement.name));
    }
    select(before);
    if (m_list->currentRow() < 0 && m_list->count() > 0)
        m_list->setCurrentRow(0);
}

bool ModelsPanel::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress && watched == m_list) {
        const auto key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Space && !selected().isEmpty()) {
            Q_EMIT pickUpRequested(selected());
            return true;
        }
        if (key == Qt::Key_Delete && !selected().isEmpty()) {
            Q_EMIT removeRequested(selected());
            return true;
        }
    }
    if (watched != m_list->viewport())
        return QWidget::eventFilter(watched, event);
    if (event->type() == QEvent::MouseButtonPress) {
        m_pressedAt = static_cast<QMouseEvent *>(event)->pos();
        m_pressed = m_list->itemAt(m_pressedAt) != nullptr;
    } else if (event->type() == QEvent::MouseButtonRelease) {
        m_pressed = false;
    } else if (event->type() == QEvent::MouseMove && m_pressed) {
        const auto distance = (static_cast<QMouseEvent *>(event)->pos() - m_pressedAt).manhattanLength();
        if (const auto *item = m_list->itemAt(m_pressedAt); item && distance >= dragDistance) {
            m_pressed = false;
            startDrag(item->data(nameRole).toString());
        }
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void ModelsPanel::startDrag(const QString &requirement)
{
    Q_EMIT dragStarted(requirement);
    dragRequirement(*this, requirement, std::nullopt);
    Q_EMIT dragEnded();
}

void ModelsPanel::dragEnterEvent(QDragEnterEvent *event)
{
    if (originOf(*event->mimeData()))
        event->acceptProposedAction();
}

void ModelsPanel::dropEvent(QDropEvent *event)
{
    if (const auto origin = originOf(*event->mimeData())) {
        event->acceptProposedAction();
        Q_EMIT takeOffRequested(requirementOf(*event->mimeData()), *origin);
    }
}

void ModelsPanel::showCatalogue()
{
    if (!m_catalog)
        return;
    auto *dialog = new QDialog(this);
    dialog->setObjectName(u"modelCatalogue"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Add a model"));
    dialog->resize(420, 480);
    auto *filter = new QLineEdit(dialog);
    filter->setObjectName(u"modelFilter"_s);
    filter->setPlaceholderText(tr("Find a model"));
    filter->setAccessibleName(tr("Find a model"));
    auto *list = new QListWidget(dialog);
    list->setObjectName(u"modelCatalogueList"_s);
    list->setAccessibleName(tr("Model catalogue"));
    for (const auto &model : m_catalog->models)
        if (!model.id.contains('{')) // a family in one row has no size of its own
            list->addItem(text(model.id));
    dressSideList(*list, 28, false);
    list->setCurrentRow(0);
    auto *layout = new QVBoxLayout(dialog);
    layout->addWidget(filter);
    layout->addWidget(list);
    connect(filter, &QLineEdit::textChanged, list, [list](const QString &words) {
        for (int i = 0; i < list->count(); ++i)
            list->item(i)->setHidden(!list->item(i)->text().contains(words, Qt::CaseInsensitive));
    });
    const auto choose = [this, dialog](const QListWidgetItem *item) {
        Q_EMIT addRequested(item->text());
        dialog->accept();
    };
    connect(list, &QListWidget::itemActivated, this, choose);
    connect(filter, &QLineEdit::returnPressed, this, [list, choose] {
        for (int i = 0; i < list->count(); ++i)
            if (!list->item(i)->isHidden())
                return choose(list->item(i));
    });
    dialog->open();
    filter->setFocus();
}

} // namespace ui
