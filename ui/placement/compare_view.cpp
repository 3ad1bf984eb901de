// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/compare_view.h"

#include "ui/text/words.h"
#include "ui/theme/theme.h"

#include <QBarCategoryAxis>
#include <QBarSeries>
#include <QBarSet>
#include <QHeaderView>
#include <QVBoxLayout>
#include <QValueAxis>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

QString money(const std::optional<double> &perHour, const std::string &currency)
{
    return perHour ? u"%1 %2/h"_s.arg(*perHour, 0, 'f', 2).arg(text(currency)) : u"—"_s;
}

QString placedOf(int placed, int wanted)
{
    return CompareView::tr("%1 of %2 replicas").arg(placed).arg(wanted);
}

QString strandedAt(const std::vector<core::ShapePlaces> &shapes)
{
    return shapes.empty() ? u"—"_s : QString::number(shapes.back().stranded);
}

QString targetsOf(const core::PlanOnModel &model)
{
    if (!model.inPlan)
        return CompareView::tr("not in it");
    QStringList targets;
    for (const auto &target : model.targets)
        targets << text(target);
    return targets.isEmpty() ? CompareView::tr("no place") : targets.join(u", "_s);
}

} // namespace

CompareView::CompareView(QWidget *parent)
    : QWidget(parent)
    , m_head(new PanelHead(this))
    , m_table(new QTreeView(this))
    , m_rows(new QStandardItemModel(this))
    , m_chart(new ChartFrame(tr("Devices each plan takes, by SKU"), this))
{
    setObjectName(u"compareView"_s);
    m_head->line()->setObjectName(u"compareHeadline"_s);
    auto *choose = new QPushButton(tr("Compare with…"), this);
    choose->setObjectName(u"compareChoose"_s);
    m_head->addAction(choose);
    m_table->setObjectName(u"compareTable"_s);
    m_table->setAccessibleName(tr("Two plans side by side"));
    m_table->setModel(m_rows);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setUniformRowHeights(true);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    auto *splitter = hairlineSplitter(this, {m_table, m_chart}, Qt::Vertical);
    splitter->setSizes({420, 240});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_head);
    layout->addWidget(splitter, 1);
    connect(choose, &QPushButton::clicked, this, &CompareView::otherPlanRequested);
    connect(m_chart, &ChartFrame::themeChanged, this, &CompareView::paintBars);
    setComparison(std::nullopt);
}

QStandardItem *CompareView::addSection(const QString &title)
{
    auto *item = new QStandardItem(title);
    auto font = item->font();
    font.setWeight(QFont::DemiBold);
    item->setFont(font);
    m_rows->appendRow({item, new QStandardItem, new QStandardItem});
    return item;
}

void CompareView::addRow(QStandardItem &parent, const QString &what, const QString &a, const QString &b)
{
    QList<QStandardItem *> row{new QStandardItem(what), new QStandardItem(a), new QStandardItem(b)};
    auto font = row[1]->font();
    font.setWeight(a == b ? QFont::Normal : QFont::DemiBold);
    row[1]->setFont(font);
    row[2]->setFont(font);
    parent.appendRow(row);
}

void CompareView::setComparison(const std::optional<core::Result<core::PlanComparison>> &comparison)
{
    m_rows->clear();
    m_chart->chart()->removeAllSeries();
    m_chart->setVisible(comparison && comparison->has_value());
    if (!comparison)
        return m_head->line()->setParts(
            {{.words = tr("Compare this plan with another one"), .verdict = {}, .strong = true}});
    if (!*comparison)
        return m_head->line()->setParts({{.words = sentence(comparison->error()), .verdict = core::Verdict::Unknown}});
    const auto &both = comparison->value();
    m_rows->setHorizontalHeaderLabels({tr("What"), text(both.plans.a.name), text(both.plans.b.name)});
    showFigures(both);
    showModels(both);
    showSkus(both);
    showChart(both);
    m_table->expandAll();
    m_table->header()->resizeSection(0, 240);
    m_table->header()->resizeSection(1, 220);
}

