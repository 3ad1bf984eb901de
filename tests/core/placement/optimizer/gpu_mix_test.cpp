// SPDX-License-Identifier: GPL-3.0-or-later
// The cheapest GPU mix, against every mix there is; published figures; files that are refused.
#include "core/placement/optimizer/gpu_mix.h"
#include "core/placement/optimizer/mix_cases.h"
#include "core/placement/optimizer/small_lp.h"

#include <fmt/format.h>

#include <QtTest>

#include <random>

using namespace core;
using namespace core::optimizer;

namespace {

/// Loads of every way to assign all slices, bucket by bucket; the cheapest counts that hold one of them.
void tryAll(const MixProblem &problem, std::size_t slice, std::vector<double> &load, double &best)
{
    const auto slices = static_cast<std::size_t>(problem.slices);
    if (slice == problem.buckets.size() * slices) {
        double cost = 0;
        for (std::size_t j = 0; j < load.size(); ++j) {
            const double count = std::ceil(load[j] - 1e-7);
            const auto &limit = problem.types[j].limit;
            if (limit && count > static_cast<double>(*limit))
                return;
            cost += count * problem.types[j].usdPerHour;
        }
        best = std::min(best, cost);
        return;
    }
    const auto &bucket = problem.buckets[slice / slices];
    for (std::size_t j = 0; j < load.size(); ++j) {
        if (bucket.throughput[j] <= 0)
            continue;
        const double each = bucket.rate / problem.slices / bucket.throughput[j];
        load[j] += each;
        tryAll(problem, slice + 1, load, best);
        load[j] -= each;
    }
}

MixProblem randomMix(std::mt19937_64 &random)
{
    const auto below = [&](int count) { return static_cast<int>(random() % static_cast<std::uint64_t>(count)); };
    MixProblem problem;
    problem.slices = 1 + below(2);
    const int types = 2 + below(2);
    for (int j = 0; j < types; ++j) {
        problem.types.push_back({fmt::format("t{}", j), 0.25 + below(30) / 8.0});
        if (below(4) == 0)
            problem.types.back().limit = below(4);
    }
    for (int b = 0; b < 4; ++b) {
        MixBucket bucket{1.0 * below(20), {}};
        for (int j = 0; j < types; ++j)
            bucket.throughput.push_back(below(5) ? 1.0 + below(12) : 0);
        problem.buckets.push_back(bucket);
    }
    return problem;
}

/// A few sizes with most of the requests and many with few, on four types: the light ones fill what the heavy ones
/// leave.
MixProblem unevenMix(std::mt19937_64 &random)
{
    const auto within = [&](double least, double most) {
        return least + (most - least) * static_cast<double>(random() % 1000) / 1000;
    };
    MixProblem problem{{{"small", 0.7}, {"middle", 1.01}, {"large", 3.67}, {"largest", 7.516}}, {}, 4};
    for (int b = 0; b < 24; ++b) {
        const double rate = b < 6 ? within(1, 6) : within(0.02, 0.3);
        const double size = within(0.3, 3);
        problem.buckets.push_back({rate, {}});
        for (const auto &type : problem.types)
            problem.buckets.back().throughput.push_back(type.usdPerHour * within(0.8, 1.4) / size);
    }
    return problem;
}

const std::string Good =
    R"({"cases":[{"id":"a","gpu_info":{"A10G":{"cost":1.01,"tputs":[[2,1],[5,2]]},"A100":{"cost":3.67,"tputs":[[20,20],[40,20]]}},
 "workload_distribution":[[0.2,0.1],[0.5,0.2]],"total_request_rate":30.0,"slice_factor":1,"limits":{"A10G":9}}]})";

QString said(const std::string &text)
{
    const auto cases = readMixCases(text);
    return cases ? QStringLiteral("accepted") : QString::fromStdString(describe(cases.error()));
}

