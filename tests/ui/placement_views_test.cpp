// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gui.h"
#include "tests/ui/sample_cluster.h"
#include "ui/placement/placement_page.h"
#include "ui/theme/theme.h"

#include <QAbstractItemModelTester>
#include <QBarSeries>
#include <QBarSet>
#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <QSignalSpy>
#include <QSpinBox>

using namespace Qt::StringLiterals;

using gui::part;

namespace {

QString headline(QWidget &view, const char *name)
{
    return part<ui::GlyphLine>(view, name)->words();
}

core::Result<std::vector<core::SkuShapes>> shapesOf(const sample::Cluster &cluster)
{
    return core::freeShapes({cluster.snapshot, cluster.usage, cluster.catalog, cluster.planned});
}

core::Prices somePrices()
{
    core::Prices prices;
    prices.bySku = {{"nvidia-h100-sxm-80", {2.5, "a test", {}, false}},
                    {"nvidia-a100-sxm4-80", {1.3, "a test", {}, false}}};
    return prices;
}

core::DrainAnswer someDrain()
{
    core::Move stuck, locked, moved;
    stuck.what = "team/<b>big</b>";
    stuck.resource = "nvidia.com/gpu";
    stuck.devices = 8;
    core::Miss miss;
    miss.places = 3;
    miss.detail = "8 of 8 taken";
    stuck.misses = {miss};
    locked.what = "chat";
    locked.isPlacement = locked.locked = true;
    moved.what = "team/small";
    moved.resource = stuck.resource;
    moved.devices = 1;
    moved.to = "gpu-03";
    moved.verdict = core::Verdict::Unknown;
    moved.doubts = {"other-sku"};
    return {"gpu-02", {moved}, {stuck, locked}, {"kube-system/agent"}};
}

} // namespace

class PlacementViewsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyViewIsOneTabAway();
    void theFreeShapeMapCountsPlaces();
    void withoutPodsTheMapSaysWhyItIsEmpty();
    void aHoleIsAListOfMovesNobodyExecutes();
    void newFiguresKeepTheSelectedSku();
    void aPartitionShowsWhoHasToGo();
    void aNodeThatCannotBeCutSaysWhy();
    void aDrainSaysWhatMovesAndWhatIsStuck();
    void aDrainIsCopiedAsAChecklist();
    void aNodeThatIsGoneLeavesNoChecklist();
    void theOptimiserShowsCostBoundAndGap();
    void aPlanIsTakenOnlyWhenAsked();
    void twoPlansStandSideBySide();
    void chartsHaveTheColoursOfTheThemeInUse();
    void autoPlaceAsksForAnObjective();
};

void PlacementViewsTest::everyViewIsOneTabAway()
{
    ui::PlacementPage page;
    page.resize(1200, 700);
    page.show();
    const QSignalSpy changed(&page, &ui::PlacementPage::viewChanged);
    auto *tabs = part<QTabBar>(page, "placementViews");
    tabs->setFocus();
    for (int i = 0; i < 5; ++i)
        QTest::keyClick(tabs, Qt::Key_Right);
    QCOMPARE(changed.size(), 5);
    QVERIFY(page.compare()->isVisible());
    QVERIFY(!page.board()->isVisible());
}

