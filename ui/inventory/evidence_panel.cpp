// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inventory/evidence_panel.h"

#include "core/inventory/node_meaning.h"
#include "ui/text/words.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QScrollArea>
#include <QStandardItemModel>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int meaningWidth = 300;

void addRow(QStandardItemModel &model, const QString &source, const QString &says, const QString &meaning = {},
            const QString &more = {})
{
    QList<QStandardItem *> row;
    for (const auto &words : {source, says, meaning}) {
        auto *item = new QStandardItem(words);
        item->setEditable(false);
        item->setToolTip((more.isEmpty() ? words : more).toHtmlEscaped());
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
    using Panel = EvidencePanel;
    addRow(table, Panel::tr("node capacity"), u"%1: %2"_s.arg(text(pool.resource)).arg(pool.capacity));
    addRow(table, Panel::tr("node allocatable"), u"%1: %2"_s.arg(text(pool.resource)).arg(pool.allocatable),
           pool.withdrawn() > 0 ? Panel::tr("%1 withdrawn by the device plugin").arg(pool.withdrawn()) : QString());
    addRow(table, Panel::tr("labels"), orDash(pool.productLabel),
           pool.skuId.empty() ? Panel::tr("not in the catalogue") : text(pool.skuId));
    addRow(table, Panel::tr("labels"), Panel::tr("memory of one device: %1").arg(gib(pool.memoryBytes)),
           pool.memoryBytes ? QString() : Panel::tr("not labelled: unknown"));
    addRow(table, Panel::tr("labels"),
           Panel::tr("driver %1, compute %2").arg(orDash(pool.driverVersion), orDash(pool.computeTarget)));
}

void addNode(QStandardItemModel &table, const core::Node &node, const std::string &resource)
{
    for (const auto &pool : node.devices)
        if (pool.resource == resource)
            addPool(table, pool);
    for (const auto &issue : node.issues)
        addRow(table, EvidencePanel::tr("labels"), text(issue), EvidencePanel::tr("not believed"));
}

/// Of a vendor, zone or node as a whole there is no one resource.
void addSku(QStandardItemModel &table, const core::SkuRow &sku)
{
    using Panel = EvidencePanel;
    const auto amount = [&sku](std::int64_t devices) {
        return sku.resource.empty() ? QString::number(devices) : u"%1: %2"_s.arg(text(sku.resource)).arg(devices);
    };
    addRow(table, Panel::tr("nodes' capacity"), amount(sku.capacity),
           Panel::tr("on %1").arg(counted(std::ssize(sku.nodes), Panel::tr("node"), Panel::tr("nodes"))));
    addRow(table, Panel::tr("nodes' allocatable"), amount(sku.allocatable),
           sku.withdrawn > 0 ? Panel::tr("%1 withdrawn by the device plugin").arg(sku.withdrawn) : QString());
    addRow(table, Panel::tr("pods"), Panel::tr("%1 requested").arg(sku.requested),
           Panel::tr("%1 free on nodes that take pods").arg(sku.free));
}

/// One row: what a data sheet says is not news. Its sources and what none of them settles are in the tooltip.
void addDataSheet(QStandardItemModel &table, const core::Catalog &catalog, const core::Sku &sheet)
{
    using Panel = EvidencePanel;
    const auto sources = catalog.sourcesOf(sheet);
    QStringList more;
    for (const auto &source : sources)
        more << Panel::tr("read: %1").arg(text(source));
    for (const auto &figure : sheet.unverified)
        more << Panel::tr("no source was read for: %1").arg(text(figure));
    addRow(table, Panel::tr("data sheet"),
           Panel::tr("%1 %2, %3").arg(sheet.memorySize).arg(text(sheet.memoryUnit), text(sheet.name)),
           Panel::tr("%1 sources read, %2 figures unverified").arg(sources.size()).arg(sheet.unverified.size()),
           more.join(u'\n'));
}

QString paragraph(const std::vector<std::string> &sentences)
{
    QStringList lines;
    for (const auto &sentence : sentences)
        lines << text(sentence);
    return lines.join(u'\n');
}

QLabel *heading(const QString &words, QWidget *parent)
{
    auto *label = new QLabel(words, parent);
    auto strong = label->font();
    strong.setWeight(QFont::DemiBold);
    label->setFont(strong);
    return label;
}

} // namespace

