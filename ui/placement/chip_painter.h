// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/placement/board_painter.h"

namespace ui {

/// May a replica go where this is the verdict?
bool mayTake(core::Verdict verdict);

/// Paints the cards of one node's pool, each as one chip: a card that is cut as its parts on top of each other. The
/// references are loans for the painting.
class ChipPainter {
public:
    /// `candidate` is the verdict of the model that is picked up; nullptr = none is.
    ChipPainter(QPainter &painter, const BoardScene &scene, const BoardNode &node, const core::Candidate *candidate);

    void card(std::int64_t index);

private:
    /// What the outline and the glyph of a card say about its devices.
    struct Saying {
        core::Verdict verdict = core::Verdict::No;
        bool lights = false, together = false, withdrawn = true;
    };
    QRect onViewport(const QRect &board) const { return board.translated(0, -m_scene.scroll); }
    void add(std::int64_t device, Saying &saying) const;
    bool isTogether(std::int64_t device) const;
    void fill(ChipState state, const QRect &box, bool together);
    void piece(const CardPiece &piece, const QRect &box);
    void marks(const QRect &box);
    void outline(const QRect &box, const Saying &saying);
    void cross(const QRect &box);

    QPainter &m_painter;
    const BoardScene &m_scene;
    const BoardNode &m_node;
    const core::Candidate *m_candidate;
    const Theme &m_theme;
};

} // namespace ui
