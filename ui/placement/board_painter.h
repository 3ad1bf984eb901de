// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/placement/board_layout.h"
#include "ui/theme/theme.h"

#include <QFont>

#include <functional>

namespace ui {

/// What the board looks like at one moment, beside its groups. References are loans for the painting.
struct BoardScene {
    const Theme &theme;
    QFont font;
    int scroll = 0;        ///< board coordinate at the viewport's top
    QRect exposed;         ///< in viewport coordinates
    bool pickedUp = false; ///< a model is on its way: chips show its verdicts
    bool stale = false;    ///< disconnected: the last picture, in grey
    const BoardNode *hoveredNode = nullptr;
    const BoardGroup *hoveredGroup = nullptr;
    const BoardNode *focused = nullptr; ///< where the keyboard is
    bool focusIsSku = false;            ///< the keyboard speaks about the whole SKU
    std::string selected = {};          ///< requirement: a bar along their SKUs joins the members of its set
    std::function<const core::Candidate *(const BoardNode &)> candidateFor;
};

/// Free devices of a group by verdict, and the commonest reason it is not "fits".
struct GroupVerdict {
    core::Verdict best = core::Verdict::Unknown;
    QString words; ///< "10 fit · 14 no", "no FP8 before Ada"
};
GroupVerdict groupVerdict(const BoardGroup &group, const BoardScene &scene);

/// Paints what lies in `scene.exposed`.
void paintBoard(QPainter &painter, const std::vector<BoardGroup> &groups, const BoardScene &scene);

} // namespace ui
