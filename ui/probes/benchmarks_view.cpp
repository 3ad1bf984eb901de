// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/probes/benchmarks_view.h"

#include "ui/text/words.h"
#include "ui/widgets/roomy_rows.h"

#include <QApplication>
#include <QClipboard>
#include <QFontDatabase>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <set>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

const auto importCommand = u"berthctl bench import FILE --sku SKU --gpus N"_s;

/// The row whose answer tokens cost least; nullptr while no price is known.
const BenchmarkRow *cheapest(const std::vector<BenchmarkRow> &rows)
{
    const BenchmarkRow *best = nullptr;
    for (const auto &row : rows)
        if (row.pricePerMillion && (!best || *row.pricePerMillion < best->pricePerMillion))
            best = &row;
    return best;
}

} // namespace

BenchmarksView::BenchmarksView(QWidget *parent)
    : QWidget(parent)
    , m_head(new PanelHead(this))
    , m_model(new BenchmarksModel(this))
    , m_sorted(new QSortFilterProxyModel(this))
    , m_table(new QTreeView(this))
    , m_stack(new QStackedWidget(this))
{
    setObjectName(u"benchmarksView"_s);
    m_head->line()->setObjectName(u"benchmarksHeadline"_s);
    auto *import = new QPushButton(tr("Import…"), this);
    import->setObjectName(u"benchmarksImport"_s);
    import->setToolTip(
        tr("Takes in a result of vllm bench serve, AIPerf, GenAI-Perf or guidellm; it can also be dropped "
           "on the window"));
    connect(import, &QPushButton::clicked, this, &BenchmarksView::importRequested);
    m_head->addAction(import);
    m_stack->addWidget(buildEmpty());
    m_stack->addWidget(buildTable());
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_head);
    layout->addWidget(m_stack, 1);
    showHeadline();
}

QWidget *BenchmarksView::buildTable()
{
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(BenchmarksModel::SortRole);
    m_table->setObjectName(u"benchmarksTable"_s);
    m_table->setAccessibleName(tr("Serving benchmarks by model and SKU"));
    m_table->setModel(m_sorted);
    m_table->setRootIsDecorated(false);
    m_table->setUniformRowHeights(true);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setItemDelegate(new RoomyRows(m_table));
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(-1, Qt::AscendingOrder); // as they come, until someone asks for an order
    // What can be long shares what is left: nothing lies beyond the edge, and all of it is in the tooltip.
    auto *header = m_table->header();
    header->setStretchLastSection(false);
    for (const auto column : {BenchmarksModel::Column::Model, BenchmarksModel::Column::Source})
        header->setSectionResizeMode(static_cast<int>(column), QHeaderView::Stretch);
    return m_table;
}

QWidget *BenchmarksView::buildEmpty()
{
    auto *box = new QWidget(this);
    auto *words = new QLabel(tr("Import… takes in a result of vllm bench serve (--save-result), AIPerf, GenAI-Perf or "
                                "guidellm, and asks on which GPUs it ran, which the file does not say. On a machine "
                                "without a display:"),
                             box);
    words->setObjectName(u"benchmarksHowTo"_s);
    words->setTextFormat(Qt::PlainText);
    words->setWordWrap(true);
    auto *command = new QLineEdit(importCommand, box);
    command->setObjectName(u"benchmarksCommand"_s);
    command->setAccessibleName(tr("Command that imports a serving benchmark"));
    command->setReadOnly(true);
    command->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    command->setMinimumWidth(command->fontMetrics().horizontalAdvance(importCommand) + 24);
    auto *copy = new QPushButton(tr("Copy"), box);
    copy->setObjectName(u"benchmarksCopy"_s);
    copy->setToolTip(tr("Copies the command"));
    connect(copy, &QPushButton::clicked, this, [] { QApplication::clipboard()->setText(importCommand); });
    auto *more = new QLabel(tr("`berthctl bench job` writes a Job that measures a running server; Collect reads its "
                               "result. Import… also takes what `berthctl probe export` wrote elsewhere."),
                            box);
    more->setTextFormat(Qt::PlainText);
    more->setWordWrap(true);
    more->setForegroundRole(QPalette::PlaceholderText);
    auto *line = new QHBoxLayout;
    line->addWidget(command);
    line->addWidget(copy);
    line->addStretch(1);
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(8);
    layout->addWidget(words);
    layout->addLayout(line);
    layout->addWidget(more);
    layout->addStretch(1);
    return box;
}

void BenchmarksView::setRows(std::vector<BenchmarkRow> rows)
{
    m_model->setRows(std::move(rows));
    m_stack->setCurrentIndex(m_model->rows().empty() ? 0 : 1);
    for (int column = 0; column < m_sorted->columnCount(); ++column)
        if (m_table->header()->sectionResizeMode(column) != QHeaderView::Stretch)
            m_table->resizeColumnToContents(column);
    showHeadline();
}

/// What the page is asked first: how much is known, and where tokens are cheapest.
void BenchmarksView::showHeadline()
{
    const auto &rows = m_model->rows();
    if (rows.empty())
        return m_head->line()->setParts(
            {{.words = tr("No serving benchmark was imported yet"), .verdict = {}, .strong = true}});
    std::set<std::string> models, skus;
    for (const auto &row : rows) {
        models.insert(row.figures.model);
        skus.insert(row.figures.sku);
    }
    std::vector<GlyphLine::Part> parts{
        {.words = tr("Models measured: %1, on SKUs: %2").arg(models.size()).arg(skus.size()),
         .verdict = {},
         .strong = true}};
    if (const auto *best = cheapest(rows); best && best->pricePerMillion)
        parts.push_back({.words = tr("a million tokens from %1 %2: %3 on %4")
                                      .arg(*best->pricePerMillion, 0, 'g', 3)
                                      .arg(text(best->currency), text(best->figures.model), text(best->skuName)),
                         .verdict = {},
                         .muted = true});
    m_head->line()->setParts(std::move(parts));
}

} // namespace ui
