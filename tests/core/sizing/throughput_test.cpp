// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/cost.h"
#include "core/sizing/roofline.h"
#include "core/sizing/sku_estimate.h"
#include "sample_models.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace core;

namespace {

Sku card(double bandwidth, std::map<std::string, double> tflops, double memory = 80)
{
    Sku sku;
    sku.id = sku.displayName = "card";
    sku.memorySize = memory;
    sku.bandwidthGBs = bandwidth;
    sku.tflops = std::move(tflops);
    sku.interconnect = "none";
    return sku;
}

Sku h100()
{
    auto sku = card(3350, {{"bf16", 989}, {"fp16", 989}, {"fp8", 1979}});
    sku.interconnect = "NVLink";
    sku.interconnectGBs = 900;
    sku.tdpWatts = 700;
    return sku;
}
Sku l4()
{
    auto sku = card(300, {{"bf16", 121}, {"fp16", 121}, {"fp8", 242}}, 24);
    sku.pcie = "4.0 x16";
    return sku;
}

Requirement wanted(int concurrency = 1, std::int64_t context = 8192, int tensorParallel = 1)
{
    Requirement requirement;
    requirement.context = context;
    requirement.concurrency = concurrency;
    requirement.tensorParallel = tensorParallel;
    return requirement;
}

bool near(double actual, double expected, double tolerance)
{
    return std::abs(actual - expected) <= tolerance * expected;
}

bool ordered(const Range &range)
{
    return range.low > 0 && range.low <= range.likely && range.likely <= range.high && std::isfinite(range.high);
}

} // namespace

class ThroughputTest : public QObject {
    Q_OBJECT

private slots:
    void aStreamDecodesAsFastAsTheWeightsAreRead()
    {
        // Reference: Llama-3.1-8B BF16 (16.06 GB) on H100 SXM, 3350 GB/s x 0.8 / 16.06 = 167 tokens/s.
        const auto speed = estimateThroughput(sample::llama8b(), wanted(), h100(), {16, 1});
        QVERIFY(speed);
        QVERIFY2(near(speed->perStream.value.likely, 167, 0.005),
                 qPrintable(QString::number(speed->perStream.value.likely)));
        QVERIFY(near(speed->perStream.value.high, 3350 / 16.06, 0.005));
        QVERIFY(near(speed->perStream.value.low, 0.55 * 3350 / 16.06, 0.005)); // llmfit's 0.55
        QCOMPARE(speed->basis, std::string("data sheet"));
    }

    void aLargeBatchIsBoundByArithmetic_data()
    {
        // Reference: crossover batch = peak FLOPS · bytes per weight / (2 · bandwidth).
        QTest::addColumn<double>("bandwidth");
        QTest::addColumn<double>("tflops");
        QTest::addColumn<int>("crossover");
        QTest::newRow("H100") << 3350.0 << 989.0 << 295;
        QTest::newRow("A100") << 2039.0 << 312.0 << 153;
        QTest::newRow("MI300X") << 5300.0 << 1307.0 << 247;
        QTest::newRow("L4") << 300.0 << 121.0 << 403;
    }
    void aLargeBatchIsBoundByArithmetic()
    {
        QFETCH(double, bandwidth);
        QFETCH(double, tflops);
        QFETCH(int, crossover);
        // At the upper end, where no share enters: below the crossover a step takes as long as for one stream.
        const auto sku = card(bandwidth, {{"bf16", tflops}});
        const auto roofline = Roofline::of(sample::llama8b(), wanted(), sku, nullptr);
        QVERIFY(roofline);
        const double memory = roofline->weightBytes(1, End::High) / roofline->bytesPerSecond(End::High);
        const auto compute = [&](int streams) {
            return streams * roofline->flopsPerToken(0) / roofline->flopsPerSecond(End::High);
        };
        QVERIFY(compute(crossover - 2) < memory);
        QVERIFY(compute(crossover + 2) > memory);
    }

    void aMixtureOfExpertsPrefillsAsMeasured()
    {
        // Reference: gpt-oss-20b on an L4 measured 3547 to 3800 prompt tokens a second (active parameters 3.6 B).
        auto model = sample::gptOss20();
        model.activeParams = 3'600'000'000;
        auto requirement = wanted(1, 2048);
        requirement.weights = "mxfp4";
        const auto speed = estimateThroughput(model, requirement, l4(), {1024, 1024});
        QVERIFY(speed);
        QVERIFY(speed->prefill.value.low < 3547);
        QVERIFY(speed->prefill.value.likely > 3800);
        QVERIFY2(near(speed->prefill.value.likely, 3800, 0.11),
                 qPrintable(QString::number(speed->prefill.value.likely)));
    }

