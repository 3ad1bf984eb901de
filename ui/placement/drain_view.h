// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/placement/what_if.h"
#include "ui/widgets/panel.h"

#include <QComboBox>
#include <QToolButton>

namespace ui {

/// What if a node were drained: which pods and placements would go where, and which have no place. A checklist to copy,
/// never executed.
class DrainView final : public QWidget {
    Q_OBJECT

public:
    explicit DrainView(QWidget *parent = nullptr);

    void setCatalog(const core::Catalog *catalog) { m_catalog = catalog; } ///< a loan that outlives the view
    /// The nodes to choose from, ordered. The chosen one stays; the answer is asked for again, as what they hold may
    /// differ.
    void setNodes(const QStringList &nodes);
    /// Chooses a node and asks; nothing happens when it is not among those set.
    void askFor(const QString &node);
    /// The answer to drainAsked().
    void setAnswer(const core::Result<core::DrainAnswer> &answer);

Q_SIGNALS:
    void drainAsked(const QString &node);

private:
    void ask();
    void copy() const;
    void showHeadline(const core::DrainAnswer &answer);
    void add(const QString &words, core::Verdict verdict);
    QString placeOf(const core::Move &move) const;
    QString moveLine(const core::Move &move) const;

    const core::Catalog *m_catalog = nullptr;
    PanelHead *m_head;
    QComboBox *m_node;
    QToolButton *m_copy;
    QListWidget *m_moves;
};

} // namespace ui
