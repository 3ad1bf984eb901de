// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inventory/inventory_page.h"

#include "ui/text/words.h"
#include "ui/theme/theme.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

/// Requested from the left, free in the middle, withdrawn hatched at the right end.
class UseBar final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::paint(painter, option, index);
        const auto theme = Theme::of(option.palette);
        const auto bar = option.rect.adjusted(8, 8, -8, -8);
        const auto part = [&bar](double share) { return static_cast<int>(std::clamp(share, 0.0, 1.0) * bar.width()); };
        painter->fillRect(bar, theme.sunken);
        painter->fillRect(
            QRect(bar.topLeft(), QSize(part(index.data(InventoryModel::UseRole).toDouble()), bar.height())),
            theme.used);
        const int withdrawn = part(index.data(InventoryModel::WithdrawnRole).toDouble());
        painter->fillRect(QRect(bar.right() - withdrawn + 1, bar.y(), withdrawn, bar.height()),
                          QBrush(theme.no, Qt::BDiagPattern));
        painter->setPen(QPen(theme.lineStrong, 1));
        painter->drawRect(bar.adjusted(0, 0, -1, -1));
    }
};

/// The vendor's letter before a SKU's name.
class NameDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        auto shifted = option;
        const bool isSku = !index.parent().isValid();
        if (isSku) {
            shifted.rect.adjust(22, 0, 0, 0);
            shifted.font.setWeight(QFont::DemiBold);
        }
        QStyledItemDelegate::paint(painter, shifted, index);
        if (isSku)
            paintVendorBox(*painter, static_cast<core::Vendor>(index.data(InventoryModel::VendorRole).toInt()),
                           QRectF(option.rect.x() + 2, option.rect.center().y() - 7, 15, 15),
                           Theme::of(option.palette));
    }
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const auto size = QStyledItemDelegate::sizeHint(option, index);
        return {size.width() + 40, 26};
    }
};

void addEvidence(QStandardItemModel &model, const QString &source, const QString &says, const QString &meaning = {})
{
    QList<QStandardItem *> row;
    for (const auto &words : {source, says, meaning}) {
        auto *item = new QStandardItem(words);
        item->setEditable(false);
        row << item;
    }
    model.appendRow(row);
}

QString orDash(const std::string &words)
{
    return words.empty() ? u"—"_s : text(words);
}

void addPool(QStandardItemModel &table, const core::DevicePool &pool)
{
    addEvidence(table, InventoryPage::tr("node capacity"), u"%1: %2"_s.arg(text(pool.resource)).arg(pool.capacity));
    addEvidence(table, InventoryPage::tr("node allocatable"),
                u"%1: %2"_s.arg(text(pool.resource)).arg(pool.allocatable),
                pool.withdrawn() > 0 ? InventoryPage::tr("%1 withdrawn by the device plugin").arg(pool.withdrawn())
                                     : QString());
    addEvidence(table, InventoryPage::tr("labels"), orDash(pool.productLabel),
                pool.skuId.empty() ? InventoryPage::tr("not in the catalogue") : text(pool.skuId));
    addEvidence(table, InventoryPage::tr("labels"),
                InventoryPage::tr("memory of one device: %1").arg(gib(pool.memoryBytes)),
                pool.memoryBytes ? QString() : InventoryPage::tr("not labelled: unknown"));
    addEvidence(table, InventoryPage::tr("labels"),
                InventoryPage::tr("driver %1, compute %2").arg(orDash(pool.driverVersion), orDash(pool.computeTarget)));
}

void addNode(QStandardItemModel &table, const core::Node &node, const std::string &resource)
{
    for (const auto &pool : node.devices)
        if (pool.resource == resource)
            addPool(table, pool);
    for (const auto &issue : node.issues)
        addEvidence(table, InventoryPage::tr("labels"), text(issue), InventoryPage::tr("not believed"));
}

void addDataSheet(QStandardItemModel &table, const core::Catalog &catalog, const core::Sku &sheet)
{
    const auto title = InventoryPage::tr("data sheet");
    addEvidence(table, title,
                InventoryPage::tr("%1 %2, %3").arg(sheet.memorySize).arg(text(sheet.memoryUnit), text(sheet.name)));
    for (const auto &source : catalog.sourcesOf(sheet))
        addEvidence(table, title, text(source), InventoryPage::tr("read"));
    for (const auto &figure : sheet.unverified)
        addEvidence(table, title, text(figure), InventoryPage::tr("unverified: no source was read"));
}

} // namespace