    void activeParametersComeFromTheExpertsThatATokenUses()
    {
        // Qwen3-30B-A3B: 3.3 B of 30.5 B.
        const auto roofline = Roofline::of(sample::qwen3Moe30(), wanted(), h100(), nullptr);
        QVERIFY(roofline);
        QVERIFY(near(roofline->flopsPerToken(0), 2 * 3.35e9, 0.02));
    }

    void moreStreamsReadMoreExpertsButNeverMoreThanAll()
    {
        const auto roofline = Roofline::of(sample::qwen3Moe30(), wanted(), h100(), nullptr);
        QVERIFY(roofline);
        double before = 0;
        for (const int streams : {1, 2, 8, 64, 4096}) {
            const auto likely = roofline->weightBytes(streams, End::Likely),
                       worst = roofline->weightBytes(streams, End::Low);
            QVERIFY(likely > before);
            QVERIFY(likely <= worst * 1.000001);
            before = likely;
        }
        QVERIFY(near(before, 2 * 30532122624.0, 0.001));
    }

    void aRangeIsInOrderForEveryFigure_data()
    {
        QTest::addColumn<int>("concurrency");
        QTest::addColumn<int>("tensorParallel");
        QTest::newRow("alone") << 1 << 1;
        QTest::newRow("batch") << 64 << 1;
        QTest::newRow("group") << 32 << 4;
        QTest::newRow("huge batch") << 4096 << 8;
    }
    void aRangeIsInOrderForEveryFigure()
    {
        QFETCH(int, concurrency);
        QFETCH(int, tensorParallel);
        for (const auto &model : {sample::llama70b(), sample::gptOss120(), sample::deepseekV3()})
            for (const auto &sku : {h100(), l4()}) {
                const auto requirement = wanted(concurrency, 8192, tensorParallel);
                const auto speed = estimateThroughput(model, requirement, sku, evenShape(requirement));
                QVERIFY(speed);
                for (const auto *figure :
                     {&speed->prefill, &speed->decode, &speed->perStream, &speed->firstToken, &speed->output}) {
                    QVERIFY2(ordered(figure->value), model.id.c_str());
                    QVERIFY(!figure->reason.empty());
                }
                QVERIFY(speed->output.value.likely < speed->decode.value.likely);
            }
    }

    void withoutTheUnitTheFormatIsComputedInSixteenBit()
    {
        auto requirement = wanted();
        requirement.weights = "fp8";
        const auto native = Roofline::of(sample::llama8b(), requirement, h100(), nullptr);
        const auto stored = Roofline::of(sample::llama8b(), requirement, card(2039, {{"bf16", 312}}), nullptr);
        QVERIFY(native && stored);
        QCOMPARE(native->precision(), std::string("fp8"));
        QVERIFY(native->notes().empty());
        QCOMPARE(stored->precision(), std::string("bf16"));
        QCOMPARE(stored->notes().size(), std::size_t(1));
    }

    void aProbeTakesThePlaceOfTheSheet()
    {
        // A card that copies and multiplies exactly as healthy H200s do has the sheet's likely speed.
        const auto sheet = card(4800, {{"bf16", 989}});
        const MeasuredDevice healthy{4800 * copyOfSheet, {{"bf16", 989 * matrixOfSheet}}, "berth-probe on gpu-03"};
        const MeasuredDevice slow{2400 * copyOfSheet, {{"bf16", 989 * matrixOfSheet}}, "berth-probe on gpu-04"};
        const auto requirement = wanted(8);
        const auto speed = [&](const MeasuredDevice *measured) {
            return *estimateThroughput(sample::llama8b(), requirement, sheet, evenShape(requirement), measured);
        };
        QVERIFY(near(speed(&healthy).decode.value.likely, speed(nullptr).decode.value.likely, 0.0001));
        QVERIFY(speed(&healthy).decode.value.high < speed(nullptr).decode.value.high);
        QVERIFY(near(speed(&slow).decode.value.likely, speed(nullptr).decode.value.likely / 2, 0.0001));
        QVERIFY(near(speed(&slow).prefill.value.likely, speed(nullptr).prefill.value.likely, 0.0001));
        QCOMPARE(speed(&slow).basis, std::string("berth-probe on gpu-04"));
    }

    void aGroupOverPcieIsSlowerThanOverAGpuLink()
    {
        auto pcie = h100();
        pcie.interconnect = "none";
        pcie.pcie = "4.0 x16";
        auto unknown = pcie;
        unknown.pcie.clear();
        const auto requirement = wanted(32, 8192, 4);
        const auto speed = [&](const Sku &sku) {
            return *estimateThroughput(sample::llama70b(), requirement, sku, evenShape(requirement));
        };
        QVERIFY(speed(pcie).prefill.value.likely < 0.6 * speed(h100()).prefill.value.likely);
        QCOMPARE(speed(pcie).prefill.value.high, speed(h100()).prefill.value.high);
        QVERIFY(speed(unknown).notes.front().contains("not counted"));
    }

