// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/plan.h"

#include "tests/core/cluster/sample_cluster.h"

#include <QtTest>

using namespace core;

namespace {

Plan planWith(const std::string &requirement, int tensorParallel = 1, int replicas = 1)
{
    Plan plan;
    Requirement wanted;
    wanted.name = requirement;
    wanted.modelId = "m";
    wanted.tensorParallel = tensorParallel;
    wanted.replicas = replicas;
    plan.requirements = {wanted};
    return plan;
}

Target onNode(const std::string &node)
{
    return {TargetLevel::Node, "nvidia.com/gpu", {}, node, {}};
}

const Target onSku{TargetLevel::Sku, "nvidia.com/gpu", "CARD", {}, {}};

std::string findings(const Plan &plan, const SnapshotPtr &snapshot)
{
    std::string all;
    for (const auto &finding : checkPlan(plan, *snapshot, account(*snapshot)))
        all += finding.place + ": " + finding.message + "\n";
    return all;
}

} // namespace

class PlanTest : public QObject {
    Q_OBJECT

private slots:
    void aRemovedRequirementTakesItsPlacementsAndSetsAlong()
    {
        auto plan = place(planWith("a"), "a", onNode("n1")).value();
        plan.sets = {{"a", {{"x", 1}, {"y", 1}}, 2}};
        const auto left = removeRequirement(plan, "a");
        QVERIFY(left);
        QVERIFY(left->requirements.empty() && left->placements.empty() && left->sets.empty());
        QVERIFY(parsePlan(writePlan(*left), "plan.yaml"));
        QVERIFY(!removeRequirement(*left, "a"));
    }

    void placingTwiceOnOneTargetAddsReplicas()
    {
        auto plan = place(planWith("a"), "a", onNode("n1"), 2);
        QVERIFY(plan);
        plan = place(*plan, "a", onNode("n1"));
        QCOMPARE(plan->placements.size(), std::size_t(1));
        QCOMPARE(plan->placements[0].replicas, 3);
        plan = place(*plan, "a", onNode("n2"));
        QCOMPARE(plan->placements.size(), std::size_t(2));
        QCOMPARE(plan->placedReplicas("a"), 4);
    }

    void cardsOfOneNodeAreOnePlace()
    {
        const auto onCard = [](int card) {
            auto target = onNode("n1");
            target.level = TargetLevel::Card;
            target.card = card;
            return target;
        };
        const auto one = place(planWith("a"), "a", onCard(3));
        QCOMPARE(one->placements[0].target.card.value_or(-1), 3); // what was meant is kept
        const auto two = place(*one, "a", onCard(5));
        QCOMPARE(two->placements.size(), std::size_t(1));
        QCOMPARE(two->placements[0].replicas, 2);
        QCOMPARE(two->placements[0].target, onNode("n1"));
        QVERIFY(takeOff(*one, "a", onNode("n1"))->placements.empty());
    }

    void lockingIsUndoneByUnlocking()
    {
        const auto plan = place(planWith("a"), "a", onNode("n1"));
        const auto locked = setLocked(*plan, "a", onNode("n1"), true);
        QVERIFY(locked->placements[0].locked);
        QVERIFY(!takeOff(*locked, "a", onNode("n1")));
        QCOMPARE(*setLocked(*locked, "a", onNode("n1"), false), *plan);
        QCOMPARE(setLocked(*plan, "a", onNode("n2"), true).error().kind, ErrorKind::NotFound);
    }

    void whatMakesNoSenseIsNotPlaced()
    {
        QCOMPARE(place(planWith("a"), "b", onNode("n")).error().kind, ErrorKind::NotFound);
        QCOMPARE(place(planWith("a"), "a", onNode("n"), 0).error().kind, ErrorKind::Invalid);
        QCOMPARE(place(planWith("a"), "a", onNode("n"), -1).error().kind, ErrorKind::Invalid);
        QCOMPARE(place(planWith("a"), "a", Target{}).error().kind, ErrorKind::Invalid);
    }

    void aLockedPlacementStays()
    {
        auto plan = *place(planWith("a"), "a", onNode("n"));
        plan.placements[0].locked = true;
        QVERIFY(!takeOff(plan, "a", onNode("n")));
        plan.placements[0].locked = false;
        QVERIFY(takeOff(plan, "a", onNode("n"))->placements.empty());
    }

