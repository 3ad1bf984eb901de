// SPDX-License-Identifier: GPL-3.0-or-later
// The board by keyboard: places one after the other, what a key does there.
#include "ui/placement/placement_board.h"

#include "ui/placement/board_accessible.h"
#include "ui/placement/verdict_tooltip.h"
#include "ui/text/words.h"

#include <QKeyEvent>
#include <QScrollBar>

using namespace Qt::StringLiterals;

namespace ui {

void PlacementBoard::moveFocus(int step, bool onlyFitting)
{
    const auto places = order();
    const int count = static_cast<int>(places.size());
    int next = m_focus;
    for (int tried = 0; tried < count; ++tried) {
        next = m_focus < 0 && tried == 0 ? (step > 0 ? 0 : count - 1) : (next + step + count) % count;
        if (!onlyFitting || mayDropAt(candidateFor(*places[static_cast<std::size_t>(next)].second)))
            break;
    }
    if (count == 0)
        return;
    m_focus = next;
    const auto &[group, node] = places[static_cast<std::size_t>(next)];
    const auto box = onViewport(node->box);
    if (box.top() < 0 || box.bottom() > viewport()->height())
        verticalScrollBar()->setValue(node->box.center().y() - viewport()->height() / 2);
    Q_EMIT placeDescribed(describe(*group, *node));
    Q_EMIT hovered(candidateFor(*node));
    announceFocus(next);
    viewport()->update();
}

void PlacementBoard::keyPressEvent(QKeyEvent *event)
{
    const bool any = event->modifiers().testFlag(Qt::ShiftModifier) || !isPickedUp();
    switch (event->key()) {
    case Qt::Key_Right:
    case Qt::Key_Down: return moveFocus(1, !any);
    case Qt::Key_Left:
    case Qt::Key_Up: return moveFocus(-1, !any);
    case Qt::Key_Escape:
        if (isPickedUp())
            Q_EMIT putBack();
        return;
    default: break;
    }
    const auto places = order();
    if (m_focus < 0 || m_focus >= static_cast<int>(places.size())
        || !actAt(*event, places[static_cast<std::size_t>(m_focus)]))
        QAbstractScrollArea::keyPressEvent(event);
}

/// The keyboard's place at its level. A card is the first free one: which one it is, the kubelet decides anyway.
BoardHit PlacementBoard::hitOf(const Place &place) const
{
    const auto &[group, node] = place;
    BoardHit hit{group, focusIsSku() ? nullptr : node, std::nullopt};
    if (m_level == core::TargetLevel::Card)
        for (std::int64_t i = 0; i < node->chips() && !hit.chip; ++i)
            if (node->chip(i) == ChipState::Free)
                hit.chip = i;
    return hit;
}

void PlacementBoard::setLevel(core::TargetLevel level, const Place &place)
{
    m_level = level;
    const auto target = targetOf(hitOf(place));
    const auto pins = target ? pinSentence(*target) : QString();
    Q_EMIT placeDescribed(focusIsSku() ? tr("the whole SKU %1: %2").arg(text(place.first->row.displayName), pins)
                              : level == core::TargetLevel::Card ? pins
                                                                 : describe(*place.first, *place.second));
    viewport()->update();
}

void PlacementBoard::askForPlaced(void (PlacementBoard::*ask)(const QString &, const core::Target &),
                                  const Place &place)
{
    const auto &[group, node] = place;
    const auto target = focusIsSku() ? core::skuTarget(group->row) : nodeTarget({group, node, std::nullopt});
    const auto models = focusIsSku() ? group->placed : node->placed;
    for (const auto &model : models)
        Q_EMIT(this->*ask)(text(model), target);
}

/// While a model is picked up, `?` asks why; the window's own `?`, the keys, has to wait.
bool PlacementBoard::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride && isPickedUp()
        && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Question) {
        event->accept();
        return true;
    }
    return QAbstractScrollArea::event(event);
}

bool PlacementBoard::actAt(const QKeyEvent &event, const Place &place)
{
    const auto *node = place.second;
    const auto at = viewport()->mapToGlobal(onViewport(node->box).bottomLeft());
    switch (event.key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        if (isPickedUp())
            dropAt(hitOf(place), at, std::nullopt);
        return true;
    case Qt::Key_Question:
        if (const auto *candidate = candidateFor(*node))
            m_tooltip->showFor(*candidate, at);
        return true;
    case Qt::Key_S: return setLevel(core::TargetLevel::Sku, place), true;
    case Qt::Key_N: return setLevel(core::TargetLevel::Node, place), true;
    case Qt::Key_C: return setLevel(core::TargetLevel::Card, place), true;
    case Qt::Key_L: return askForPlaced(&PlacementBoard::lockRequested, place), true;
    case Qt::Key_J: return serveAlsoOn(*place.first), true;
    case Qt::Key_D:
        askForPlaced(&PlacementBoard::duplicateRequested, place);
        if (focusIsSku())
            growSets(*place.first);
        return true;
    case Qt::Key_Delete:
        askForPlaced(&PlacementBoard::takeOffRequested, place);
        if (focusIsSku())
            leaveSets(*place.first);
        return true;
    default: return false;
    }
}

} // namespace ui
