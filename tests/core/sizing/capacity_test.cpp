// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/capacity.h"

#include "sample_models.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace core;

namespace {

std::int64_t gib(double amount)
{
    return std::llround(amount * 0x1p30);
}

/// A ledger of 10 GiB of weights and 2 GiB of cache, give or take 1 GiB of the weights.
Ledger twelve()
{
    Ledger ledger;
    ledger.blocks = {{BlockKind::Weights, {gib(9), gib(10), gib(11)}, {}, {}},
                     {BlockKind::KvCache, {gib(2), gib(2), gib(2)}, {}, {}}};
    ledger.total = {gib(11), gib(12), gib(13)};
    ledger.kvBytesPerToken = 131072;
    return ledger;
}

Requirement asked(const char *engine, double utilization, std::int64_t context = 8192, int concurrency = 2)
{
    Requirement requirement;
    requirement.engine = engine;
    requirement.utilization = utilization;
    requirement.context = context;
    requirement.concurrency = concurrency;
    return requirement;
}

Result<SizingAnswer> answered(const Requirement &requirement, const std::optional<SizingDevice> &device,
                              const Ledger &ledger = twelve())
{
    return sizeOn(sample::llama8b(), requirement, {}, ledger, device);
}

} // namespace

Q_DECLARE_METATYPE(core::FitAnswer)
Q_DECLARE_METATYPE(core::SizingDevice)

class CapacityTest : public QObject {
    Q_OBJECT

private slots:
    void withoutACardNothingIsPromised()
    {
        const auto answer = answered(asked("vllm", 0.9), {});
        QVERIFY(answer.has_value());
        QVERIFY(answer->answer == FitAnswer::Unknown);
        QVERIFY(!answer->budget && !answer->headroom && !answer->kvPool && !answer->held);
    }

    void anEngineTakesItsShareByItsOwnRule_data()
    {
        QTest::addColumn<QString>("engine");
        QTest::addColumn<double>("total");
        QTest::addColumn<double>("free"); // 0: all
        QTest::addColumn<double>("utilization");
        QTest::addColumn<FitAnswer>("answer");
        QTest::addColumn<double>("pool");
        QTest::newRow("vllm: the high end fits") << "vllm" << 16.0 << 0.0 << 0.875 << FitAnswer::Fits << 4.0;
        QTest::newRow("vllm: the high end just fits") << "vllm" << 26.0 << 0.0 << 0.5 << FitAnswer::Fits << 3.0;
        QTest::newRow("vllm: the likely fits") << "vllm" << 25.0 << 0.0 << 0.5 << FitAnswer::Tight << 2.5;
        QTest::newRow("vllm: too little") << "vllm" << 23.0 << 0.0 << 0.5 << FitAnswer::No << 1.5;
        QTest::newRow("vllm: the weights alone do not fit") << "vllm" << 16.0 << 0.0 << 0.5 << FitAnswer::No << 0.0;
        QTest::newRow("vllm: its share is just free") << "vllm" << 32.0 << 16.0 << 0.5 << FitAnswer::Fits << 6.0;
        QTest::newRow("vllm: its share is not free") << "vllm" << 32.0 << 15.5 << 0.5 << FitAnswer::No << 6.0;
        QTest::newRow("sglang: its share is not free") << "sglang" << 32.0 << 15.5 << 0.5 << FitAnswer::No << 6.0;
        // (free - 10) x 0.5 is the pool of the likely weights, (free - 11) x 0.5 of the high ones; 2 are needed.
        QTest::newRow("trtllm: half of what loading leaves")
            << "trtllm" << 32.0 << 15.5 << 0.5 << FitAnswer::Fits << 2.75;
        QTest::newRow("trtllm: the likely fits") << "trtllm" << 32.0 << 14.5 << 0.5 << FitAnswer::Tight << 2.25;
        QTest::newRow("trtllm: too little") << "trtllm" << 32.0 << 13.5 << 0.5 << FitAnswer::No << 1.75;
        QTest::newRow("trtllm: an idle card is all free") << "trtllm" << 16.0 << 0.0 << 0.5 << FitAnswer::Fits << 3.0;
        QTest::newRow("trtllm: the weights alone do not fit") << "trtllm" << 32.0 << 9.0 << 0.5 << FitAnswer::No << 0.0;
    }
    void anEngineTakesItsShareByItsOwnRule()
    {
        QFETCH(QString, engine);
        QFETCH(double, total);
        QFETCH(double, free);
        QFETCH(double, utilization);
        QFETCH(FitAnswer, answer);
        QFETCH(double, pool);
        const SizingDevice card{gib(total), free > 0 ? std::optional(gib(free)) : std::nullopt, {}};
        const auto sized = answered(asked(engine.toUtf8().constData(), utilization), card);
        QVERIFY2(sized.has_value(), sized ? "" : describe(sized.error()).c_str());
        QVERIFY2(sized->answer == answer, sized->reason.c_str());
        QCOMPARE(qint64(sized->kvPool->likely), qint64(gib(pool)));
        QVERIFY(sized->kvPool->low <= sized->kvPool->likely && sized->kvPool->likely <= sized->kvPool->high);
        QVERIFY(sized->headroom->low <= sized->headroom->likely && sized->headroom->likely <= sized->headroom->high);
    }