void PlacementViewsTest::theFreeShapeMapCountsPlaces()
{
    const sample::Cluster cluster;
    ui::ShapesView view;
    view.setShapes(shapesOf(cluster));
    auto *model = part<QTreeView>(view, "shapesTable")->model();
    const QAbstractItemModelTester tester(model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto cell = [model](int row, ui::ShapesModel::Column column) {
        return model->index(row, static_cast<int>(column)).data().toString();
    };
    for (int row = 0; row < model->rowCount(); ++row) {
        if (cell(row, ui::ShapesModel::Column::Name) != u"H100 SXM 80 GB"_s)
            continue;
        QCOMPARE(cell(row, ui::ShapesModel::Column::Free), u"10 of 24"_s); // 2 + 8 + 0
        QCOMPARE(cell(row, ui::ShapesModel::Column::Places), u"10"_s);
        QCOMPARE(cell(row, ui::ShapesModel::Column::Last), u"1"_s);
        QCOMPARE(cell(row, ui::ShapesModel::Column::Stranded), u"2"_s);
        return;
    }
    QFAIL("no row for the H100");
}

void PlacementViewsTest::withoutPodsTheMapSaysWhyItIsEmpty()
{
    sample::Cluster cluster;
    cluster.snapshot.podsSynced = false;
    ui::ShapesView view;
    view.setShapes(shapesOf(cluster));
    QVERIFY2(headline(view, "shapesHeadline").contains(u"pods"_s), qPrintable(headline(view, "shapesHeadline")));
    QCOMPARE(part<QTreeView>(view, "shapesTable")->model()->rowCount(), 0);
}

void PlacementViewsTest::aHoleIsAListOfMovesNobodyExecutes()
{
    const sample::Cluster cluster;
    ui::ShapesView view;
    view.setShapes(shapesOf(cluster));
    view.show();
    const QSignalSpy asked(&view, &ui::ShapesView::holeRequested);
    auto *table = part<QTreeView>(view, "shapesTable");
    table->setCurrentIndex(table->model()->index(0, 0));
    QCOMPARE(asked.size(), 1);
    QCOMPARE(asked[0][1].toInt(), 8);
    part<QSpinBox>(view, "holeSize")->setValue(4);
    QCOMPARE(asked.size(), 2);

    core::HolePlan plan;
    plan.size = 8;
    plan.state = core::HoleState::Moves;
    plan.node = "gpu-01";
    plan.why = "one move opens 8 devices on gpu-01";
    plan.proven = true;
    plan.moves = {{"team/<b>a</b>", "ReplicaSet/a", "gpu-01", "gpu-02", 2}, {"team/bare", "", "gpu-01", "gpu-03", 1}};
    view.setHole(plan);
    auto *moves = part<QListWidget>(view, "holeMoves");
    QCOMPARE(moves->count(), 2);
    QVERIFY(moves->item(0)->text().contains(u"<b>a</b>"_s) && moves->item(0)->text().contains(u"ReplicaSet/a"_s));
    QVERIFY(moves->item(1)->text().contains(u"by hand"_s));
    QVERIFY(headline(view, "holeHeadline").contains(u"no shorter list exists"_s));
}

void PlacementViewsTest::newFiguresKeepTheSelectedSku()
{
    sample::Cluster cluster;
    ui::ShapesView view;
    view.setShapes(shapesOf(cluster));
    auto *table = part<QTreeView>(view, "shapesTable");
    const QPersistentModelIndex selected = table->model()->index(1, 0);
    const QSignalSpy reset(table->model(), &QAbstractItemModel::modelReset);
    cluster.snapshot.pods.push_back(sample::pod("more", "gpu-02", "nvidia.com/gpu", 3));
    cluster.account();
    view.setShapes(shapesOf(cluster));
    QCOMPARE(reset.size(), 0);
    QVERIFY(selected.isValid());
}

void PlacementViewsTest::aPartitionShowsWhoHasToGo()
{
    sample::Cluster cluster;
    cluster.snapshot.pods.push_back(sample::pod("trainer", "gpu-21", "nvidia.com/gpu", 1));
    cluster.account();
    ui::PartitionView view;
    view.show();
    const QSignalSpy asked(&view, &ui::PartitionView::partitionAsked);
    view.setNodes({u"gpu-21"_s});
    QCOMPARE(asked.size(), 1);
    QCOMPARE(asked[0][0].toString(), u"gpu-21"_s);
    const core::FitInput input{cluster.snapshot, cluster.usage, cluster.catalog, cluster.images, cluster.planned};
    const auto answer = core::partitionWhatIf(input, "gpu-21", "all-1g.10gb", &cluster.plan);
    QVERIFY2(answer.has_value(), answer ? "" : answer.error().message.c_str());
    view.setAnswer(answer);
    auto *effects = part<QListWidget>(view, "partitionEffects");
    QVERIFY(effects->count() >= 1);
    QVERIFY2(effects->item(0)->text().contains(u"team-chat/trainer has to go"_s), qPrintable(effects->item(0)->text()));
    QVERIFY(part<QComboBox>(view, "partitionMode")->count() > 3); // every legal way to cut the card
}

void PlacementViewsTest::aNodeThatCannotBeCutSaysWhy()
{
    ui::PartitionView view;
    view.show();
    view.setAnswer(core::fail(core::ErrorKind::Unsupported, "the cards of this node cannot be cut", "gpu-41"));
    bool said = false;
    for (const auto *label : view.findChildren<QLabel *>())
        said = said || label->text().contains(u"cannot be cut"_s);
    QVERIFY(said);
    QVERIFY(!part<QListWidget>(view, "partitionEffects")->isVisible());
}

void PlacementViewsTest::aDrainSaysWhatMovesAndWhatIsStuck()
{
    ui::DrainView view;
    const QSignalSpy asked(&view, &ui::DrainView::drainAsked);
    view.setNodes({u"gpu-01"_s, u"gpu-02"_s});
    view.askFor(u"gpu-02"_s);
    view.askFor(u"nobody"_s);
    QCOMPARE(asked.size(), 2);
    QCOMPARE(asked.last()[0].toString(), u"gpu-02"_s);
    view.setNodes({u"gpu-02"_s, u"gpu-03"_s}); // the chosen one stays
    QCOMPARE(asked.last()[0].toString(), u"gpu-02"_s);

    auto answer = someDrain();
    const sample::Cluster cluster;
    view.setCatalog(&cluster.catalog);
    answer.moves.push_back(answer.moves.front());
    answer.moves[0].toSku = "nvidia-h100-sxm-80";
    answer.moves[1].toSku = "<i>home-made</i>"; // no SKU of the catalogue
    view.setAnswer(answer);
    auto *moves = part<QListWidget>(view, "drainMoves");
    QCOMPARE(moves->count(), 5);
    QVERIFY2(moves->item(0)->text().contains(u"<b>big</b>"_s) && moves->item(0)->text().contains(u"8 of 8 taken"_s),
             qPrintable(moves->item(0)->text()));
    QVERIFY(moves->item(1)->text().contains(u"is locked"_s));
    QVERIFY(moves->item(2)->text().contains(u"gpu-03"_s) && moves->item(2)->text().contains(u"another SKU"_s));
    QVERIFY2(moves->item(2)->text().contains(u"gpu-03, H100 SXM 80 GB"_s), qPrintable(moves->item(2)->text()));
    QVERIFY2(moves->item(3)->text().contains(u"gpu-03, <i>home-made</i>"_s), qPrintable(moves->item(3)->text()));
    QVERIFY(moves->item(4)->text().contains(u"a drain leaves it"_s));
    QVERIFY(headline(view, "drainHeadline").contains(u"gpu-02 cannot be drained: 2 of 4 have no other place"_s));
}

void PlacementViewsTest::aDrainIsCopiedAsAChecklist()
{
    ui::DrainView view;
    view.setNodes({u"gpu-02"_s});
    view.setAnswer(someDrain());
    part<QToolButton>(view, "drainCopy")->click();
    const auto lines = QGuiApplication::clipboard()->text().split(u'\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 5);
    QVERIFY(lines[0].contains(u"gpu-02"_s) && lines[0].contains(u"nothing was executed"_s));
    QVERIFY(lines[1].startsWith(u"- [ ] "_s));
}

void PlacementViewsTest::aNodeThatIsGoneLeavesNoChecklist()
{
    ui::DrainView view;
    view.setNodes({u"gpu-02"_s});
    view.setAnswer(someDrain());
    view.setAnswer(core::fail(core::ErrorKind::NotFound, "no such node", "gpu-02"));
    QCOMPARE(part<QListWidget>(view, "drainMoves")->count(), 0);
    QVERIFY(!part<QToolButton>(view, "drainCopy")->isEnabled());
    QVERIFY(headline(view, "drainHeadline").contains(u"no such node"_s));
}

void PlacementViewsTest::theOptimiserShowsCostBoundAndGap()
{
    ui::OptimiseView view;
    view.show();
    const QSignalSpy started(&view, &ui::OptimiseView::startRequested);
    QVERIFY(gui::click(*part<QPushButton>(view, "optimiseStart")));
    QCOMPARE(started.size(), 1);
    view.setRunning(true);
    const QSignalSpy cancelled(&view, &ui::OptimiseView::cancelRequested);
    QVERIFY(!part<QPushButton>(view, "optimiseStart")->isEnabled());
    QVERIFY(gui::click(*part<QPushButton>(view, "optimiseCancel")));
    QCOMPARE(cancelled.size(), 1);
    view.addProgress(0.1, {.usdPerHour = 50, .bound = 40});
    view.addProgress(0.9, {.usdPerHour = 44, .bound = 40});
    const auto words = headline(view, "optimiseHeadline");
    QVERIFY2(words.contains(u"$44.00/h"_s) && words.contains(u"$40.00/h"_s) && words.contains(u"gap 10.0 %"_s),
             qPrintable(words));
}

void PlacementViewsTest::aPlanIsTakenOnlyWhenAsked()
{
    const sample::Cluster cluster;
    ui::OptimiseView view;
    view.show();
    auto *take = part<QPushButton>(view, "optimiseTake");
    QVERIFY(!take->isEnabled());
    view.setOutcome(core::fail(core::ErrorKind::Usage, "no SKU that could take the plan has a price"));
    QVERIFY(!take->isEnabled());
    QVERIFY(headline(view, "optimiseHeadline").contains(u"no SKU"_s));
    view.setOutcome(core::PlanDraft{cluster.plan, {}, {.usdPerHour = 4, .bound = 4}, 1, {"<i>note</i>"}});
    const QSignalSpy taken(&view, &ui::OptimiseView::takeRequested);
    QVERIFY(gui::click(*take));
    QCOMPARE(taken.size(), 1);
    auto *lines = part<QListWidget>(view, "optimiseLines");
    QCOMPARE(lines->item(lines->count() - 1)->text(), u"<i>note</i>"_s);
}

void PlacementViewsTest::chartsHaveTheColoursOfTheThemeInUse()
{
    const sample::Cluster cluster;
    const core::FitInput input{cluster.snapshot, cluster.usage, cluster.catalog, cluster.images, cluster.planned};
    ui::CompareView plans;
    plans.setComparison(core::comparePlans(input, somePrices(), cluster.plan, cluster.plan));
    ui::OptimiseView optimise;
    optimise.addProgress(0.1, {.usdPerHour = 50, .bound = 40});
    const auto seriesOf = [](const QWidget &view) { return view.findChild<ui::ChartFrame *>()->chart()->series(); };
    for (const auto &theme : {ui::Theme::dark(), ui::Theme::light()}) {
        plans.setPalette(theme.palette());
        optimise.setPalette(theme.palette());
        const auto bars = qobject_cast<QBarSeries *>(seriesOf(plans).at(0))->barSets();
        QCOMPARE(bars.at(0)->color(), theme.accent);
        QCOMPARE(bars.at(1)->color(), theme.requested);
        QCOMPARE(qobject_cast<QLineSeries *>(seriesOf(optimise).at(0))->color(), theme.accent);
        QCOMPARE(qobject_cast<QLineSeries *>(seriesOf(optimise).at(1))->color(), theme.muted);
    }
}

void PlacementViewsTest::twoPlansStandSideBySide()
{
    const sample::Cluster cluster;
    auto other = cluster.plan;
    other.name = "other";
    other.placements.clear();
    const core::FitInput input{cluster.snapshot, cluster.usage, cluster.catalog, cluster.images, cluster.planned};
    ui::CompareView view;
    view.show();
    const QSignalSpy asked(&view, &ui::CompareView::otherPlanRequested);
    QVERIFY(gui::click(*part<QPushButton>(view, "compareChoose")));
    QCOMPARE(asked.size(), 1);
    view.setComparison(core::comparePlans(input, somePrices(), cluster.plan, other));
    QVERIFY(headline(view, "compareHeadline").contains(u"other"_s));
    auto *model = part<QTreeView>(view, "compareTable")->model();
    const auto plan = model->index(0, 0);
    QStringList placed;
    for (int row = 0; row < model->rowCount(plan); ++row)
        if (model->index(row, 0, plan).data().toString() == u"placed"_s)
            placed = {model->index(row, 1, plan).data().toString(), model->index(row, 2, plan).data().toString()};
    QCOMPARE(placed, (QStringList{u"1 of 3 replicas"_s, u"0 of 3 replicas"_s}));
    view.setComparison(
        core::Result<core::PlanComparison>(core::fail(core::ErrorKind::Forbidden, "you may not read pods")));
    QCOMPARE(model->rowCount(), 0);
}

void PlacementViewsTest::autoPlaceAsksForAnObjective()
{
    ui::PlacementPage page;
    page.resize(1200, 700);
    page.setKeepFree({u"H100 SXM 80 GB"_s});
    page.show();
    const QSignalSpy asked(&page, &ui::PlacementPage::autoPlaceRequested);
    auto *button = part<QToolButton>(page, "autoPlaceButton");
    QTest::mouseClick(button, Qt::LeftButton, {}, QPoint(6, button->height() / 2));
    QCOMPARE(asked.size(), 1);
    for (auto *action : button->menu()->actions())
        if (auto *menu = action->menu())
            menu->actions().front()->trigger();
        else
            action->trigger();
    QCOMPARE(asked.size(), 6);
    QCOMPARE(asked[5][0].value<core::Objective>(), core::Objective::KeepFree);
    QCOMPARE(asked[5][1].toStringList(), QStringList{u"H100 SXM 80 GB"_s});
}

QTEST_MAIN(PlacementViewsTest)
#include "placement_views_test.moc"
