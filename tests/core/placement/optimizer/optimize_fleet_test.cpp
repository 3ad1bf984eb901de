// SPDX-License-Identifier: GPL-3.0-or-later
// Whole plans: never invalid, never below the bound, the same for a seed, as good as every plan there is on small
// fleets.
#include "core/placement/optimizer/optimize_fleet.h"

#include <QtTest>

#include <fmt/format.h>

#include <random>

using namespace core;
using namespace core::optimizer;

namespace {

/// Two kinds of GPU, a tainted node, a zone, groups and shares.
FleetProblem smallFleet()
{
    FleetProblem problem;
    problem.kinds = {{"big", 4}, {"small", 1}};
    problem.nodes = {{"n0", 0, "z1", {}, {1000, 1000}},
                     {"n1", 0, "z2", {"team"}, {1000, 1000, 500}},
                     {"n2", 1, "z1", {}, {1000, 700, 0}}};
    problem.models = {{"a", 25, 1, {{0, 1, 1000, 20}, {1, 1, 1000, 6}}, {}, {}},
                      {"b", 30, 1, {{0, 2, 1000, 40}}, {"team"}, {}},
                      {"c", 5, 2, {{0, 1, 300, 4}, {1, 1, 600, 3}}, {}, {"z1"}}};
    return problem;
}

FleetProblem randomFleet(std::mt19937_64 &random, int nodes, int models)
{
    const auto below = [&](int count) { return static_cast<int>(random() % static_cast<std::uint64_t>(count)); };
    FleetProblem problem;
    problem.kinds = {{"k0", 1.0 + below(8) / 2.0}, {"k1", 0.5 + below(4) / 4.0}};
    for (int i = 0; i < nodes; ++i) {
        FleetNode node{fmt::format("n{}", i), static_cast<std::size_t>(below(2)), below(2) ? "z1" : "z2", {}, {}};
        if (below(4) == 0)
            node.taints = {"t"};
        for (int g = 0; g < 2; ++g)
            node.gpuFreeMilli.push_back(below(4) ? 1000 : 100 * below(11));
        problem.nodes.push_back(node);
    }
    for (int i = 0; i < models; ++i) {
        ServedModel model{fmt::format("m{}", i), 1.0 * below(30), 1 + below(2), {}, {}, {}};
        const int tp = 1 + below(2);
        for (std::size_t kind = 0; kind < 2; ++kind)
            if (below(4))
                model.offers.push_back({kind, tp, tp == 1 && below(2) ? 200 + 100 * below(8) : 1000, 2.0 + below(15)});
        if (below(2))
            model.tolerates = {"t"};
        if (below(4) == 0)
            model.zones = {"z1"};
        problem.models.push_back(model);
    }
    return problem;
}

/// Every plan there is: each model in turn adds any replica, or no more. `from` keeps replicas of one model in order,
/// so that no plan is visited once for every order of its replicas.
void tryAll(const FleetProblem &problem, std::vector<PlannedReplica> &plan, std::size_t model, std::size_t from,
            double &best)
{
    if (const auto counted = score(problem, plan))
        best = std::min(best, counted->usdPerHour);
    else
        return;
    for (std::size_t m = model; m < problem.models.size(); ++m) {
        std::size_t spot = 0;
        for (std::size_t n = 0; n < problem.nodes.size(); ++n)
            for (std::size_t o = 0; o < problem.models[m].offers.size(); ++o)
                for (int gpu = 0;
                     std::cmp_less(gpu + problem.models[m].offers[o].gpus - 1, problem.nodes[n].gpuFreeMilli.size());
                     ++gpu, ++spot) {
                    if (m == model && spot < from)
                        continue;
                    PlannedReplica replica{m, n, {}, o};
                    for (int g = 0; g < problem.models[m].offers[o].gpus; ++g)
                        replica.gpus.push_back(gpu + g);
                    plan.push_back(replica);
                    tryAll(problem, plan, m, spot, best);
                    plan.pop_back();
                }
    }
}

double bruteForce(const FleetProblem &problem)
{
    double best = std::numeric_limits<double>::infinity();
    std::vector<PlannedReplica> plan;
    tryAll(problem, plan, 0, 0, best);
    return best;
}

constexpr OptimizeOptions Rounds{.limit = std::chrono::seconds(60), .seed = 3, .rounds = 30};

QString said(const Result<void> &result)
{
    return result ? QStringLiteral("accepted") : QString::fromStdString(describe(result.error()));
}

} // namespace

