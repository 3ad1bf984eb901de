// SPDX-License-Identifier: GPL-3.0-or-later
// What holds for every answer of the engine, on fleets and demand drawn at random, and what its prices are for.
#include "core/placement/engine/batch_planner.h"
#include "core/placement/engine/online_placer.h"

#include <QtTest>

#include <random>

using namespace core::engine;

namespace {

FleetNode node(const std::string &name, std::int64_t cpu, int gpus, const std::string &sku)
{
    return {name, cpu, 1 << 20, sku, std::vector<int>(static_cast<std::size_t>(gpus), WholeGpu)};
}

Fleet fleetOf(const std::vector<FleetNode> &nodes)
{
    return *Fleet::make(nodes);
}

Demand share(int milli)
{
    return {.cpuMilli = 1000, .gpus = 1, .milli = milli};
}

/// A draw of its own, the same on every machine.
class Draw {
public:
    explicit Draw(unsigned seed) : m_engine(seed) {}
    int upTo(int most) { return static_cast<int>(m_engine() % static_cast<unsigned>(most + 1)); }

    Fleet fleet()
    {
        std::vector<FleetNode> nodes;
        for (int index = 0; index < 12; ++index)
            nodes.push_back(node("n" + std::to_string(index), 8000 + 8000 * upTo(6), 1 << upTo(3),
                                 std::string(1, static_cast<char>('A' + upTo(2)))));
        return fleetOf(nodes);
    }
    Demand demand()
    {
        Demand demand{.cpuMilli = 500 * upTo(16), .memoryMib = 1024, .gpus = 1};
        const int kind = upTo(9);
        if (kind == 0)
            demand.gpus = 0;
        else if (kind < 5)
            demand.milli = 10 + 10 * upTo(98);
        else if (kind > 7)
            demand.gpus = 1 << upTo(3);
        if (demand.gpus > 0 && upTo(4) == 0)
            demand.skus = {{static_cast<SkuId>(upTo(1))}};
        return demand;
    }

private:
    std::mt19937 m_engine;
};

DemandMix mixOf(const std::vector<Demand> &pods)
{
    DemandMix mix;
    for (const auto &pod : pods)
        mix.classes.push_back({pod, 1.0 / static_cast<double>(pods.size())});
    return mix;
}

bool fitsAnywhere(const Fleet &fleet, const Demand &demand)
{
    for (std::size_t index = 0; index < fleet.size(); ++index)
        if (fleet.fits(demand, index))
            return true;
    return false;
}

} // namespace

class OnlinePlacerTest : public QObject {
    Q_OBJECT

private slots:
    void everyAnswerFitsAndNoPodThatFitsIsRefused()
    {
        int placed = 0, refused = 0;
        for (unsigned seed = 1; seed <= 60; ++seed) {
            Draw draw(seed);
            const auto fleet = draw.fleet();
            std::vector<Demand> pods;
            for (int index = 0; index < 150; ++index)
                pods.push_back(draw.demand());
            OnlinePlacer placer(fleet, seed % 3 == 0 ? DemandMix{} : mixOf(pods));
            auto truth = fleet; // keeps its own books
            for (const auto &pod : pods) {
                const bool possible = fitsAnywhere(truth, pod);
                const auto decision = placer.place(pod);
                QCOMPARE(decision.spot.has_value(), possible);
                if (!decision.spot) {
                    ++refused;
                    continue;
                }
                ++placed;
                QVERIFY(truth.take(pod, *decision.spot)); // refuses whatever does not fit
                QCOMPARE(truth.idleMilli(), placer.fleet().idleMilli());
            }
        }
        QVERIFY2(placed > 1000 && refused > 1000, qPrintable(QStringLiteral("%1 %2").arg(placed).arg(refused)));
    }

    void thePlanOfABatchFitsAndIsWithinItsBound()
    {
        for (unsigned seed = 1; seed <= 40; ++seed) {
            Draw draw(seed);
            const auto fleet = draw.fleet();
            std::vector<Demand> pods;
            for (int index = 0; index < 120; ++index)
                pods.push_back(draw.demand());
            const auto plan = planBatch(fleet, pods, std::chrono::seconds(5));
            auto truth = fleet;
            std::int64_t milli = 0;
            for (std::size_t index = 0; index < pods.size(); ++index)
                if (plan.spots[index]) {
                    QVERIFY(truth.take(pods[index], *plan.spots[index]));
                    milli += pods[index].gpuMilli();
                }
            QCOMPARE(plan.placedMilli, milli);
            QVERIFY(static_cast<double>(milli) <= plan.boundMilli);
            QVERIFY(plan.boundMilli <= static_cast<double>(fleet.idleMilli()));
        }
    }