void CompareView::showFigures(const core::PlanComparison &comparison)
{
    const auto &[a, b] = comparison.plans;
    m_head->line()->setParts(
        {{.words = tr("%1 against %2").arg(text(a.name), text(b.name)), .verdict = {}, .strong = true},
         {.words = money(a.costPerHour, comparison.currency) + u" · "_s + money(b.costPerHour, comparison.currency),
          .verdict = {},
          .muted = true}});
    auto *section = addSection(tr("Plan"));
    const auto row = [&](const QString &what, auto &&words) { addRow(*section, what, words(a), words(b)); };
    row(tr("placed"), [](const auto &plan) { return placedOf(plan.placed, plan.wanted); });
    row(tr("devices"), [](const auto &plan) { return QString::number(plan.devices); });
    row(tr("cost"), [&](const auto &plan) { return money(plan.costPerHour, comparison.currency); });
    row(tr("least headroom"), [](const auto &plan) {
        return gib(plan.headroomBytes) + (plan.tightest.empty() ? QString() : u" · "_s + text(plan.tightest));
    });
    row(tr("free GPUs stranded for groups of 8"), [](const auto &plan) { return QString::number(plan.stranded); });
    for (std::size_t i = 0; i < std::min(a.fragmentation.size(), b.fragmentation.size()); ++i)
        row(tr("free but useless for TP %1").arg(a.fragmentation[i].first),
            [i](const auto &plan) { return u"%1 %"_s.arg(100 * plan.fragmentation[i].second, 0, 'f', 1); });
    row(tr("warnings"), [](const auto &plan) { return QString::number(plan.findings.size()); });
}

void CompareView::showModels(const core::PlanComparison &comparison)
{
    auto *section = addSection(tr("Models"));
    for (const auto &[a, b] : comparison.models)
        addRow(*section, text(a.inPlan ? a.requirement : b.requirement), targetsOf(a), targetsOf(b));
}

void CompareView::showSkus(const core::PlanComparison &comparison)
{
    auto *section = addSection(tr("GPUs taken, and stranded for groups of 8 afterwards"));
    const auto words = [](const core::PlanOnSku &sku) {
        return tr("%1 taken · %2 free · %3 stranded")
            .arg(sku.planned + sku.held)
            .arg(sku.free)
            .arg(strandedAt(sku.shapes));
    };
    for (const auto &[a, b] : comparison.skus)
        addRow(*section, text(a.displayName), words(a), words(b));
}

void CompareView::showChart(const core::PlanComparison &comparison)
{
    auto *chart = m_chart->chart();
    for (auto *axis : chart->axes()) {
        chart->removeAxis(axis);
        axis->deleteLater();
    }
    auto *a = new QBarSet(text(comparison.plans.a.name));
    auto *b = new QBarSet(text(comparison.plans.b.name));
    QStringList names;
    double most = 1;
    for (const auto &[left, right] : comparison.skus) {
        const auto taken = [](const auto &sku) { return static_cast<double>(sku.planned + sku.held); };
        *a << taken(left);
        *b << taken(right);
        most = std::max({most, taken(left), taken(right)});
        names << text(left.displayName);
    }
    auto *series = new QBarSeries;
    series->append({a, b});
    chart->addSeries(series);
    auto *skus = new QBarCategoryAxis;
    skus->append(names);
    auto *devices = new QValueAxis;
    devices->setLabelFormat(u"%d"_s);
    devices->setRange(0, most);
    devices->setTitleText(tr("devices"));
    chart->addAxis(skus, Qt::AlignBottom);
    chart->addAxis(devices, Qt::AlignLeft);
    series->attachAxis(skus);
    series->attachAxis(devices);
    paintBars();
    m_chart->dress();
}

void CompareView::paintBars()
{
    const auto theme = Theme::of(palette());
    for (auto *series : m_chart->chart()->series()) {
        const auto plans = static_cast<QBarSeries *>(series)->barSets();
        plans[0]->setColor(theme.accent);
        plans[1]->setColor(theme.requested);
    }
}

} // namespace ui
