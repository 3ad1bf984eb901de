// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inventory/inventory_page.h"

#include "ui/inventory/evidence_panel.h"
#include "ui/inventory/inventory_delegates.h"
#include "ui/text/words.h"
#include "ui/theme/theme.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

/// A row stays when it holds every term of the query itself, or when one below it does.
class QueryFilter final : public QSortFilterProxyModel {
public:
    QueryFilter(InventoryModel &model, QObject *parent) : QSortFilterProxyModel(parent), m_model(model)
    {
        setSourceModel(&model);
        setRecursiveFilteringEnabled(true);
    }
    void setQuery(core::InventoryQuery query)
    {
        m_query = std::move(query);
        invalidateFilter();
    }

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override
    {
        return m_query.isEmpty() || m_query.matches(m_model.factsAt(m_model.index(row, 0, parent)));
    }

private:
    InventoryModel &m_model;
    core::InventoryQuery m_query;
};

} // namespace

InventoryPage::InventoryPage(QWidget *parent)
    : QWidget(parent)
    , m_model(new InventoryModel(this))
    , m_filter(new QueryFilter(*m_model, this))
    , m_headline(new QLabel(this))
    , m_detail(new QLabel(this))
    , m_problem(new QLabel(this))
    , m_find(new QLineEdit(this))
    , m_group(new QComboBox(this))
    , m_tree(new QTreeView(this))
    , m_evidence(new EvidencePanel(this))
{
    setObjectName(u"inventoryPage"_s);
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto *head = makeHead();
    prepareTree();
    auto *splitter = hairlineSplitter(this, {m_tree, m_evidence}, Qt::Vertical);
    splitter->setStretchFactor(0, 1);
    splitter->setSizes({500, 220});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(hairline(this));
    layout->addWidget(splitter, 1);
    connect(m_find, &QLineEdit::textChanged, this, &InventoryPage::applyFilter);
    connect(m_group, &QComboBox::activated, this,
            [this] { chooseGrouping(static_cast<core::Grouping>(m_group->currentData().toInt())); });
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this, &InventoryPage::showEvidence);
}

QLayout *InventoryPage::makeHead()
{
    m_headline->setObjectName(u"inventoryHeadline"_s);
    m_headline->setTextFormat(Qt::PlainText);
    auto figure = m_headline->font();
    figure.setPointSizeF(figure.pointSizeF() + 4);
    figure.setWeight(QFont::DemiBold);
    m_headline->setFont(figure);
    m_headline->setText(tr("Reading the cluster …"));
    m_detail->setForegroundRole(QPalette::PlaceholderText);
    m_find->setObjectName(u"inventoryFilter"_s);
    m_find->setPlaceholderText(tr("Filter: sku:h100 free>=4 zone:eu-1a, or any word"));
    m_find->setAccessibleName(tr("Filter the inventory"));
    m_find->setMinimumWidth(320);
    m_group->setObjectName(u"inventoryGroup"_s);
    m_group->setAccessibleName(tr("Group the inventory by"));
    const auto choice = [this](const QString &words, core::Grouping by) {
        m_group->addItem(words, static_cast<int>(by));
    };
    choice(tr("Group: SKU"), core::Grouping::Sku);
    choice(tr("Group: vendor"), core::Grouping::Vendor);
    choice(tr("Group: zone"), core::Grouping::Zone);
    choice(tr("Group: node"), core::Grouping::Node);
    m_find->setClearButtonEnabled(true);
    auto *words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(m_headline);
    words->addWidget(m_detail);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(16, 12, 16, 12);
    head->addLayout(words, 1);
    m_problem->setObjectName(u"inventoryFilterProblem"_s);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setForegroundRole(QPalette::BrightText);
    m_problem->hide();
    auto *filter = new QVBoxLayout;
    filter->setSpacing(2);
    auto *tools = new QHBoxLayout;
    tools->setSpacing(8);
    tools->addWidget(m_find);
    tools->addWidget(m_group);
    filter->addLayout(tools);
    filter->addWidget(m_problem);
    head->addLayout(filter);
    return head;
}

void InventoryPage::prepareTree()
{
    m_tree->setObjectName(u"inventoryTree"_s);
    const auto copies = [this](const QKeySequence &keys, const QString &between, const QString &around) {
        auto *action = new QAction(m_tree);
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetShortcut);
        m_tree->addAction(action);
        connect(action, &QAction::triggered, this, [this, between, around] { copyRow(between, around); });
    };
    copies(QKeySequence::Copy, u"\t"_s, {});
    copies(QKeySequence(u"Ctrl+Shift+C"_s), u" | "_s, u"|"_s);
    m_tree->setAccessibleName(tr("GPUs by SKU and node"));
    m_tree->setModel(m_filter);
    m_tree->setUniformRowHeights(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    dressInventory(*m_tree);
}

/// A query that makes no sense leaves the rows as they are, and says what is wrong with it.
void InventoryPage::applyFilter(const QString &words)
{
    auto query = core::InventoryQuery::parse(plain(words));
    m_find->setToolTip(query ? QString() : sentence(query.error()).toHtmlEscaped());
    m_problem->setText(query ? QString() : sentence(query.error()));
    m_problem->setVisible(!query);
    if (query)
        static_cast<QueryFilter *>(m_filter)->setQuery(*std::move(query));
}

void InventoryPage::setPrices(const core::Prices *prices)
{
    m_model->setPrices(prices);
}

void InventoryPage::setCatalog(const core::Catalog *catalog)
{
    m_catalog = catalog;
}

