// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gui.h"
#include "tests/ui/sample_cluster.h"
#include "ui/placement/placement_board.h"
#include "ui/placement/requirement_drag.h"
#include "ui/placement/set_view.h"

#include <QContextMenuEvent>
#include <QListWidget>
#include <QMenu>
#include <QSignalSpy>

using namespace Qt::StringLiterals;

namespace {

constexpr auto h100 = "nvidia-h100-sxm-80", a100 = "nvidia-a100-sxm4-80", mi300x = "amd-mi300x";

/// A plan whose qwen3-8b is served by a set of two replicas, H100 first, and the parts of the window that show it.
/// Every edit asked for is made, as the program does.
struct Shown {
    sample::Cluster cluster;
    core::PlanHistory history;
    std::vector<core::SetResolution> now;
    std::vector<core::SetEdit> edits;
    QString refused;
    ui::PlacementBoard board;
    ui::SetView view;

    explicit Shown(bool hasSet = true)
    {
        auto plan = cluster.plan;
        plan.placements.clear();
        if (hasSet)
            plan.sets = {{"qwen3-8b", {{h100, 1}, {a100, 1}}, 2}};
        else
            plan.placements.push_back({"qwen3-8b", core::skuTarget(row(a100)), 2, false});
        history = core::PlanHistory(plan);
        board.resize(900, 900);
        view.resize(320, 300);
        const auto make = [this](const core::SetEdit &edit) {
            edits.push_back(edit);
            auto next = core::editSet(history.current(), edit, cluster.snapshot, now);
            refused = next ? QString() : QString::fromStdString(core::describe(next.error()));
            if (next)
                history.commit(*next, "edit");
            show();
        };
        QObject::connect(&view, &ui::SetView::editRequested, &view, make);
        QObject::connect(&board, &ui::PlacementBoard::setEditRequested, &board, make);
        show();
        board.show();
        view.show();
    }

    void show()
    {
        const auto &plan = history.current();
        now = core::resolveSets(plan, cluster.input()).value();
        board.setGroups(ui::boardGroups(cluster.input(), cluster.rows, plan, now));
        board.setSelected(u"qwen3-8b"_s, plan.sets);
        view.setPlan(plan, "qwen3-8b", now, cluster.rows);
    }

    const core::SkuRow &row(const std::string &sku) const
    {
        return *std::ranges::find(cluster.rows, sku, &core::SkuRow::sku);
    }
    const ui::BoardGroup &group(const std::string &sku) const
    {
        return *std::ranges::find(board.groups(), sku, [](const auto &one) { return one.row.sku; });
    }
    QPoint headerOf(const std::string &sku) const { return board.onViewport(group(sku).header).center(); }
    QPoint nodeOf(const std::string &sku) const { return board.onViewport(group(sku).nodes.front().box).center(); }

    QString set() const
    {
        const auto *set = history.current().findSet("qwen3-8b");
        return set ? QString::fromStdString(core::describe(*set)) : u"none"_s;
    }
    QListWidget &members() { return *gui::part<QListWidget>(view, "setMembers"); }

    /// The action of an open menu that begins with these words, or nullptr.
    QAction *action(const char *menu, const QString &words)
    {
        const auto *open = gui::part<QMenu>(board, menu);
        for (auto *each : open ? open->actions() : QList<QAction *>())
            if (each->text().startsWith(words))
                return each;
        return nullptr;
    }

    bool dropOn(QPoint at)
    {
        board.setVerdicts(u"qwen3-8b"_s, cluster.verdicts("qwen3-8b"));
        QMimeData data;
        data.setData(QString::fromLatin1(ui::requirementMime), "qwen3-8b");
        return gui::drop(board, data, at);
    }

    void contextMenu(QPoint at)
    {
        QTest::mousePress(board.viewport(), Qt::RightButton, Qt::NoModifier, at);
        QContextMenuEvent event(QContextMenuEvent::Mouse, at, board.viewport()->mapToGlobal(at));
        QCoreApplication::sendEvent(board.viewport(), &event);
    }
};

} // namespace

class PlacementSetsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theInspectorShowsMembersInTheirTurnWithTheirShare();
    void aPlacedModelCanBeServedOnAnotherSkuToo();
    void aModelWithoutAPlaceHasNoSetToShow();
    void replicasOfTheSetAreOneNumber();
    void aMembersDevicesAndLimitAreEdited();
    void aRefusedEditLeavesWhatThePlanSays();
    void keysMoveAndRemoveTheMemberUnderThem();
    void buttonsDoWhatTheKeysDo();
    void undoBringsADissolvedSetBack();
    void aSnapshotThatSaysTheSameDoesNotDisturbTyping();
    void everySkuOfASetIsMarkedOnTheBoard();
    void theMarkIsDrawnAndGoesWithTheSelection();
    void jServesTheSelectedModelOnTheSkuAtHand();
    void atTheLevelOfTheSkuDelLeavesTheSetAndDGrowsIt();
    void theContextMenuHasEveryEdit();
    void theMenuDoesWhatADropDoes();
    void aDropOnAnotherSkuOffersToJoinTheSet();
    void aDropBesideTheSetIsStillPossible();
    void aDropOnAMemberOffersOneMoreReplica();
    void aDropOfAModelWithoutASetPlacesItAtOnce();
    void everyControlHasANameAPersonCanHear();
};