EvidencePanel::EvidencePanel(QWidget *parent)
    : QWidget(parent)
    , m_subject(new PanelHead(this))
    , m_table(new QTreeView(this))
    , m_means(new QLabel(this))
    , m_todo(new QLabel(this))
    , m_todoTitle(heading(tr("What to do"), this))
{
    m_table->setObjectName(u"evidenceTable"_s);
    m_table->setAccessibleName(tr("Evidence of the selected row"));
    m_table->setModel(new QStandardItemModel(m_table));
    m_table->setRootIsDecorated(false);
    m_table->setFrameShape(QFrame::NoFrame);
    auto *left = new QVBoxLayout;
    left->setSpacing(0);
    left->addWidget(m_subject);
    left->addWidget(m_table, 1);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(left, 1);
    layout->addWidget(hairline(this, Qt::Vertical));
    layout->addWidget(buildMeaning());
}

QWidget *EvidencePanel::buildMeaning()
{
    auto *body = new QWidget(this);
    auto *layout = new QVBoxLayout(body);
    layout->setContentsMargins(14, 10, 14, 10);
    layout->setSpacing(4);
    m_means->setObjectName(u"meaningLabel"_s);
    m_todo->setObjectName(u"todoLabel"_s);
    for (auto *label : {m_means, m_todo}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse); // commands are there to be copied
    }
    layout->addWidget(heading(tr("What it means"), body));
    layout->addWidget(m_means);
    layout->addSpacing(6);
    layout->addWidget(m_todoTitle);
    layout->addWidget(m_todo);
    layout->addStretch(1);
    auto *scroll = new QScrollArea(this);
    scroll->setWidget(body);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFixedWidth(meaningWidth);
    scroll->setFocusPolicy(Qt::NoFocus);
    return scroll;
}

void EvidencePanel::setEvidence(const EvidenceOf &of)
{
    auto &table = *static_cast<QStandardItemModel *>(m_table->model());
    table.clear();
    table.setHorizontalHeaderLabels({tr("Source"), tr("Says"), tr("What follows")});
    std::vector<GlyphLine::Part> subject;
    if (of.sku)
        subject = {{.words = of.node ? text(of.node->name) : text(of.sku->displayName), .verdict = {}, .strong = true},
                   {.words = tr("what says so"), .verdict = {}, .muted = true}};
    m_subject->line()->setParts(std::move(subject));
    showMeaning(of);
    if (!of.sku)
        return;
    if (of.node)
        addNode(table, *of.node, of.sku->resource);
    else
        addSku(table, *of.sku);
    if (const auto *sheet = of.catalog ? of.catalog->findSku(of.sku->sku) : nullptr)
        addDataSheet(table, *of.catalog, *sheet);
    m_table->header()->resizeSection(0, 130);
    m_table->header()->resizeSection(1, 330);
}

void EvidencePanel::showMeaning(const EvidenceOf &of)
{
    core::Meaning meaning;
    if (of.sku && of.node) {
        for (const auto &pool : of.node->devices)
            if (pool.resource == of.sku->resource)
                meaning = core::explain(*of.node, pool, of.requested, plain(of.holders));
    } else if (of.sku) {
        meaning.means.push_back(plain(tr("%1 of %2 devices are free.").arg(of.sku->free).arg(of.sku->capacity)));
        for (const auto &words : of.sku->attention)
            meaning.means.push_back(plain(tr("Needs a look: %1.").arg(text(words))));
        if (!of.sku->attention.empty())
            meaning.todo.push_back(plain(tr("Open the row: each node below says what is wrong and what helps.")));
    }
    m_means->setText(paragraph(meaning.means));
    m_todo->setText(paragraph(meaning.todo));
    m_todoTitle->setVisible(!meaning.todo.empty());
}

} // namespace ui
