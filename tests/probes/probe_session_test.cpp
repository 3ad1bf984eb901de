// SPDX-License-Identifier: GPL-3.0-or-later
// What a probe does with what a device answers, on a device whose times are scripted.
#include "probes/measure/probes.h"
#include "probes/measure/session.h"

#include <QtTest>
#include <map>
#include <vector>

#define PK_HOST
#include "probes/kernels/language.h"
#undef PK_KERNEL // the program's own copies have C linkage
#define PK_KERNEL [[maybe_unused]] static void

#include "probes/kernels/memory.inc"

#include "probes/kernels/product.inc"

using namespace probe;

namespace {

// Answers for each launch the time its number of groups was given.
class ScriptedDevice final : public Device {
public:
    std::map<std::uint32_t, std::vector<double>> times; // by groups, one a round; the last one stays
    int launches = 0;

    const DeviceDescription &description() const override { return m_description; }
    std::string image() const override { return {}; }
    std::optional<DevicePointer> allocate(std::uint64_t) override { return std::nullopt; }
    void release(DevicePointer) override {}
    void *allocatePinned(std::uint64_t) override { return nullptr; }
    void releasePinned(void *) override {}
    std::optional<std::uint64_t> freeMemory() override { return std::nullopt; }
    void upload(DevicePointer, const void *, std::uint64_t, int) override {}
    void download(void *, DevicePointer, std::uint64_t, int, std::uint64_t) override {}
    void clear(DevicePointer, std::uint64_t) override {}
    void finish() override {}
    std::optional<Kernel> kernel(const char *) override { return std::nullopt; }
    void launch(Kernel, Grid grid, std::span<const Argument>) override
    {
        launches++;
        m_last = grid.groups;
    }
    void mark(int) override {}
    double milliseconds() override
    {
        const std::vector<double> &own = times[m_last];
        return own.at(std::min(m_rounds[m_last]++, own.size() - 1));
    }
    void lose() { fail({999, "UNKNOWN", "lost"}); }

private:
    DeviceDescription m_description;
    std::map<std::uint32_t, std::size_t> m_rounds;
    std::uint32_t m_last = 0;
};

class NoDriver final : public Driver {
public:
    std::vector<DeviceDescription> devices() override { return {}; }
    Result<std::unique_ptr<Device>> open(int) override { return std::unexpected(Failure{}); }
};

class NoMonitor final : public Monitor {
public:
    CardState state() override { return {}; }
    CardSetting setting() override { return {}; }
    EccCounts ecc() override { return {}; }
    std::string source() const override { return {}; }
};

struct Bench {
    ScriptedDevice device;
    NoDriver driver;
    NoMonitor monitor;
    Reporter report{-1, 0};
    Session session{.device = device,
                    .driver = driver,
                    .profile = *profileNamed("quick"),
                    .report = report,
                    .monitor = monitor,
                    .seed = 1,
                    .stopRequested = [] { return false; }};

    Grid fastest(const std::vector<Grid> &shapes)
    {
        return fastestOf(session, shapes, [this](const Grid &shape) { device.launch(nullptr, shape, {}); });
    }
};

} // namespace

class ProbeSessionTest : public QObject {
    Q_OBJECT
private slots:
    void theFastestShapeIsTaken();
    void aCardThatWakesUpIsNoReasonForALaterShape();
    void aSingleShapeIsNotTried();
    void aLostDeviceEndsTheTrial();
    void quickMeasuresWhatInferenceStandsOn();
    void aLoadIsJudgedOnceItHasSettled_data();
    void aLoadIsJudgedOnceItHasSettled();
    void aRoundedSumIsRightEitherWay_data();
    void aRoundedSumIsRightEitherWay();
};

void ProbeSessionTest::theFastestShapeIsTaken()
{
    Bench bench;
    bench.device.times = {{264, {3.0}}, {528, {2.0}}, {1056, {2.5}}};
    QCOMPARE(bench.fastest({{264, 256}, {528, 256}, {1056, 256}}).groups, 528U);
    QCOMPARE(bench.device.launches, 18);
}