    void aCardIsEnforcedAsItsNode()
    {
        QCOMPARE(enforceableLevel({TargetLevel::Card, "r", {}, "n", 3}), TargetLevel::Node);
        QCOMPARE(enforceableLevel(onNode("n")), TargetLevel::Node);
        QCOMPARE(enforceableLevel(onSku), TargetLevel::Sku);
    }

    void aReplicaTakesAsManyDevicesAsItIsSpreadOver()
    {
        const auto snapshot = sample::cluster({sample::node("n1")}, {});
        const auto plan = *place(planWith("a", 4), "a", onNode("n1"), 2);
        QCOMPARE(plannedDevices(plan, *snapshot, account(*snapshot)).at({"n1", "nvidia.com/gpu"}), 8);
    }

    void devicesThatThePlansOwnPodsHoldAreNotPlannedTwice()
    {
        auto pod = sample::pod("p", "n1", 4);
        pod.berthPlan = "untitled";
        pod.berthModel = "a";
        const auto snapshot = sample::cluster({sample::node("n1")}, {pod});
        const auto plan = *place(planWith("a", 4), "a", onNode("n1"), 2);
        QCOMPARE(plannedDevices(plan, *snapshot, account(*snapshot)).at({"n1", "nvidia.com/gpu"}), 4);
    }

    void aSkuPlacementFillsPartlyUsedNodesFirst()
    {
        const auto snapshot =
            sample::cluster({sample::node("empty"), sample::node("half")}, {sample::pod("p", "half", 4)});
        const auto plan = *place(planWith("a", 2), "a", onSku, 3);
        const auto planned = plannedDevices(plan, *snapshot, account(*snapshot));
        QCOMPARE(planned.at({"half", "nvidia.com/gpu"}), 4);
        QCOMPARE(planned.at({"empty", "nvidia.com/gpu"}), 2);
    }

    void aSkuPlacementStaysOffSlicesAndSharesOfTheSameResource()
    {
        auto sliced = sample::node("sliced"), shared = sample::node("shared");
        sliced.devices[0].kind = DeviceKind::MigSlice;
        sliced.devices[0].profile = "1g.10gb";
        shared.devices[0].kind = DeviceKind::Share;
        shared.devices[0].replicas = 4;
        const auto snapshot = sample::cluster({sliced, shared}, {});
        const auto whole = *place(planWith("a"), "a", onSku);
        QVERIFY(plannedDevices(whole, *snapshot, account(*snapshot)).empty());
        const Target slices{TargetLevel::Sku, "nvidia.com/gpu", "CARD", {}, {}, DeviceKind::MigSlice, "1g.10gb"};
        const auto cut = *place(planWith("a"), "a", slices);
        QCOMPARE(plannedDevices(cut, *snapshot, account(*snapshot)).at({"sliced", "nvidia.com/gpu"}), 1);
    }

    void aCordonedNodeTakesNothingOfASkuPlacement()
    {
        auto closed = sample::node("closed");
        closed.unschedulable = true;
        const auto snapshot = sample::cluster({closed}, {});
        const auto plan = *place(planWith("a"), "a", onSku);
        QVERIFY(plannedDevices(plan, *snapshot, account(*snapshot)).empty());
    }

    void aNodeThatIsGoneIsFound()
    {
        const auto plan = *place(planWith("a"), "a", onNode("gone"));
        const auto snapshot = sample::cluster({sample::node("n1")}, {});
        QVERIFY2(findings(plan, snapshot).contains("a: the node gone is gone"), findings(plan, snapshot).c_str());
    }

    void moreDevicesThanFreeAreFound()
    {
        const auto snapshot = sample::cluster({sample::node("n1", 8)}, {sample::pod("p", "n1", 5)});
        const auto plan = *place(planWith("a", 4), "a", onNode("n1"));
        QVERIFY2(findings(plan, snapshot).contains("4 devices of nvidia.com/gpu are planned, 3 are free"),
                 findings(plan, snapshot).c_str());
    }

    void replicasWithoutAPlaceAreFound()
    {
        const auto snapshot = sample::cluster({sample::node("n1")}, {});
        QVERIFY(findings(planWith("a", 1, 3), snapshot).contains("3 of 3 replicas have no place"));
        const auto plan = *place(planWith("a", 1, 1), "a", onNode("n1"));
        QCOMPARE(findings(plan, snapshot), std::string());
    }

