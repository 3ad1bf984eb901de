// SPDX-License-Identifier: GPL-3.0-or-later
// What a card says of itself while it is measured: AMD's table of measurements, and the kernel's files around it.
#include "probes/drivers/amd_metrics.h"
#include "probes/drivers/monitor.h"

#include <QTemporaryDir>
#include <QtTest>
#include <cstring>

using namespace probe;

namespace {

using Bytes = std::vector<unsigned char>;

template <typename T>
Bytes with(Bytes table, std::size_t place, T value)
{
    std::memcpy(table.data() + place, &value, sizeof(T));
    return table;
}

// An empty table v1.`revision` of `size` bytes.
Bytes tableOf(unsigned char revision, std::uint16_t size)
{
    return with(with(with(Bytes(size), 0, size), 2, static_cast<unsigned char>(1)), 3, revision);
}

// Counters as v1.7 has them: accumulation, PROCHOT, PPT, socket, VR, HBM.
Bytes counters(const std::array<std::uint32_t, 6> &values)
{
    Bytes table = tableOf(7, 2208);
    for (std::size_t i = 0; i < values.size(); i++)
        table = with(std::move(table), 40 + 4 * i, values[i]);
    return table;
}

using Words = std::vector<std::string>;

} // namespace

class ProbeMonitorTest : public QObject {
    Q_OBJECT
private slots:
    void bitsAreBelievedWhileTheClockIsLow_data();
    void bitsAreBelievedWhileTheClockIsLow();
    void residencyIsAShareOfTheTime_data();
    void residencyIsAShareOfTheTime();
    void anUnknownTableSaysNothing_data();
    void anUnknownTableSaysNothing();
    void theMonitorReadsTheKernelsFiles();
};

void ProbeMonitorTest::bitsAreBelievedWhileTheClockIsLow_data()
{
    QTest::addColumn<Bytes>("table");
    QTest::addColumn<double>("mhz"); // after 2,100 was seen
    QTest::addColumn<Words>("reasons");
    const Bytes any = tableOf(3, 120), mi300 = tableOf(4, 288), later = tableOf(5, 328);
    const Words heat = {"hardware thermal"}, power = {"software power cap"};
    QTest::newRow("hot spot") << with(any, 112, std::uint64_t{1} << 36) << 1500.0 << heat;
    QTest::newRow("hot spot at full clock: the bit that never clears")
        << with(any, 112, std::uint64_t{1} << 36) << 2100.0 << Words();
    QTest::newRow("package power") << with(any, 112, std::uint64_t{1}) << 1500.0 << power;
    QTest::newRow("current only") << with(any, 112, std::uint64_t{1} << 16) << 1500.0 << Words();
    QTest::newRow("nothing") << any << 1500.0 << Words();
    QTest::newRow("MI300, socket") << with(mi300, 40, std::uint32_t{4}) << 1500.0 << heat;
    QTest::newRow("MI300, PROCHOT") << with(mi300, 40, std::uint32_t{1}) << 1500.0 << heat;
    QTest::newRow("MI300, power and HBM")
        << with(later, 72, std::uint32_t{2 | 16}) << 1500.0 << Words{"software power cap", "hardware thermal"};
}

void ProbeMonitorTest::bitsAreBelievedWhileTheClockIsLow()
{
    QFETCH(Bytes, table);
    QFETCH(double, mhz);
    QFETCH(Words, reasons);
    AmdThrottle throttle;
    QCOMPARE(throttle.reasons(table, 2100), Words());
    QCOMPARE(throttle.reasons(table, mhz), reasons);
    QCOMPARE(throttle.reasons(table, std::nullopt), Words());
}

void ProbeMonitorTest::residencyIsAShareOfTheTime_data()
{
    QTest::addColumn<Bytes>("before");
    QTest::addColumn<Bytes>("after");
    QTest::addColumn<Words>("reasons");
    const Words heat = {"hardware thermal"};
    const Bytes start = counters({1000, 5, 500, 7, 8, 9});
    QTest::newRow("power cap half of the time")
        << start << counters({2000, 5, 1000, 7, 8, 9}) << Words{"software power cap"};
    QTest::newRow("heat of the memory") << start << counters({2000, 5, 500, 7, 8, 209}) << heat;
    QTest::newRow("heat for a moment") << start << counters({2000, 5, 500, 57, 8, 9}) << Words();
    QTest::newRow("nothing new") << start << counters({2000, 5, 500, 7, 8, 9}) << Words();
    QTest::newRow("the table stood still") << start << start << Words();
    QTest::newRow("counters wrap") << counters({0xFFFFFF00, 0, 0, 0xFFFFFFF0, 0, 0})
                                   << counters({0x00000100, 0, 0, 0x000000F0, 0, 0}) << heat;
}

