// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/auto_place.h"

#include "tests/core/placement/sample_fit.h"

#include <QtTest>

#include <limits>

using namespace core;

Q_DECLARE_METATYPE(core::Objective)

namespace {

std::string placed(World &world, const PlaceQuery &query)
{
    const auto answer = autoPlace(world.input(), query);
    return !answer ? describe(answer.error()) : answer->best ? answer->best->target.node : "nowhere";
}

Criterion decisive(const std::vector<PlaceDifference> &differences)
{
    const auto found = std::ranges::find(differences, true, &PlaceDifference::decides);
    return found == differences.end() ? Criterion::Verdict : found->criterion;
}

} // namespace

class AutoPlaceTest : public QObject {
    Q_OBJECT

private slots:
    void eachObjectiveHasItsBestPlace_data()
    {
        QTest::addColumn<Objective>("objective");
        QTest::addColumn<QByteArray>("node");
        QTest::addColumn<int>("why");
        // big: 8 free; part: 8 cards, 7 taken; cheap: the slow SKU, 7 free. What runs is bound to the fast SKU, so more
        // of that is to come: least is lost on the other.
        QTest::newRow("least fragmentation")
            << Objective::LeastFragmentation << QByteArray("cheap") << int(Criterion::Fragmentation);
        QTest::newRow("cheapest") << Objective::Cheapest << QByteArray("cheap") << int(Criterion::Price);
        QTest::newRow("fastest") << Objective::Fastest << QByteArray("part") << int(Criterion::Speed);
        QTest::newRow("spread") << Objective::Spread << QByteArray("big") << int(Criterion::FreeDevices);
    }

    void eachObjectiveHasItsBestPlace()
    {
        QFETCH(Objective, objective);
        QFETCH(QByteArray, node);
        QFETCH(int, why);
        World world;
        world.add("big", "fast");
        world.add("part", "fast").take("part", 7);
        world.add("cheap", "slow").take("cheap", 1);
        const auto wanted = world.requirement();
        PlaceQuery query{wanted, objective};
        query.pricePerHour = {{"fast", 4.0}, {"slow", 1.0}};
        query.tokensPerSecond = {{"fast", 4000.0}, {"slow", 900.0}};
        const auto answer = autoPlace(world.input(), query);
        QVERIFY2(answer.has_value(), answer ? "" : describe(answer.error()).c_str());
        QVERIFY(answer->best && answer->runnerUp && answer->otherSku);
        QCOMPARE(QByteArray::fromStdString(answer->best->target.node), node);
        QCOMPARE(answer->usable, std::size_t(3));
        const auto &versus = objective == Objective::Fastest ? answer->versusSku : answer->versus;
        QCOMPARE(int(decisive(versus)), why);
    }

    void aSlowNodeIsNotTheFastest()
    {
        World world;
        world.add("a", "fast").add("b", "fast");
        const auto wanted = world.requirement();
        PlaceQuery query{wanted, Objective::Fastest};
        query.tokensPerSecond = {{"fast", 4000.0}};
        const ProbedNodes probed{{"a", {0.92, false, "a little slow"}}};
        auto input = world.input();
        input.probed = &probed;
        const auto answer = autoPlace(input, query);
        QCOMPARE(answer->best->target.node, std::string("b"));
        QCOMPARE(answer->runnerUp->speed.value_or(0), 3680.0);
    }

    void ofOneSkuThePartlyUsedNodeIsFilledFirst()
    {
        World world;
        world.add("empty", "fast").add("part", "fast").take("part", 7);
        const auto wanted = world.requirement();
        const auto answer = autoPlace(world.input(), {wanted});
        QCOMPARE(answer->best->target.node, std::string("part"));
        QVERIFY(answer->best->fragmentation->total() < answer->runnerUp->fragmentation->total());
    }