    void aSkuPlacementWithoutRoomForAllIsFound()
    {
        auto plan = *place(planWith("a", 4, 3), "a", onSku, 3);
        const auto snapshot = sample::cluster({sample::node("n1", 8)}, {sample::pod("p", "n1", 1)});
        QCOMPARE(findings(plan, snapshot), std::string("a: 2 of 3 replicas have no room on CARD\n"));
        auto running = sample::pod("own", "n1", 4);
        running.berthPlan = plan.name;
        running.berthModel = "a";
        plan.placements[0].replicas = 2;
        plan.requirements[0].replicas = 2;
        QCOMPARE(findings(plan, sample::cluster({sample::node("n1", 8)}, {running})), std::string());
    }

    void theBestPlaceFitsThenLeavesTheLeastThenComesFirstByName()
    {
        const auto candidate = [](const char *node, Verdict verdict, std::int64_t free) {
            Candidate one;
            one.node = node;
            one.resource = "nvidia.com/gpu";
            one.verdict = verdict;
            one.freeDevices = free;
            one.needed = 1;
            return one;
        };
        const std::vector candidates{candidate("d", Verdict::No, 1), candidate("c", Verdict::Tight, 1),
                                     candidate("b", Verdict::Fits, 4), candidate("a", Verdict::Fits, 4),
                                     candidate("e", Verdict::Fits, 8)};
        const auto snapshot =
            sample::cluster({sample::node("a"), sample::node("b"), sample::node("c"), sample::node("d")}, {});
        QCOMPARE(bestPlace(candidates, *snapshot, onSku)->node, std::string("a"));
        auto other = onSku;
        other.skuId = "OTHER";
        QVERIFY(!bestPlace(candidates, *snapshot, other));
        QVERIFY(!bestPlace({candidate("a", Verdict::Unknown, 1), candidate("b", Verdict::No, 1)}, *snapshot, onSku));
    }

    void undoGoesBackAndANewStepForgetsWhatWasUndone()
    {
        PlanHistory history(planWith("a"));
        history.commit(*place(history.current(), "a", onNode("n1")), "place a on n1");
        QCOMPARE(history.undoText(), std::string("place a on n1"));
        QVERIFY(history.isModified());
        history.undo();
        QVERIFY(!history.isModified() && !history.canUndo() && history.canRedo());
        QCOMPARE(history.redoText(), std::string("place a on n1"));
        history.commit(*place(history.current(), "a", onNode("n2")), "place a on n2");
        QVERIFY(!history.canRedo());
        QCOMPARE(history.current().placements[0].target.node, std::string("n2"));
    }

    void openingAnotherPlanLosesNothingUnsaved()
    {
        PlanHistory history(planWith("a"), "/plans/a.yaml");
        history.commit(*place(history.current(), "a", onNode("n1")), "place a on n1");
        history.open(planWith("b"), "/plans/b.yaml", "open b.yaml");
        QVERIFY(!history.isModified());
        QCOMPARE(history.file()->string(), std::string("/plans/b.yaml"));
        history.undo();
        QCOMPARE(history.current().placements.size(), std::size_t{1});
        QVERIFY(history.isModified());
        QCOMPARE(history.file()->string(), std::string("/plans/a.yaml")); // saved, it goes where it came from
        history.redo();
        QVERIFY(history.current() == planWith("b") && !history.isModified());
    }

    void aPlanIsSavedToItsOwnFile()
    {
        PlanHistory history;
        QVERIFY(!history.file());
        history.commit(planWith("a"), "add a");
        history.markSaved("/plans/a.yaml");
        QVERIFY(!history.isModified());
        history.open({}, {}, "new plan");
        QVERIFY(!history.file() && !history.isModified());
        history.undo();
        QCOMPARE(history.file()->string(), std::string("/plans/a.yaml"));
        QVERIFY(!history.isModified());
    }

    void aPlanThatDidNotChangeIsNoStep()
    {
        PlanHistory history(planWith("a"));
        history.commit(history.current(), "nothing");
        QVERIFY(!history.canUndo());
        history.undo();
        history.redo();
        QVERIFY(history.current() == planWith("a"));
    }
};

QTEST_APPLESS_MAIN(PlanTest)
#include "plan_test.moc"