void PlacementSetsTest::theInspectorShowsMembersInTheirTurnWithTheirShare()
{
    Shown shown;
    QCOMPARE(gui::part<QLabel>(shown.view, "setTitle")->text(), u"Set of 2 SKUs, 2 replicas"_s);
    QCOMPARE(shown.members().count(), 2);
    const auto first = shown.members().item(0)->data(Qt::AccessibleTextRole).toString();
    QVERIFY2(first.startsWith(u"H100 SXM 80 GB, choice 1 · 1 GPUs per replica, 2 of 2 here"_s), qPrintable(first));
    const auto second = shown.members().item(1)->data(Qt::AccessibleTextRole).toString();
    QVERIFY2(second.contains(u"0 of 2 here"_s) && second.contains(u"not needed"_s), qPrintable(second));
}

void PlacementSetsTest::aPlacedModelCanBeServedOnAnotherSkuToo()
{
    Shown shown(false);
    QVERIFY(!shown.members().isVisible());
    auto *button = gui::part<QPushButton>(shown.view, "serveAlsoButton");
    QVERIFY(button->isVisible());
    Q_EMIT button->menu()->aboutToShow();
    for (auto *each : button->menu()->actions())
        if (each->text().startsWith(u"MI300X"_s))
            each->trigger();
    QCOMPARE(shown.set(), u"1 × %1, else 1 × %2"_s.arg(QLatin1String(a100), QLatin1String(mi300x)));
    QVERIFY(shown.members().isVisible());
}

void PlacementSetsTest::aModelWithoutAPlaceHasNoSetToShow()
{
    Shown shown(false);
    shown.view.setPlan(shown.history.current(), "qwen3-32b", {}, shown.cluster.rows);
    QVERIFY(!shown.view.isVisible());
}

void PlacementSetsTest::replicasOfTheSetAreOneNumber()
{
    Shown shown;
    gui::part<QSpinBox>(shown.view, "setReplicasSpin")->setValue(4);
    QCOMPARE(shown.history.current().sets[0].replicas, 4);
    QCOMPARE(gui::part<QLabel>(shown.view, "setTitle")->text(), u"Set of 2 SKUs, 4 replicas"_s);
}

void PlacementSetsTest::aMembersDevicesAndLimitAreEdited()
{
    Shown shown;
    shown.members().setCurrentRow(0);
    gui::part<QSpinBox>(shown.view, "memberAtMostSpin")->setValue(1);
    gui::part<QSpinBox>(shown.view, "memberDevicesSpin")->setValue(2);
    QCOMPARE(shown.set(), u"2 × %1 (at most 1), else 1 × %2"_s.arg(QLatin1String(h100), QLatin1String(a100)));
    QCOMPARE(shown.now.at(0).outcomes.at(1).replicas, 1);
    gui::part<QSpinBox>(shown.view, "memberAtMostSpin")->setValue(0);
    QVERIFY(!shown.history.current().sets[0].alternatives[0].atMost);
}

void PlacementSetsTest::aRefusedEditLeavesWhatThePlanSays()
{
    Shown shown;
    shown.members().setCurrentRow(0);
    gui::part<QSpinBox>(shown.view, "memberAtMostSpin")->setValue(1);
    shown.members().setCurrentRow(1);
    gui::part<QSpinBox>(shown.view, "memberAtMostSpin")->setValue(1);
    auto *replicas = gui::part<QSpinBox>(shown.view, "setReplicasSpin");
    replicas->setValue(3);
    QVERIFY2(shown.refused.contains(u"take 2 replicas at most"_s), qPrintable(shown.refused));
    QCOMPARE(replicas->value(), 2);
}

void PlacementSetsTest::keysMoveAndRemoveTheMemberUnderThem()
{
    Shown shown;
    shown.members().setCurrentRow(1);
    QTest::keyClick(&shown.members(), Qt::Key_Up, Qt::AltModifier);
    QCOMPARE(shown.set(), u"1 × %1, else 1 × %2"_s.arg(QLatin1String(a100), QLatin1String(h100)));
    QCOMPARE(shown.members().currentRow(), 0); // the hand stays on what it moves
    QTest::keyClick(&shown.members(), Qt::Key_Down, Qt::AltModifier);
    QCOMPARE(shown.set(), u"1 × %1, else 1 × %2"_s.arg(QLatin1String(h100), QLatin1String(a100)));
    QTest::keyClick(&shown.members(), Qt::Key_Delete);
    QVERIFY2(shown.refused.contains(u"dissolve the set instead"_s), qPrintable(shown.refused));
}

