// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/placement_board.h"

#include "ui/placement/board_accessible.h"
#include "ui/placement/board_painter.h"
#include "ui/placement/requirement_drag.h"
#include "ui/placement/verdict_tooltip.h"
#include "ui/text/words.h"

#include <QDragEnterEvent>
#include <QPaintEvent>
#include <QScrollBar>

#include <map>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace ui {

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
    const auto places = order();
    const bool hasPlace = hasFocus() && m_focus >= 0 && m_focus < static_cast<int>(places.size());
    const auto *place = hasPlace ? &places[static_cast<std::size_t>(m_focus)] : nullptr;
    BoardScene scene{.theme = m_theme,
                     .font = font(),
                     .scroll = verticalScrollBar()->value(),
                     .exposed = event->rect(),
                     .pickedUp = isPickedUp(),
                     .stale = m_stale,
                     .focused = place ? place->second : nullptr,
                     .focusIsSku = focusIsSku(),
                     .candidateFor = [this](const BoardNode &node) { return candidateFor(node); }};
    for (const auto &group : m_groups) {
        if (m_hoverKey == keyOf(group) || (place && focusIsSku() && place->first == &group))
            scene.hoveredGroup = &group;
        for (const auto &node : group.nodes)
            if (onViewport(node.box).intersects(scene.exposed) && m_hoverKey == keyOf(node))
                scene.hoveredNode = &node;
    }
    paintBoard(painter, m_groups, scene);
}

std::vector<PlacementBoard::Place> PlacementBoard::order() const
{
    std::vector<Place> places;
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
    if (!hit.node)
        return core::skuTarget(hit.group->row);
    auto target = nodeTarget(hit);
    // Several GPUs of a replica are a place on the node; a single one may be meant.
    const auto *candidate = candidateFor(*hit.node);
    if (hit.chip && candidate && candidate->needed == 1) {
        target.level = core::TargetLevel::Card;
        target.card = static_cast<int>(*hit.chip);
    }
    return target;
}

core::Target PlacementBoard::nodeTarget(const BoardHit &hit) const
{
    core::Target target;
    target.resource = hit.group->row.resource;
    target.skuId = hit.group->row.sku;
    target.level = core::TargetLevel::Node;
    target.node = hit.node->node->name;
    return target;
}

void PlacementBoard::dropAt(const BoardHit &hit, QPoint globalPos, const std::optional<core::Target> &origin)
{
    const auto requirement = m_requirement;
    const auto target = targetOf(hit);
    const auto *candidate = hit.node ? candidateFor(*hit.node) : nullptr;
    const bool groupFits = hit.group && !hit.node
        && std::ranges::any_of(hit.group->nodes, [this](const auto &node) { return mayDrop(candidateFor(node)); });
    if (!target || requirement.isEmpty() || !(mayDrop(candidate) || groupFits)) {
        if (candidate)
            m_tooltip->showFor(*candidate, globalPos, 4s); // a refused drop says why, and stays long enough to be read
        return;
    }
    m_tooltip->hide();
    if (origin)
        Q_EMIT moveRequested(requirement, *origin, *target);
    else
        Q_EMIT placementRequested(requirement, *target);
}

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
    case Qt::Key_D: return askForPlaced(&PlacementBoard::duplicateRequested, place), true;
    case Qt::Key_Delete: return askForPlaced(&PlacementBoard::takeOffRequested, place), true;
    default: return false;
    }
}

} // namespace ui
