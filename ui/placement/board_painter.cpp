// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/board_painter.h"

#include "ui/placement/chip_painter.h"
#include "ui/text/words.h"

#include <QCoreApplication>

#include <map>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int margin = 12, wordGap = 8;
constexpr int barLeft = 4, barWidth = 4, tagPad = 6;
constexpr int leastForTag = 220; ///< beside what is free
constexpr int pricesFrom = 680;  ///< a narrower board leaves prices to the inspector

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
    void mark(QRect &room, const SetMark &mark);
    void setBar(const BoardGroup &group);
    void node(const BoardNode &node);
    void nodeTitle(const BoardNode &node, const QRect &box);
    void nodeBadge(const BoardNode &node, QRect &room);
    void write(QRect &room, const QString &words, const QFont &font, const QColor &colour);
    void writeRight(QRect &room, const QString &words, const QColor &colour);

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
    if (std::ranges::find(group.marks, m_scene.selected, &SetMark::requirement) != group.marks.end())
        setBar(group);
}

/// The members of the selected model's set have one bar at their left edge: seen down the board they are one thing.
void BoardPainter::setBar(const BoardGroup &group)
{
    const auto top = onViewport(group.header);
    const int bottom = group.nodes.empty() ? top.bottom() : onViewport(group.nodes.back().box).bottom();
    m_painter.fillRect(QRect(QPoint(barLeft, top.top() + 4), QPoint(barLeft + barWidth - 1, bottom)), m_theme.accent);
}

/// A tag with the set's name and the SKU's turn in it; the selected model's is filled.
void BoardPainter::mark(QRect &room, const SetMark &mark)
{
    m_painter.setFont(small(m_scene.font));
    const auto words = m_painter.fontMetrics().elidedText(markWords(mark), Qt::ElideMiddle, room.width() - 2 * tagPad);
    const int height = m_painter.fontMetrics().height() + 4;
    const QRect tag(room.x(), room.center().y() - height / 2,
                    m_painter.fontMetrics().horizontalAdvance(words) + 2 * tagPad, height);
    const auto colour = m_scene.stale ? m_theme.unknown : m_theme.accent;
    m_painter.setPen(QPen(colour, 1));
    m_painter.setBrush(mark.requirement == m_scene.selected ? QBrush(m_theme.accentSoft) : QBrush(Qt::NoBrush));
    m_painter.drawRect(tag.adjusted(0, 0, -1, -1));
    m_painter.drawText(tag, Qt::AlignCenter, words);
    room.setLeft(tag.right() + wordGap);
}

void BoardPainter::header(const BoardGroup &group)
{
    const auto box = onViewport(group.header);
    m_painter.fillRect(QRect(box.x() + margin, box.y(), box.width() - 2 * margin, 1), m_theme.line);
    paintVendorBox(m_painter, group.row.vendor, QRectF(box.x() + margin, box.center().y() - 7, 15, 15), m_theme);
    auto room = box.adjusted(36, 0, -margin, 0);
    write(room, text(group.row.displayName), strong(m_scene.font), ink());
    // A set is what the person made: during a drag its tags yield to the verdict, never to what the chip is.
    if (!m_scene.pickedUp)
        for (const auto &each : group.marks)
            if (room.width() > leastForTag)
                mark(room, each);
    m_painter.setFont(m_scene.font);
    if (box.width() >= pricesFrom)
        writeRight(room, text(group.price), m_theme.muted);
    const auto verdict = m_scene.pickedUp ? std::optional(groupVerdict(group, m_scene)) : std::nullopt;
    auto right = verdict ? verdict->words : tr("%1 of %2 free").arg(group.row.free).arg(group.row.capacity);
    // What the chip is yields to why it does not fit, down to its architecture.
    const auto chip = text(group.chip);
    const int chipWidth = std::min(m_painter.fontMetrics().horizontalAdvance(chip), room.width() / 3);
    const int rightRoom = std::max(120, room.width() - chipWidth - 40);
    right = m_painter.fontMetrics().elidedText(right, Qt::ElideRight, rightRoom);
    writeRight(room, right, verdict ? m_theme.verdict(verdict->best) : m_theme.muted);
    if (verdict) {
        paintVerdictGlyph(m_painter, verdict->best, QRectF(room.right() - 5, box.center().y() - 6, 13, 13), m_theme);
        room.adjust(0, 0, -10, 0);
    }
    write(room, m_painter.fontMetrics().elidedText(chip, Qt::ElideRight, room.width()), m_scene.font, m_theme.muted);
    if (m_scene.hoveredGroup == &group) {
        m_painter.setBrush(Qt::NoBrush);
        m_painter.setPen(QPen(verdict ? m_theme.verdict(verdict->best) : m_theme.accent, 2));
        m_painter.drawRect(box.adjusted(5, 2, -6, -2));
    }
}

