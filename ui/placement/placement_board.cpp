// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/placement_board.h"

#include "ui/placement/board_accessible.h"
#include "ui/placement/board_painter.h"
#include "ui/placement/chip_painter.h"
#include "ui/placement/verdict_tooltip.h"
#include "ui/text/words.h"

#include <QPaintEvent>
#include <QScrollBar>

#include <map>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace ui {

namespace {

QString keyOf(const BoardNode &node)
{
    return text(node.node->name + "\n" + node.devices().resource);
}
QString keyOf(const BoardGroup &group)
{
    return u"#"_s + text(group.row.displayName + group.row.resource);
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

void PlacementBoard::setVerdicts(const QString &requirement, core::CandidatesPtr candidates)
{
    m_requirement = requirement;
    m_candidates = std::move(candidates);
    if (requirement.isEmpty())
        m_tooltip->hide();
    viewport()->update();
}

void PlacementBoard::setSelected(const QString &requirement, std::vector<core::PlacementSet> sets)
{
    m_selected = requirement;
    m_sets = std::move(sets);
    viewport()->update();
}

void PlacementBoard::setStale(bool stale)
{
    m_stale = stale;
    viewport()->update();
}

const core::Candidate *PlacementBoard::candidateFor(const BoardNode &node) const
{
    return m_candidates ? core::findCandidate(*m_candidates, node.node->name, node.devices().resource) : nullptr;
}

std::vector<core::NodePtr> PlacementBoard::nodesInSight() const
{
    std::vector<core::NodePtr> nodes;
    if (!isVisible())
        return nodes;
    for (const auto &group : m_groups)
        for (const auto &node : group.nodes)
            if (onViewport(node.box).intersects(viewport()->rect()))
                nodes.push_back(node.node);
    std::ranges::sort(nodes, {}, [](const core::NodePtr &node) -> const std::string & { return node->name; });
    const auto again = std::ranges::unique(nodes); // a node with two kinds of GPU is in two groups
    nodes.erase(again.begin(), again.end());
    return nodes;
}

QString PlacementBoard::describe(const BoardGroup &group, const BoardNode &node) const
{
    auto line = tr("node %1, %2, %3 of %4 free")
                    .arg(text(node.node->name), text(group.row.displayName))
                    .arg(std::max<std::int64_t>(0, node.devices().allocatable - node.requested - node.planned))
                    .arg(node.devices().capacity);
    if (node.cut)
        line += tr(" on %1").arg(counted(node.cards(), tr("card"), tr("cards")));
    for (const auto &model : node.models)
        line += u", "_s + text(model);
    for (const auto &mark : group.marks)
        line += u", "_s + markWords(mark);
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
                     .selected = plain(m_selected),
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

bool PlacementBoard::mayDropAt(const core::Candidate *candidate)
{
    return candidate && mayTake(candidate->verdict);
}

void PlacementBoard::dropAt(const BoardHit &hit, QPoint globalPos, const std::optional<core::Target> &origin)
{
    const auto requirement = m_requirement;
    const auto target = targetOf(hit);
    const auto *candidate = hit.node ? candidateFor(*hit.node) : nullptr;
    const bool groupFits = hit.group && !hit.node
        && std::ranges::any_of(hit.group->nodes, [this](const auto &node) { return mayDropAt(candidateFor(node)); });
    if (!target || requirement.isEmpty() || !(mayDropAt(candidate) || groupFits)) {
        if (candidate)
            m_tooltip->showFor(*candidate, globalPos, 4s); // a refused drop says why, and stays long enough to be read
        return;
    }
    m_tooltip->hide();
    if (origin)
        Q_EMIT moveRequested(requirement, *origin, *target);
    else if (const auto *set = findSet(plain(requirement)))
        offerSet(*set, *hit.group, *target, globalPos);
    else
        Q_EMIT placementRequested(requirement, *target);
}

} // namespace ui