    void aPoolIsReadBothWays()
    {
        // 4 GiB are 2048 blocks of 16 tokens of 128 KiB: 32768 tokens.
        const auto sized = answered(asked("vllm", 0.875), SizingDevice{gib(16), {}, {}});
        QCOMPARE(qint64(sized->held->tokens), qint64(32768));
        QCOMPARE(sized->held->maxConcurrency, 4.0);
        QCOMPARE(*sized->largestConcurrency, 4);
        QCOMPARE(qint64(*sized->largestContext), qint64(16384));
    }

    void aPrintedPoolAnswersAlone()
    {
        const SizingDevice pool{0, {}, gib(4)};
        QVERIFY(answered(asked("vllm", 0.9, 8192, 4), pool)->answer == FitAnswer::Fits);
        QVERIFY(answered(asked("vllm", 0.9, 8193, 4), pool)->answer == FitAnswer::No);
        QVERIFY(!answered(asked("vllm", 0.9, 8192, 4), pool)->budget);
    }

    void aMeasuredTokenFillsTheCacheFaster()
    {
        auto ledger = twelve();
        ledger.calibration = "calibrated from a log";
        ledger.kvBytesPerToken = 131072 * 2;
        const auto sized = answered(asked("vllm", 0.875), SizingDevice{gib(16), {}, {}}, ledger);
        QCOMPARE(qint64(sized->held->tokens), qint64(16384));
        QCOMPARE(qint64(*sized->largestContext), qint64(8192));
    }

    void impossibleCardsAreRefused_data()
    {
        QTest::addColumn<double>("utilization");
        QTest::addColumn<SizingDevice>("device");
        QTest::addColumn<QString>("place");
        const SizingDevice card{gib(16), {}, {}};
        QTest::newRow("no share") << 0.0 << card << "utilization";
        QTest::newRow("more than all") << 1.01 << card << "utilization";
        QTest::newRow("no number") << std::numeric_limits<double>::quiet_NaN() << card << "utilization";
        QTest::newRow("no memory") << 0.9 << SizingDevice{} << "memory";
        QTest::newRow("less than no memory") << 0.9 << SizingDevice{-1, {}, {}} << "memory";
        QTest::newRow("more free than there is") << 0.9 << SizingDevice{gib(16), gib(17), {}} << "free";
        QTest::newRow("less than nothing free") << 0.9 << SizingDevice{gib(16), -1, {}} << "free";
        QTest::newRow("empty pool") << 0.9 << SizingDevice{0, {}, 0} << "kvPool";
        QTest::newRow("a pool beyond the card") << 0.9 << SizingDevice{gib(16), {}, gib(17)} << "kvPool";
    }
    void impossibleCardsAreRefused()
    {
        QFETCH(double, utilization);
        QFETCH(SizingDevice, device);
        QFETCH(QString, place);
        const auto sized = answered(asked("vllm", utilization), device);
        QVERIFY(!sized.has_value());
        QVERIFY(sized.error().kind == ErrorKind::Usage);
        QCOMPARE(QString::fromStdString(sized.error().place), place);
    }