std::string changed(const std::string &from, const std::string &to)
{
    auto text = Good;
    const auto at = text.find(from);
    return at == std::string::npos ? std::string() : text.replace(at, from.size(), to);
}

} // namespace

class GpuMixTest final : public QObject {
    Q_OBJECT

private slots:
    void findsTheOptimumOfEveryMixThereIs()
    {
        std::mt19937_64 random(21);
        int infeasible = 0;
        for (int i = 0; i < 400; ++i) {
            const auto problem = randomMix(random);
            std::vector<double> load(problem.types.size());
            double best = std::numeric_limits<double>::infinity();
            tryAll(problem, 0, load, best);
            const auto mix = cheapestMix(problem);
            QVERIFY(mix);
            QVERIFY2(mix->has_value() == std::isfinite(best), qPrintable(QString("case %1: feasible?").arg(i)));
            infeasible += !mix->has_value();
            if (!*mix)
                continue;
            QVERIFY2(std::abs((*mix)->usdPerHour - best) <= 1e-6 * (1 + best),
                     qPrintable(QString("case %1: %2 not %3").arg(i).arg((*mix)->usdPerHour).arg(best)));
            QVERIFY((*mix)->bound <= best + 1e-6);
        }
        QVERIFY(infeasible > 10 && infeasible < 390);
    }

    void provesTheBestMixOfManySizes()
    {
        std::mt19937_64 random(3);
        for (int i = 0; i < 20; ++i) {
            const auto mix = cheapestMix(unevenMix(random));
            QVERIFY(mix && *mix);
            QVERIFY2((*mix)->usdPerHour - (*mix)->bound <= 1e-6,
                     qPrintable(QString("case %1: %2 above %3").arg(i).arg((*mix)->usdPerHour).arg((*mix)->bound)));
        }
    }

    // Mélange's example configuration (3 A10G and 1 A100, $6.70) and the steps of its rate curve for one request size.
    void publishedFigures_data()
    {
        QTest::addColumn<double>("rate");
        QTest::addColumn<double>("cost");
        QTest::newRow("0.7 requests/s") << 0.7 << 2.02;
        QTest::newRow("2.2 requests/s") << 2.2 << 4.68;
        QTest::newRow("3.5 requests/s") << 3.5 << 7.34;
        QTest::newRow("6.2 requests/s") << 6.2 << 12.02;
        QTest::newRow("7.5 requests/s") << 7.5 << 14.68;
    }

    void publishedFigures()
    {
        QFETCH(double, rate);
        QFETCH(double, cost);
        const auto mix = cheapestMix({{{"A10G", 1.01}, {"A100", 3.67}}, {{rate, {0.37, 2.0}}}, 100});
        QVERIFY(mix && *mix);
        QVERIFY(std::abs((*mix)->usdPerHour - cost) < 1e-9);
    }

    void readsTheExampleConfiguration()
    {
        const auto cases = readMixCases(Good);
        QVERIFY2(cases, qPrintable(said(Good)));
        const auto mix = cheapestMix(cases->front().problem);
        QVERIFY(mix && *mix);
        QVERIFY(std::abs((*mix)->usdPerHour - 6.70) < 1e-9);
        QVERIFY(readMixCases("[]"));
    }

    void aWorkloadThatNoTypeServesIsInfeasible()
    {
        const auto none = cheapestMix({{{"A", 1}}, {{5, {0}}}, 1});
        QVERIFY(none && !*none);
        const auto tooFew = cheapestMix({{{"A", 1, 2}}, {{5, {1}}}, 1});
        QVERIFY(tooFew && !*tooFew);
        const auto idle = cheapestMix({{{"A", 1}}, {{0, {0}}}, 1});
        QVERIFY(idle && *idle);
        QCOMPARE((*idle)->usdPerHour, 0.0);
    }

