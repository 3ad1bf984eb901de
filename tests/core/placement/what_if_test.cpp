// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/what_if.h"

#include "core/inventory/pod_json.h"
#include "tests/core/placement/sample_fit.h"

#include <QtTest>

using namespace core;

namespace {

std::shared_ptr<const PodRules> rules(PodRules of)
{
    return std::make_shared<const PodRules>(std::move(of));
}

/// "pod -> node" for what moves, "pod !code" for what cannot, in the order of the answer.
std::string told(const Result<DrainAnswer> &answer)
{
    if (!answer)
        return describe(answer.error());
    std::string text;
    for (const auto &move : answer->moves)
        text += move.what + " -> " + move.to + (move.doubts.empty() ? "" : " ?" + move.doubts.front()) + "\n";
    for (const auto &move : answer->stuck)
        text += move.what + (move.locked ? " locked" : "")
            + (move.misses.empty() ? "" : " !" + move.misses.front().code) + "\n";
    return text;
}

} // namespace

class WhatIfTest : public QObject {
    Q_OBJECT

private slots:
    void podsGoToTheSameKindWithMostDevicesFirst()
    {
        World world;
        world.add("a", "fast").add("b", "fast").add("c", "slow");
        world.run("a", 1, "small");
        world.run("a", 4, "large");
        world.take("b", 3);
        QCOMPARE(told(whatIfDrain(world.input(), "a")), std::string("ns/large -> b\nns/small -> b\n"));
    }

    void anotherSkuIsOnlyADoubtfulPlace()
    {
        World world;
        world.add("a", "fast").add("c", "slow");
        world.run("a", 1, "p");
        const auto answer = whatIfDrain(world.input(), "a");
        QCOMPARE(told(answer), std::string("ns/p -> c ?other-sku\n"));
        QCOMPARE(int(answer->moves.at(0).verdict), int(Verdict::Unknown));
        QCOMPARE(answer->moves.at(0).toSku, std::string("slow"));
    }

    void aPodThatFitsNowhereSaysWhyAndByHowMuch()
    {
        World world;
        world.add("a", "fast").add("b", "fast").take("b", 6);
        world.run("a", 4, "p");
        world.run("a", 4, "q");
        const auto answer = whatIfDrain(world.input(), "a");
        QCOMPARE(told(answer), std::string("ns/p !devices-busy\nns/q !devices-busy\n"));
        QCOMPARE(answer->stuck.at(0).misses.at(0).lacking, std::optional<std::int64_t>(2));
        QCOMPARE(answer->stuck.at(0).misses.at(0).nearest, std::string("b"));
        QVERIFY(answer->stuck.at(0).to.empty());
    }

    void oneMoveTakesTheRoomOfTheNext()
    {
        World world;
        world.add("a", "fast").add("b", "fast").take("b", 3);
        world.run("a", 4, "p");
        world.run("a", 4, "q");
        QCOMPARE(told(whatIfDrain(world.input(), "a")), std::string("ns/p -> b\nns/q !devices-busy\n"));
    }

    void rulesOfThePodHold_data()
    {
        QTest::addColumn<int>("rule");
        QTest::addColumn<QByteArray>("told");
        QTest::newRow("no rule") << 0 << QByteArray("ns/p -> b\n");
        QTest::newRow("selector of the drained node") << 1 << QByteArray("ns/p !selector\n");
        QTest::newRow("affinity to another node") << 2 << QByteArray("ns/p -> c\n");
        QTest::newRow("a rule beyond one node") << 3 << QByteArray("ns/p -> b ?spec.volumes\n");
        QTest::newRow("claims that were not read") << 5 << QByteArray("ns/p -> b ?spec.resourceClaims\n");
        QTest::newRow("tolerates the taint") << 4 << QByteArray("ns/p -> b\n");
    }

    void rulesOfThePodHold()
    {
        QFETCH(int, rule);
        QFETCH(QByteArray, told);
        World world;
        world.add("a", "fast").add("b", "fast").add("c", "fast").take("b", 4);
        auto &pod = world.run("a", 1, "p");
        PodRules own;
        if (rule == 1)
            own.affinity.nodeSelector = {{"kubernetes.io/hostname", "a"}};
        if (rule == 2)
            own.affinity.terms = {{{{{"kubernetes.io/hostname", "In", {"a", "c"}}}, {}}}};
        if (rule == 3)
            own.beyondNode = {"spec.volumes"};
        if (rule == 4)
            own.tolerations = {{"k", "Exists", {}, std::nullopt, std::nullopt}};
        if (rule == 5)
            own.claims = {{"gpu", "p-gpu", "t"}};
        pod.rules.value = rules(own);
        if (rule == 4)
            world.node("b").taints = {{"k", "v", TaintEffect::NoSchedule}};
        QCOMPARE(QByteArray::fromStdString(::told(whatIfDrain(world.input(), "a"))), told);
    }

