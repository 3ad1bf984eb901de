// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done on the board besides dropping: its context menu, and the placement sets of its SKUs.
#include "ui/placement/placement_board.h"

#include "ui/text/words.h"

#include <QContextMenuEvent>
#include <QMenu>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

bool isMember(const core::PlacementSet &set, const BoardGroup &group)
{
    return std::ranges::find(group.marks, set.requirement, &SetMark::requirement) != group.marks.end();
}

QMenu *menuOf(QWidget *board, const QString &name)
{
    auto *menu = new QMenu(board);
    menu->setObjectName(name);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    return menu;
}

} // namespace

const core::PlacementSet *PlacementBoard::findSet(std::string_view requirement) const
{
    const auto found = std::ranges::find(m_sets, requirement, &core::PlacementSet::requirement);
    return found == m_sets.end() ? nullptr : &*found;
}

void PlacementBoard::serveAlsoOn(const BoardGroup &group)
{
    if (!m_selected.isEmpty())
        Q_EMIT setEditRequested(core::ServeAlso{plain(m_selected), core::skuTarget(group.row)});
}

/// By value: the answer to the first edit gives the board other groups.
void PlacementBoard::growSets(const BoardGroup &group)
{
    for (const auto &mark : std::vector(group.marks))
        if (const auto *set = findSet(mark.requirement))
            Q_EMIT setEditRequested(core::SetReplicas{mark.requirement, set->replicas + 1});
}

void PlacementBoard::leaveSets(const BoardGroup &group)
{
    for (const auto &mark : std::vector(group.marks))
        Q_EMIT setEditRequested(core::RemoveMember{mark.requirement, mark.member});
}

void PlacementBoard::contextMenuEvent(QContextMenuEvent *event)
{
    const auto places = order();
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const bool hasFocus = m_focus >= 0 && m_focus < static_cast<int>(places.size());
    Place place{};
    if (byKey && hasFocus)
        place = places[static_cast<std::size_t>(m_focus)];
    else if (const auto hit = hitAt(event->pos()); !byKey)
        place = {hit.group, hit.node};
    if (!place.first)
        return;
    auto *menu = menuOf(this, u"boardMenu"_s);
    fillMenu(*menu, place);
    if (menu->isEmpty())
        return menu->deleteLater();
    const auto box = onViewport(place.second ? place.second->box : place.first->header);
    menu->popup(byKey ? viewport()->mapToGlobal(box.center()) : event->globalPos());
}

void PlacementBoard::fillMenu(QMenu &menu, const Place &place)
{
    const auto &[group, node] = place;
    const bool isNode = node && (!focusIsSku() || m_focus < 0);
    const auto target = isNode ? nodeTarget({group, node, std::nullopt}) : core::skuTarget(group->row);
    if (!m_selected.isEmpty())
        menu.addAction(
            tr("Place %1 on %2").arg(m_selected, isNode ? text(node->node->name) : text(group->row.displayName)), this,
            [this, name = m_selected, target] { Q_EMIT placeHereRequested(name, target); });
    if (isNode)
        menu.addAction(tr("What if %1 were drained?").arg(text(node->node->name)), this,
                       [this, name = text(node->node->name)] { Q_EMIT drainRequested(name); });
    if (!menu.isEmpty())
        menu.addSeparator();
    for (const auto &each : isNode ? node->placed : group->placed) {
        const auto name = text(each);
        menu.addAction(tr("One more replica of %1 here").arg(name) + u"\tD"_s, this,
                       [this, name, target] { Q_EMIT duplicateRequested(name, target); });
        menu.addAction(tr("Lock %1 here, or unlock it").arg(name) + u"\tL"_s, this,
                       [this, name, target] { Q_EMIT lockRequested(name, target); });
        menu.addAction(tr("Take %1 off").arg(name) + u"\tDel"_s, this,
                       [this, name, target] { Q_EMIT takeOffRequested(name, target); });
        menu.addSeparator();
    }
    addSetActions(menu, *group);
}

void PlacementBoard::addSetActions(QMenu &menu, const BoardGroup &group)
{
    const auto ask = [this, &menu](const QString &words, const core::SetEdit &edit) {
        menu.addAction(words, this, [this, edit] { Q_EMIT setEditRequested(edit); });
    };
    const auto sku = text(group.row.displayName);
    const auto *own = findSet(plain(m_selected));
    if (!m_selected.isEmpty() && (!own || !isMember(*own, group)))
        ask(tr("Serve %1 also on %2").arg(m_selected, sku) + u"\tJ"_s,
            core::ServeAlso{plain(m_selected), core::skuTarget(group.row)});
    for (const auto &mark : group.marks) {
        const auto name = text(mark.requirement);
        if (const auto *set = findSet(mark.requirement))
            ask(tr("One more replica for the set of %1").arg(name),
                core::SetReplicas{mark.requirement, set->replicas + 1});
        ask(tr("Take %1 out of the set of %2").arg(sku, name), core::RemoveMember{mark.requirement, mark.member});
        ask(tr("Dissolve the set of %1").arg(name), core::DissolveSet{mark.requirement});
    }
}

void PlacementBoard::offerSet(const core::PlacementSet &set, const BoardGroup &group, const core::Target &target,
                              QPoint globalPos)
{
    auto *menu = menuOf(this, u"setOffer"_s);
    const auto name = text(set.requirement);
    const auto sku = text(group.row.displayName);
    const core::SetEdit edit = isMember(set, group)
        ? core::SetEdit(core::SetReplicas{set.requirement, set.replicas + 1})
        : core::SetEdit(core::ServeAlso{set.requirement, core::skuTarget(group.row)});
    auto *join = menu->addAction(isMember(set, group) ? tr("One more replica for the set of %1").arg(name)
                                                      : tr("Add %1 to the set of %2").arg(sku, name),
                                 this, [this, edit] { Q_EMIT setEditRequested(edit); });
    menu->addAction(tr("Place a replica here, beside the set"), this,
                    [this, name, target] { Q_EMIT placementRequested(name, target); });
    menu->setActiveAction(join);
    menu->popup(globalPos);
}

} // namespace ui