    void theLargestContextIsTheLastThatFits_data()
    {
        QTest::addColumn<bool>("sliding");
        QTest::addColumn<int>("concurrency");
        for (const int concurrency : {1, 3, 8, 100}) {
            QTest::addRow("every layer keeps every token, %d requests", concurrency) << false << concurrency;
            QTest::addRow("half the layers keep a window, %d requests", concurrency) << true << concurrency;
        }
    }
    void theLargestContextIsTheLastThatFits()
    {
        QFETCH(bool, sliding);
        QFETCH(int, concurrency);
        const auto layout = kvLayout(sliding ? sample::gptOss20() : sample::llama8b(), "auto", 1);
        QVERIFY(layout.has_value());
        for (const double pool : {0.5, 3.7, 40.0}) {
            const auto blocks = gib(pool) / layout->blockBytes();
            const auto most = largestContext(*layout, gib(pool), concurrency, 1 << 24);
            QVERIFY(most == 0 || layout->blocksPerRequest(most) * concurrency <= blocks);
            QVERIFY(most == 1 << 24 || layout->blocksPerRequest(most + 1) * concurrency > blocks);
        }
        QCOMPARE(qint64(largestContext(*layout, gib(40), concurrency, 5)), qint64(5));
    }

    void nothingFitsIntoNothing()
    {
        const auto layout = kvLayout(sample::llama8b(), "auto", 1);
        QVERIFY(layout.has_value());
        QCOMPARE(qint64(largestContext(*layout, 0, 1, 8192)), qint64(0));
        QCOMPARE(qint64(largestContext(*layout, -5, 1, 8192)), qint64(0));
        QCOMPARE(qint64(largestContext(*layout, layout->blockBytes() - 1, 1, 8192)), qint64(0));
        QCOMPARE(qint64(largestContext(*layout, gib(1), 0, 8192)), qint64(0));
        QCOMPARE(qint64(largestContext(KvLayout{}, gib(1), 1, 8192)), qint64(0));
    }

    void modelsWithoutACacheAreAnsweredByTheirTotal()
    {
        Model vit;
        vit.isLlm = false;
        vit.kind = "vision encoder";
        vit.hidden = 768;
        vit.heads = 12;
        vit.params = 86'567'656;
        const auto wanted = asked("vllm", 0.9, 197, 32);
        auto stored = wanted;
        stored.weights = "fp32";
        const auto ledger = buildLedger(vit, stored);
        QVERIFY2(ledger.has_value(), ledger ? "" : describe(ledger.error()).c_str());
        const auto activations = std::ranges::find(ledger->blocks, BlockKind::Activations, &LedgerBlock::kind);
        QCOMPARE(qint64(activations->bytes.likely), qint64(32LL * 197 * 768 * 34)); // 34 bytes a token and hidden unit
        QCOMPARE(qint64(activations->bytes.high - activations->bytes.likely), qint64(32LL * 197 * 12 * 197 * 2));
        const auto sized = sizeOn(vit, stored, {}, *ledger, SizingDevice{gib(16), {}, {}});
        QVERIFY(sized->answer == FitAnswer::Fits);
        QVERIFY(!sized->held && !sized->largestContext && !sized->largestConcurrency);
    }
};

QTEST_APPLESS_MAIN(CapacityTest)
#include "capacity_test.moc"