/// Writes at the left of `room` and leaves what is to the right of it.
void BoardPainter::write(QRect &room, const QString &words, const QFont &font, const QColor &colour)
{
    m_painter.setFont(font);
    m_painter.setPen(colour);
    m_painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, words);
    room.setLeft(room.left() + m_painter.fontMetrics().horizontalAdvance(words) + wordGap);
}

/// The same at the right, in the font that is set.
void BoardPainter::writeRight(QRect &room, const QString &words, const QColor &colour)
{
    m_painter.setPen(colour);
    m_painter.drawText(room, Qt::AlignRight | Qt::AlignVCenter, words);
    room.setRight(room.right() - m_painter.fontMetrics().horizontalAdvance(words) - 2 * wordGap);
}

/// What keeps the node's devices from being given out, at the right.
void BoardPainter::nodeBadge(const BoardNode &node, QRect &room)
{
    const bool cordoned = node.node->unschedulable, notReady = !node.node->ready.value_or(false);
    const auto badge = cordoned          ? tr("cordoned")
        : notReady                       ? tr("not ready")
        : node.devices().withdrawn() > 0 ? tr("%1 withdrawn").arg(node.devices().withdrawn())
                                         : QString();
    m_painter.setFont(small(m_scene.font));
    if (!badge.isEmpty())
        writeRight(room, badge, cordoned ? m_theme.muted : m_theme.no);
}

void BoardPainter::nodeTitle(const BoardNode &node, const QRect &box)
{
    auto room = QRect(box.x() + 8, box.y() + 4, box.width() - 16, 20);
    nodeBadge(node, room);
    const auto bold = strong(m_scene.font);
    const auto name = QFontMetrics(bold).elidedText(text(node.node->name), Qt::ElideMiddle, std::max(0, room.width()));
    write(room, name, bold, ink());
    m_painter.setFont(small(m_scene.font));
    QString models;
    for (const auto &model : node.models)
        models += (models.isEmpty() ? QString() : u", "_s) + text(model);
    const auto metrics = m_painter.fontMetrics();
    const auto driver = text(node.driver());
    // The models are what the person put there: the driver stands only where both have room.
    const int modelsWidth = models.isEmpty() ? 0 : std::min(metrics.horizontalAdvance(models), 60);
    if (!driver.isEmpty() && metrics.horizontalAdvance(driver) + wordGap + modelsWidth <= room.width())
        write(room, driver, m_painter.font(), m_theme.muted);
    if (!models.isEmpty() && room.width() >= 24)
        write(room, metrics.elidedText(models, Qt::ElideRight, room.width()), m_painter.font(), m_theme.accent);
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
    ChipPainter chips(m_painter, m_scene, node, candidate);
    for (std::int64_t i = 0; i < node.cards(); ++i)
        chips.card(i);
    if (m_scene.focused == &node) {
        m_painter.setPen(QPen(m_theme.accent, 2));
        m_painter.setBrush(Qt::NoBrush);
        m_painter.drawRect(box.adjusted(1, 1, -2, -2));
    }
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
