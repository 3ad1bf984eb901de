// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/board_painter.h"

#include "ui/text/words.h"

#include <QCoreApplication>

#include <map>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int margin = 12;

QString tr(const char *words)
{
    return QCoreApplication::translate("PlacementBoard", words);
}

QFont strong(QFont font)
{
    font.setWeight(QFont::DemiBold);
    return font;
}
QFont small(QFont font)
{
    font.setPointSizeF(font.pointSizeF() - 1);
    return font;
}

bool mayTake(core::Verdict verdict)
{
    return verdict == core::Verdict::Fits || verdict == core::Verdict::Tight;
}

/// Paints one thing after the other of one scene.
class BoardPainter {
public:
    BoardPainter(QPainter &painter, const BoardScene &scene) : m_painter(painter), m_scene(scene), m_theme(scene.theme)
    {
    }

    void group(const BoardGroup &group);

private:
    QRect onViewport(const QRect &board) const { return board.translated(0, -m_scene.scroll); }
    QColor ink() const { return m_scene.stale ? m_theme.unknown : m_theme.text; }
    void header(const BoardGroup &group);
    void node(const BoardNode &node);
    void nodeTitle(const BoardNode &node, const QRect &box);
    void chip(const BoardNode &node, std::int64_t index, const core::Candidate *candidate);
    void chipFill(const BoardNode &node, ChipState state, const QRect &box, bool together);
    void cross(const QRect &box);

    QPainter &m_painter;
    const BoardScene &m_scene;
    const Theme &m_theme;
};

void BoardPainter::group(const BoardGroup &group)
{
    if (onViewport(group.header).intersects(m_scene.exposed))
        header(group);
    for (const auto &each : group.nodes)
        if (onViewport(each.box).intersects(m_scene.exposed))
            node(each);
}

void BoardPainter::header(const BoardGroup &group)
{
    const auto box = onViewport(group.header);
    m_painter.fillRect(QRect(box.x() + margin, box.y(), box.width() - 2 * margin, 1), m_theme.line);
    paintVendorBox(m_painter, group.row.vendor, QRectF(box.x() + margin, box.center().y() - 7, 15, 15), m_theme);
    m_painter.setFont(strong(m_scene.font));
    m_painter.setPen(ink());
    const auto name = text(group.row.displayName);
    const int nameWidth = m_painter.fontMetrics().horizontalAdvance(name);
    m_painter.drawText(QRect(box.x() + 36, box.y(), nameWidth + 4, box.height()), Qt::AlignVCenter, name);

    m_painter.setFont(m_scene.font);
    auto right = tr("%1 of %2 free").arg(group.row.free).arg(group.row.capacity);
    auto colour = m_theme.muted;
    GroupVerdict verdict;
    if (m_scene.pickedUp) {
        verdict = groupVerdict(group, m_scene);
        right = verdict.words;
        colour = m_theme.verdict(verdict.best);
    }
    const int noteWidth = std::min(130, m_painter.fontMetrics().horizontalAdvance(text(group.row.architecture)));
    const int room = box.width() - nameWidth - noteWidth - 36 - 64;
    right = m_painter.fontMetrics().elidedText(right, Qt::ElideRight, std::max(120, room));
    m_painter.setPen(colour);
    m_painter.drawText(box.adjusted(0, 0, -margin, 0), Qt::AlignRight | Qt::AlignVCenter, right);
    if (m_scene.pickedUp) {
        const int width = m_painter.fontMetrics().horizontalAdvance(right);
        paintVerdictGlyph(m_painter, verdict.best,
                          QRectF(box.right() - margin - width - 20, box.center().y() - 6, 13, 13), m_theme);
    }
    m_painter.setPen(m_theme.muted);
    m_painter.drawText(QRect(box.x() + 36 + nameWidth + 10, box.y(), noteWidth + 4, box.height()), Qt::AlignVCenter,
                       m_painter.fontMetrics().elidedText(text(group.row.architecture), Qt::ElideRight, noteWidth + 4));
    if (m_scene.hoveredGroup == &group) {
        m_painter.setBrush(Qt::NoBrush);
        m_painter.setPen(QPen(m_scene.pickedUp ? m_theme.verdict(verdict.best) : m_theme.accent, 2));
        m_painter.drawRect(box.adjusted(5, 2, -6, -2));
    }
}