    void nodesThatTakeNoPodsAreNoPlace_data()
    {
        QTest::addColumn<int>("trouble");
        for (int trouble = 0; trouble < 5; ++trouble)
            QTest::addRow("%d", trouble) << trouble;
    }

    void nodesThatTakeNoPodsAreNoPlace()
    {
        QFETCH(int, trouble);
        World world;
        world.add("a", "fast").add("b", "fast");
        world.run("a", 1, "p");
        auto &other = world.node("b");
        if (trouble == 0)
            other.unschedulable = true;
        if (trouble == 1)
            other.ready = false;
        if (trouble == 2)
            other.taints = {{"k", "v", TaintEffect::NoSchedule}};
        if (trouble == 3)
            other.allocatable["pods"] = 0;
        if (trouble == 4)
            other.allocatable["cpu"] = 500;
        const auto answer = whatIfDrain(world.input(), "a");
        QCOMPARE(answer->moves.size(), std::size_t(0));
        QCOMPARE(answer->stuck.size(), std::size_t(1));
    }

    void aHostPortIsTakenOnce()
    {
        World world;
        world.add("a", "fast").add("b", "fast");
        for (const auto *name : {"p", "q"})
            world.run("a", 1, name).hostPorts = {{"0.0.0.0", "TCP", 80}};
        const auto answer = whatIfDrain(world.input(), "a");
        QCOMPARE(answer->moves.size(), std::size_t(1));
        QCOMPARE(answer->stuck.size(), std::size_t(1));
    }

    void podsOfDaemonSetsAndStaticPodsStay()
    {
        World world;
        world.add("a", "fast").add("b", "fast");
        world.run("a", 0, "daemon").owner = "DaemonSet/d";
        world.run("a", 0, "static").owner = "Node/a";
        world.run("a", 0, "gone").phase = PodPhase::Succeeded;
        world.run("a", 0, "going").deleting = true;
        world.run("a", 0, "plain");
        const auto answer = whatIfDrain(world.input(), "a");
        QCOMPARE(told(answer), std::string("ns/plain -> b\n"));
        QCOMPARE(answer->stays, (std::vector<std::string>{"ns/daemon", "ns/static"}));
    }

    void placementsOfThePlanMoveByTheirVerdictAndTheirPodsGoWithThem()
    {
        World world;
        world.add("a", "fast").add("b", "slow").add("c", "fast", 1).take("c", 1);
        auto &pod = world.run("a", 1, "own");
        pod.berthPlan = "plan";
        pod.berthModel = "r";
        Plan plan;
        plan.name = "plan";
        plan.requirements = {world.requirement()};
        plan.placements = {{"r", {TargetLevel::Node, "nvidia.com/gpu", {}, "a", {}}, 2, false}};
        const auto answer = whatIfDrain(world.input(), "a", &plan);
        QCOMPARE(told(answer), std::string("r -> b\nr -> b\n"));
        QVERIFY(answer->moves.at(0).isPlacement);
        QCOMPARE(int(answer->moves.at(0).verdict), int(Verdict::Fits));
    }

    void replicasThatAreCountedOnTheNodeStayOnTheirSku()
    {
        World world;
        world.add("a", "fast").add("b", "fast").add("c", "slow");
        world.take("a", 6).take("b", 1); // "a" is the fullest with room: both are counted there
        const Target fast{TargetLevel::Sku, "nvidia.com/gpu", "fast", {}, {}};
        Plan plan;
        plan.requirements = {world.requirement()};
        plan.placements = {{"r", fast, 2, false}};
        world.planned() = plannedDevices(plan, world.input().snapshot, world.input().usage);
        QCOMPARE(world.planned().at({"a", "nvidia.com/gpu"}), 2);
        const auto answer = whatIfDrain(world.input(), "a", &plan);
        QCOMPARE(told(answer), std::string("r -> b\nr -> b\nns/pod-0 -> c ?other-sku\n"));
        QVERIFY(answer->moves.at(0).isPlacement && answer->moves.at(0).isCounted);
        QCOMPARE(answer->moves.at(0).toSku, std::string("fast"));
    }

    void aCountedReplicaWithoutRoomOnItsSkuIsStuckWhateverElseIsFree()
    {
        World world;
        world.add("a", "fast").add("b", "fast").add("c", "slow").take("b", 8);
        Plan plan;
        plan.requirements = {world.requirement()};
        plan.placements = {{"r", {TargetLevel::Sku, "nvidia.com/gpu", "fast", {}, {}}, 1, false}};
        world.planned() = plannedDevices(plan, world.input().snapshot, world.input().usage);
        const auto answer = whatIfDrain(world.input(), "a", &plan);
        QCOMPARE(told(answer), std::string("r !devices-busy\n"));
        QCOMPARE(answer->stuck.at(0).misses.at(0).places, std::size_t{1});
        QCOMPARE(told(whatIfDrain(world.input(), "b", &plan)), std::string("ns/pod-0 -> c ?other-sku\n"));
    }

