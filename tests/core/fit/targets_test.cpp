// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/links.h"
#include "core/sizing/throughput.h"
#include "tests/core/sizing/sample_models.h"

#include <QTest>

using namespace core;

namespace {

Sku h100()
{
    Sku sku;
    sku.id = sku.displayName = "h100";
    sku.vendor = "nvidia";
    sku.target = "9.0";
    sku.memorySize = 80;
    sku.reportedBytes = 81559LL << 20;
    sku.bandwidthGBs = 3350;
    sku.tflops = {{"bf16", 989}};
    sku.interconnect = "none";
    return sku;
}

DevicePool pool(DeviceKind kind = DeviceKind::Card)
{
    DevicePool devices;
    devices.kind = kind;
    devices.skuId = "h100";
    devices.resource = "nvidia.com/gpu";
    devices.capacity = devices.allocatable = 8;
    return devices;
}

Prices priced(double perHour)
{
    Prices prices;
    prices.bySku["h100"] = {perHour, "a bill", "2026", true};
    return prices;
}

/// What the link's own estimate says of Llama-3.1-8B at the default requirement.
Throughput expected()
{
    return *estimateThroughput(sample::llama8b(), {}, h100(), evenShape({}));
}

Reason judged(const Requirement &requirement, const Prices *prices = nullptr, DeviceKind kind = DeviceKind::Card)
{
    const auto model = sample::llama8b();
    const auto sku = h100();
    return targetLink(&model, pool(kind), &sku, requirement, prices, nullptr);
}

Requirement withSpeed(double least)
{
    Requirement requirement;
    requirement.minTokensPerSecond = least;
    return requirement;
}

} // namespace

class TargetsTest : public QObject {
    Q_OBJECT

private slots:
    void withoutATargetNothingIsEstimated()
    {
        const auto reason = targetLink(nullptr, pool(), nullptr, {}, nullptr, nullptr);
        QCOMPARE(reason.verdict, Verdict::Fits);
        QCOMPARE(reason.code, std::string("no-target"));
    }

    void theRangeDecidesBetweenFitsTightAndNo_data()
    {
        QTest::addColumn<double>("asked");
        QTest::addColumn<int>("verdict");
        QTest::addColumn<QString>("code");
        const auto range = expected().output.value;
        QTest::newRow("below the low end") << range.low * 0.99 << int(Verdict::Fits) << "throughput-met";
        QTest::newRow("between low and likely") << range.likely * 0.99 << int(Verdict::Tight) << "throughput-tight";
        QTest::newRow("above likely") << range.likely * 1.01 << int(Verdict::No) << "throughput-below-target";
        QTest::newRow("beyond the sheet") << range.high * 2 << int(Verdict::No) << "throughput-below-target";
    }
    void theRangeDecidesBetweenFitsTightAndNo()
    {
        QFETCH(double, asked);
        const auto reason = judged(withSpeed(asked));
        QTEST(int(reason.verdict), "verdict");
        QTEST(QString::fromStdString(reason.code), "code");
        QVERIFY(reason.detail.contains("data sheet"));
        QCOMPARE(reason.link, Link::Targets);
    }

    void latencyIsALimitFromAbove()
    {
        const auto first = expected().firstToken.value;
        const auto ask = [](double most) {
            Requirement requirement;
            requirement.maxFirstTokenSeconds = most;
            return judged(requirement).code;
        };
        QCOMPARE(ask(first.high * 1.01), std::string("first-token-met"));
        QCOMPARE(ask(first.likely * 1.01), std::string("first-token-tight"));
        QCOMPARE(ask(first.likely * 0.99), std::string("first-token-above-target"));
    }

    void costNeedsAPrice()
    {
        Requirement requirement;
        requirement.maxCostPerMillionTokens = 1e6;
        const auto known = priced(3.6), free = priced(0);
        QCOMPARE(judged(requirement, &known).code, std::string("cost-met"));
        QCOMPARE(judged(requirement, &free).code, std::string("cost-met"));
        requirement.maxCostPerMillionTokens = 1e-6;
        QCOMPARE(judged(requirement, &known).verdict, Verdict::No);
        const Prices others;
        for (const auto *prices : {&others, static_cast<const Prices *>(nullptr)}) {
            const auto reason = judged(requirement, prices);
            QCOMPARE(reason.verdict, Verdict::Unknown);
            QCOMPARE(reason.code, std::string("cost-unknown"));
            QVERIFY(reason.detail.contains("no price"));
        }
    }

    void theWorstTargetIsTheHeadlineAndAllAreTold()
    {
        auto requirement = withSpeed(1);
        requirement.maxFirstTokenSeconds = 1e-9;
        requirement.maxCostPerMillionTokens = 1;
        const auto reason = judged(requirement);
        QCOMPARE(reason.code, std::string("first-token-above-target")); // a no before the unknown cost
        QVERIFY(reason.detail.contains("tokens/s") && reason.detail.contains("no price"));
    }

    void whatHasNoSheetIsUnknown_data()
    {
        QTest::addColumn<QString>("what");
        for (const char *what : {"model", "sku", "slice", "share", "bandwidth"})
            QTest::newRow(what) << what;
    }
    void whatHasNoSheetIsUnknown()
    {
        QFETCH(QString, what);
        const auto model = sample::llama8b();
        auto sku = h100();
        if (what == "bandwidth")
            sku.bandwidthGBs.reset();
        const auto kind = what == "slice" ? DeviceKind::MigSlice
            : what == "share"             ? DeviceKind::Share
                                          : DeviceKind::Card;
        const auto reason = targetLink(what == "model" ? nullptr : &model, pool(kind), what == "sku" ? nullptr : &sku,
                                       withSpeed(1), nullptr, nullptr);
        QCOMPARE(reason.verdict, Verdict::Unknown);
        QCOMPARE(reason.code, std::string("speed-unknown"));
        QVERIFY(!reason.detail.empty());
    }

    void theMemoryLinkTakesWhatALogTaught()
    {
        const auto model = sample::llama8b();
        const auto sku = h100();
        Calibration learnt;
        learnt.modelId = model.id;
        learnt.skuId = "h100";
        learnt.engineVersion = "0.10.2";
        learnt.weights = "bf16";
        learnt.kvCache = "auto";
        learnt.log = "start.log";
        learnt.date = "2026-11-26";
        learnt.weightBytes = Estimate{70LL << 30, 70LL << 30, 70LL << 30};
        const Calibrations all{learnt};
        LedgerCache with(model, &all), without(model, nullptr);
        const auto likely = [&](LedgerCache &cache, DeviceKind kind) {
            auto devices = pool(kind);
            devices.memoryBytes = sku.reportedBytes;
            return memoryAndShapeLinks(&cache, devices, &sku, {}).memory;
        };
        QCOMPARE(likely(with, DeviceKind::Card).verdict, Verdict::No); // 70 GiB measured
        QVERIFY(likely(with, DeviceKind::Card).detail.contains("calibrated from start.log on 2026-11-26"));
        QCOMPARE(likely(without, DeviceKind::Card).verdict, Verdict::Fits);
        QCOMPARE(likely(with, DeviceKind::MigSlice).verdict, Verdict::Fits); // the log was of a whole card
    }
};

QTEST_APPLESS_MAIN(TargetsTest)
#include "targets_test.moc"
