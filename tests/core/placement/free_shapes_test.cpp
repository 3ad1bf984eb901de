// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/free_shapes.h"

#include "tests/core/cluster/sample_cluster.h"

#include <QtTest>

using namespace core;

namespace {

const Catalog noCatalog;
const PlannedDevices nothingPlanned;

struct Cluster {
    Cluster(std::vector<Node> nodes, std::vector<Pod> pods)
        : snapshot(sample::cluster(std::move(nodes), std::move(pods)))
        , usage(account(*snapshot))
    {
    }
    ShapeInput input(const PlannedDevices &planned = nothingPlanned) const
    {
        return {*snapshot, usage, noCatalog, planned};
    }
    SkuRow row() const { return summarise(*snapshot, usage, noCatalog).front(); }
    HolePlan hole(int size, const HoleOptions &options = {}) const
    {
        const auto plan = openHole(input(), row(), size, options);
        return plan ? *plan : HolePlan{};
    }

    SnapshotPtr snapshot;
    ClusterUsage usage;
};

std::string shapes(const SkuShapes &of)
{
    std::string text;
    for (const auto &shape : of.shapes)
        text += std::to_string(shape.size) + ":" + std::to_string(shape.places) + "/" + std::to_string(shape.stranded)
            + " ";
    return text;
}

std::string moves(const HolePlan &plan)
{
    std::string text;
    for (const auto &move : plan.moves)
        text += move.pod + " " + move.from + ">" + move.to + " ";
    return text;
}

Pod owned(const std::string &name, const std::string &node, std::int64_t gpus, const std::string &owner)
{
    auto pod = sample::pod(name, node, gpus);
    pod.owner = owner;
    return pod;
}

} // namespace

class FreeShapesTest : public QObject {
    Q_OBJECT

private slots:
    void placesAreCountedNodeByNode()
    {
        const Cluster cluster({sample::node("a"), sample::node("b"), sample::node("c")},
                              {sample::pod("p", "a", 5), sample::pod("q", "b", 1)});
        const auto map = freeShapes(cluster.input());
        QVERIFY(map && map->size() == 1);
        const auto &line = map->front();
        QCOMPARE(line.free, 18); // 3 + 7 + 8
        QCOMPARE(line.largest, 8);
        QCOMPARE(shapes(line), std::string("1:18/0 2:8/2 4:3/6 8:1/10 "));
        QCOMPARE(line.nodes.size(), std::size_t(3));
        QCOMPARE(line.nodes[0].free, 3);
    }

    void whatIsPlannedIsTaken()
    {
        const Cluster cluster({sample::node("a")}, {});
        const PlannedDevices planned{{{"a", "nvidia.com/gpu"}, 5}, {{"gone", "nvidia.com/gpu"}, 8}};
        const auto map = freeShapes(cluster.input(planned), std::array{4});
        QCOMPARE(shapes(map->front()), std::string("4:0/3 "));
    }

    void aNodeThatTakesNoPodsHasNoPlaces()
    {
        auto cordoned = sample::node("a"), down = sample::node("b");
        cordoned.unschedulable = true;
        down.ready = false;
        const Cluster cluster({cordoned, down}, {});
        const auto map = freeShapes(cluster.input(), std::array{1});
        QCOMPARE(shapes(map->front()), std::string("1:0/0 "));
        QVERIFY(!map->front().nodes[0].acceptsPods);
    }

    void overcommittedNodesOweNothing()
    {
        const Cluster cluster({sample::node("a", 2), sample::node("b", 4)}, {sample::pod("p", "a", 6)});
        QCOMPARE(shapes(freeShapes(cluster.input(), std::array{2})->front()), std::string("2:2/0 "));
    }