void PlacementSetsTest::buttonsDoWhatTheKeysDo()
{
    Shown shown;
    shown.members().setCurrentRow(0);
    QVERIFY(!gui::click(*gui::part<QToolButton>(shown.view, "memberUp"))); // the first cannot be tried earlier
    QVERIFY(gui::click(*gui::part<QToolButton>(shown.view, "memberDown")));
    QCOMPARE(shown.set(), u"1 × %1, else 1 × %2"_s.arg(QLatin1String(a100), QLatin1String(h100)));
    QVERIFY(gui::click(*gui::part<QToolButton>(shown.view, "memberRemove")));
    QVERIFY(shown.edits.back() == core::SetEdit(core::RemoveMember{"qwen3-8b", 1}));
}

void PlacementSetsTest::undoBringsADissolvedSetBack()
{
    Shown shown;
    const auto before = shown.set();
    QVERIFY(gui::click(*gui::part<QPushButton>(shown.view, "dissolveSetButton")));
    QCOMPARE(shown.set(), u"none"_s);
    QCOMPARE(shown.history.current().placements.size(), std::size_t(1));
    QCOMPARE(shown.history.current().placements[0].replicas, 2);
    shown.history.undo();
    shown.show();
    QCOMPARE(shown.set(), before);
    QVERIFY(shown.members().isVisible());
}

void PlacementSetsTest::aSnapshotThatSaysTheSameDoesNotDisturbTyping()
{
    Shown shown;
    const auto *item = shown.members().item(0);
    shown.show();
    QCOMPARE(shown.members().item(0), item);
}

void PlacementSetsTest::everySkuOfASetIsMarkedOnTheBoard()
{
    Shown shown;
    QCOMPARE(shown.group(h100).marks, (std::vector<ui::SetMark>{{"qwen3-8b", 0, 2, 2}}));
    QCOMPARE(shown.group(a100).marks, (std::vector<ui::SetMark>{{"qwen3-8b", 1, 2, 0}}));
    QVERIFY(shown.group(mi300x).marks.empty());
    const auto &group = shown.group(h100);
    const auto words = shown.board.describe(group, group.nodes.front());
    QVERIFY2(words.contains(u"qwen3-8b · choice 1 of 2 · 2 here"_s), qPrintable(words));
}

void PlacementSetsTest::theMarkIsDrawnAndGoesWithTheSelection()
{
    Shown shown;
    const auto bar = [&shown](const char *sku) {
        const auto at = shown.board.onViewport(shown.group(sku).header);
        return QColor(shown.board.viewport()->grab().toImage().pixel(5, at.center().y()));
    };
    const auto accent = ui::Theme::of(shown.board.palette()).accent;
    QCOMPARE(bar(h100), accent);
    QCOMPARE(bar(a100), accent);
    QVERIFY(bar(mi300x) != accent);
    shown.board.setSelected(u"qwen3-32b"_s, shown.history.current().sets);
    QVERIFY(bar(h100) != accent);
}

void PlacementSetsTest::jServesTheSelectedModelOnTheSkuAtHand()
{
    Shown shown;
    QTest::mouseClick(shown.board.viewport(), Qt::LeftButton, Qt::NoModifier, shown.nodeOf(mi300x));
    QTest::keyClick(&shown.board, Qt::Key_J);
    QVERIFY2(shown.set().endsWith(u"else 1 × amd-mi300x"_s), qPrintable(shown.set()));
    QTest::keyClick(&shown.board, Qt::Key_J);
    QVERIFY2(shown.refused.contains(u"served on amd-mi300x already"_s), qPrintable(shown.refused));
}

void PlacementSetsTest::atTheLevelOfTheSkuDelLeavesTheSetAndDGrowsIt()
{
    Shown shown;
    QTest::mouseClick(shown.board.viewport(), Qt::LeftButton, Qt::NoModifier, shown.nodeOf(mi300x));
    QTest::keyClick(&shown.board, Qt::Key_J);
    QTest::keyClick(&shown.board, Qt::Key_S);
    QTest::keyClick(&shown.board, Qt::Key_D);
    QCOMPARE(shown.history.current().sets[0].replicas, 3);
    QTest::keyClick(&shown.board, Qt::Key_Delete);
    QVERIFY2(!shown.set().contains(u"mi300x"_s), qPrintable(shown.set()));
}