    void theBoundCountsWhatBoundPodsCannotGet()
    {
        const auto fleet = fleetOf({node("a", 64000, 2, "A"), node("b", 64000, 8, "B")});
        std::vector<Demand> pods(6, Demand{.cpuMilli = 1000, .gpus = 1, .skus = {{0}}});
        QCOMPARE(planBatch(fleet, pods, std::chrono::seconds(1)).boundMilli, 2000.0); // four of six find no A
        pods.push_back({.cpuMilli = 1000, .gpus = 4});
        QCOMPARE(planBatch(fleet, pods, std::chrono::seconds(1)).boundMilli, 6000.0);
    }

    void anEmptyBatchIsAnEmptyPlan()
    {
        const auto plan = planBatch(fleetOf({node("a", 64000, 2, "A")}), {}, std::chrono::seconds(1));
        QVERIFY(plan.spots.empty());
        QCOMPARE(plan.boundMilli, 0.0);
    }

    void whatKnownSharesCannotFillIsLost()
    {
        const ShareRemainders known(mixOf({share(470), share(320)}));
        QCOMPARE(known.unfillable(0), 0);
        QCOMPARE(known.unfillable(319), 319);
        QCOMPARE(known.unfillable(320), 0);
        QCOMPARE(known.unfillable(810), 20);  // 470 + 320
        QCOMPARE(known.unfillable(1000), 40); // 3 × 320
        QCOMPARE(ShareRemainders(DemandMix{}).unfillable(700), 700);
        DemandMix rare = mixOf({share(500)});
        rare.classes.push_back({share(10), 0.001});
        QCOMPARE(ShareRemainders(rare).unfillable(999), 499); // one in a thousand is not waited for
    }

    void aShareGoesWhereTheRestCanStillBeFilled()
    {
        // The half-used device takes it with 60 left over; what stays of a whole one could still be filled, but is
        // larger.
        auto used = node("a", 64000, 2, "A");
        used.gpuFreeMilli[0] = 530;
        OnlinePlacer placer(fleetOf({used}), mixOf({share(530), share(470)}));
        QCOMPARE(placer.place(share(470)).spot->gpus, (std::vector<int>{0}));
        QCOMPARE(placer.place(share(530)).spot->gpus, (std::vector<int>{1}));
        QCOMPARE(placer.place(share(470)).spot->gpus, (std::vector<int>{1}));
    }

    void aKindThatOthersAreBoundToIsSpared()
    {
        const auto fleet = fleetOf({node("a", 64000, 4, "A"), node("b", 64000, 8, "B")});
        const Demand free{.cpuMilli = 1000, .gpus = 1}, bound{.cpuMilli = 1000, .gpus = 1, .skus = {{0}}};
        OnlinePlacer knows(fleet, mixOf({free, bound}));
        QCOMPARE(knows.place(free).spot->node, std::size_t(1));
        OnlinePlacer knowsNothing(fleet, {});
        QCOMPARE(knowsNothing.place(free).spot->node, std::size_t(0)); // best fit
    }

    void aNodeOfAnotherMindIsRefused()
    {
        OnlinePlacer placer(fleetOf({node("a", 1000, 1, "A")}), {});
        QVERIFY(placer.costOf({.cpuMilli = 1000, .gpus = 1}, 0));
        QVERIFY(!placer.costOf({.cpuMilli = 1001, .gpus = 1}, 0));
        QVERIFY(!placer.placeOn({.cpuMilli = 1000, .gpus = 2}, 0));
        QVERIFY(placer.placeOn({.cpuMilli = 1000, .gpus = 1}, 0));
        QCOMPARE(placer.fleet().idleMilli(), std::int64_t(0));
    }
};

QTEST_APPLESS_MAIN(OnlinePlacerTest)
#include "online_placer_test.moc"
