// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/edit_set.h"
#include "ui/placement/board_layout.h"
#include "ui/theme/theme.h"

#include <QAbstractScrollArea>
#include <QTimer>

class QMenu;

namespace ui {

class VerdictTooltip;

/// Every GPU of the cluster as a chip, by SKU and node. While a model is picked up (by mouse or keyboard) each pool
/// shows the verdict it was given; hovering evaluates nothing. Speaks by signals only.
class PlacementBoard final : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit PlacementBoard(QWidget *parent = nullptr);
    ~PlacementBoard() override;

    void setGroups(std::vector<BoardGroup> groups);
    /// Verdicts for the model that is picked up, ordered by node, then resource; empty and null = nothing is picked up.
    void setVerdicts(const QString &requirement, core::CandidatesPtr candidates);
    /// Those that one sees now, by name: to be judged first.
    std::vector<core::NodePtr> nodesInSight() const;
    bool isPickedUp() const { return !m_requirement.isEmpty(); }
    /// The model that `J` and the menu speak about, and the sets of the plan. Members of its set are joined by a bar.
    void setSelected(const QString &requirement, std::vector<core::PlacementSet> sets);
    void setStale(bool stale); ///< disconnected: the last picture, in grey

    const std::vector<BoardGroup> &groups() const { return m_groups; }
    const core::Candidate *candidateFor(const BoardNode &node) const;
    /// One item in words: "node gpu-01, H100 SXM 80 GB, 6 of 8 free, fits llama".
    QString describe(const BoardGroup &group, const BoardNode &node) const;
    QRect onViewport(QRect board) const;

Q_SIGNALS:
    /// A drop, or Enter: put one replica of the picked-up requirement there.
    void placementRequested(const QString &requirement, const core::Target &target);
    /// A placed replica was dragged from one target to another.
    void moveRequested(const QString &requirement, const core::Target &from, const core::Target &to);
    void takeOffRequested(const QString &requirement, const core::Target &target);
    void lockRequested(const QString &requirement, const core::Target &target); ///< or unlock
    void duplicateRequested(const QString &requirement, const core::Target &target);
    /// From the menu, where no verdict was in sight: only if it fits.
    void placeHereRequested(const QString &requirement, const core::Target &target);
    void drainRequested(const QString &node); ///< what if it were drained?
    void setEditRequested(const core::SetEdit &edit);
    /// The place the keyboard or mouse is at, in one line; a screen reader hears it too.
    void placeDescribed(const QString &text);
    void hovered(const core::Candidate *candidate);
    void putBack();                               ///< Esc, or the drag left: nothing is picked up any more
    void dragStarted(const QString &requirement); ///< a placed replica is picked up with the mouse

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragMoveEvent(QDragMoveEvent *event) override;
    void dragLeaveEvent(QDragLeaveEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    using Place = std::pair<const BoardGroup *, const BoardNode *>;
    void relayout();
    void setHover(const BoardHit &hit, QPoint globalPos);
    void moveFocus(int step, bool onlyFitting);
    void dropAt(const BoardHit &hit, QPoint globalPos, const std::optional<core::Target> &origin);
    std::optional<core::Target> targetOf(const BoardHit &hit) const;
    core::Target nodeTarget(const BoardHit &hit) const;
    void scrollAtEdge();
    BoardHit hitAt(QPoint viewportPos) const;
    bool focusIsSku() const { return m_level == core::TargetLevel::Sku; }
    BoardHit hitOf(const Place &place) const;
    void setLevel(core::TargetLevel level, const Place &place);
    /// Asks for something to be done with every model that is placed at the keyboard's place.
    void askForPlaced(void (PlacementBoard::*ask)(const QString &, const core::Target &), const Place &place);
    /// What can be done to a place besides dropping on it; also for every set that its SKU is a member of.
    void fillMenu(QMenu &menu, const Place &place);
    void addSetActions(QMenu &menu, const BoardGroup &group);
    /// A model with a set is dropped: it may join the set with this SKU, or be placed beside it.
    void offerSet(const core::PlacementSet &set, const BoardGroup &group, const core::Target &target, QPoint globalPos);
    const core::PlacementSet *findSet(std::string_view requirement) const;
    void serveAlsoOn(const BoardGroup &group);
    void growSets(const BoardGroup &group);
    void leaveSets(const BoardGroup &group);
    /// What a key does at the place the keyboard is at; false when it means nothing here.
    bool actAt(const QKeyEvent &event, const Place &place);
    std::vector<Place> order() const;
    static bool mayDropAt(const core::Candidate *candidate);

    Theme m_theme;
    std::vector<BoardGroup> m_groups;
    QString m_requirement, m_selected;
    std::vector<core::PlacementSet> m_sets;
    core::CandidatesPtr m_candidates;                    ///< null: nothing is picked up
    QString m_hoverKey;                                  ///< "node\nresource" or "#sku row" of what is outlined
    int m_focus = -1;                                    ///< index into order()
    core::TargetLevel m_level = core::TargetLevel::Node; ///< of the keyboard's place
    bool m_stale = false;
    QPoint m_dragPos, m_pressedAt;
    QTimer m_edgeScroll;
    VerdictTooltip *m_tooltip;
};

} // namespace ui