    void brokenProblemsAreRefused()
    {
        QVERIFY(!cheapestMix({{{"A", -1}}, {{5, {1}}}, 1}));
        QVERIFY(!cheapestMix({{{"A", 1}, {"A", 2}}, {{5, {1, 1}}}, 1}));
        QVERIFY(!cheapestMix({{{"A", 1}}, {{5, {1, 2}}}, 1}));
        QVERIFY(!cheapestMix({{{"A", 1}}, {{-5, {1}}}, 1}));
        QVERIFY(!cheapestMix({{{"A", 1, -1}}, {{5, {1}}}, 1}));
        QVERIFY(!cheapestMix({{{"A", 1}}, {{5, {1}}}, 0}));
    }

    void aFileCutShortAnywhereIsRefused()
    {
        for (std::size_t length = 0; length < Good.size(); ++length)
            QVERIFY(said(Good.substr(0, length)).startsWith("cases: is not JSON"));
    }

    void brokenFilesAreRefusedWithTheirPlace_data()
    {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<QString>("error");
        const auto row = [](const char *name, const std::string &text, const char *error) {
            QTest::newRow(name) << text << QString(error);
        };
        row("negative price", changed("1.01", "-1.01"),
            "cases[0] \"a\".gpu_info.A10G.cost: is not a number of at least 0");
        row("no price", changed("\"cost\":1.01,", ""), "cases[0] \"a\".gpu_info.A10G.cost: is missing");
        row("price as text", changed("1.01", "\"1.01\""), "cases[0] \"a\".gpu_info.A10G.cost: is not a number");
        row("another shape", changed("[5,2]", "[5]"), "cases[0] \"a\".gpu_info.A10G.tputs: has another shape");
        row("a throughput as text", changed("[5,2]", "[5,\"2\"]"),
            "cases[0] \"a\".gpu_info.A10G.tputs: holds something");
        row("half a slice", changed("\"slice_factor\":1", "\"slice_factor\":0.5"),
            "cases[0] \"a\".slice_factor: is not a whole number");
        row("zero slices", changed("\"slice_factor\":1", "\"slice_factor\":0"),
            "cases[0] \"a\".slice_factor: is not a whole number");
        row("a limit of an unknown GPU", changed("{\"A10G\":9}", "{\"H100\":9}"),
            "cases[0] \"a\".limits.H100: is not a GPU");
        row("a negative limit", changed("{\"A10G\":9}", "{\"A10G\":-1}"),
            "cases[0] \"a\".limits.A10G: is not a whole number");
        row("a GPU twice", changed("\"A100\":{", "\"A10G\":{"), "cases: \"A10G\" is there twice");
        row("no id", changed("\"id\":\"a\",", ""), "cases[0].id: is missing");
        row("not a list", "{\"cases\":3}", "cases: is not a list");
        row("a case that is a number", "[7]", "cases[0]: is not an object");
    }

    void brokenFilesAreRefusedWithTheirPlace()
    {
        QFETCH(std::string, text);
        QFETCH(QString, error);
        QVERIFY(!text.empty());
        QVERIFY2(said(text).contains(error), qPrintable(said(text)));
    }

    void smallLinearProgramsHaveTheirTextbookOptimum()
    {
        // min 2x + 3y, x + y >= 4, x + 3y >= 6: x = 3, y = 1, cost 9, prices 1.5 and 0.5.
        SmallLp lp(2);
        lp.setCost(0, 2);
        lp.setCost(1, 3);
        lp.addRow({1, 1}, 4);
        lp.addRow({1, 3}, 6);
        const auto solved = lp.solve();
        QVERIFY(solved);
        QVERIFY(std::abs(solved->x[0] - 3) < 1e-9 && std::abs(solved->x[1] - 1) < 1e-9);
        QVERIFY(std::abs(solved->prices[0] - 1.5) < 1e-9 && std::abs(solved->prices[1] - 0.5) < 1e-9);
        lp.addRow({-1, -1}, -3);
        QVERIFY(!lp.solve());
    }
};

QTEST_APPLESS_MAIN(GpuMixTest)
#include "gpu_mix_test.moc"
