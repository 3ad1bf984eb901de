// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/second_opinion.h"
#include "sample_models.h"

#include <QTest>

#include <algorithm>
#include <cmath>

using namespace core;

namespace {

constexpr double gib = 0x1p30;

std::int64_t mebibytes(int amount)
{
    return std::int64_t{amount} << 20;
}
const std::int64_t h100 = mebibytes(81559), h200 = mebibytes(143771), l40s = mebibytes(46068), l4 = mebibytes(23034);

Opinion opinionOf(const char *peer, const Model &model, std::int64_t device, Requirement requirement = {})
{
    const auto all = secondOpinions(model, requirement, device);
    const auto found = std::ranges::find(all, peer, &Opinion::peer);
    return found == all.end() ? Opinion{} : *found;
}

Requirement stored(const char *format, int tensorParallel = 1)
{
    Requirement requirement;
    requirement.weights = format;
    requirement.tensorParallel = tensorParallel;
    return requirement;
}

bool near(double actual, double expected, double tolerance)
{
    return std::abs(actual - expected) <= tolerance;
}

} // namespace

/// The figures are those of the reference's comparison of peers, of their documents, and of their own tests.
class SecondOpinionTest : public QObject {
    Q_OBJECT

private slots:
    void sixQuestionsHaveTheAnswersOfTheComparison_data()
    {
        QTest::addColumn<int>("model"); // 0 Qwen3-32B, 1 Llama-3.1-8B, 2 Llama-3.1-70B
        QTest::addColumn<qint64>("device");
        QTest::addColumn<double>("stackNeed");
        QTest::addColumn<int>("stackCards");
        QTest::addColumn<int>("kaitoCards");
        QTest::addColumn<int>("runwayNeed");
        QTest::addColumn<QString>("runwayWord");
        QTest::addColumn<qint64>("plannerTokens");
        QTest::addColumn<double>("accelerateGib");
        QTest::newRow("Qwen3-32B on H100")
            << 0 << qint64(h100) << 75.2 << 2 << 2 << 74 << "Tight" << qint64(20000) << 61.0;
        QTest::newRow("Qwen3-32B on H200")
            << 0 << qint64(h200) << 75.2 << 1 << 1 << 74 << "Perfect" << qint64(244000) << 61.0;
        QTest::newRow("Qwen3-32B on L40S")
            << 0 << qint64(l40s) << 75.2 << 2 << 2 << 74 << "Won't fit" << qint64(0) << 61.0;
        QTest::newRow("Qwen3-32B on L4") << 0 << qint64(l4) << 75.2 << 4 << 5 << 74 << "Won't fit" << qint64(0) << 61.0;
        QTest::newRow("Llama-3.1-8B on L4")
            << 1 << qint64(l4) << 19.9 << 1 << 1 << 18 << "Tight" << qint64(2800) << 15.0;
        QTest::newRow("Llama-3.1-70B on H100")
            << 2 << qint64(h100) << 159.7 << 4 << 3 << 158 << "Won't fit" << qint64(0) << 131.4;
    }
    void sixQuestionsHaveTheAnswersOfTheComparison()
    {
        QFETCH(int, model);
        QFETCH(qint64, device);
        const Model models[] = {sample::qwen3ThirtyTwo(), sample::llama8b(), sample::llama70b()};
        const auto &asked = models[model];
        const auto stack = opinionOf("GPUStack", asked, device);
        QFETCH(double, stackNeed);
        QVERIFY2(near(static_cast<double>(*stack.needBytes) / gib, stackNeed, 0.1), stack.formula.c_str());
        QTEST(*stack.devices, "stackCards");
        QTEST(*opinionOf("KAITO", asked, device).devices, "kaitoCards");
        const auto runway = opinionOf("AI Runway", asked, device);
        QTEST(static_cast<int>(*runway.needBytes >> 30), "runwayNeed");
        QFETCH(QString, runwayWord);
        QVERIFY2(runway.answer.starts_with(runwayWord.toStdString()), runway.answer.c_str());
        const auto planner = opinionOf("llm-d-planner", asked, device);
        QFETCH(qint64, plannerTokens);
        QVERIFY2(near(static_cast<double>(*planner.kvTokens), static_cast<double>(plannerTokens),
                      0.03 * static_cast<double>(plannerTokens)),
                 planner.formula.c_str());
        QCOMPARE(planner.devices.has_value(), plannerTokens > 0);
        QFETCH(double, accelerateGib);
        const auto accelerate = opinionOf("accelerate", asked, device);
        QVERIFY(near(static_cast<double>(*accelerate.needBytes) / gib, accelerateGib, 0.06));
        QVERIFY(!accelerate.devices);
    }