void ProbeMonitorTest::residencyIsAShareOfTheTime()
{
    QFETCH(Bytes, before);
    QFETCH(Bytes, after);
    QFETCH(Words, reasons);
    AmdThrottle throttle;
    QCOMPARE(throttle.reasons(before, 2100), Words()); // what was before the load is not the load's
    QCOMPARE(throttle.reasons(after, 2100), reasons);
}

void ProbeMonitorTest::anUnknownTableSaysNothing_data()
{
    QTest::addColumn<Bytes>("table");
    const Bytes known = with(tableOf(3, 120), 112, std::uint64_t{1} << 36);
    QTest::newRow("empty") << Bytes();
    QTest::newRow("three bytes") << Bytes{120, 0, 1};
    QTest::newRow("cut short") << Bytes(known.begin(), known.end() - 1);
    QTest::newRow("another revision") << with(known, 3, static_cast<unsigned char>(9));
    QTest::newRow("another format") << with(known, 2, static_cast<unsigned char>(2));
    QTest::newRow("another size of the same revision") << with(known, 0, std::uint16_t{116});
}

void ProbeMonitorTest::anUnknownTableSaysNothing()
{
    QFETCH(Bytes, table);
    AmdThrottle throttle;
    QCOMPARE(throttle.reasons(table, 2100), Words());
    QCOMPARE(throttle.reasons(table, 1000), Words());
}

void ProbeMonitorTest::theMonitorReadsTheKernelsFiles()
{
    QTemporaryDir root;
    const QString folder = "sys/bus/pci/devices/0000:c1:00.0";
    QVERIFY(QDir(root.path()).mkpath(folder + "/hwmon/hwmon3") && QDir(root.path()).mkpath(folder + "/ras"));
    const auto write = [&](const QString &name, const QByteArray &text) {
        QFile file(root.filePath(folder + "/" + name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    };
    const auto metrics = [&](const Bytes &table) {
        write("gpu_metrics",
              QByteArray(reinterpret_cast<const char *>(table.data()), static_cast<qsizetype>(table.size())));
    };
    write("hwmon/hwmon3/freq1_input", "2100000000\n");
    write("hwmon/hwmon3/power1_average", "650000000\n");
    write("hwmon/hwmon3/temp1_input", "71000\n");
    metrics(counters({1000, 0, 0, 0, 0, 0}));
    qputenv("BERTH_PROBE_ROOT", root.path().toUtf8());
    const auto monitor = Monitor::of({.backend = "hip", .pciAddress = "0000:C1:00.0"});
    QVERIFY(!monitor->ecc().corrected && !monitor->ecc().uncorrected); // this kernel counts none
    write("ras/umc_err_count", "ue: 1\nce: 12\n");
    const EccCounts counts = monitor->ecc();
    write("ras/umc_err_count", "ue: many\n");
    const EccCounts broken = monitor->ecc();
    const CardState before = monitor->state();
    metrics(counters({2000, 0, 900, 300, 0, 0}));
    const CardState after = monitor->state();
    qunsetenv("BERTH_PROBE_ROOT");
    QCOMPARE(counts.uncorrected, std::optional<std::uint64_t>(1));
    QCOMPARE(counts.corrected, std::optional<std::uint64_t>(12));
    QVERIFY(!broken.uncorrected && !broken.corrected);
    QCOMPARE(before.coreMHz, std::optional(2100.0));
    QCOMPARE(before.powerW, std::optional(650.0));
    QCOMPARE(before.temperatureC, std::optional(71.0));
    QCOMPARE(before.throttled, Words());
    QCOMPARE(after.throttled, (Words{"software power cap", "hardware thermal"}));
}

QTEST_GUILESS_MAIN(ProbeMonitorTest)
#include "probe_monitor_test.moc"