    void slicesFormNoGroups()
    {
        auto node = sample::node("a");
        node.devices[0].kind = DeviceKind::MigSlice;
        node.devices[0].profile = "1g.10gb";
        const Cluster cluster({node}, {});
        QCOMPARE(shapes(freeShapes(cluster.input())->front()), std::string("1:8/0 "));
        const auto hole = openHole(cluster.input(), cluster.row(), 2);
        QCOMPARE(hole.error().kind, ErrorKind::Unsupported);
    }

    void sizesBelowOneAreLeftOut()
    {
        const Cluster cluster({sample::node("a")}, {});
        QCOMPARE(shapes(freeShapes(cluster.input(), std::array{0, -4, 8})->front()), std::string("8:1/0 "));
        QCOMPARE(openHole(cluster.input(), cluster.row(), 0).error().kind, ErrorKind::Usage);
    }

    void withoutPodsNothingIsKnownToBeFree()
    {
        const Cluster cluster({sample::node("a")}, {});
        auto blind = *cluster.snapshot;
        blind.blindSpots.push_back({"pods", "", "you may not list pods"});
        const ShapeInput input{blind, cluster.usage, noCatalog, nothingPlanned};
        QCOMPARE(freeShapes(input).error().kind, ErrorKind::Forbidden);
        QVERIFY(freeShapes(input).error().message.find("you may not list pods") != std::string::npos);
        QCOMPARE(openHole(input, cluster.row(), 8).error().kind, ErrorKind::Forbidden);
        blind.blindSpots.clear();
        blind.podsSynced = false;
        QCOMPARE(freeShapes(input).error().kind, ErrorKind::Forbidden);
    }

    void aClusterWithoutDevicesHasNoLines()
    {
        const Cluster cluster({}, {});
        QVERIFY(freeShapes(cluster.input())->empty());
    }

    void theFewestPodsMove()
    {
        const Cluster cluster({sample::node("a"), sample::node("b"), sample::node("c")},
                              {owned("a1", "a", 2, "ReplicaSet/x"), owned("a2", "a", 2, "ReplicaSet/x"),
                               owned("b1", "b", 4, "ReplicaSet/y"), owned("c1", "c", 3, "ReplicaSet/z")});
        const auto hole = cluster.hole(8);
        QCOMPARE(hole.state, HoleState::Moves);
        QVERIFY(hole.proven);
        QCOMPARE(hole.node, std::string("c"));
        QCOMPARE(moves(hole), std::string("ns/c1 c>a "));
        QCOMPARE(hole.moves[0].devices, 3);
        QCOMPARE(hole.moves[0].owner, std::string("ReplicaSet/z"));
    }

    void whatStaysIsNotMovedAndNamed_data()
    {
        QTest::addColumn<int>("reason");
        for (const char *reason : {"DaemonSet", "static", "deleting", "host port", "locked"})
            QTest::newRow(reason) << static_cast<int>(reason[0]);
    }

    void whatStaysIsNotMovedAndNamed()
    {
        QFETCH(int, reason);
        auto pod = sample::pod("p", "a", 4);
        pod.owner = reason == 'D' ? "DaemonSet/x" : reason == 's' ? "Node/a" : "ReplicaSet/x";
        pod.deleting = reason == 'd';
        if (reason == 'h')
            pod.hostPorts.push_back({});
        HoleOptions options;
        if (reason == 'l')
            options.stay.insert("ns/p");
        const Cluster cluster({sample::node("a"), sample::node("b", 4)}, {pod});
        const auto hole = cluster.hole(8, options);
        QCOMPARE(hole.state, HoleState::Impossible);
        QVERIFY(hole.proven);
        QVERIFY(hole.notes.front().find("1 pod stay") == 0 && hole.notes.front().find("ns/p") != std::string::npos);
    }

    void lockedPlacementsKeepTheirPods()
    {
        auto pod = sample::pod("p", "a", 4), other = sample::pod("q", "a", 1);
        pod.berthPlan = other.berthPlan = "plan";
        pod.berthModel = "kept";
        other.berthModel = "free";
        const Cluster cluster({sample::node("a")}, {pod, other});
        Plan plan;
        plan.name = "plan";
        plan.placements = {{"kept", {}, 1, true}, {"free", {}, 1, false}};
        QCOMPARE(lockedPods(plan, *cluster.snapshot), std::set<std::string>{"ns/p"});
    }