class OptimizeFleetTest final : public QObject {
    Q_OBJECT

private slots:
    void matchesEveryPlanThereIsOnSmallFleets()
    {
        std::mt19937_64 random(11);
        int optimal = 0;
        constexpr int Cases = 60;
        for (int i = 0; i < Cases; ++i) {
            const auto problem = randomFleet(random, 2, 3);
            const double best = bruteForce(problem);
            const auto plan = optimizeFleet(problem, Rounds);
            QVERIFY2(plan, plan ? "" : describe(plan.error()).c_str());
            QVERIFY2(plan->progress.bound <= best + 1e-6,
                     qPrintable(QString("case %1: bound %2 above %3").arg(i).arg(plan->progress.bound).arg(best)));
            QVERIFY2(plan->score.usdPerHour >= best - 1e-6,
                     qPrintable(QString("case %1: a plan below the optimum").arg(i)));
            optimal += plan->score.usdPerHour <= best + 1e-6;
        }
        QVERIFY2(optimal >= Cases - 2, qPrintable(QString("%1 of %2 optimal").arg(optimal).arg(Cases)));
    }

    void theFirstPlanIsValidAndEveryReportIsBetter()
    {
        std::mt19937_64 random(5);
        const auto problem = randomFleet(random, 40, 30);
        std::vector<Progress> reports;
        const auto plan = optimizeFleet(problem, Rounds, [&](const Progress &progress, const auto &current) {
            const auto counted = score(problem, current());
            QVERIFY(counted);
            QVERIFY(std::abs(counted->usdPerHour - progress.usdPerHour) < 1e-6);
            QVERIFY(progress.bound <= progress.usdPerHour);
            if (!reports.empty()) {
                QVERIFY(progress.usdPerHour <= reports.back().usdPerHour);
                QVERIFY(progress.bound >= reports.back().bound);
            }
            reports.push_back(progress);
        });
        QVERIFY(plan);
        QVERIFY(!reports.empty());
        QVERIFY(std::abs(plan->score.usdPerHour - reports.back().usdPerHour) < 1e-6);
    }

    void theSameSeedGivesTheSamePlan()
    {
        std::mt19937_64 random(6);
        const auto problem = randomFleet(random, 30, 20);
        const auto one = optimizeFleet(problem, Rounds);
        const auto two = optimizeFleet(problem, Rounds);
        QVERIFY(one && two);
        QCOMPARE(one->progress.usdPerHour, two->progress.usdPerHour);
        QCOMPARE(one->progress.bound, two->progress.bound);
        QVERIFY(one->replicas == two->replicas);
    }

