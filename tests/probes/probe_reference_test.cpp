// SPDX-License-Identifier: GPL-3.0-or-later
// The values that kernels must answer, by a second way; statistics and judgements.
#include "probes/drivers/topology.h"
#include "probes/measure/matrix_work.h"
#include "probes/measure/reference.h"
#include "probes/report/metric.h"
#include "probes/run/expectations.h"
#include "probes/run/supervisor.h"

#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <csignal>
#include <nlohmann/json.hpp>
#include <set>
#include <unistd.h>

using namespace probe;

class ProbeReferenceTest : public QObject {
    Q_OBJECT
private slots:
    void theLinearSumIsTheSum_data();
    void theLinearSumIsTheSum();
    void theChaseEndsWhereHopsEnd();
    void theChaseVisitsEveryLine();
    void lanesDiffer();
    void packedStepsFollowOneAnother();
    void packedOperandsAreFoundForEverySeed();
    void timingKnowsItsQuantiles();
    void aFigureIsJudgedByItsFirstEntry_data();
    void aFigureIsJudgedByItsFirstEntry();
    void aChildThatDiesIsNamed();
    void processorsAndCpusAreReadFromTheKernel();
};

void ProbeReferenceTest::theLinearSumIsTheSum_data()
{
    QTest::addColumn<quint64>("words");
    for (const quint64 words : {1ULL, 2ULL, 3ULL, 4ULL, 1000ULL, 65537ULL, 1048576ULL})
        QTest::addRow("%llu", words) << words;
}

void ProbeReferenceTest::theLinearSumIsTheSum()
{
    QFETCH(quint64, words);
    std::uint32_t sum = 0;
    for (quint64 i = 0; i < words; i++)
        sum += patternWord(i, 77, 5);
    QCOMPARE(linearSum(words, 77), sum);
}

void ProbeReferenceTest::theChaseEndsWhereHopsEnd()
{
    const std::uint32_t a = 0x4000005, c = 12345;
    std::uint64_t at = 0;
    for (std::uint32_t hop = 0; hop < 5000; hop++) {
        QCOMPARE(chaseEnd(4096, a, c, hop), static_cast<std::uint32_t>(at));
        at = (at * a + c) & 4095;
    }
}

void ProbeReferenceTest::theChaseVisitsEveryLine()
{
    std::set<std::uint32_t> seen;
    for (std::uint32_t hop = 0; hop < 1024; hop++)
        seen.insert(chaseEnd(1024, 0x4000005, 99, hop));
    QCOMPARE(seen.size(), std::size_t{1024});
}

void ProbeReferenceTest::lanesDiffer()
{
    const auto fp32 = expectedFp32(100, 5, chainOperands32(5));
    const auto fp64 = expectedFp64(100, 5, chainOperands64(5));
    const auto int32 = expectedInt32(100, 5, integerOperands(5));
    const auto int8 = expectedInt8(100, 5, integerOperands(5));
    for (const auto &lanes : {fp32, fp64, int32, int8})
        QCOMPARE(std::set<std::uint32_t>(lanes.begin(), lanes.end()).size(), std::size_t{laneCount});
    QVERIFY(expectedFp32(101, 5, chainOperands32(5)) != fp32);
}

