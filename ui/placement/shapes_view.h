// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/placement/shapes_model.h"
#include "ui/widgets/panel.h"

#include <QSpinBox>
#include <QTreeView>

namespace ui {

/// How many places of each size are free now, and the fewest moves that would open a larger one: a list to work
/// through, never executed.
class ShapesView final : public QWidget {
    Q_OBJECT

public:
    explicit ShapesView(QWidget *parent = nullptr);

    /// The map, or why there is none.
    void setShapes(core::Result<std::vector<core::SkuShapes>> shapes);
    /// The answer to holeRequested().
    void setHole(const core::Result<core::HolePlan> &plan);

Q_SIGNALS:
    /// Which moves would leave `size` devices free on one node of this line?
    void holeRequested(const core::SkuRow &row, int size);

private:
    void ask();
    void showHeadline(const std::vector<core::SkuShapes> &shapes);
    void showMoves(const core::HolePlan &plan);

    ShapesModel *m_model;
    PanelHead *m_head, *m_holeHead;
    QTreeView *m_table;
    QSpinBox *m_size;
    QListWidget *m_moves;
};

} // namespace ui