InventoryPage::InventoryPage(QWidget *parent)
    : QWidget(parent)
    , m_model(new InventoryModel(this))
    , m_filter(new QSortFilterProxyModel(this))
    , m_headline(new QLabel(this))
    , m_detail(new QLabel(this))
    , m_subject(new PanelHead(this))
    , m_find(new QLineEdit(this))
    , m_tree(new QTreeView(this))
    , m_evidence(new QTreeView(this))
{
    setObjectName(u"inventoryPage"_s);
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto *head = makeHead();
    prepareTree();
    prepareEvidence();
    auto *lower = new QWidget(this);
    auto *lowerLayout = new QVBoxLayout(lower);
    lowerLayout->setContentsMargins(0, 0, 0, 0);
    lowerLayout->setSpacing(0);
    lowerLayout->addWidget(m_subject);
    lowerLayout->addWidget(m_evidence, 1);
    auto *splitter = hairlineSplitter(this, {m_tree, lower}, Qt::Vertical);
    splitter->setStretchFactor(0, 1);
    splitter->setSizes({500, 220});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(hairline(this));
    layout->addWidget(splitter, 1);
    connect(m_find, &QLineEdit::textChanged, m_filter, &QSortFilterProxyModel::setFilterFixedString);
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
    m_find->setPlaceholderText(tr("Filter: SKU, node, pod"));
    m_find->setAccessibleName(tr("Filter the inventory"));
    m_find->setMinimumWidth(280);
    m_find->setClearButtonEnabled(true);
    auto *words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(m_headline);
    words->addWidget(m_detail);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(16, 12, 16, 12);
    head->addLayout(words, 1);
    head->addWidget(m_find, 0, Qt::AlignBottom);
    return head;
}

void InventoryPage::prepareTree()
{
    m_filter->setSourceModel(m_model);
    m_filter->setRecursiveFilteringEnabled(true);
    m_filter->setAutoAcceptChildRows(true);
    m_filter->setFilterKeyColumn(-1);
    m_filter->setFilterCaseSensitivity(Qt::CaseInsensitive);
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
    m_tree->setItemDelegateForColumn(static_cast<int>(InventoryModel::Column::Name), new NameDelegate(m_tree));
    m_tree->setItemDelegateForColumn(static_cast<int>(InventoryModel::Column::Use), new UseBar(m_tree));
}

void InventoryPage::prepareEvidence()
{
    m_evidence->setObjectName(u"evidenceTable"_s);
    m_evidence->setAccessibleName(tr("Evidence of the selected row"));
    m_evidence->setModel(new QStandardItemModel(m_evidence));
    m_evidence->setRootIsDecorated(false);
    m_evidence->setFrameShape(QFrame::NoFrame);
}

void InventoryPage::setCatalog(const core::Catalog *catalog)
{
    m_catalog = catalog;
}

void InventoryPage::setInventory(const core::SnapshotPtr &snapshot, const core::ClusterUsage &usage,
                                 const std::vector<core::SkuRow> &rows)
{
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
    m_model->setInventory(*snapshot, usage, rows);
    if (!m_sized && m_model->rowCount() > 0) {
        m_sized = true;
        auto *header = m_tree->header();
        header->setStretchLastSection(true);
        const int widths[] = {320, 130, 84, 90, 90, 70, 180};
        for (int i = 0; i < 7; ++i)
            header->resizeSection(i, widths[i]);
        m_tree->setCurrentIndex(m_filter->index(0, 0));
        m_tree->expand(m_filter->index(0, 0));
    }
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
    const auto found =
        m_filter->match(m_filter->index(0, 0), Qt::DisplayRole, name, 1, Qt::MatchFixedString | Qt::MatchRecursive);
    if (found.isEmpty())
        return;
    m_tree->setCurrentIndex(found.front());
    m_tree->scrollTo(found.front());
    m_tree->setFocus();
}

void InventoryPage::showEvidence()
{
    auto &table = *static_cast<QStandardItemModel *>(m_evidence->model());
    table.clear();
    table.setHorizontalHeaderLabels({tr("Source"), tr("Says"), tr("What it means")});
    const auto current = m_filter->mapToSource(m_tree->currentIndex());
    const auto *sku = m_model->skuAt(current);
    const auto *node = m_model->nodeAt(current);
    m_subject->line()->setParts(
        sku ? std::vector<GlyphLine::Part>{{.words = node ? text(node->name) : text(sku->displayName),
                                            .verdict = {},
                                            .strong = true},
                                           {.words = tr("what says so"), .verdict = {}, .muted = true}}
            : std::vector<GlyphLine::Part>{});
    if (!sku)
        return;
    if (node)
        addNode(table, *node, sku->resource);
    if (const auto *sheet = m_catalog ? m_catalog->findSku(sku->sku) : nullptr)
        addDataSheet(table, *m_catalog, *sheet);
    m_evidence->header()->resizeSection(0, 160);
    m_evidence->header()->resizeSection(1, 420);
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