void BoardPainter::nodeTitle(const BoardNode &node, const QRect &box)
{
    const auto titleBox = box.adjusted(8, 4, -8, 0);
    const bool cordoned = node.node->unschedulable, notReady = !node.node->ready.value_or(false);
    const auto note = cordoned           ? tr("cordoned")
        : notReady                       ? tr("not ready")
        : node.devices().withdrawn() > 0 ? tr("%1 withdrawn").arg(node.devices().withdrawn())
                                         : QString();
    m_painter.setFont(small(m_scene.font));
    const int noteWidth = note.isEmpty() ? 0 : m_painter.fontMetrics().horizontalAdvance(note) + 8;
    m_painter.setPen(cordoned ? m_theme.muted : m_theme.no);
    m_painter.drawText(QRect(titleBox.right() - noteWidth, titleBox.y(), noteWidth, 20),
                       Qt::AlignRight | Qt::AlignVCenter, note);
    const auto title = text(node.node->name);
    const int room = titleBox.width() - noteWidth;
    m_painter.setFont(strong(m_scene.font));
    m_painter.setPen(ink());
    m_painter.drawText(QRect(titleBox.x(), titleBox.y(), room, 20), Qt::AlignVCenter,
                       m_painter.fontMetrics().elidedText(title, Qt::ElideMiddle, room));
    const int used = m_painter.fontMetrics().horizontalAdvance(title) + 8;
    QString models;
    for (const auto &model : node.models)
        models += (models.isEmpty() ? QString() : u", "_s) + text(model);
    if (models.isEmpty() || room - used < 24)
        return;
    m_painter.setFont(small(m_scene.font));
    m_painter.setPen(m_theme.accent);
    m_painter.drawText(QRect(titleBox.x() + used, titleBox.y(), room - used, 20), Qt::AlignVCenter,
                       m_painter.fontMetrics().elidedText(models, Qt::ElideRight, room - used));
}

void BoardPainter::node(const BoardNode &node)
{
    const auto *candidate = m_scene.pickedUp ? m_scene.candidateFor(node) : nullptr;
    const auto box = onViewport(node.box);
    const bool hover = m_scene.hoveredNode == &node;
    const auto verdict = candidate ? candidate->verdict : core::Verdict::Unknown;
    m_painter.setPen(QPen(hover && candidate ? m_theme.verdict(verdict) : m_theme.line, hover ? 2 : 1));
    m_painter.setBrush(hover && candidate ? m_theme.verdictSoft(verdict) : m_theme.surface);
    m_painter.drawRect(box.adjusted(0, 0, -1, -1));
    nodeTitle(node, box);
    for (std::int64_t i = 0; i < node.chips(); ++i)
        chip(node, i, candidate);
    if (m_scene.focused == &node) {
        m_painter.setPen(QPen(m_theme.accent, 2));
        m_painter.setBrush(Qt::NoBrush);
        m_painter.drawRect(box.adjusted(1, 1, -2, -2));
    }
}

void BoardPainter::cross(const QRect &box)
{
    m_painter.setPen(QPen(m_theme.no, 1));
    m_painter.drawLine(box.topLeft(), box.bottomRight());
    m_painter.drawLine(box.topRight(), box.bottomLeft());
}

