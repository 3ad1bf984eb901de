// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/auto_place.h"
#include "ui/placement/compare_view.h"
#include "ui/placement/drain_view.h"
#include "ui/placement/inspector.h"
#include "ui/placement/models_panel.h"
#include "ui/placement/optimise_view.h"
#include "ui/placement/partition_view.h"
#include "ui/placement/placement_board.h"
#include "ui/placement/set_view.h"
#include "ui/placement/shapes_view.h"
#include "ui/widgets/key_help.h"

#include <QLabel>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>

namespace ui {

/// Models at the left, the inspector at the right; in the middle the board, or what else can be asked of a plan: free
/// shapes, partitions, what a drain would move, the optimiser, a comparison. The first line answers the view's
/// question.
class PlacementPage final : public QWidget {
    Q_OBJECT

public:
    enum class View { Board, Shapes, Partitions, Drain, Optimise, Compare };
    explicit PlacementPage(QWidget *parent = nullptr);

    static std::vector<KeyHelp> keys(); ///< what its keys do, for the panel behind `?`

    ModelsPanel *models() const { return m_models; }
    PlacementBoard *board() const { return m_board; }
    Inspector *inspector() const { return m_inspector; }
    ShapesView *shapes() const { return m_shapes; }
    PartitionView *partitions() const { return m_partitions; }
    DrainView *drain() const { return m_drain; }
    OptimiseView *optimise() const { return m_optimise; }
    CompareView *compare() const { return m_compare; }
    View view() const;
    void showView(View view);
    /// SKUs that an auto-place can be asked to leave alone.
    void setKeepFree(const QStringList &skus);
    /// Counts of devices by verdict while something is picked up; the free devices otherwise.
    void setHeadline(const std::vector<core::Candidate> &candidates, bool pickedUp, std::int64_t free,
                     std::int64_t capacity);

    void setInspectorVisible(bool visible);
    bool isInspectorVisible() const;

Q_SIGNALS:
    void viewChanged(ui::PlacementPage::View view);
    /// Find the best places for what the selected model still lacks. `keepFree`: SKUs to leave alone.
    void autoPlaceRequested(core::Objective objective, const QStringList &keepFree);

private:
    QWidget *buildBoardView();
    void buildAutoMenu();

    ModelsPanel *m_models;
    PlacementBoard *m_board;
    Inspector *m_inspector;
    PanelHead *m_head;
    QLabel *m_hint;
    QToolButton *m_auto;
    QMenu *m_keepFree;
    QTabBar *m_views;
    QStackedWidget *m_stack;
    ShapesView *m_shapes;
    PartitionView *m_partitions;
    DrainView *m_drain;
    OptimiseView *m_optimise;
    CompareView *m_compare;
};

} // namespace ui