    void kaitoLeavesTheTokensOfItsDocument()
    {
        // memory-estimator.md: Phi-4-mini (7.15 GiB stored) on A10-24: 83 640 tokens; on A100-80 clamped to 131072.
        auto model = sample::phi4Mini();
        model.context = 131072;
        const auto small = opinionOf("KAITO", model, 24LL << 30), large = opinionOf("KAITO", model, 80LL << 30);
        QCOMPARE(*small.devices, 1);
        QVERIFY2(near(static_cast<double>(*small.kvTokens), 83640, 300), small.formula.c_str());
        QCOMPARE(*large.kvTokens, 131072);
    }

    void accelerateGivesTheFiguresOfItsTable_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<double>("mebibytes");
        QTest::newRow("fp32") << "fp32" << 413.18;
        QTest::newRow("fp16") << "fp16" << 206.59;
        QTest::newRow("int8") << "int8" << 103.29;
        QTest::newRow("int4") << "int4" << 51.65;
    }
    void accelerateGivesTheFiguresOfItsTable()
    {
        QFETCH(QString, format);
        Model bert;
        bert.id = bert.shortName = "bert-base-cased";
        bert.kind = "encoder";
        bert.isLlm = false;
        bert.params = 108310272;
        const auto opinion = opinionOf("accelerate", bert, l4, stored(format.toUtf8().constData()));
        QFETCH(double, mebibytes);
        QVERIFY2(near(static_cast<double>(*opinion.needBytes) / 0x1p20, mebibytes, 0.02), opinion.formula.c_str());
    }

    void theHeadRuleOfGpuStackRoundsUpToADivisor()
    {
        // Three H100 would hold Llama-70B by memory; 64 heads do not divide by 3.
        QCOMPARE(*opinionOf("GPUStack", sample::llama70b(), h100).devices, 4);
        QCOMPARE(*opinionOf("AI Runway", sample::llama70b(), h100).devices, 2);
    }

    void theFormatChangesOnlyPeersThatLookAtIt()
    {
        const auto quarter = stored("int4"), whole = stored("bf16");
        for (const char *peer : {"GPUStack", "llm-d-planner", "accelerate"})
            QVERIFY2(*opinionOf(peer, sample::llama70b(), h100, quarter).needBytes
                         < *opinionOf(peer, sample::llama70b(), h100, whole).needBytes,
                     peer);
        QCOMPARE(*opinionOf("AI Runway", sample::llama70b(), h100, quarter).needBytes,
                 *opinionOf("AI Runway", sample::llama70b(), h100, whole).needBytes);
    }

    void whatAPeerCannotAnswerIsUnknown()
    {
        Model whisper;
        whisper.id = whisper.shortName = "whisper";
        whisper.kind = "asr encoder-decoder";
        whisper.isLlm = false;
        whisper.params = 1550000000;
        for (const char *peer : {"KAITO", "llm-d-planner"}) {
            const auto opinion = opinionOf(peer, whisper, h100);
            QVERIFY(!opinion.needBytes && !opinion.devices && !opinion.kvTokens);
            QVERIFY(opinion.answer.starts_with("unknown"));
        }
        const auto stack = opinionOf("GPUStack", whisper, h100);
        QVERIFY(near(static_cast<double>(*stack.needBytes), 1.55e9 * 2 * 1.2 + 512 * 0x1p20, 1e4));
        QVERIFY(!opinionOf("accelerate", sample::llama8b(), h100, stored("mxfp4")).needBytes);
    }

    void withoutWeightsEveryPeerIsUnknown()
    {
        Model nothing;
        nothing.id = nothing.shortName = "nothing";
        nothing.kind = "dense";
        for (const auto &requirement : {stored("bf16"), stored("fp7")}) {
            const auto opinions = secondOpinions(nothing, requirement, h100);
            QCOMPARE(opinions.size(), std::size_t(5));
            for (const auto &opinion : opinions)
                QVERIFY(!opinion.needBytes && !opinion.devices && opinion.answer.starts_with("unknown"));
        }
    }

    void aDeviceWithoutMemoryIsNoDivision()
    {
        for (const auto &opinion : secondOpinions(sample::llama8b(), {}, 0))
            QVERIFY2(!opinion.devices, opinion.peer.c_str());
    }
};

QTEST_APPLESS_MAIN(SecondOpinionTest)
#include "second_opinion_test.moc"
