// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/cluster/sample_cluster.h"

#include <QtTest>

#include <limits>

using namespace core;
using namespace sample;

namespace {

std::vector<SkuRow> rows(const SnapshotPtr &snapshot, const Catalog &catalog = {})
{
    return summarise(*snapshot, account(*snapshot), catalog);
}

bool says(const SkuRow &row, const std::string &words)
{
    return std::find(row.attention.begin(), row.attention.end(), words) != row.attention.end();
}

} // namespace

class SkuRowsTest : public QObject {
    Q_OBJECT

private slots:
    void nodesOfOneSkuAreOneRow();
    void formsOfOneSkuAreRowsOfTheirOwn();
    void freeIsWhatANodeThatTakesPodsHasLeft_data();
    void freeIsWhatANodeThatTakesPodsHasLeft();
    void overcommittedIsNotNegative();
    void sumsSaturate();
    void rowsAreOrderedByVendorMemoryAndName();
    void anEmptyClusterHasNoRows();
};

void SkuRowsTest::nodesOfOneSkuAreOneRow()
{
    const auto all = rows(cluster({node("b"), node("a", 4)}, {pod("p", "a", 1), pod("q", "b", 8)}));
    QCOMPARE(all.size(), std::size_t(1));
    QCOMPARE(all[0].nodes, (std::vector<std::string>{"a", "b"}));
    QCOMPARE(all[0].capacity, std::int64_t(12));
    QCOMPARE(all[0].requested, std::int64_t(9));
    QCOMPARE(all[0].free, std::int64_t(3));
    QVERIFY(says(all[0], "SKU not in the catalogue"));
}

void SkuRowsTest::formsOfOneSkuAreRowsOfTheirOwn()
{
    auto shares = node("shared", 32);
    shares.devices[0].kind = DeviceKind::Share;
    shares.devices[0].replicas = 4;
    auto slices = node("sliced", 7, "nvidia.com/mig-1g.10gb");
    slices.devices[0].kind = DeviceKind::MigSlice;
    slices.devices[0].profile = "1g.10gb";
    const auto claimed = node("claimed", 8, "dra.gpu.nvidia.com/CARD");
    const auto all = rows(cluster({node("whole"), shares, slices, claimed}, {}));
    QCOMPARE(all.size(), std::size_t(4));
    std::vector<std::string> displayed;
    for (const auto &row : all)
        displayed.push_back(row.displayName);
    std::sort(displayed.begin(), displayed.end());
    QCOMPARE(displayed, (std::vector<std::string>{"CARD", "CARD · DRA", "CARD · MIG 1g.10gb", "CARD · shared ×4"}));
}

void SkuRowsTest::freeIsWhatANodeThatTakesPodsHasLeft_data()
{
    QTest::addColumn<int>("ready"); // -1 unknown
    QTest::addColumn<bool>("cordoned");
    QTest::addColumn<qint64>("allocatable");
    QTest::addColumn<qint64>("free");
    QTest::addColumn<QByteArray>("attention");
    QTest::newRow("fine") << 1 << false << qint64(8) << qint64(6) << QByteArray();
    QTest::newRow("cordoned") << 1 << true << qint64(8) << qint64(0) << QByteArray("1 node cordoned");
    QTest::newRow("not ready") << 0 << false << qint64(8) << qint64(0) << QByteArray("1 node not ready");
    QTest::newRow("unknown") << -1 << false << qint64(8) << qint64(0) << QByteArray("1 node not ready");
    QTest::newRow("withdrawn") << 1 << false << qint64(7) << qint64(5) << QByteArray("1 withdrawn");
    QTest::newRow("all withdrawn") << 1 << false << qint64(0) << qint64(0) << QByteArray("8 withdrawn");
}

void SkuRowsTest::freeIsWhatANodeThatTakesPodsHasLeft()
{
    QFETCH(int, ready);
    QFETCH(bool, cordoned);
    QFETCH(qint64, allocatable);
    QFETCH(qint64, free);
    QFETCH(QByteArray, attention);
    auto one = node("a");
    one.ready = ready < 0 ? std::nullopt : std::optional(ready == 1);
    one.unschedulable = cordoned;
    one.devices[0].allocatable = allocatable;
    const auto all = rows(cluster({one}, {pod("p", "a", 2)}));
    QCOMPARE(all[0].free, free);
    QVERIFY(attention.isEmpty() || says(all[0], attention.toStdString()));
    QCOMPARE(all[0].attention.size(), attention.isEmpty() ? std::size_t(1) : std::size_t(2));
}

void SkuRowsTest::overcommittedIsNotNegative()
{
    // A device that fell out while its pod runs: one node's debt is not taken from another's free cards.
    const auto all = rows(cluster({node("a", 2), node("b", 4)}, {pod("p", "a", 4)}));
    QCOMPARE(all[0].free, std::int64_t(4));
    QCOMPARE(all[0].requested, std::int64_t(4));
}

void SkuRowsTest::sumsSaturate()
{
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    const auto all = rows(cluster({node("a"), node("b")}, {pod("x", "a", most), pod("y", "b", most)}));
    QCOMPARE(all[0].requested, most);
}

void SkuRowsTest::rowsAreOrderedByVendorMemoryAndName()
{
    const auto with = [](const char *name, Vendor vendor, const char *label, std::int64_t gib) {
        auto one = node(name);
        one.devices[0].vendor = vendor;
        one.devices[0].productLabel = label;
        if (gib > 0)
            one.devices[0].memoryBytes = gib << 30;
        return one;
    };
    const auto all = rows(cluster({with("a", Vendor::Amd, "MI", 192), with("b", Vendor::Nvidia, "T4", 16),
                                   with("c", Vendor::Nvidia, "H100", 80), with("d", Vendor::Nvidia, "A100", 80),
                                   with("e", Vendor::Nvidia, "unknown", 0), with("f", Vendor::Intel, "Max", 128)},
                                  {}));
    std::vector<std::string> labels;
    for (const auto &row : all)
        labels.push_back(row.sku);
    QCOMPARE(labels, (std::vector<std::string>{"A100", "H100", "T4", "unknown", "MI", "Max"}));
}

void SkuRowsTest::anEmptyClusterHasNoRows()
{
    QVERIFY(rows(cluster({}, {pod("p", "gone", 1)})).empty());
}

QTEST_APPLESS_MAIN(SkuRowsTest)
#include "sku_rows_test.moc"