void ProbeSessionTest::aCardThatWakesUpIsNoReasonForALaterShape()
{
    Bench bench;
    bench.device.times = {{264, {9.0, 2.0}}, {528, {4.0, 2.2}}};
    QCOMPARE(bench.fastest({{264, 256}, {528, 256}}).groups, 264U);
}

void ProbeSessionTest::aSingleShapeIsNotTried()
{
    Bench bench;
    QCOMPARE(bench.fastest({{264, 256}}).groups, 264U);
    QCOMPARE(bench.device.launches, 0);
}

void ProbeSessionTest::aLostDeviceEndsTheTrial()
{
    Bench bench;
    bench.device.lose();
    QCOMPARE(bench.fastest({{264, 256}, {528, 256}}).groups, 264U);
    QCOMPARE(bench.device.launches, 0);
}

void ProbeSessionTest::quickMeasuresWhatInferenceStandsOn()
{
    const Bench quick;
    for (const char *format : {"fp32", "bf16", "fp8", "bf16_wgmma", "fp8_wgmma"})
        QVERIFY2(quick.session.wants(format), format);
    for (const char *format : {"fp64", "int32", "int8", "int8_wgmma", ""})
        QVERIFY2(!quick.session.wants(format), format);
    for (const char *name : {"standard", "soak", "ci"})
        QVERIFY2(profileNamed(name)->formats.empty(), name);
}

void ProbeSessionTest::aLoadIsJudgedOnceItHasSettled_data()
{
    QTest::addColumn<QList<double>>("rates");
    QTest::addColumn<double>("held");
    QTest::newRow("steady") << QList<double>(15, 100) << 1.0;
    QTest::newRow("boost, then the power cap")
        << QList<double>{130, 128, 120, 105, 100} + QList<double>(10, 100) << 1.0;
    QTest::newRow("heat") << QList<double>(8, 100) + QList<double>(7, 80) << 0.8;
    QTest::newRow("two windows") << QList<double>{100, 90} << 0.9;
    QTest::newRow("three windows") << QList<double>{120, 100, 50} << 0.5;
}

void ProbeSessionTest::aLoadIsJudgedOnceItHasSettled()
{
    QFETCH(QList<double>, rates);
    QFETCH(double, held);
    const Held got = heldRate(std::vector<double>(rates.begin(), rates.end()));
    QCOMPARE(got.last / got.first, held);
}

void ProbeSessionTest::aRoundedSumIsRightEitherWay_data()
{
    QTest::addColumn<int>("sum");
    QTest::addColumn<quint32>("bits"); // of bf16
    QTest::addColumn<bool>("right");
    QTest::newRow("exact") << 256 << 0x4380U << true;
    QTest::newRow("exact, one up") << 256 << 0x4381U << false;
    QTest::newRow("257 is 256, rounded down") << 257 << 0x4380U << true;
    QTest::newRow("257 is 258, rounded up") << 257 << 0x4381U << true;
    QTest::newRow("257 is not 260") << 257 << 0x4382U << false;
    QTest::newRow("257 is not 255") << 257 << 0x437FU << false;
    QTest::newRow("negative") << -257 << 0xC381U << true;
    QTest::newRow("the sign counts") << -257 << 0x4381U << false;
    QTest::newRow("zero") << 0 << 0U << true;
    QTest::newRow("minus zero") << 0 << 0x8000U << true;
    QTest::newRow("zero is not tiny") << 0 << 1U << false;
}

void ProbeSessionTest::aRoundedSumIsRightEitherWay()
{
    QFETCH(int, sum);
    QFETCH(quint32, bits);
    QFETCH(bool, right);
    QCOMPARE(pk_is_rounded(bits, sum), right);
}

QTEST_GUILESS_MAIN(ProbeSessionTest)
#include "probe_session_test.moc"
