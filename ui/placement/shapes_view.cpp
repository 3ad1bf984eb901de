// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/shapes_view.h"

#include "ui/text/words.h"
#include "ui/theme/theme.h"

#include <QHeaderView>
#include <QLabel>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int dotWidth = 4, dotHeight = 5, dotGap = 1, nodeGap = 3, rowOfNode = 8, rowHeight = 26;

/// Every node of a SKU as a strip of dots, eight a row: filled is taken, outlined is free. Most free nodes first, so
/// that what can take a group is at the left.
class NodeDots final : public QStyledItemDelegate {
public:
    NodeDots(const ShapesModel *model, QObject *parent) : QStyledItemDelegate(parent), m_model(model) {}

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::paint(painter, option, index);
        auto nodes = m_model->at(index.row()).nodes;
        std::ranges::stable_sort(nodes, std::ranges::greater(), &core::NodeShape::free);
        const auto theme = Theme::of(option.palette);
        painter->save();
        painter->setClipRect(option.rect);
        int x = option.rect.x() + 6;
        for (const auto &node : nodes) {
            const auto width = std::min<std::int64_t>(node.allocatable, rowOfNode) * (dotWidth + dotGap);
            if (x + width > option.rect.right())
                break;
            paintNode(*painter, node, QPoint(x, option.rect.y()), option.rect.height(), theme);
            x += static_cast<int>(width) + nodeGap;
        }
        painter->restore();
    }

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        return {QStyledItemDelegate::sizeHint(option, index).width(), rowHeight};
    }

private:
    static void paintNode(QPainter &painter, const core::NodeShape &node, QPoint at, int height, const Theme &theme)
    {
        const auto shown = std::min<std::int64_t>(node.allocatable, 4LL * rowOfNode);
        const int lines = static_cast<int>((shown + rowOfNode - 1) / rowOfNode);
        const int top = at.y() + (height - lines * (dotHeight + dotGap)) / 2;
        for (int i = 0; i < shown; ++i) {
            const QRect dot(at.x() + i % rowOfNode * (dotWidth + dotGap), top + i / rowOfNode * (dotHeight + dotGap),
                            dotWidth, dotHeight);
            if (i >= node.free) {
                painter.fillRect(dot, node.acceptsPods ? theme.used : theme.unknown);
            } else {
                painter.fillRect(dot, theme.surface);
                painter.setPen(theme.fits);
                painter.drawRect(dot.adjusted(0, 0, -1, -1));
            }
        }
    }

    const ShapesModel *m_model;
};

QString moveLine(const core::PodMove &move)
{
    auto line = ShapesView::tr("move %1 (%2 devices) from %3 to %4")
                    .arg(text(move.pod))
                    .arg(move.devices)
                    .arg(text(move.from), text(move.to));
    return line
        + (move.owner.empty() ? ShapesView::tr("; a bare pod: make it again by hand")
                              : ShapesView::tr("; %1 makes it again").arg(text(move.owner)));
}

} // namespace

