// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/placement/plan.h"
#include "ui/widgets/panel.h"

namespace ui {

/// The plan's models. A press selects, a drag of 8 px picks one up, Space picks up by keyboard.
class ModelsPanel final : public QWidget {
    Q_OBJECT

public:
    explicit ModelsPanel(QWidget *parent = nullptr);

    void setCatalog(const core::Catalog *catalog); ///< a loan that outlives the panel
    /// Keeps the selection by name.
    void setPlan(const core::Plan &plan);
    QString selected() const;
    void select(const QString &requirement);
    /// Asks which model to add.
    void showCatalogue();
    bool eventFilter(QObject *watched, QEvent *event) override;

Q_SIGNALS:
    void selectionChanged(const QString &requirement);
    void addRequested(const QString &modelId);
    void removeRequested(const QString &requirement);
    void pickUpRequested(const QString &requirement);
    void dragStarted(const QString &requirement);
    void dragEnded();
    /// A placed replica was dragged back to the list.
    void takeOffRequested(const QString &requirement, const core::Target &from);

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void startDrag(const QString &requirement);

    const core::Catalog *m_catalog = nullptr;
    PanelHead *m_head;
    QListWidget *m_list;
    QPoint m_pressedAt;
    bool m_pressed = false;
};

} // namespace ui