void InventoryPage::setInventory(const core::SnapshotPtr &snapshot, std::shared_ptr<const core::ClusterUsage> usage,
                                 const std::vector<core::SkuRow> &rows)
{
    m_snapshot = snapshot;
    m_usage = std::move(usage);
    m_rows = rows;
    std::int64_t free = 0, capacity = 0;
    std::size_t nodes = 0;
    for (const auto &row : rows) {
        free += row.free;
        capacity += row.capacity;
    }
    for (const auto &node : snapshot->nodes)
        nodes += node->devices.empty() ? 0 : 1;
    m_free = free;
    m_capacity = capacity;
    m_isRead = snapshot->nodesSynced;
    showHeadline();
    m_detail->setText(tr("%1 kinds of GPU on %2 of %3 nodes").arg(rows.size()).arg(nodes).arg(snapshot->nodes.size())
                      + (snapshot->podsSynced ? QString() : tr(" · pods are not read yet: requested may be too low")));
    fillModel();
    if (!m_sized && m_model->rowCount() > 0) {
        m_sized = true;
        sizeColumns();
        m_tree->setCurrentIndex(m_filter->index(0, 0));
        m_tree->expand(m_filter->index(0, 0));
    }
    showEvidence();
}

void InventoryPage::fillModel()
{
    m_model->setInventory(*m_snapshot, *m_usage, m_rows, static_cast<core::Grouping>(m_group->currentData().toInt()));
}

/// Below a vendor or zone a node's SKU stands beside its name, and takes the room that the name does not need.
void InventoryPage::sizeColumns()
{
    auto *header = m_tree->header();
    header->setStretchLastSection(false);
    const bool namesSku = m_model->grouping() == core::Grouping::Vendor || m_model->grouping() == core::Grouping::Zone;
    const int widths[] = {namesSku ? 160 : 260, namesSku ? 230 : 130, 76, 88, 84, 60, 150, 180, 84};
    for (int i = 0; i < static_cast<int>(InventoryModel::Column::Count); ++i)
        header->resizeSection(i, widths[i]);
    header->setSectionResizeMode(static_cast<int>(InventoryModel::Column::Attention), QHeaderView::Stretch);
}

void InventoryPage::chooseGrouping(core::Grouping by)
{
    m_group->setCurrentIndex(m_group->findData(static_cast<int>(by)));
    if (!m_snapshot)
        return;
    fillModel();
    sizeColumns();
    m_tree->setCurrentIndex(m_filter->index(0, 0));
    if (by != core::Grouping::Node)
        m_tree->expand(m_filter->index(0, 0));
    showEvidence();
}

void InventoryPage::showHeadline()
{
    const auto asOf = m_staleSince.isEmpty() ? QString() : tr(" as of %1").arg(m_staleSince);
    if (!m_isRead)
        m_headline->setText(m_staleSince.isEmpty() ? tr("Reading the nodes …") : tr("Nothing could be read yet"));
    else if (m_capacity == 0)
        m_headline->setText(tr("No node of this cluster offers GPUs") + asOf);
    else
        m_headline->setText(tr("%1 of %2 devices are free").arg(m_free).arg(m_capacity) + asOf);
}

void InventoryPage::setStale(const QString &since)
{
    if (m_staleSince == since)
        return;
    m_staleSince = since;
    auto ink = palette();
    if (!since.isEmpty())
        ink.setColor(QPalette::Text, Theme::of(palette()).unknown);
    m_tree->setPalette(since.isEmpty() ? QPalette() : ink);
    showHeadline();
}

void InventoryPage::goTo(const QString &name)
{
    m_find->clear();
    const auto find = [this, &name] {
        return m_filter->match(m_filter->index(0, 0), Qt::DisplayRole, name, 1,
                               Qt::MatchFixedString | Qt::MatchRecursive);
    };
    auto found = find();
    if (found.isEmpty() && m_model->grouping() != core::Grouping::Sku) {
        chooseGrouping(core::Grouping::Sku); // a SKU is no line of another grouping
        found = find();
    }
    if (found.isEmpty())
        return;
    m_tree->setCurrentIndex(found.front());
    m_tree->scrollTo(found.front());
    m_tree->setFocus();
}

void InventoryPage::showEvidence()
{
    const auto current = m_filter->mapToSource(m_tree->currentIndex());
    m_evidence->setEvidence({m_catalog, m_model->skuAt(current), m_model->nodeAt(current), m_model->holdersAt(current),
                             m_model->factsAt(current).requested});
}

/// The current row as a person reads it, for a ticket or a table in Markdown.
void InventoryPage::copyRow(const QString &between, const QString &around)
{
    const auto at = m_tree->currentIndex();
    QStringList cells;
    for (int column = 0; at.isValid() && column < m_filter->columnCount(at.parent()); ++column)
        if (const auto words = at.siblingAtColumn(column).data().toString(); !words.isEmpty())
            cells << words;
    if (cells.isEmpty())
        return;
    const auto row = cells.join(between);
    QGuiApplication::clipboard()->setText(around.isEmpty() ? row : around + u' ' + row + u' ' + around);
}

std::vector<KeyHelp> InventoryPage::keys()
{
    return {{u"← →"_s, tr("close, open a SKU")},
            {u"Home  End"_s, tr("first, last row")},
            {u"letters"_s, tr("go to the SKU or node that begins so")},
            {u"Ctrl+C"_s, tr("copy the row as text")},
            {u"Ctrl+Shift+C"_s, tr("copy it as a Markdown row")}};
}

} // namespace ui
