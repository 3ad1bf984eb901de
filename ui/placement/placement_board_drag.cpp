// SPDX-License-Identifier: GPL-3.0-or-later
// The board by mouse: hovering, dragging, dropping.
#include "ui/placement/placement_board.h"

#include "ui/placement/requirement_drag.h"
#include "ui/placement/verdict_tooltip.h"
#include "ui/text/words.h"

#include <QDragEnterEvent>
#include <QScrollBar>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace ui {

namespace {

constexpr int edge = 32; ///< the board scrolls when the pointer of a drag is this near to its edge

} // namespace

void PlacementBoard::mouseMoveEvent(QMouseEvent *event)
{
    const bool isDrag =
        event->buttons().testFlag(Qt::LeftButton) && (event->pos() - m_pressedAt).manhattanLength() >= dragDistance;
    const auto hit = hitAt(m_pressedAt);
    if (!isDrag || !hit.node || hit.node->placed.empty())
        return setHover(hitAt(event->pos()), event->globalPosition().toPoint());
    const auto requirement = text(hit.node->placed.front());
    const auto origin = targetOf(hit);
    Q_EMIT dragStarted(requirement);
    dragRequirement(*this, requirement, origin);
    Q_EMIT putBack();
}

void PlacementBoard::mousePressEvent(QMouseEvent *event)
{
    setFocus();
    m_pressedAt = event->pos();
    const auto hit = hitAt(event->pos());
    const auto places = order();
    for (std::size_t i = 0; i < places.size(); ++i)
        if (places[i].second == hit.node && hit.node)
            m_focus = static_cast<int>(i);
    m_level = core::TargetLevel::Node;
    viewport()->update();
}

void PlacementBoard::leaveEvent(QEvent *)
{
    m_hoverKey.clear();
    m_tooltip->hide();
    viewport()->update();
}

void PlacementBoard::dragEnterEvent(QDragEnterEvent *event)
{
    if (requirementOf(*event->mimeData()).isEmpty())
        return;
    event->acceptProposedAction();
    m_edgeScroll.start(30ms);
}

void PlacementBoard::dragMoveEvent(QDragMoveEvent *event)
{
    m_dragPos = event->position().toPoint();
    setHover(hitAt(m_dragPos), viewport()->mapToGlobal(m_dragPos));
    event->acceptProposedAction(); // refused places answer with their reason, not with a forbidden cursor
}

void PlacementBoard::dragLeaveEvent(QDragLeaveEvent *)
{
    m_edgeScroll.stop();
    m_hoverKey.clear();
    m_tooltip->hide();
    viewport()->update();
}

void PlacementBoard::dropEvent(QDropEvent *event)
{
    m_edgeScroll.stop();
    event->acceptProposedAction();
    const auto at = event->position().toPoint();
    auto origin = originOf(*event->mimeData());
    if (event->dropAction() == Qt::CopyAction)
        origin.reset(); // Ctrl copies
    dropAt(hitAt(at), viewport()->mapToGlobal(at), origin);
}

void PlacementBoard::scrollAtEdge()
{
    const int above = edge - m_dragPos.y(), below = m_dragPos.y() - (viewport()->height() - edge);
    if (above > 0 || below > 0)
        verticalScrollBar()->setValue(verticalScrollBar()->value() + (above > 0 ? -above : below) / 2);
}

} // namespace ui