    void whatIsNotKnownComesLastAndIsNeverZero()
    {
        World world;
        world.add("a", "fast").add("b", "slow");
        const auto wanted = world.requirement();
        PlaceQuery query{wanted, Objective::Cheapest};
        query.pricePerHour = {{"slow", 100.0}};
        const auto answer = autoPlace(world.input(), query);
        QCOMPARE(answer->best->target.node, std::string("b"));
        QVERIFY(!answer->runnerUp->price.has_value());
        query.pricePerHour.clear();
        QCOMPARE(placed(world, query), std::string("a"));
    }

    void aReplicasPriceIsThatOfAllItsDevices()
    {
        World world;
        world.add("a", "fast");
        auto wanted = world.requirement();
        wanted.tensorParallel = 2;
        PlaceQuery query{wanted, Objective::Cheapest};
        query.pricePerHour = {{"fast", 3.5}};
        QCOMPARE(autoPlace(world.input(), query)->best->price, std::optional(7.0));
    }

    void aSkuToKeepFreeIsLeftAloneAndItsPriceIsShown()
    {
        World world;
        world.add("a", "fast").add("b", "slow").take("a", 7);
        const auto wanted = world.requirement();
        PlaceQuery query{wanted, Objective::KeepFree, {"fast"}};
        auto answer = autoPlace(world.input(), query);
        QCOMPARE(answer->best->target.node, std::string("b"));
        QCOMPARE(answer->keptFree->target.node, std::string("a"));
        query.keepFree = {"fast", "slow"};
        answer = autoPlace(world.input(), query);
        QVERIFY(!answer->best);
        QVERIFY(answer->keptFree);
    }

    void aPlaceThatFitsComesBeforeATightOneWhateverTheObjective()
    {
        World world;
        world.add("a", "slow").add("b", "fast");
        world.node("a").issues = {"the node complains"};
        const auto wanted = world.requirement();
        PlaceQuery query{wanted, Objective::Cheapest};
        query.pricePerHour = {{"fast", 4.0}, {"slow", 1.0}};
        const auto answer = autoPlace(world.input(), query);
        QCOMPARE(answer->best->target.node, std::string("b"));
        QCOMPARE(int(decisive(answer->versus)), int(Criterion::Verdict));
    }

    void equalPlacesAreDecidedByName()
    {
        World world;
        world.add("a", "fast").add("b", "fast");
        const auto wanted = world.requirement();
        const auto answer = autoPlace(world.input(), {wanted});
        QCOMPARE(answer->best->target.node, std::string("a"));
        QCOMPARE(int(decisive(answer->versus)), int(Criterion::Name));
        QVERIFY(!answer->otherSku);
    }

    void replicasSpreadOverZonesThenNodes()
    {
        World world;
        world.add("a1", "fast").add("a2", "fast").add("b1", "fast");
        for (const auto *name : {"a1", "a2", "b1"})
            world.node(name).labels["topology.kubernetes.io/zone"] = std::string(1, name[0]);
        auto wanted = world.requirement();
        wanted.replicas = 4;
        const auto answers = autoPlaceAll(world.input(), {wanted, Objective::Spread});
        std::string nodes;
        for (const auto &answer : *answers)
            nodes += answer.best->target.node + " ";
        QCOMPARE(nodes, std::string("a1 b1 a2 b1 "));
    }

    void replicasThatDoNotAllFitEndWithTheReason()
    {
        World world;
        world.add("a", "fast").take("a", 6);
        auto wanted = world.requirement();
        wanted.replicas = 3;
        const auto answers = autoPlaceAll(world.input(), {wanted});
        QCOMPARE(answers->size(), std::size_t(3));
        QVERIFY((*answers)[1].best);
        QVERIFY(!answers->back().best);
        QCOMPARE(answers->back().misses.at(0).code, std::string("devices-busy"));
        QCOMPARE(answers->back().misses.at(0).lacking, std::optional<std::int64_t>(1));
    }

