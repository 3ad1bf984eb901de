// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/chip_painter.h"

namespace ui {

namespace {

constexpr int leastPiece = 3; ///< px: a thinner piece has no room for a line of its own

} // namespace

bool mayTake(core::Verdict verdict)
{
    return verdict == core::Verdict::Fits || verdict == core::Verdict::Tight;
}

ChipPainter::ChipPainter(QPainter &painter, const BoardScene &scene, const BoardNode &node,
                         const core::Candidate *candidate)
    : m_painter(painter)
    , m_scene(scene)
    , m_node(node)
    , m_candidate(candidate)
    , m_theme(scene.theme)
{
}

void ChipPainter::card(std::int64_t index)
{
    const auto box = onViewport(m_node.cardRect(index));
    Saying saying;
    if (!m_node.cut) {
        add(index, saying);
        fill(m_node.chip(index), box, saying.together);
    } else {
        m_painter.fillRect(box, m_theme.surface);
        for (const auto &part : (*m_node.cut)[static_cast<std::size_t>(index)].pieces) {
            piece(part, onViewport(m_node.pieceRect(index, part)));
            if (part.device)
                add(*part.device, saying);
        }
    }
    marks(box);
    outline(box, saying);
}

/// A pool that fits has as many devices that light up as are free; the others are taken, and say no.
void ChipPainter::add(std::int64_t device, Saying &saying) const
{
    const auto state = m_node.chip(device);
    saying.withdrawn = saying.withdrawn && state == ChipState::Withdrawn;
    if (!m_candidate || state != ChipState::Free)
        return;
    saying.verdict = m_candidate->verdict;
    saying.lights = mayTake(m_candidate->verdict);
    saying.together = saying.together || isTogether(device);
}

/// Is it one of the devices that a replica would take, were it dropped where the pointer is?
bool ChipPainter::isTogether(std::int64_t device) const
{
    const bool pointedAt = m_scene.hoveredNode == &m_node || (m_scene.focused == &m_node && !m_scene.focusIsSku);
    return m_candidate && mayTake(m_candidate->verdict) && pointedAt && m_node.chip(device) == ChipState::Free
        && device - m_node.requested - m_node.planned < m_candidate->needed;
}

void ChipPainter::fill(ChipState state, const QRect &box, bool together)
{
    m_painter.fillRect(box, m_theme.sunken);
    if (state == ChipState::Requested)
        m_painter.fillRect(box, m_theme.requested); // grey as it is: a picture that is stale keeps it
    if (state == ChipState::Planned) {
        m_painter.fillRect(box, m_theme.accentSoft);
        m_painter.fillRect(box, QBrush(m_theme.accent, Qt::BDiagPattern));
        m_painter.fillRect(QRect(box.x(), box.y(), box.width(), std::min(2, box.height())), m_theme.accent);
    }
    if (together)
        m_painter.fillRect(box, m_theme.accentSoft);
}

/// One part of a cut card: its own state, and its own line where it is high enough. What belongs to another pool stays
/// the colour of the paper: the card is one, but nothing of it is offered here.
void ChipPainter::piece(const CardPiece &piece, const QRect &box)
{
    if (piece.device) {
        const auto state = m_node.chip(*piece.device);
        fill(state, box, isTogether(*piece.device));
        if (state == ChipState::Free && m_candidate && mayTake(m_candidate->verdict) && !isTogether(*piece.device))
            m_painter.fillRect(box, m_theme.verdictSoft(m_candidate->verdict));
        if (state == ChipState::Withdrawn)
            m_painter.fillRect(box, QBrush(m_theme.no, Qt::BDiagPattern));
    } else {
        m_painter.fillRect(box, QBrush(m_theme.line, Qt::Dense6Pattern));
    }
    if (box.height() >= leastPiece)
        m_painter.fillRect(QRect(box.x(), box.y(), box.width(), 1), m_theme.lineStrong);
}

void ChipPainter::marks(const QRect &box)
{
    if (m_node.devices().kind != core::DeviceKind::Share)
        return; // two short lines: shared in time
    m_painter.fillRect(QRect(box.x() + 8, box.y() + 4, box.width() - 16, 1), m_theme.text);
    m_painter.fillRect(QRect(box.x() + 8, box.y() + 7, box.width() - 16, 1), m_theme.text);
}

void ChipPainter::outline(const QRect &box, const Saying &saying)
{
    const bool asked = m_candidate != nullptr;
    m_painter.setPen(QPen(saying.together     ? m_theme.accent
                              : saying.lights ? m_theme.verdict(saying.verdict)
                                              : m_theme.lineStrong,
                          saying.lights ? 2 : 1,
                          asked && saying.verdict == core::Verdict::Unknown ? Qt::DashLine : Qt::SolidLine));
    m_painter.setBrush(Qt::NoBrush);
    m_painter.drawRect(saying.lights ? box.adjusted(1, 1, -1, -1) : box.adjusted(0, 0, -1, -1));
    if (saying.withdrawn)
        return cross(box);
    if (!asked)
        return;
    const QRect plate(box.center().x() - 8, box.y() + 5, 17, 17);
    m_painter.fillRect(plate, m_theme.surface);
    paintVerdictGlyph(m_painter, saying.verdict, QRectF(plate).adjusted(2, 2, -2, -2), m_theme);
}

void ChipPainter::cross(const QRect &box)
{
    m_painter.setPen(QPen(m_theme.no, 1));
    m_painter.drawLine(box.topLeft(), box.bottomRight());
    m_painter.drawLine(box.topRight(), box.bottomLeft());
}

} // namespace ui