    void whatIsNotKnownIsNotEstimated_data()
    {
        QTest::addColumn<QString>("lacks");
        for (const char *lacks : {"bandwidth", "tflops", "experts_per_token", "model"})
            QTest::newRow(lacks) << lacks;
    }
    void whatIsNotKnownIsNotEstimated()
    {
        QFETCH(QString, lacks);
        auto sku = h100();
        auto model = sample::qwen3Moe30();
        if (lacks == "bandwidth")
            sku.bandwidthGBs.reset();
        else if (lacks == "tflops")
            sku.tflops = {{"fp64", 34}};
        else if (lacks == "experts_per_token")
            model.expertsPerToken.reset();
        else
            model.isLlm = false;
        const auto speed = estimateThroughput(model, wanted(), sku, {16, 16});
        QVERIFY(!speed);
        QCOMPARE(speed.error().kind, ErrorKind::Unsupported);
        QCOMPARE(speed.error().place, lacks.toStdString());
    }

    void aWorkloadThatIsNoneIsRefused_data()
    {
        QTest::addColumn<qint64>("prompt");
        QTest::addColumn<qint64>("answer");
        QTest::addColumn<int>("concurrency");
        QTest::newRow("no prompt") << qint64(0) << qint64(1) << 1;
        QTest::newRow("negative answer") << qint64(1) << qint64(-1) << 1;
        QTest::newRow("beyond the context") << qint64(8192) << qint64(1) << 1;
        QTest::newRow("no streams") << qint64(1) << qint64(1) << 0;
    }
    void aWorkloadThatIsNoneIsRefused()
    {
        QFETCH(qint64, prompt);
        QFETCH(qint64, answer);
        QFETCH(int, concurrency);
        QVERIFY(!estimateThroughput(sample::llama8b(), wanted(concurrency), h100(), {prompt, answer}));
    }

    void costFollowsFromPriceAndSpeed()
    {
        Throughput speed;
        speed.output.value = {100, 200, 400};
        const Price price{7.2, "a bill", "2026", true};
        const auto cost = estimateCost(h100(), 2, &price, &speed);
        QCOMPARE(*cost.perHour, 14.4);
        QVERIFY(near(cost.perMillionTokens->likely, 14.4 / (200 * 3600) * 1e6, 1e-9)); // 20
        QVERIFY(near(cost.perMillionTokens->low, 10, 1e-9));
        QVERIFY(near(cost.perMillionTokens->high, 40, 1e-9));
        QCOMPARE(*cost.wattsAtMost, 1400.0);
        QVERIFY(near(cost.wattHoursPerMillion->likely, 1400.0 / (200 * 3600) * 1e6, 1e-9));
        QVERIFY(cost.reason.contains("a bill"));
    }

    void withoutAPriceNothingIsSaidOfMoney()
    {
        auto sku = h100();
        sku.tdpWatts.reset();
        const auto cost = estimateCost(sku, 1, nullptr, nullptr);
        QVERIFY(!cost.perHour && !cost.perMillionTokens && !cost.wattsAtMost && !cost.wattHoursPerMillion);
        QVERIFY(cost.reason.contains("no price"));
    }

    void theFewestDevicesThatFitAreTaken()
    {
        const auto requirement = wanted(8);
        const auto shape = evenShape(requirement);
        const auto estimate = [&](std::optional<int> degree) {
            return estimateOn(sample::llama70b(), requirement, h100(), degree, shape, nullptr);
        };
        QCOMPARE(estimate({}).tensorParallel, 4); // 131.4 GiB of weights and 1.3 GiB of cache each: 2 x 72 is too small
        QVERIFY(estimate({}).fits && estimate({}).speed);
        const auto fixed = estimate(1);
        QVERIFY(!fixed.fits && !fixed.speed && fixed.ledger);
        QVERIFY(fixed.problem.contains("needs"));
        const auto uneven = estimate(3);
        QVERIFY(!uneven.ledger && !uneven.fits);
        QVERIFY(uneven.problem.contains("64 attention heads"));
    }

    void theCheapestThatFitsStandsFirst()
    {
        const auto requirement = wanted();
        const auto shape = evenShape(requirement);
        const auto big = h100(), small = l4();
        const Price dear{100, "x", "", true};
        std::vector<SkuEstimate> estimates{
            estimateOn(sample::llama70b(), requirement, small, 1, shape, &dear), // does not fit
            estimateOn(sample::llama8b(), requirement, big, 1, shape, nullptr),  // no price
            estimateOn(sample::llama8b(), requirement, big, 1, shape, &dear)};
        sortByCost(estimates);
        QVERIFY(estimates[0].cost.perHour);
        QVERIFY(estimates[1].fits && !estimates[1].cost.perHour);
        QVERIFY(!estimates[2].fits);
    }
};

QTEST_APPLESS_MAIN(ThroughputTest)
#include "throughput_test.moc"
