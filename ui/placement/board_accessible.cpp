// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/board_accessible.h"

#include "ui/placement/placement_board.h"

#include <QAccessibleWidget>
#include <QApplication>

#include <map>
#include <memory>

namespace ui {

namespace {

class BoardAccessible;

/// One node of the board. Has no QObject of its own: it is painted.
class NodeAccessible final : public QAccessibleInterface {
public:
    NodeAccessible(PlacementBoard &board, int index) : m_board(board), m_index(index) {}

    bool isValid() const override { return find().second != nullptr; }
    QObject *object() const override { return nullptr; }
    QAccessibleInterface *parent() const override { return QAccessible::queryAccessibleInterface(&m_board); }
    QAccessibleInterface *child(int) const override { return nullptr; }
    QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface *) const override { return -1; }
    QAccessible::Role role() const override { return QAccessible::ListItem; }
    void setText(QAccessible::Text, const QString &) override {}

    QString text(QAccessible::Text kind) const override
    {
        const auto [group, node] = find();
        return node && kind == QAccessible::Name ? m_board.describe(*group, *node) : QString();
    }

    QRect rect() const override
    {
        const auto [group, node] = find();
        if (!node)
            return {};
        const auto box = m_board.onViewport(node->box).intersected(m_board.viewport()->rect());
        return {m_board.viewport()->mapToGlobal(box.topLeft()), box.size()};
    }

    QAccessible::State state() const override
    {
        QAccessible::State state;
        state.focusable = true;
        state.offscreen = rect().isEmpty();
        return state;
    }

private:
    std::pair<const BoardGroup *, const BoardNode *> find() const
    {
        int index = m_index;
        for (const auto &group : m_board.groups()) {
            if (index < static_cast<int>(group.nodes.size()))
                return {&group, &group.nodes[static_cast<std::size_t>(index)]};
            index -= static_cast<int>(group.nodes.size());
        }
        return {nullptr, nullptr};
    }

    PlacementBoard &m_board;
    int m_index;
};

class BoardAccessible final : public QAccessibleWidget {
public:
    explicit BoardAccessible(PlacementBoard &board) : QAccessibleWidget(&board, QAccessible::List), m_board(board) {}
    ~BoardAccessible() override
    {
        for (const auto &[index, id] : m_children)
            QAccessible::deleteAccessibleInterface(id);
    }

    int childCount() const override
    {
        int count = 0;
        for (const auto &group : m_board.groups())
            count += static_cast<int>(group.nodes.size());
        return count;
    }

    QAccessibleInterface *child(int index) const override
    {
        if (index < 0 || index >= childCount())
            return nullptr;
        auto found = m_children.find(index);
        if (found == m_children.end())
            found =
                m_children.emplace(index, QAccessible::registerAccessibleInterface(new NodeAccessible(m_board, index)))
                    .first;
        return QAccessible::accessibleInterface(found->second);
    }

private:
    PlacementBoard &m_board;
    mutable std::map<int, QAccessible::Id> m_children; ///< owned by Qt's cache until the destructor
};

QAccessibleInterface *makeInterface(const QString &, QObject *object)
{
    auto *board = qobject_cast<PlacementBoard *>(object);
    return board ? new BoardAccessible(*board) : nullptr;
}

} // namespace

void installBoardAccessibility()
{
    QAccessible::removeFactory(makeInterface); // once, however many boards there are
    QAccessible::installFactory(makeInterface);
}

void announceFocus(int index)
{
    auto *board = qobject_cast<PlacementBoard *>(QApplication::focusWidget());
    if (!board || !QAccessible::isActive())
        return;
    QAccessibleEvent event(board, QAccessible::Focus);
    event.setChild(index);
    QAccessible::updateAccessibility(&event);
}

} // namespace ui
