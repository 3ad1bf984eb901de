// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimise_plan.h"

#include "tests/ui/sample_cluster.h"

#include <QtTest>

using namespace core;
using namespace std::chrono_literals;

namespace {

struct Asked {
    sample::Cluster cluster;
    Prices prices;
    OptimiseQuery query;

    Asked()
    {
        prices.bySku = {{"nvidia-h100-sxm-80", {2.5, "a test", {}, false}},
                        {"nvidia-a100-sxm4-80", {1.3, "a test", {}, false}},
                        {"amd-mi300x", {2.1, "a test", {}, false}}};
        query.prices = &prices;
        cluster.plan.placements.clear();
        cluster.account();
    }

    Result<PlanDraft> draft(const std::stop_token &stop = {}) const
    {
        const optimizer::OptimizeOptions options{.limit = 2'000ms, .seed = 1, .rounds = 20};
        return optimisePlan({cluster.snapshot, cluster.usage, cluster.catalog, cluster.images, cluster.planned},
                            cluster.plan, query, options, {}, stop);
    }
};

/// "requirement@node×replicas", in the plan's order.
QString placements(const Plan &plan)
{
    QStringList out;
    for (const auto &placement : plan.placements)
        out << QStringLiteral("%1@%2×%3")
                   .arg(QString::fromStdString(placement.requirement), QString::fromStdString(placement.target.node))
                   .arg(placement.replicas);
    out.sort();
    return out.join(u' ');
}

} // namespace

class OptimisePlanTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyReplicaGoesWhereTheVerdictAllows()
    {
        const Asked asked;
        const auto draft = asked.draft();
        QVERIFY2(draft.has_value(), draft ? "" : draft.error().message.c_str());
        QCOMPARE(draft->plan.placedReplicas("llama-3-3-70b"), 1);
        QCOMPARE(draft->plan.placedReplicas("qwen3-32b"), 1);
        QCOMPARE(draft->plan.placedReplicas("qwen3-8b"), 1);
        QCOMPARE(draft->gpus, 4);
        for (const auto &placement : draft->plan.placements) {
            const auto candidates = asked.cluster.judge(placement.requirement);
            const auto at = std::ranges::find(candidates, placement.target.node, &Candidate::node);
            QVERIFY(at != candidates.end());
            QVERIFY(at->verdict == Verdict::Fits || at->verdict == Verdict::Tight);
        }
    }

    void whatASetTakesIsNotGivenAway()
    {
        Asked asked;
        std::erase_if(asked.cluster.plan.requirements,
                      [](const auto &wanted) { return wanted.name == "llama-3-3-70b"; });
        QCOMPARE(asked.cluster.plan.requirements.size(), std::size_t{2});
        asked.cluster.plan.sets = {{"qwen3-32b", {{"nvidia-a100-sxm4-80", 2}}, 2}}; // all four of gpu-21
        const auto draft = asked.draft();
        QVERIFY2(draft.has_value(), draft ? "" : draft.error().message.c_str());
        QCOMPARE(placements(draft->plan), QStringLiteral("qwen3-8b@amd-01×1")); // the next cheapest
        QVERIFY(draft->plan.sets == asked.cluster.plan.sets);
        asked.cluster.plan.sets[0].replicas = 1;
        QCOMPARE(placements(asked.draft()->plan), QStringLiteral("qwen3-8b@gpu-21×1"));
    }

    void leastCostTakesTheCheapestSkuThatFits()
    {
        Asked asked;
        std::erase_if(asked.cluster.plan.requirements, [](const auto &wanted) { return wanted.name != "qwen3-8b"; });
        const auto draft = asked.draft();
        QCOMPARE(placements(draft->plan), QStringLiteral("qwen3-8b@gpu-21×1"));
        QCOMPARE(draft->score.gpuUsdPerHour, 1.3);
        QVERIFY(draft->progress.bound <= draft->progress.usdPerHour);
        asked.prices.bySku.at("nvidia-a100-sxm4-80").perHour = 9;
        QCOMPARE(placements(asked.draft()->plan), QStringLiteral("qwen3-8b@amd-01×1"));
    }

    void whatIsLockedStays()
    {
        Asked asked;
        const auto placed =
            place(asked.cluster.plan, "qwen3-8b",
                  {.resource = "nvidia.com/gpu", .skuId = "nvidia-h100-sxm-80", .node = "gpu-02", .card = {}});
        asked.cluster.plan = *setLocked(*placed, "qwen3-8b", placed->placements[0].target, true);
        const auto draft = asked.draft();
        QVERIFY(placements(draft->plan).contains(QStringLiteral("qwen3-8b@gpu-02×1")));
        QCOMPARE(draft->plan.placedReplicas("qwen3-8b"), 1);
    }

    void aSkuWithoutAPriceIsLeftOutAndNamed()
    {
        Asked asked;
        asked.prices.bySku.erase("nvidia-a100-sxm4-80");
        const auto draft = asked.draft();
        QVERIFY(!placements(draft->plan).contains(QStringLiteral("gpu-21")));
        QVERIFY(
            std::ranges::any_of(draft->notes, [](const auto &note) { return note.contains("nvidia-a100-sxm4-80"); }));
    }

    void fewestGpusNeedsNoPrice()
    {
        Asked asked;
        asked.query = {.goal = OptimiseGoal::FewestGpus};
        const auto draft = asked.draft();
        QVERIFY(draft.has_value());
        QCOMPARE(draft->score.gpuUsdPerHour, 4.0); // one a GPU
    }

    void moreThanTheFleetHoldsIsSaidByHowMuch()
    {
        Asked asked;
        asked.cluster.plan.requirements.front().replicas = 500;
        const auto draft = asked.draft();
        QVERIFY(draft.has_value());
        QVERIFY(draft->score.missingReplicas > 0);
        QCOMPARE(draft->plan.placedReplicas("llama-3-3-70b") + draft->score.missingReplicas, 500);
        QVERIFY(std::ranges::any_of(draft->notes, [](const auto &note) { return note.contains("without a place"); }));
    }

    void nothingToPlaceIsThePlanItself()
    {
        Asked asked;
        asked.cluster.plan.requirements.clear();
        QCOMPARE(asked.draft()->plan, asked.cluster.plan);
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("requirement");
        QTest::addColumn<double>("tps");
        QTest::newRow("a requirement nobody has") << QStringLiteral("mystery") << 5.0;
        QTest::newRow("a negative demand") << QStringLiteral("qwen3-8b") << -1.0;
        QTest::newRow("not a number") << QStringLiteral("qwen3-8b") << std::numeric_limits<double>::quiet_NaN();
    }
    void refuses()
    {
        QFETCH(QString, requirement);
        QFETCH(double, tps);
        Asked asked;
        asked.query.demandTps[requirement.toStdString()] = tps;
        QCOMPARE(asked.draft().error().kind, ErrorKind::Usage);
    }

    void withoutAnyPriceItSaysWhatToDo()
    {
        Asked asked;
        asked.prices.bySku.clear();
        const auto draft = asked.draft();
        QCOMPARE(draft.error().kind, ErrorKind::Usage);
        QVERIFY(draft.error().remedy.contains("price"));
    }
};

QTEST_APPLESS_MAIN(OptimisePlanTest)
#include "optimise_plan_test.moc"
