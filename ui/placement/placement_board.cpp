// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/placement_board.h"

#include "ui/placement/board_accessible.h"
#include "ui/placement/verdict_tooltip.h"
#include "ui/text/words.h"

#include <QDragEnterEvent>
#include <QMimeData>
#include <QPaintEvent>
#include <QScrollBar>

#include <map>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace ui {

const char *const requirementMime = "application/x-berth-requirement";

namespace {

constexpr int edge = 32; ///< the board scrolls when the pointer of a drag is this near to its edge

std::string poolKey(const std::string &node, const std::string &resource)
{
    return node + "\n" + resource;
}
QString keyOf(const BoardNode &node)
{
    return text(poolKey(node.node->name, node.devices().resource));
}
QString keyOf(const BoardGroup &group)
{
    return u"#"_s + text(group.row.displayName + group.row.resource);
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

bool mayDrop(const core::Candidate *candidate)
{
    return candidate && (candidate->verdict == core::Verdict::Fits || candidate->verdict == core::Verdict::Tight);
}

} // namespace

PlacementBoard::PlacementBoard(QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_theme(Theme::of(palette()))
    , m_tooltip(new VerdictTooltip(this))
{
    installBoardAccessibility(); // before anything asks for this widget's interface: Qt keeps the first answer
    setObjectName(u"placementBoard"_s);
    setAccessibleName(tr("GPUs by SKU"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAcceptDrops(true);
    viewport()->setAcceptDrops(true);
    viewport()->setMouseTracking(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    verticalScrollBar()->setSingleStep(26);
    connect(&m_edgeScroll, &QTimer::timeout, this, &PlacementBoard::scrollAtEdge);
}

PlacementBoard::~PlacementBoard() = default;

void PlacementBoard::setGroups(std::vector<BoardGroup> groups)
{
    m_groups = std::move(groups);
    relayout();
}

void PlacementBoard::setVerdicts(const QString &requirement, std::vector<core::Candidate> candidates)
{
    m_requirement = requirement;
    m_candidates = std::move(candidates);
    m_candidateByPool.clear();
    for (std::size_t i = 0; i < m_candidates.size(); ++i)
        m_candidateByPool.emplace(poolKey(m_candidates[i].node, m_candidates[i].resource), i);
    if (requirement.isEmpty())
        m_tooltip->hide();
    viewport()->update();
}

void PlacementBoard::setStale(bool stale)
{
    m_stale = stale;
    viewport()->update();
}

const core::Candidate *PlacementBoard::candidateFor(const BoardNode &node) const
{
    const auto found = m_candidateByPool.find(poolKey(node.node->name, node.devices().resource));
    return found == m_candidateByPool.end() ? nullptr : &m_candidates[found->second];
}

QString PlacementBoard::describe(const BoardGroup &group, const BoardNode &node) const
{
    auto line = tr("node %1, %2, %3 of %4 free")
                    .arg(text(node.node->name), text(group.row.displayName))
                    .arg(std::max<std::int64_t>(0, node.devices().allocatable - node.requested - node.planned))
                    .arg(node.devices().capacity);
    for (const auto &model : node.models)
        line += u", "_s + text(model);
    if (const auto *candidate = candidateFor(node))
        line += u", "_s
            + (candidate->verdict == core::Verdict::Fits ? tr("fits %1").arg(m_requirement)
                                                         : verdictWord(candidate->verdict))
            + u": "_s + text(candidate->headline().detail);
    return line;
}

QRect PlacementBoard::onViewport(QRect board) const
{
    return board.translated(0, -verticalScrollBar()->value());
}

BoardHit PlacementBoard::hitAt(QPoint viewportPos) const
{
    return hitTest(m_groups, viewportPos + QPoint(0, verticalScrollBar()->value()));
}

void PlacementBoard::relayout()
{
    const int height = layOut(m_groups, viewport()->width());
    verticalScrollBar()->setRange(0, std::max(0, height - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    viewport()->update();
}

void PlacementBoard::resizeEvent(QResizeEvent *)
{
    relayout();
}

void PlacementBoard::paintEvent(QPaintEvent *event)
{
    m_theme = Theme::of(palette());
    QPainter painter(viewport());
    painter.fillRect(event->rect(), m_theme.surface);
    painter.setFont(font());
    if (m_groups.empty()) {
        painter.setPen(m_theme.muted);
        painter.drawText(viewport()->rect().adjusted(16, 24, -16, 0),
                         Qt::AlignTop | Qt::AlignHCenter | Qt::TextWordWrap,
                         tr("No GPUs here yet. They appear as soon as the nodes are read."));
        return;
    }
    for (const auto &group : m_groups)
        paintGroup(painter, group);
}

void PlacementBoard::paintGroup(QPainter &painter, const BoardGroup &group) const
{
    const auto visible = viewport()->rect();
    if (onViewport(group.header).intersects(visible))
        paintHeader(painter, group);
    for (const auto &node : group.nodes)
        if (onViewport(node.box).intersects(visible))
            paintNode(painter, group, node);
}

QString PlacementBoard::headline(const BoardGroup &group, core::Verdict &worst) const
{
    std::map<core::Verdict, std::int64_t> counts;
    const core::Candidate *firstNo = nullptr;
    for (const auto &node : group.nodes)
        if (const auto *candidate = candidateFor(node)) {
            counts[candidate->verdict] +=
                candidate->verdict == core::Verdict::Fits || candidate->verdict == core::Verdict::Tight
                ? candidate->freeDevices
                : node.devices().allocatable;
            if (!firstNo && candidate->verdict != core::Verdict::Fits)
                firstNo = candidate;
        }
    worst = counts[core::Verdict::Fits] ? core::Verdict::Fits
        : counts[core::Verdict::Tight]  ? core::Verdict::Tight
        : counts[core::Verdict::No]     ? core::Verdict::No
                                        : core::Verdict::Unknown;
    if (worst == core::Verdict::Fits)
        return tr("%1 fit").arg(counts[core::Verdict::Fits])
            + (counts[core::Verdict::No] ? tr(" · %1 no").arg(counts[core::Verdict::No]) : QString());
    return (worst == core::Verdict::Tight ? tr("%1 tight: ").arg(counts[core::Verdict::Tight]) : QString())
        + (firstNo ? text(firstNo->headline().detail) : QString());
}

void PlacementBoard::paintHeader(QPainter &painter, const BoardGroup &group) const
{
    const auto box = onViewport(group.header);
    painter.setPen(QPen(m_theme.line, 0));
    painter.drawLine(box.topLeft() + QPoint(12, 0), box.topRight() - QPoint(12, 0));
    paintVendorBox(painter, group.row.vendor, QRectF(box.x() + 12, box.center().y() - 7, 15, 15), m_theme);
    painter.setFont(strong(font()));
    painter.setPen(m_stale ? m_theme.unknown : m_theme.text);
    const auto name = text(group.row.displayName);
    const int nameWidth = painter.fontMetrics().horizontalAdvance(name);
    painter.drawText(QRect(box.x() + 36, box.y(), nameWidth + 4, box.height()), Qt::AlignVCenter, name);

    QString right = tr("%1 of %2 free").arg(group.row.free).arg(group.row.capacity);
    auto colour = m_theme.muted;
    if (isPickedUp()) {
        core::Verdict verdict{};
        right = headline(group, verdict);
        colour = m_theme.verdict(verdict);
    }
    painter.setFont(font());
    const int room = box.width() - nameWidth - 36 - 24 - 140;
    right = painter.fontMetrics().elidedText(right, Qt::ElideRight, std::max(120, room));
    painter.setPen(colour);
    painter.drawText(box.adjusted(0, 0, -12, 0), Qt::AlignRight | Qt::AlignVCenter, right);
    if (isPickedUp()) {
        core::Verdict verdict{};
        headline(group, verdict);
        const int width = painter.fontMetrics().horizontalAdvance(right);
        paintVerdictGlyph(painter, verdict, QRectF(box.right() - 12 - width - 20, box.center().y() - 6, 13, 13),
                          m_theme);
    }
    painter.setPen(m_theme.muted);
    const auto note = text(group.row.architecture);
    painter.drawText(QRect(box.x() + 36 + nameWidth + 10, box.y(), 130, box.height()), Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(note, Qt::ElideRight, 130));
    if (m_hoverKey == keyOf(group)) {
        painter.setPen(QPen(m_theme.accent, 2));
        painter.drawRect(box.adjusted(5, 2, -6, -2));
    }
}

void PlacementBoard::paintNode(QPainter &painter, const BoardGroup &, const BoardNode &node) const
{
    const auto *candidate = isPickedUp() ? candidateFor(node) : nullptr;
    const auto box = onViewport(node.box);
    const bool hover = m_hoverKey == keyOf(node);
    const auto verdict = candidate ? candidate->verdict : core::Verdict::Unknown;
    painter.setPen(QPen(hover && candidate ? m_theme.verdict(verdict) : m_theme.line, hover ? 2 : 1));
    painter.setBrush(hover && candidate ? m_theme.verdictSoft(verdict) : m_theme.surface);
    painter.drawRect(box.adjusted(0, 0, -1, -1));

    const auto titleBox = box.adjusted(8, 4, -8, 0);
    const auto *state = node.node->unschedulable ? "cordoned"
        : !node.node->ready.value_or(false)      ? "not ready"
                                                 : nullptr;
    const auto note = state              ? QString::fromLatin1(state)
        : node.devices().withdrawn() > 0 ? tr("%1 withdrawn").arg(node.devices().withdrawn())
                                         : QString();
    painter.setFont(small(font()));
    const int noteWidth = note.isEmpty() ? 0 : painter.fontMetrics().horizontalAdvance(note) + 8;
    painter.setPen(state ? m_theme.muted : m_theme.no);
    painter.drawText(QRect(titleBox.right() - noteWidth, titleBox.y(), noteWidth, 20),
                     Qt::AlignRight | Qt::AlignVCenter, note);
    painter.setFont(strong(font()));
    painter.setPen(m_stale ? m_theme.unknown : m_theme.text);
    QString title = text(node.node->name);
    for (const auto &model : node.models)
        title += u" · "_s + text(model);
    painter.drawText(QRect(titleBox.x(), titleBox.y(), titleBox.width() - noteWidth, 20), Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(title, Qt::ElideMiddle, titleBox.width() - noteWidth));
    for (std::int64_t i = 0; i < node.chips(); ++i)
        paintChip(painter, node, i, candidate);
    const auto places = order();
    if (hasFocus() && m_focus >= 0 && m_focus < static_cast<int>(places.size())
        && places[static_cast<std::size_t>(m_focus)].second == &node) {
        painter.setPen(QPen(m_theme.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(box.adjusted(1, 1, -2, -2));
    }
}

void PlacementBoard::paintChip(QPainter &painter, const BoardNode &node, std::int64_t index,
                               const core::Candidate *candidate) const
{
    const auto box = onViewport(node.chipRect(index));
    const auto state = node.chip(index);
    // A pool that fits has as many chips that light up as devices are free; the others are taken, and say no.
    const bool taken = state != ChipState::Free;
    const auto verdict = !candidate ? core::Verdict::Unknown : taken ? core::Verdict::No : candidate->verdict;
    painter.fillRect(box, m_theme.sunken);
    if (state == ChipState::Requested)
        painter.fillRect(box, m_stale ? m_theme.unknownSoft : m_theme.requested);
    if (state == ChipState::Planned) {
        painter.fillRect(box, m_theme.accentSoft);
        painter.fillRect(box, QBrush(m_theme.accent, Qt::BDiagPattern));
        painter.fillRect(QRect(box.x(), box.y(), box.width(), 2), m_theme.accent);
    }
    if (node.devices().kind == core::DeviceKind::Share) { // two short lines: shared in time
        painter.setPen(QPen(m_theme.lineStrong, 1));
        painter.drawLine(box.x() + 8, box.y() + 4, box.right() - 8, box.y() + 4);
        painter.drawLine(box.x() + 8, box.y() + 7, box.right() - 8, box.y() + 7);
    }
    const bool lights = candidate && (verdict == core::Verdict::Fits || verdict == core::Verdict::Tight);
    QPen outline(lights ? m_theme.verdict(verdict) : m_theme.lineStrong, lights ? 2 : 1,
                 candidate && verdict == core::Verdict::Unknown ? Qt::DashLine : Qt::SolidLine);
    painter.setPen(outline);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(lights ? box.adjusted(1, 1, -1, -1) : box.adjusted(0, 0, -1, -1));
    if (state == ChipState::Withdrawn) {
        painter.setPen(QPen(m_theme.no, 1));
        painter.drawLine(box.topLeft(), box.bottomRight());
        painter.drawLine(box.topRight(), box.bottomLeft());
    } else if (candidate) {
        const QRect plate(box.center().x() - 8, box.y() + 5, 17, 17);
        painter.fillRect(plate, m_theme.surface);
        paintVerdictGlyph(painter, verdict, QRectF(plate).adjusted(2, 2, -2, -2), m_theme);
    }
}

std::vector<std::pair<const BoardGroup *, const BoardNode *>> PlacementBoard::order() const
{
    std::vector<std::pair<const BoardGroup *, const BoardNode *>> places;
    for (const auto &group : m_groups)
        for (const auto &node : group.nodes)
            places.emplace_back(&group, &node);
    return places;
}

void PlacementBoard::setHover(const BoardHit &hit, QPoint globalPos)
{
    const auto key = hit.node ? keyOf(*hit.node) : hit.group && isPickedUp() ? keyOf(*hit.group) : QString();
    const auto *candidate = hit.node ? candidateFor(*hit.node) : nullptr;
    if (key != m_hoverKey) {
        m_hoverKey = key;
        Q_EMIT hovered(candidate);
        Q_EMIT placeDescribed(hit.node ? describe(*hit.group, *hit.node) : QString());
        viewport()->update();
    }
    if (candidate)
        m_tooltip->showFor(*candidate, globalPos);
    else
        m_tooltip->hide();
}

std::optional<core::Target> PlacementBoard::targetOf(const BoardHit &hit) const
{
    if (!hit.group)
        return std::nullopt;
    core::Target target;
    target.resource = hit.group->row.resource;
    target.skuId = hit.group->row.sku;
    if (!hit.node) {
        target.level = core::TargetLevel::Sku;
        return target;
    }
    target.level = core::TargetLevel::Node;
    target.node = hit.node->node->name;
    return target;
}

void PlacementBoard::dropAt(const BoardHit &hit, QPoint globalPos)
{
    const auto requirement = m_requirement;
    const auto target = targetOf(hit);
    const auto *candidate = hit.node ? candidateFor(*hit.node) : nullptr;
    const bool groupFits = hit.group && !hit.node
        && core::bestPlace(m_candidates, hit.group->row.inCatalogue ? hit.group->row.sku : std::string(),
                           hit.group->row.resource);
    if (!target || requirement.isEmpty() || !(mayDrop(candidate) || groupFits)) {
        if (candidate)
            m_tooltip->showFor(*candidate, globalPos, 4s); // a refused drop says why, and stays long enough to be read
        return;
    }
    m_tooltip->hide();
    Q_EMIT placementRequested(requirement, *target);
}

void PlacementBoard::mouseMoveEvent(QMouseEvent *event)
{
    setHover(hitAt(event->pos()), event->globalPosition().toPoint());
}

void PlacementBoard::mousePressEvent(QMouseEvent *event)
{
    setFocus();
    const auto hit = hitAt(event->pos());
    const auto places = order();
    for (std::size_t i = 0; i < places.size(); ++i)
        if (places[i].second == hit.node && hit.node)
            m_focus = static_cast<int>(i);
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
    const auto *mime = event->mimeData();
    if (!mime->hasFormat(QString::fromLatin1(requirementMime)))
        return;
    event->acceptProposedAction();
    Q_EMIT dragEntered(QString::fromUtf8(mime->data(QString::fromLatin1(requirementMime))));
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
    dropAt(hitAt(at), viewport()->mapToGlobal(at));
}

void PlacementBoard::scrollAtEdge()
{
    const int above = edge - m_dragPos.y(), below = m_dragPos.y() - (viewport()->height() - edge);
    if (above > 0 || below > 0)
        verticalScrollBar()->setValue(verticalScrollBar()->value() + (above > 0 ? -above : below) / 2);
}

void PlacementBoard::moveFocus(int step, bool onlyFitting)
{
    const auto places = order();
    const int count = static_cast<int>(places.size());
    int next = m_focus;
    for (int tried = 0; tried < count; ++tried) {
        next = m_focus < 0 && tried == 0 ? (step > 0 ? 0 : count - 1) : (next + step + count) % count;
        if (!onlyFitting || mayDrop(candidateFor(*places[static_cast<std::size_t>(next)].second)))
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
    const auto places = order();
    const bool hasPlace = m_focus >= 0 && m_focus < static_cast<int>(places.size());
    switch (event->key()) {
    case Qt::Key_Right:
    case Qt::Key_Down: return moveFocus(1, !any);
    case Qt::Key_Left:
    case Qt::Key_Up: return moveFocus(-1, !any);
    case Qt::Key_Escape:
        if (isPickedUp())
            Q_EMIT putBack();
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        if (hasPlace && isPickedUp()) {
            const auto &[group, node] = places[static_cast<std::size_t>(m_focus)];
            dropAt({group, node, std::nullopt}, viewport()->mapToGlobal(onViewport(node->box).bottomLeft()));
        }
        return;
    case Qt::Key_Question:
        if (hasPlace)
            if (const auto *candidate = candidateFor(*places[static_cast<std::size_t>(m_focus)].second))
                m_tooltip->showFor(*candidate,
                                   viewport()->mapToGlobal(
                                       onViewport(places[static_cast<std::size_t>(m_focus)].second->box).bottomLeft()));
        return;
    case Qt::Key_Delete:
        if (hasPlace) {
            const auto &[group, node] = places[static_cast<std::size_t>(m_focus)];
            for (const auto &model : node->models)
                Q_EMIT takeOffRequested(text(model), *targetOf({group, node, std::nullopt}));
        }
        return;
    default: QAbstractScrollArea::keyPressEvent(event);
    }
}

} // namespace ui
