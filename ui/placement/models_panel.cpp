// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/models_panel.h"

#include "ui/placement/placement_board.h"
#include "ui/text/words.h"

#include <QDialog>
#include <QDrag>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QMouseEvent>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int nameRole = Qt::UserRole;
constexpr int dragDistance = 8;

/// The tile that follows the pointer: name and size, drawn at the screen's ratio.
QPixmap tile(const QWidget &widget, const QString &title)
{
    const auto theme = Theme::of(widget.palette());
    const auto ratio = widget.devicePixelRatioF();
    const QSize size(widget.fontMetrics().horizontalAdvance(title) + 24, 28);
    QPixmap pixmap(size * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(theme.raised);
    QPainter painter(&pixmap);
    painter.setFont(widget.font());
    painter.setPen(QPen(theme.accent, 1));
    painter.drawRect(QRect(QPoint(0, 0), size).adjusted(0, 0, -1, -1));
    painter.setPen(theme.text);
    painter.drawText(QRect(QPoint(0, 0), size), Qt::AlignCenter, title);
    return pixmap;
}

} // namespace

ModelsPanel::ModelsPanel(QWidget *parent)
    : QWidget(parent)
    , m_title(new QLabel(tr("Models"), this))
    , m_list(new QListWidget(this))
{
    setObjectName(u"modelsPanelFrame"_s);
    m_list->setObjectName(u"modelsPanel"_s);
    m_list->setAccessibleName(tr("Models of the plan"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setWordWrap(true);
    m_list->viewport()->installEventFilter(this);
    m_list->installEventFilter(this);
    auto *addButton = new QPushButton(tr("Add…"), this);
    addButton->setObjectName(u"addModelButton"_s);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(12, 4, 12, 4);
    head->addWidget(m_title);
    head->addStretch();
    head->addWidget(addButton);
    auto *hint = new QLabel(tr("Drag onto the board, or press Space to pick up and arrows to move."), this);
    hint->setWordWrap(true);
    hint->setContentsMargins(12, 8, 12, 8);
    hint->setForegroundRole(QPalette::PlaceholderText);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
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
    m_title->setText(tr("Models  %1").arg(plan.requirements.size()));
    while (m_list->count() > static_cast<int>(plan.requirements.size()))
        delete m_list->takeItem(m_list->count() - 1);
    for (std::size_t i = 0; i < plan.requirements.size(); ++i) {
        const auto &requirement = plan.requirements[i];
        if (static_cast<int>(i) >= m_list->count())
            m_list->addItem(new QListWidgetItem);
        auto *item = m_list->item(static_cast<int>(i));
        const int placed = plan.placedReplicas(requirement.name);
        item->setText(u"%1   %2 of %3 placed\n%4"_s.arg(text(requirement.name))
                          .arg(placed)
                          .arg(requirement.replicas)
                          .arg(requirementLine(requirement)));
        item->setData(nameRole, text(requirement.name));
        item->setData(Qt::AccessibleTextRole, text(requirement.name));
        item->setSizeHint(QSize(0, 48));
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
    auto *drag = new QDrag(this);
    auto *mime = new QMimeData;
    mime->setData(QString::fromLatin1(requirementMime), requirement.toUtf8());
    drag->setMimeData(mime);
    drag->setPixmap(tile(*this, requirement));
    drag->setHotSpot(QPoint(-16, -16));
    drag->exec(Qt::CopyAction); // Qt's own loop for drags; there is no other way to drag
    Q_EMIT dragEnded();
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
        if (model.id.find('{') == std::string::npos) // a family in one row has no size of its own
            list->addItem(text(model.id));
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
}

} // namespace ui