void ProbeReferenceTest::packedStepsFollowOneAnother()
{
    for (const auto format : {PackedReference::Format::Fp16, PackedReference::Format::Bf16}) {
        const PackedReference reference(format, 11);
        QVERIFY(reference.expected(1) != reference.expected(0));
        QCOMPARE(reference.expected(1'000'000), PackedReference(format, 11).expected(1'000'000));
        const auto lanes = reference.expected(20'000);
        QVERIFY(std::set<std::uint32_t>(lanes.begin(), lanes.end()).size() > 24);
    }
}

void ProbeReferenceTest::packedOperandsAreFoundForEverySeed()
{
    for (std::uint32_t seed = 0; seed < 12; seed++)
        for (const auto format : {PackedReference::Format::Fp16, PackedReference::Format::Bf16}) {
            const PackedReference reference(format, seed);
            const auto lanes = reference.expected(1U << 22);
            QVERIFY2(std::set<std::uint32_t>(lanes.begin(), lanes.end()).size() > 16,
                     qPrintable(QString::number(seed)));
        }
}

void ProbeReferenceTest::timingKnowsItsQuantiles()
{
    const Timing timing = timingOf({4, 1, 3, 2, 100});
    QCOMPARE(timing.bestMs, 1.0);
    QCOMPARE(timing.medianMs, 3.0);
    QCOMPARE(timing.p95Ms, 100.0);
    QCOMPARE(timing.repetitions, 5);
    QCOMPARE(timingOf({2, 2}).variation, 0.0);
    QCOMPARE(timingOf({}).repetitions, 0);
}

void ProbeReferenceTest::aFigureIsJudgedByItsFirstEntry_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("verdict");
    QTest::newRow("at the figure") << 4000.0 << "pass";
    QTest::newRow("just passes") << 3800.0 << "pass";
    QTest::newRow("between") << 3500.0 << "warn";
    QTest::newRow("70 %") << 2800.0 << "fail";
    QTest::newRow("nothing") << 0.0 << "fail";
}

void ProbeReferenceTest::aFigureIsJudgedByItsFirstEntry()
{
    QFETCH(double, value);
    QFETCH(QString, verdict);
    const std::vector<Expectation> expectations = {{.device = "h200", .metric = "membw.triad", .value = 4000},
                                                   {.device = "", .metric = "membw.triad", .value = 1}};
    const nlohmann::json line = {{"probe", "membw"}, {"metric", "triad"}, {"value", value}, {"unit", "GB/s"}};
    QCOMPARE(QString::fromStdString(judge(expectations, "NVIDIA H200", line)["verdict"]), verdict);
    QCOMPARE(QString::fromStdString(judge({}, "NVIDIA H200", line)["verdict"]), "no reference");
}

void ProbeReferenceTest::aChildThatDiesIsNamed()
{
    std::vector<std::string> lines;
    const ChildEnd end = superviseChild(
        [](int file) {
            if (write(file, "one\ntwo\n", 8) == 8)
                raise(SIGKILL);
        },
        [] { return 5.0; }, [&](const std::string &line) { lines.push_back(line); }, [] { return false; });
    QCOMPARE(lines, (std::vector<std::string>{"one", "two"}));
    QCOMPARE(end.signal, std::optional(SIGKILL));
    QVERIFY(!end.hung);
    QCOMPARE(QString::fromStdString(signalName(SIGSEGV)), "SIGSEGV");
}

void ProbeReferenceTest::processorsAndCpusAreReadFromTheKernel()
{
    QCOMPARE(amdProcessorName(90402), std::string("gfx942"));
    QCOMPARE(amdProcessorName(90010), std::string("gfx90a"));
    QCOMPARE(amdProcessorName(120001), std::string("gfx1201"));
    QCOMPARE(amdProcessorName(0), std::string());
    QCOMPARE(parseCpuList("0-3,8,10-11"), (std::vector<int>{0, 1, 2, 3, 8, 10, 11}));
    QCOMPARE(parseCpuList(""), std::vector<int>());
    QCOMPARE(parseCpuList("a-3,5-,-1,7"), (std::vector<int>{5, 7}));
    QTemporaryDir root;
    QVERIFY(QDir(root.path()).mkpath("sys/class/kfd/kfd/topology/nodes/1"));
    QFile file(root.filePath("sys/class/kfd/kfd/topology/nodes/1/properties"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("simd_count 1216\ngfx_target_version 90402\nlocation_id 49409\ndomain 0\n");
    file.close();
    qputenv("BERTH_PROBE_ROOT", root.path().toUtf8());
    QCOMPARE(amdProcessorAt("0000:c1:00.1"), std::string("gfx942"));
    QCOMPARE(amdProcessorAt("0000:c2:00.0"), std::string());
    for (const char *broken : {"", "c1:00.1", "0000:c1:00", "0000:c1:00,1", "0000:c1:00.", "zz:c1:00.1"})
        QCOMPARE(amdProcessorAt(broken), std::string());
    qunsetenv("BERTH_PROBE_ROOT");
}

QTEST_GUILESS_MAIN(ProbeReferenceTest)
#include "probe_reference_test.moc"