void BoardPainter::chipFill(const BoardNode &node, ChipState state, const QRect &box, bool together)
{
    m_painter.fillRect(box, m_theme.sunken);
    if (state == ChipState::Requested)
        m_painter.fillRect(box, m_scene.stale ? m_theme.unknownSoft : m_theme.requested);
    if (state == ChipState::Planned) {
        m_painter.fillRect(box, m_theme.accentSoft);
        m_painter.fillRect(box, QBrush(m_theme.accent, Qt::BDiagPattern));
        m_painter.fillRect(QRect(box.x(), box.y(), box.width(), 2), m_theme.accent);
    }
    if (together)
        m_painter.fillRect(box, m_theme.accentSoft);
    if (node.devices().kind == core::DeviceKind::Share) { // two short lines: shared in time
        m_painter.setPen(QPen(m_theme.lineStrong, 1));
        m_painter.drawLine(box.x() + 8, box.y() + 4, box.right() - 8, box.y() + 4);
        m_painter.drawLine(box.x() + 8, box.y() + 7, box.right() - 8, box.y() + 7);
    }
}

void BoardPainter::chip(const BoardNode &node, std::int64_t index, const core::Candidate *candidate)
{
    const auto box = onViewport(node.chipRect(index));
    const auto state = node.chip(index);
    // A pool that fits has as many chips that light up as devices are free; the others are taken, and say no.
    const bool taken = state != ChipState::Free;
    const auto verdict = !candidate ? core::Verdict::Unknown : taken ? core::Verdict::No : candidate->verdict;
    const bool lights = candidate && mayTake(verdict);
    // The devices that one replica would take together.
    const bool pointedAt = m_scene.hoveredNode == &node || (m_scene.focused == &node && !m_scene.focusIsSku);
    const bool together = lights && pointedAt && index - node.requested - node.planned < candidate->needed;
    chipFill(node, state, box, together);
    m_painter.setPen(QPen(together     ? m_theme.accent
                              : lights ? m_theme.verdict(verdict)
                                       : m_theme.lineStrong,
                          lights ? 2 : 1,
                          candidate && verdict == core::Verdict::Unknown ? Qt::DashLine : Qt::SolidLine));
    m_painter.setBrush(Qt::NoBrush);
    m_painter.drawRect(lights ? box.adjusted(1, 1, -1, -1) : box.adjusted(0, 0, -1, -1));
    if (state == ChipState::Withdrawn)
        return cross(box);
    if (!candidate)
        return;
    const QRect plate(box.center().x() - 8, box.y() + 5, 17, 17);
    m_painter.fillRect(plate, m_theme.surface);
    paintVerdictGlyph(m_painter, verdict, QRectF(plate).adjusted(2, 2, -2, -2), m_theme);
}

} // namespace

GroupVerdict groupVerdict(const BoardGroup &group, const BoardScene &scene)
{
    std::map<core::Verdict, std::int64_t> devices;
    std::map<std::string, int> reasons;
    for (const auto &node : group.nodes)
        if (const auto *candidate = scene.candidateFor(node)) {
            devices[candidate->verdict] +=
                mayTake(candidate->verdict) ? candidate->freeDevices : node.devices().allocatable;
            if (candidate->verdict != core::Verdict::Fits)
                ++reasons[candidate->headline().detail];
        }
    const auto commonest = std::ranges::max_element(reasons, {}, [](const auto &reason) { return reason.second; });
    const auto why = commonest == reasons.end() ? QString() : text(commonest->first);
    const auto no = devices[core::Verdict::No];
    if (devices[core::Verdict::Fits])
        return {core::Verdict::Fits,
                tr("%1 fit").arg(devices[core::Verdict::Fits]) + (no ? tr(" · %1 no").arg(no) : QString())};
    if (devices[core::Verdict::Tight])
        return {core::Verdict::Tight, tr("%1 tight: %2").arg(devices[core::Verdict::Tight]).arg(why)};
    return {no ? core::Verdict::No : core::Verdict::Unknown, why};
}

void paintBoard(QPainter &painter, const std::vector<BoardGroup> &groups, const BoardScene &scene)
{
    BoardPainter board(painter, scene);
    for (const auto &group : groups)
        board.group(group);
}

} // namespace ui
