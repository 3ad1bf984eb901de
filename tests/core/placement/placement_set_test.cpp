// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/placement_set.h"

#include "tests/core/placement/sample_fit.h"

#include <QtTest>

using namespace core;

namespace {

/// The requirement of the sample world on fast × 1, else slow × 2.
Plan planWithSet(const World &world, int replicas)
{
    Plan plan;
    plan.name = "p";
    plan.requirements = {world.requirement()};
    plan.sets = {{"r", {{"fast", 1}, {"slow", 2}}, replicas}};
    return plan;
}

QString said(const Result<Plan> &plan)
{
    return plan ? QStringLiteral("accepted") : QString::fromStdString(describe(plan.error()));
}

const char *const head = "name: p\nrequirements:\n  - name: r\n    model: m\n";

} // namespace

class PlacementSetTest : public QObject {
    Q_OBJECT

private slots:
    void theFirstAlternativeWithRoomTakesTheReplicasTheNextTheRest_data()
    {
        QTest::addColumn<int>("replicas");
        QTest::addColumn<int>("onFast");
        QTest::addColumn<int>("onSlow");
        QTest::addColumn<int>("missing");
        QTest::newRow("the first has room") << 2 << 2 << 0 << 0;
        QTest::newRow("the rest goes on") << 5 << 2 << 3 << 0;
        QTest::newRow("neither has room for the last") << 7 << 2 << 4 << 1;
    }

    void theFirstAlternativeWithRoomTakesTheReplicasTheNextTheRest()
    {
        QFETCH(int, replicas);
        QFETCH(int, onFast);
        QFETCH(int, onSlow);
        QFETCH(int, missing);
        World world;
        world.add("a", "fast").add("b", "slow").take("a", 6);
        const auto plan = planWithSet(world, replicas);
        const auto resolved = resolveSets(plan, world.input());
        QVERIFY(resolved.has_value());
        const auto &outcomes = resolved->at(0).outcomes;
        QCOMPARE(outcomes.at(0).replicas, onFast);
        QCOMPARE(outcomes.at(1).replicas, onSlow);
        QCOMPARE(outcomes.at(1).wasAsked, onSlow > 0);
        QCOMPARE(resolved->at(0).missing, missing);
        if (missing > 0)
            QCOMPARE(outcomes.at(1).misses.at(0).code, std::string("devices-busy"));
    }

    void aResolvedPlanHasPlacementsAndARequirementForEachTensorParallel()
    {
        World world;
        world.add("a", "fast").add("b", "slow").take("a", 7);
        const auto plan = withSetsResolved(planWithSet(world, 2), world.input());
        QVERIFY2(plan, qPrintable(said(plan)));
        QVERIFY(plan->sets.empty());
        QCOMPARE(plan->placements.size(), std::size_t(2));
        QCOMPARE(plan->placements[0].target.skuId, std::string("fast"));
        QCOMPARE(plan->placements[1].requirement, std::string("r-tp2"));
        QCOMPARE(plan->find("r-tp2")->tensorParallel, 2);
        QCOMPARE(plan->find("r-tp2")->replicas, 1);
    }

    void whatCannotBeResolvedSaysWhyForEachAlternative()
    {
        World world;
        world.add("a", "fast").take("a", 8);
        const auto plan = withSetsResolved(planWithSet(world, 1), world.input());
        QVERIFY(!plan);
        QCOMPARE(plan.error().kind, ErrorKind::Invalid);
        QVERIFY2(said(plan).contains("1 × fast: 0 of 8 free") && said(plan).contains("no slow"),
                 qPrintable(said(plan)));
    }

    void replicasThatRunAlreadyStayWhereTheyAre()
    {
        World world;
        world.add("a", "fast").add("b", "slow");
        auto &pod = world.run("b", 2);
        pod.berthPlan = "p";
        pod.berthModel = "r-tp2";
        const auto resolved = resolveSets(planWithSet(world, 1), world.input());
        QCOMPARE(resolved->at(0).outcomes.at(0).replicas, 0);
        QCOMPARE(resolved->at(0).outcomes.at(1).replicas, 1);
    }

    void anAlternativeTakesNoMoreThanItsLimit()
    {
        World world;
        world.add("a", "fast").add("b", "slow");
        auto plan = planWithSet(world, 3);
        plan.sets[0].alternatives[0].atMost = 1;
        const auto resolved = resolveSets(plan, world.input());
        QCOMPARE(resolved->at(0).outcomes.at(0).replicas, 1);
        QCOMPARE(resolved->at(0).outcomes.at(1).replicas, 2);
        plan.sets[0].alternatives.pop_back();
        const auto said = withSetsResolved(plan, world.input());
        QVERIFY(!said);
        QVERIFY2(QString::fromStdString(said.error().message).contains("takes 1 at most"),
                 said.error().message.c_str());
    }

    void aSetDoesNotTakeWhatThePlansPlacementsTake()
    {
        World world;
        world.add("a", "fast").add("b", "slow");
        auto plan = planWithSet(world, 2);
        plan.requirements.push_back(plan.requirements[0]);
        plan.requirements[1].name = "s";
        plan.placements = {{"s", {TargetLevel::Node, "nvidia.com/gpu", {}, "a", {}}, 7, false}};
        const auto resolved = resolveSets(plan, world.input());
        QCOMPARE(resolved->at(0).outcomes.at(0).replicas, 1);
        QCOMPARE(resolved->at(0).outcomes.at(1).replicas, 1);
    }