ShapesView::ShapesView(QWidget *parent)
    : QWidget(parent)
    , m_model(new ShapesModel(this))
    , m_head(new PanelHead(this))
    , m_holeHead(new PanelHead(this))
    , m_table(new QTreeView(this))
    , m_size(new QSpinBox(this))
    , m_moves(new QListWidget(this))
{
    setObjectName(u"shapesView"_s);
    m_head->line()->setObjectName(u"shapesHeadline"_s);
    m_table->setObjectName(u"shapesTable"_s);
    m_table->setAccessibleName(tr("Free places by SKU and size"));
    m_table->setModel(m_model);
    m_table->setRootIsDecorated(false);
    m_table->setUniformRowHeights(true);
    m_table->setAllColumnsShowFocus(true);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setItemDelegateForColumn(static_cast<int>(ShapesModel::Column::Nodes), new NodeDots(m_model, m_table));
    m_table->header()->setStretchLastSection(false);
    m_table->header()->setSectionResizeMode(static_cast<int>(ShapesModel::Column::Nodes), QHeaderView::Stretch);
    m_size->setObjectName(u"holeSize"_s);
    m_size->setAccessibleName(tr("Devices of the hole"));
    m_size->setRange(2, 64);
    m_size->setValue(8);
    m_size->setPrefix(tr("hole of "));
    m_moves->setObjectName(u"holeMoves"_s);
    m_moves->setAccessibleName(tr("Moves that open the hole"));
    m_moves->setFrameShape(QFrame::NoFrame);
    m_moves->setWordWrap(true);
    m_holeHead->addAction(m_size);
    m_holeHead->line()->setObjectName(u"holeHeadline"_s);
    m_holeHead->line()->setParts(
        {{.words = tr("Select a SKU to see what would open a hole"), .verdict = {}, .muted = true}});
    auto *lower = new QWidget(this);
    auto *lowerLayout = new QVBoxLayout(lower);
    lowerLayout->setContentsMargins(0, 0, 0, 0);
    lowerLayout->setSpacing(0);
    lowerLayout->addWidget(m_holeHead);
    lowerLayout->addWidget(m_moves, 1);
    auto *splitter = hairlineSplitter(this, {m_table, lower}, Qt::Vertical);
    splitter->setSizes({460, 200});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_head);
    layout->addWidget(splitter, 1);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ShapesView::ask);
    connect(m_size, &QSpinBox::valueChanged, this, &ShapesView::ask);
}

void ShapesView::ask()
{
    if (const auto at = m_table->currentIndex(); at.isValid())
        Q_EMIT holeRequested(m_model->at(at.row()).row, m_size->value());
}

void ShapesView::setShapes(core::Result<std::vector<core::SkuShapes>> shapes)
{
    if (!shapes) {
        m_head->line()->setParts({{.words = sentence(shapes.error()), .verdict = core::Verdict::Unknown}});
        return m_model->setShapes({});
    }
    showHeadline(*shapes);
    const bool first = m_model->rowCount() == 0;
    m_model->setShapes(std::move(*shapes));
    if (first)
        for (int column = 0; column < m_model->columnCount(); ++column)
            m_table->resizeColumnToContents(column);
}

void ShapesView::showHeadline(const std::vector<core::SkuShapes> &shapes)
{
    std::int64_t places = 0, stranded = 0;
    for (const auto &sku : shapes)
        if (sku.shapes.size() > 1) {
            places += sku.shapes.back().places;
            stranded += sku.shapes.back().stranded;
        }
    const auto size = core::usualShapes.back();
    m_head->line()->setParts(
        {{.words = tr("%1 places for a group of %2").arg(places).arg(size), .verdict = {}, .strong = true},
         {.words = tr("%1 free GPUs are stranded: no group of %2 can use them").arg(stranded).arg(size),
          .verdict = {},
          .muted = true}});
}

void ShapesView::setHole(const core::Result<core::HolePlan> &plan)
{
    m_moves->clear();
    if (!plan)
        return m_holeHead->line()->setParts({{.words = sentence(plan.error()), .verdict = core::Verdict::Unknown}});
    showMoves(*plan);
}

void ShapesView::showMoves(const core::HolePlan &plan)
{
    using State = core::HoleState;
    const auto verdict = plan.state == State::Open ? core::Verdict::Fits
        : plan.state == State::Moves               ? core::Verdict::Tight
        : plan.state == State::Impossible          ? core::Verdict::No
                                                   : core::Verdict::Unknown;
    std::vector<GlyphLine::Part> parts{{.words = text(plan.why), .verdict = verdict, .strong = true}};
    if (plan.state == State::Moves)
        parts.push_back(
            {.words = plan.proven ? tr("no shorter list exists") : tr("at least %1 moves are needed").arg(plan.atLeast),
             .verdict = {},
             .muted = true});
    m_holeHead->line()->setParts(std::move(parts));
    int number = 0;
    for (const auto &move : plan.moves)
        m_moves->addItem(u"%1.  "_s.arg(++number) + moveLine(move));
    for (const auto &note : plan.notes)
        m_moves->addItem(text(note));
}

} // namespace ui