    void aLockedPlacementIsNotMoved()
    {
        World world;
        world.add("a", "fast").add("b", "fast");
        Plan plan;
        plan.requirements = {world.requirement()};
        plan.placements = {{"r", {TargetLevel::Node, "nvidia.com/gpu", {}, "a", {}}, 1, true}};
        const auto answer = whatIfDrain(world.input(), "a", &plan);
        QCOMPARE(told(answer), std::string("r locked\n"));
    }

    void questionsThatCannotBeAnsweredAreErrors()
    {
        World world;
        world.add("a", "fast");
        QCOMPARE(int(whatIfDrain(world.input(), "b").error().kind), int(ErrorKind::NotFound));
        QCOMPARE(int(whatIfDrain(world.input(), "").error().kind), int(ErrorKind::NotFound));
        Plan plan;
        plan.requirements = {world.requirement()};
        plan.requirements[0].replicas = 20;
        plan.placements = {{"r", {TargetLevel::Node, "nvidia.com/gpu", {}, "a", {}}, 5, true},
                           {"r", {TargetLevel::Card, "nvidia.com/gpu", {}, "a", 2}, 4, true}};
        QCOMPARE(int(whatIfDrain(world.input(), "a", &plan).error().kind), int(ErrorKind::Conflict));
        world.snapshot().blindSpots = {{"pods", {}, "you may not list pods"}};
        QCOMPARE(int(whatIfDrain(world.input(), "a").error().kind), int(ErrorKind::Forbidden));
    }

    void theRulesOfAPodAreReadFromItsSpec()
    {
        const auto pod = parsePod(R"({"metadata":{"name":"p"},"spec":{"nodeSelector":{"a":"b"},
            "tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300},
                           {"key":"k","operator":"Equal","value":"v","effect":"NoSchedule"}],
            "affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[
                {"matchExpressions":[{"key":"z","operator":"In","values":["x","y"]}]}]}},
              "podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"t"}]}},
            "topologySpreadConstraints":[{"whenUnsatisfiable":"ScheduleAnyway"},{"whenUnsatisfiable":"DoNotSchedule"}],
            "resourceClaims":[{"name":"gpu","resourceClaimTemplateName":"t"},{"name":"net","resourceClaimName":"n"}],
            "volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"c"}}]},
            "status":{"resourceClaimStatuses":[{"name":"gpu","resourceClaimName":"p-gpu-x"}]}})");
        QVERIFY2(pod.has_value(), pod ? "" : describe(pod.error()).c_str());
        const PodRules expected{{{{"a", "b"}}, {{{{{"z", "In", {"x", "y"}}}, {}}}}},
                                {{"k", "Equal", "v", TaintEffect::NoSchedule, std::nullopt}},
                                {"spec.affinity.podAntiAffinity", "spec.topologySpreadConstraints", "spec.volumes"},
                                {{"gpu", "p-gpu-x", "t"}, {"net", "n", ""}}};
        QVERIFY((*pod)->rules.value);
        QVERIFY(*(*pod)->rules.value == expected);
    }

    void aPodThatSaysNothingHasNoRules()
    {
        const auto pod =
            parsePod(R"({"metadata":{"name":"p"},"spec":{"nodeSelector":{},"tolerations":[],"affinity":null}})");
        QVERIFY(pod.has_value());
        QVERIFY(!(*pod)->rules.value);
    }

    void rulesOfTheWrongTypeNameTheirField_data()
    {
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<QByteArray>("field");
        QTest::newRow("selector") << QByteArray(R"({"nodeSelector":{"a":1}})") << QByteArray("nodeSelector");
        QTest::newRow("toleration") << QByteArray(R"({"tolerations":["x"]})") << QByteArray("tolerations");
        QTest::newRow("effect") << QByteArray(R"({"tolerations":[{"effect":"Always"}]})") << QByteArray("effect");
        QTest::newRow("affinity") << QByteArray(R"({"affinity":[]})") << QByteArray("affinity");
        QTest::newRow("claims") << QByteArray(R"({"resourceClaims":[7]})") << QByteArray("resourceClaims");
        QTest::newRow("values") << QByteArray(
            R"({"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"values":[1]}]}]}}}})")
                                << QByteArray("nodeAffinity");
    }

    void rulesOfTheWrongTypeNameTheirField()
    {
        QFETCH(QByteArray, spec);
        QFETCH(QByteArray, field);
        const auto pod = parsePod(R"({"metadata":{"name":"p"},"spec":)" + spec.toStdString() + "}");
        QVERIFY(!pod);
        QVERIFY2(QByteArray::fromStdString(describe(pod.error())).contains(field), describe(pod.error()).c_str());
    }
};

QTEST_APPLESS_MAIN(WhatIfTest)
#include "what_if_test.moc"
