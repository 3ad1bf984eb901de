// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/sku_estimate.h"
#include "sample_models.h"

#include <QTest>

using namespace core;

namespace {

Sku card()
{
    Sku sku;
    sku.id = sku.displayName = "card";
    sku.memorySize = 80;
    sku.bandwidthGBs = 3350;
    sku.tflops = {{"bf16", 989}, {"fp8", 1979}};
    sku.interconnect = "none";
    return sku;
}

constexpr RequestShape shape{1024, 128};

Requirement asked(int concurrency = 16)
{
    Requirement requirement;
    requirement.modelId = sample::llama8b().id;
    requirement.concurrency = concurrency;
    requirement.context = 2048;
    return requirement;
}

MeasuredServing point(double concurrency, double output, std::int64_t date = 1)
{
    MeasuredServing one;
    one.modelId = sample::llama8b().id;
    one.skuId = "card";
    one.weights = "bf16";
    one.concurrency = concurrency;
    one.prompt = 1024;
    one.answer = 128;
    one.outputTokensPerSecond = output;
    one.firstTokenSeconds = 0.07;
    one.tokensPerSecondPerStream = 100;
    one.date = date;
    one.source = "bench of " + std::to_string(static_cast<int>(output));
    return one;
}

Throughput speed(const MeasuredSpeeds &speeds, const Requirement &requirement = asked())
{
    const auto out = bestKnownThroughput(sample::llama8b(), requirement, card(), shape, &speeds);
    return out ? *out : Throughput{};
}

} // namespace

class MeasuredSpeedsTest : public QObject {
    Q_OBJECT

private slots:
    void aBenchmarkOfTheSameLoadIsTakenAsItIs()
    {
        const auto out = speed({{point(16, 640)}, {}});
        QCOMPARE(out.output.value, (Range{640, 640, 640}));
        QCOMPARE(out.perStream.value.likely, 100.0);
        QCOMPARE(out.decode.value.likely, 1600.0);
        QCOMPARE(out.firstToken.value.likely, 0.07);
        QCOMPARE(out.basis, std::string("bench of 640"));
        QVERIFY(out.output.reason.starts_with("measured: bench of 640"));
    }
    void anotherLoadIsCarriedOverAndTheRangeSpansBoth()
    {
        const auto model = sample::llama8b();
        const auto at16 = estimateThroughput(model, asked(16), card(), shape);
        const auto at64 = estimateThroughput(model, asked(64), card(), shape);
        const auto out = speed({{point(16, 640)}, {}}, asked(64));
        const auto carried = 640 * at64->output.value.likely / at16->output.value.likely;
        QCOMPARE(out.output.value, (Range{640, carried, carried}));
        QVERIFY2(out.output.reason.contains("16 requests at once"), out.output.reason.c_str());
    }
    void theNearestLoadCountsAndOfEqualOnesTheNewest()
    {
        const MeasuredSpeeds speeds{{point(1, 90), point(16, 640, 1), point(16, 700, 2), point(256, 2000)}, {}};
        QCOMPARE(nearestServing(speeds, asked(20), "card")->outputTokensPerSecond, 700.0);
        QCOMPARE(nearestServing(speeds, asked(2), "card")->outputTokensPerSecond, 90.0);
        QCOMPARE(nearestServing(speeds, asked(200), "card")->outputTokensPerSecond, 2000.0);
    }
    void anotherCombinationFallsBack_data()
    {
        QTest::addColumn<QString>("what");
        for (const auto *what : {"model", "sku", "devices", "weights"})
            QTest::newRow(what) << what;
    }
    void anotherCombinationFallsBack()
    {
        QFETCH(QString, what);
        auto other = point(16, 640);
        if (what == "model")
            other.modelId = "another";
        else if (what == "sku")
            other.skuId = "another";
        else if (what == "devices")
            other.devices = 2;
        else
            other.weights = "fp8";
        QCOMPARE(speed({{other}, {}}).basis, std::string("data sheet"));
        const MeasuredDevice probed{3000, {{"bf16", 700}}, "berth-probe"};
        QCOMPARE(speed({{other}, {{"card", probed}}}).basis, std::string("berth-probe"));
        QCOMPARE(speed({{other}, {{"another", probed}}}).basis, std::string("data sheet"));
    }
    void whatIsFasterThanTheSheetIsDoubted()
    {
        const auto out = speed({{point(16, 1e6)}, {}});
        QCOMPARE(out.output.value.likely, 1e6);
        QVERIFY(out.notes.back().contains("were prompts cached?"));
    }
    void aBenchmarkWithoutLatencyLeavesItEstimated()
    {
        auto bare = point(16, 640);
        bare.firstTokenSeconds.reset();
        bare.tokensPerSecondPerStream.reset();
        const auto sheet = estimateThroughput(sample::llama8b(), asked(), card(), shape);
        const auto out = speed({{bare}, {}});
        QCOMPARE(out.firstToken.value, sheet->firstToken.value);
        QCOMPARE(out.decode.value, sheet->decode.value);
    }
    void theCostOfTokensFollowsWhatWasMeasured()
    {
        Price price;
        price.perHour = 3.6;
        const MeasuredSpeeds speeds{{point(16, 1000)}, {}};
        const auto one = estimateOn(sample::llama8b(), asked(), card(), 1, shape, &price, nullptr, &speeds);
        QCOMPARE(one.cost.perMillionTokens->likely, 1.0);
    }
};

QTEST_APPLESS_MAIN(MeasuredSpeedsTest)
#include "measured_speeds_test.moc"
