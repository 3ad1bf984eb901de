// SPDX-License-Identifier: GPL-3.0-or-later
// The cheapest whole replicas of one model, against every combination there is.
#include "core/placement/optimizer/replica_cover.h"

#include <QtTest>

#include <random>

using namespace core::optimizer;

namespace {

double costOf(const std::vector<CoverItem> &items, const CoverNeed &need, const std::vector<std::int64_t> &counts)
{
    double cost = 0, tps = need.tps, replicas = static_cast<double>(need.replicas);
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto count = static_cast<double>(counts[i]);
        cost += count * items[i].price;
        tps -= count * items[i].tps;
        replicas -= count;
    }
    return cost + need.unmetUsdPerTps * std::max(0.0, tps) + need.missingReplicaUsd * std::max(0.0, replicas);
}

double bruteForce(const std::vector<CoverItem> &items, const CoverNeed &need)
{
    std::vector<std::int64_t> counts(items.size());
    double best = costOf(items, need, counts);
    for (std::size_t i = 0; i < items.size();) {
        if (++counts[i] > items[i].limit) {
            counts[i++] = 0;
            continue;
        }
        best = std::min(best, costOf(items, need, counts));
        i = 0;
    }
    return best;
}

struct Case {
    std::vector<CoverItem> items;
    CoverNeed need;
};

Case randomCase(std::mt19937_64 &random)
{
    const auto below = [&](std::uint64_t count) { return static_cast<double>(random() % count); };
    Case made;
    const auto count = 1 + random() % 4;
    for (std::size_t i = 0; i < count; ++i)
        made.items.push_back({below(40) / 4, below(30), static_cast<std::int64_t>(random() % 6)});
    made.need = {below(120), static_cast<std::int64_t>(random() % 5), below(8) / 4, below(50)};
    return made;
}

} // namespace

class ReplicaCoverTest final : public QObject {
    Q_OBJECT

private slots:
    void findsTheOptimumOfEveryCombination()
    {
        std::mt19937_64 random(7);
        ReplicaCover cover;
        std::vector<std::int64_t> counts;
        for (int i = 0; i < 5000; ++i) {
            const auto [items, need] = randomCase(random);
            const auto answer = cover.solve(items, need, counts, 100'000);
            const double best = bruteForce(items, need);
            QVERIFY2(std::abs(answer.value - best) <= 1e-6 * (1 + best),
                     qPrintable(QString("case %1: %2 not %3").arg(i).arg(answer.value).arg(best)));
            QVERIFY(std::abs(costOf(items, need, counts) - answer.value) < 1e-9 * (1 + best));
            QVERIFY(answer.lowerBound <= best + 1e-9);
            QVERIFY(answer.lowerBound >= best - 1e-6 * (1 + best));
        }
    }

    void aSearchThatIsCutShortStillBoundsTheOptimumFromBelow()
    {
        std::mt19937_64 random(8);
        ReplicaCover cover;
        std::vector<std::int64_t> counts;
        for (int i = 0; i < 5000; ++i) {
            const auto [items, need] = randomCase(random);
            const double best = bruteForce(items, need);
            const auto answer = cover.solve(items, need, counts, i % 5);
            QVERIFY(answer.lowerBound <= best + 1e-9);
            QVERIFY(answer.value >= best - 1e-9);
            QVERIFY(std::abs(costOf(items, need, counts) - answer.value) < 1e-9 * (1 + best));
        }
    }

    void nothingToChooseFromCostsThePenalties()
    {
        ReplicaCover cover;
        std::vector<std::int64_t> counts;
        const auto answer = cover.solve({}, {10, 2, 1, 100}, counts);
        QCOMPARE(answer.value, 210.0);
        QCOMPARE(answer.lowerBound, 210.0);
        QVERIFY(counts.empty());
    }

    void aModelOfManyReplicasIsSolvedWithinTheNodeLimit()
    {
        // Four kinds at nearly the same price per token: the case that makes exact search explode.
        const std::vector<CoverItem> items{
            {1.0, 10, 5000}, {2.001, 20, 5000}, {3.002, 30.01, 5000}, {0.701, 7.02, 5000}};
        ReplicaCover cover;
        std::vector<std::int64_t> counts;
        const auto answer = cover.solve(items, {12345.6, 3, 1, 100}, counts);
        QVERIFY(answer.lowerBound <= answer.value);
        QVERIFY(answer.lowerBound >= answer.value * 0.999);
    }
};

QTEST_APPLESS_MAIN(ReplicaCoverTest)
#include "replica_cover_test.moc"