    void aRequirementThatCannotBeMetNamesTheLinkAndByHowMuch_data()
    {
        QTest::addColumn<int>("tensorParallel");
        QTest::addColumn<int>("concurrency");
        QTest::addColumn<int>("link");
        QTest::addColumn<QByteArray>("code");
        QTest::addColumn<bool>("measured");
        QTest::newRow("memory") << 1 << 4096 << int(Link::Memory) << QByteArray("insufficient-memory") << true;
        QTest::newRow("devices") << 8 << 1 << int(Link::Device) << QByteArray("too-few-devices") << true;
        QTest::newRow("heads not divided") << 3 << 1 << int(Link::Shape) << QByteArray("bad-tensor-parallel") << false;
    }

    void aRequirementThatCannotBeMetNamesTheLinkAndByHowMuch()
    {
        QFETCH(int, tensorParallel);
        QFETCH(int, concurrency);
        QFETCH(int, link);
        QFETCH(QByteArray, code);
        QFETCH(bool, measured);
        World world;
        world.add("a", "fast", 4).add("b", "slow", 4);
        auto wanted = world.requirement();
        wanted.tensorParallel = tensorParallel;
        wanted.concurrency = concurrency;
        const auto answer = autoPlace(world.input(), {wanted});
        QVERIFY(answer && !answer->best);
        const auto &miss = answer->misses.at(0);
        QCOMPARE(int(miss.link), link);
        QCOMPARE(QByteArray::fromStdString(miss.code), code);
        QCOMPARE(miss.places, std::size_t(2));
        QCOMPARE(miss.lacking.value_or(0) > 0, measured);
        if (link == int(Link::Memory))
            QCOMPARE(miss.nearest, std::string("a")); // the larger card lacks less
    }

    void questionsThatMakeNoSenseAreRefused_data()
    {
        QTest::addColumn<int>("replicas");
        QTest::addColumn<Objective>("objective");
        QTest::addColumn<QByteArray>("keep");
        QTest::addColumn<double>("price");
        QTest::addColumn<int>("kind");
        QTest::newRow("zero replicas") << 0 << Objective::Spread << QByteArray() << 1.0 << int(ErrorKind::Invalid);
        QTest::newRow("negative replicas") << -3 << Objective::Spread << QByteArray() << 1.0 << int(ErrorKind::Invalid);
        QTest::newRow("keep nothing") << 1 << Objective::KeepFree << QByteArray() << 1.0 << int(ErrorKind::Usage);
        QTest::newRow("unknown SKU") << 1 << Objective::KeepFree << QByteArray("H9000") << 1.0 << int(ErrorKind::Usage);
        QTest::newRow("negative price") << 1 << Objective::Cheapest << QByteArray() << -1.0 << int(ErrorKind::Invalid);
        QTest::newRow("price that is no number") << 1 << Objective::Cheapest << QByteArray()
                                                 << std::numeric_limits<double>::quiet_NaN() << int(ErrorKind::Invalid);
    }

    void questionsThatMakeNoSenseAreRefused()
    {
        QFETCH(int, replicas);
        QFETCH(Objective, objective);
        QFETCH(QByteArray, keep);
        QFETCH(double, price);
        QFETCH(int, kind);
        World world;
        world.add("a", "fast");
        auto wanted = world.requirement();
        wanted.replicas = replicas;
        PlaceQuery query{wanted, objective};
        if (!keep.isEmpty())
            query.keepFree = {keep.toStdString()};
        query.pricePerHour = {{"fast", price}};
        const auto answer = autoPlaceAll(world.input(), query);
        QVERIFY(!answer);
        QCOMPARE(int(answer.error().kind), kind);
        QVERIFY(!answer.error().message.empty());
    }

    void everyObjectiveHasAWordAndOtherWordsAreNone()
    {
        for (const auto &word : objectiveNames())
            QCOMPARE(std::string(objectiveName(*objectiveOf(word))), word);
        QCOMPARE(objectiveNames().size(), std::size_t(5));
        for (const auto *word : {"", "cheap", "Cheapest", "cheapest "})
            QVERIFY(!objectiveOf(word));
    }
};

QTEST_APPLESS_MAIN(AutoPlaceTest)
#include "auto_place_test.moc"