void PlacementSetsTest::theContextMenuHasEveryEdit()
{
    Shown shown;
    shown.contextMenu(shown.headerOf(mi300x));
    auto *serve = shown.action("boardMenu", u"Serve qwen3-8b also on MI300X"_s);
    QVERIFY(serve);
    serve->trigger();
    delete gui::part<QMenu>(shown.board, "boardMenu");
    QVERIFY(shown.set().contains(u"mi300x"_s));
    shown.contextMenu(shown.headerOf(mi300x));
    QVERIFY(!shown.action("boardMenu", u"Serve"_s));
    QVERIFY(shown.action("boardMenu", u"One more replica for the set"_s));
    QVERIFY(shown.action("boardMenu", u"Dissolve"_s));
    auto *leave = shown.action("boardMenu", u"Take MI300X"_s);
    QVERIFY(leave);
    leave->trigger();
    QVERIFY(!shown.set().contains(u"mi300x"_s));
}

void PlacementSetsTest::theMenuDoesWhatADropDoes()
{
    Shown shown;
    const QSignalSpy placed(&shown.board, &ui::PlacementBoard::placeHereRequested);
    const QSignalSpy drained(&shown.board, &ui::PlacementBoard::drainRequested);
    const auto node = shown.group(mi300x).nodes.front().node->name;
    shown.contextMenu(shown.nodeOf(mi300x));
    auto *here = shown.action("boardMenu", u"Place qwen3-8b on %1"_s.arg(QString::fromStdString(node)));
    QVERIFY(here);
    here->trigger();
    QCOMPARE(placed.size(), 1);
    QCOMPARE(placed[0][1].value<core::Target>().node, node);
    auto *drain = shown.action("boardMenu", u"What if"_s);
    QVERIFY(drain);
    drain->trigger();
    QCOMPARE(drained[0][0].toString().toStdString(), node);
    delete gui::part<QMenu>(shown.board, "boardMenu");
    shown.contextMenu(shown.headerOf(mi300x));
    here = shown.action("boardMenu", u"Place qwen3-8b on MI300X"_s);
    QVERIFY(here);
    here->trigger();
    QCOMPARE(placed[1][1].value<core::Target>().level, core::TargetLevel::Sku);
    QVERIFY(!shown.action("boardMenu", u"What if"_s));
}

void PlacementSetsTest::aDropOnAnotherSkuOffersToJoinTheSet()
{
    Shown shown;
    const QSignalSpy placed(&shown.board, &ui::PlacementBoard::placementRequested);
    QVERIFY(shown.dropOn(shown.nodeOf(mi300x)));
    QCOMPARE(placed.size(), 0);
    auto *join = shown.action("setOffer", u"Add MI300X"_s);
    QVERIFY(join);
    join->trigger();
    QVERIFY2(shown.set().endsWith(u"else 1 × amd-mi300x"_s), qPrintable(shown.set()));
}

void PlacementSetsTest::aDropBesideTheSetIsStillPossible()
{
    Shown shown;
    const QSignalSpy placed(&shown.board, &ui::PlacementBoard::placementRequested);
    QVERIFY(shown.dropOn(shown.nodeOf(mi300x)));
    auto *beside = shown.action("setOffer", u"Place a replica here"_s);
    QVERIFY(beside);
    beside->trigger();
    QCOMPARE(placed.size(), 1);
    QCOMPARE(placed[0][1].value<core::Target>().node, std::string("amd-01"));
}

void PlacementSetsTest::aDropOnAMemberOffersOneMoreReplica()
{
    Shown shown;
    QVERIFY(shown.dropOn(shown.headerOf(h100)));
    auto *more = shown.action("setOffer", u"One more replica"_s);
    QVERIFY(more);
    more->trigger();
    QCOMPARE(shown.history.current().sets[0].replicas, 3);
}

void PlacementSetsTest::aDropOfAModelWithoutASetPlacesItAtOnce()
{
    Shown shown(false);
    const QSignalSpy placed(&shown.board, &ui::PlacementBoard::placementRequested);
    QVERIFY(shown.dropOn(shown.nodeOf(mi300x)));
    QCOMPARE(placed.size(), 1);
}

void PlacementSetsTest::everyControlHasANameAPersonCanHear()
{
    Shown shown;
    for (auto *part : shown.view.findChildren<QWidget *>())
        if (part->isVisible() && part->focusPolicy() != Qt::NoFocus && !part->objectName().startsWith(u"qt_"_s)) {
            const auto *button = qobject_cast<QAbstractButton *>(part);
            QVERIFY2(!part->accessibleName().isEmpty() || (button && !button->text().isEmpty()),
                     qPrintable(part->objectName()));
        }
}

QTEST_MAIN(PlacementSetsTest)
#include "placement_sets_test.moc"