    void whatRunsOnOneSkuDoesNotCountForTheOther()
    {
        World world;
        world.add("a", "fast").add("b", "slow");
        auto &pod = world.run("a", 1);
        pod.berthPlan = "p";
        pod.berthModel = "r";
        Plan plan;
        plan.name = "p";
        plan.requirements = {world.requirement()};
        for (const auto *sku : {"fast", "slow"})
            plan.placements.push_back({"r", {TargetLevel::Sku, "nvidia.com/gpu", sku, {}, {}}, 1, false});
        const auto input = world.input();
        const auto planned = plannedDevices(plan, input.snapshot, input.usage);
        QCOMPARE(planned.contains({"a", "nvidia.com/gpu"}), false);
        QCOMPARE(planned.at({"b", "nvidia.com/gpu"}), 1);
    }

    void twoSetsDoNotTakeTheSameDevices()
    {
        World world;
        world.add("a", "fast").add("b", "slow").take("a", 7);
        auto plan = planWithSet(world, 1);
        plan.requirements.push_back(plan.requirements[0]);
        plan.requirements[1].name = "s";
        plan.sets.push_back(plan.sets[0]);
        plan.sets[1].requirement = "s";
        const auto resolved = resolveSets(plan, world.input());
        QCOMPARE(resolved->at(0).outcomes.at(0).replicas, 1);
        QCOMPARE(resolved->at(1).outcomes.at(0).replicas, 0);
        QCOMPARE(resolved->at(1).outcomes.at(1).replicas, 1);
    }

    void aPlanFileWithSetsReadsBackAndDiffsByLine()
    {
        const World world;
        auto plan = planWithSet(world, 2);
        plan.sets[0].alternatives.push_back({"t4", 1, DeviceKind::Share, {}, 4, 2});
        const auto text = writePlan(plan);
        QVERIFY(text.starts_with("schema: berth.dev/plan/v2\n"));
        const auto read = parsePlan(text, "plan.yaml");
        QVERIFY2(read, qPrintable(said(read)));
        QVERIFY(*read == plan);
        plan.sets[0].replicas = 3;
        const auto changed = QString::fromStdString(writePlan(plan)).split('\n');
        const auto before = QString::fromStdString(text).split('\n');
        QCOMPARE(changed.size(), before.size());
        QCOMPARE(std::ranges::count_if(changed, [&](const QString &line) { return !before.contains(line); }), 1);
    }

    void aPlanWithoutSetsIsWrittenForOlderReaders()
    {
        QVERIFY(writePlan(Plan{}).starts_with("schema: berth.dev/plan/v1\n"));
    }

    void aFileThatSaysNonsenseIsRefusedWithItsLine_data()
    {
        QTest::addColumn<QByteArray>("schema");
        QTest::addColumn<QByteArray>("sets");
        QTest::addColumn<QByteArray>("message");
        const QByteArray one("  - requirement: r\n");
        QTest::newRow("sets in v1") << QByteArray("v1") << one + "    alternatives:\n      - sku: x\n"
                                    << QByteArray("no field \"sets\"");
        QTest::newRow("a later version") << QByteArray("v3") << QByteArray() << QByteArray("v2");
        QTest::newRow("no alternatives") << QByteArray("v2") << one << QByteArray("list of alternatives");
        QTest::newRow("an empty list") << QByteArray("v2") << one + "    alternatives: []\n"
                                       << QByteArray("list of alternatives");
        QTest::newRow("one twice") << QByteArray("v2") << one + "    alternatives:\n      - sku: x\n      - sku: x\n"
                                   << QByteArray("stands twice");
        QTest::newRow("zero replicas") << QByteArray("v2")
                                       << one + "    replicas: 0\n    alternatives:\n      - sku: x\n"
                                       << QByteArray("at least 1");
        QTest::newRow("no devices") << QByteArray("v2")
                                    << one + "    alternatives:\n      - sku: x\n        tensorParallel: 0\n"
                                    << QByteArray("at least 1");
        QTest::newRow("unknown requirement")
            << QByteArray("v2") << QByteArray("  - requirement: other\n    alternatives:\n      - sku: x\n")
            << QByteArray("other");
        QTest::newRow("unknown form") << QByteArray("v2")
                                      << one + "    alternatives:\n      - sku: x\n        kind: disk\n"
                                      << QByteArray("disk");
        QTest::newRow("a limit of none") << QByteArray("v2")
                                         << one + "    alternatives:\n      - sku: x\n        atMost: 0\n"
                                         << QByteArray("at least 1");
        QTest::newRow("more replicas than the members take")
            << QByteArray("v2") << one + "    replicas: 2\n    alternatives:\n      - sku: x\n        atMost: 1\n"
            << QByteArray("take 1 replicas at most");
        QTest::newRow("two sets of one requirement")
            << QByteArray("v2")
            << one + "    alternatives:\n      - sku: x\n" + one + "    alternatives:\n      - sku: y\n"
            << QByteArray("two placement sets");
        QTest::newRow("a mistyped field") << QByteArray("v2") << one + "    alternatives:\n      - skew: x\n"
                                          << QByteArray("skew");
    }

    void aFileThatSaysNonsenseIsRefusedWithItsLine()
    {
        QFETCH(QByteArray, schema);
        QFETCH(QByteArray, sets);
        QFETCH(QByteArray, message);
        const auto text = "schema: berth.dev/plan/" + schema + "\n" + head + (sets.isEmpty() ? "" : "sets:\n" + sets);
        const auto plan = parsePlan(text.toStdString(), "plan.yaml");
        QVERIFY(!plan);
        QVERIFY2(said(plan).contains(QString::fromLatin1(message)), qPrintable(said(plan)));
        QVERIFY2(said(plan).contains("plan.yaml line "), qPrintable(said(plan)));
    }
};

QTEST_APPLESS_MAIN(PlacementSetTest)
#include "placement_set_test.moc"