    void hostResourcesAndTaintsDecideWhereAPodMayGo()
    {
        auto tainted = sample::node("b"), full = sample::node("c");
        tainted.taints.push_back({"team", "x", TaintEffect::NoSchedule});
        full.allocatable["cpu"] = 500; // a pod of the sample asks for 1000
        const Cluster cluster({sample::node("a"), tainted, full},
                              {sample::pod("p", "a", 4), sample::pod("q", "b", 4), sample::pod("r", "c", 4)});
        const auto hole = cluster.hole(8);
        QCOMPARE(hole.state, HoleState::Moves);
        QCOMPARE(hole.moves.size(), std::size_t(1));
        QCOMPARE(hole.moves[0].to, std::string("a")); // nothing may go to b or c
    }

    void aPreferenceIsNoTaint()
    {
        auto soft = sample::node("b");
        const auto daemon = owned("q", "b", 4, "DaemonSet/x");
        for (const auto effect : {TaintEffect::PreferNoSchedule, TaintEffect::NoSchedule}) {
            soft.taints = {{"team", "x", effect}};
            const Cluster cluster({sample::node("a"), soft}, {sample::pod("p", "a", 4), daemon});
            QCOMPARE(moves(cluster.hole(8)), std::string(effect == TaintEffect::NoSchedule ? "" : "ns/p a>b "));
        }
    }

    void aPlanThatDoesNotExistIsSaidSo()
    {
        const Cluster cluster({sample::node("a"), sample::node("b")},
                              {sample::pod("p", "a", 4), sample::pod("q", "b", 6)});
        const auto hole = cluster.hole(6); // six are free, but neither pod fits on the other node
        QCOMPARE(hole.state, HoleState::NotFound);
        QVERIFY(hole.proven);
        QCOMPARE(hole.why, std::string("no plan of up to 6 moves exists"));
    }

    void nodesOfAnotherLineAreNoPlaceToGo()
    {
        auto other = sample::node("b");
        other.devices[0].productLabel = "OTHER";
        const Cluster cluster({sample::node("a"), other}, {sample::pod("p", "a", 4)});
        const auto hole = cluster.hole(8);
        QCOMPARE(hole.state, HoleState::Impossible);
        QVERIFY2(hole.why.find("4 devices are free on all nodes together, 8 are needed") == 0, hole.why.c_str());
    }

    void aHoleThatIsThereNeedsNothing()
    {
        const Cluster cluster({sample::node("a"), sample::node("b")}, {sample::pod("p", "a", 4)});
        const auto hole = cluster.hole(8);
        QCOMPARE(hole.state, HoleState::Open);
        QCOMPARE(hole.node, std::string("b"));
        QVERIFY(hole.moves.empty() && hole.proven);
    }

    void aBarePodIsPointedOut()
    {
        const Cluster cluster({sample::node("a"), sample::node("b")},
                              {sample::pod("p", "a", 4), owned("q", "b", 5, "ReplicaSet/x")});
        const auto hole = cluster.hole(7);
        QCOMPARE(hole.state, HoleState::NotFound);
        const auto smaller = cluster.hole(4);
        QCOMPARE(smaller.state, HoleState::Open);
        const Cluster room({sample::node("a"), sample::node("b")},
                           {sample::pod("p", "a", 4), sample::pod("q", "b", 4)});
        const auto moved = room.hole(8);
        QCOMPARE(moved.moves.size(), std::size_t(1));
        QVERIFY(moved.notes.back().find("ns/p has no owner") == 0 || moved.notes.back().find("ns/q") == 0);
    }
};

QTEST_APPLESS_MAIN(FreeShapesTest)
#include "free_shapes_test.moc"