    void aStopEndsItSoonWithAValidPlan()
    {
        std::mt19937_64 random(9);
        const auto problem = randomFleet(random, 400, 300);
        std::stop_source source;
        const auto start = std::chrono::steady_clock::now();
        const auto plan = optimizeFleet(
            problem, {.limit = std::chrono::hours(1)}, [&](const Progress &, const auto &) { source.request_stop(); },
            source.get_token());
        QVERIFY(plan);
        QVERIFY(score(problem, plan->replicas));
        QVERIFY(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
    }

    void noTimeAtAllStillGivesAValidPlan()
    {
        const auto plan = optimizeFleet(smallFleet(), {.limit = std::chrono::milliseconds(0)});
        QVERIFY(plan);
        QVERIFY(plan->progress.bound <= plan->score.usdPerHour);
    }

    void aDemandThatNoFleetMeetsIsSaidByHowMuch()
    {
        auto problem = smallFleet();
        problem.models = {{"huge", 1000, 1, {{0, 1, 1000, 10}}, {"team"}, {}}};
        const auto plan = optimizeFleet(problem, Rounds);
        QVERIFY(plan);
        QCOMPARE(plan->score.unmetTps, 1000.0 - 4 * 10);
        QCOMPARE(plan->score.usdPerHour, 4 * 4 + 960.0);
        QCOMPARE(plan->progress.bound, plan->progress.usdPerHour);
    }

    void aModelThatFitsNowhereIsMissing()
    {
        auto problem = smallFleet();
        problem.models = {{"nowhere", 7, 2, {}, {}, {}}};
        const auto plan = optimizeFleet(problem, Rounds);
        QVERIFY(plan);
        QVERIFY(plan->replicas.empty());
        QCOMPARE(plan->score.missingReplicas, 2);
        QCOMPARE(plan->score.usdPerHour, 207.0);
    }

    void anEmptyProblemCostsNothing()
    {
        const auto plan = optimizeFleet({}, Rounds);
        QVERIFY(plan);
        QCOMPARE(plan->score.usdPerHour, 0.0);
        QCOMPARE(plan->progress.gap(), 0.0);
    }

    void brokenProblemsAreRefusedWithTheirPlace_data()
    {
        QTest::addColumn<std::function<void(FleetProblem &)>>("breakIt");
        QTest::addColumn<QString>("error");
        const auto row = [](const char *name, std::function<void(FleetProblem &)> breakIt, const char *error) {
            QTest::newRow(name) << std::move(breakIt) << QString(error);
        };
        row("double node", [](FleetProblem &p) { p.nodes[1].name = "n0"; }, "nodes[1].name: \"n0\" is there twice");
        row("double model", [](FleetProblem &p) { p.models[2].name = "a"; }, "models[2].name: \"a\" is there twice");
        row("nameless", [](FleetProblem &p) { p.kinds[0].name.clear(); }, "skus[0].name: is empty");
        row(
            "negative price", [](FleetProblem &p) { p.kinds[1].usdPerGpuHour = -1; },
            "skus[1] \"small\".usd_per_gpu_hour: is not a price of at least 0");
        row(
            "no price", [](FleetProblem &p) { p.kinds[1].usdPerGpuHour = std::nan(""); },
            "skus[1] \"small\".usd_per_gpu_hour: is not a price of at least 0");
        row("negative penalty", [](FleetProblem &p) { p.unmetUsdPerTps = -1; }, "are not prices of at least 0");
        row(
            "zero replicas", [](FleetProblem &p) { p.models[0].minReplicas = 0; },
            "models[0] \"a\".min_replicas: is not a whole number from 1");
        row(
            "negative demand", [](FleetProblem &p) { p.models[0].demandTps = -5; },
            "models[0] \"a\".demand: is not a number");
        row(
            "unknown kind of a node", [](FleetProblem &p) { p.nodes[2].kind = 9; },
            "nodes[2] \"n2\": is of a kind of GPU that is not listed");
        row(
            "unknown kind of a model", [](FleetProblem &p) { p.models[1].offers[0].kind = 9; },
            "models[1] \"b\" on \"?\": names a kind");
        row(
            "more than free", [](FleetProblem &p) { p.nodes[0].gpuFreeMilli[1] = 1001; },
            "nodes[0] \"n0\": has a GPU that is not 0 to 1000");
        row(
            "65 GPUs", [](FleetProblem &p) { p.nodes[0].gpuFreeMilli.assign(65, 1000); },
            "nodes[0] \"n0\": has 65 GPUs");
        row(
            "share of two GPUs", [](FleetProblem &p) { p.models[0].offers[0] = {0, 2, 500, 1}; },
            "models[0] \"a\" on \"big\": is neither whole GPUs nor a share");
        row(
            "infinite speed",
            [](FleetProblem &p) { p.models[0].offers[0].tokensPerSecond = std::numeric_limits<double>::infinity(); },
            "models[0] \"a\" on \"big\": has a throughput");
    }

    void brokenProblemsAreRefusedWithTheirPlace()
    {
        QFETCH(std::function<void(FleetProblem &)>, breakIt);
        QFETCH(QString, error);
        auto problem = smallFleet();
        QVERIFY(validate(problem));
        breakIt(problem);
        QVERIFY2(said(validate(problem)).contains(error), qPrintable(said(validate(problem))));
        QVERIFY(!optimizeFleet(problem, Rounds));
    }

    void aPlanThatBreaksARuleIsNotScored()
    {
        const auto problem = smallFleet();
        QVERIFY(score(problem, {{0, 0, {0}, 0}}));
        QVERIFY(!score(problem, {{0, 0, {0}, 0}, {0, 0, {0}, 0}})); // no room twice
        QVERIFY(!score(problem, {{0, 1, {0}, 0}}));                 // a taint
        QVERIFY(!score(problem, {{2, 1, {2}, 0}}));                 // a zone
        QVERIFY(!score(problem, {{1, 0, {0, 0}, 0}}));              // one GPU for two
        QVERIFY(!score(problem, {{1, 0, {0, 2}, 0}}));              // no such GPU
        QVERIFY(!score(problem, {{0, 2, {0}, 0}}));                 // an offer for another kind
        QVERIFY(!score(problem, {{9, 0, {0}, 0}}));
        QVERIFY(!score(problem, {{0, 9, {0}, 0}}));
        QVERIFY(!score(problem, {{0, 0, {0}, 9}}));
    }
};

QTEST_APPLESS_MAIN(OptimizeFleetTest)
#include "optimize_fleet_test.moc"
