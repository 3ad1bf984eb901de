// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/sample_cluster.h"
#include "ui/inventory/inventory_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

using ui::InventoryModel;
using namespace Qt::StringLiterals;

Q_DECLARE_METATYPE(core::Grouping)

namespace {

void show(InventoryModel &model, sample::Cluster &cluster)
{
    cluster.account();
    model.setInventory(cluster.snapshot, cluster.usage, cluster.rows);
}

QModelIndex skuRow(const InventoryModel &model, const QString &name)
{
    for (int row = 0; row < model.rowCount(); ++row)
        if (model.index(row, 0).data().toString() == name)
            return model.index(row, 0);
    return {};
}

QModelIndex nodeRow(const InventoryModel &model, const QString &name)
{
    for (int row = 0; row < model.rowCount(); ++row)
        for (int child = 0; child < model.rowCount(model.index(row, 0)); ++child)
            if (const auto index = model.index(child, 0, model.index(row, 0)); index.data().toString() == name)
                return index;
    return {};
}

int figure(const QModelIndex &row, InventoryModel::Column column)
{
    return row.siblingAtColumn(static_cast<int>(column)).data().toInt();
}

} // namespace

class InventoryModelTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void figuresAreThoseOfTheCluster();
    void aNewPodChangesItsRowsInPlace();
    void theSameSnapshotChangesNothing();
    void rowsKeepTheirIdentityWhenASkuAboveThemGoes();
    void everyModelRuleHoldsThroughChurn();
    void attentionHasTheVerdictOfItsTrouble_data();
    void attentionHasTheVerdictOfItsTrouble();
    void aNodeSaysWhereItIsAndItsDriver();
    void aPriceIsThatOfAWholeCardOrADash();
    void aRowAnswersAFilterWithWhatItShows();
    void rowsCanBeGroupedByVendorZoneAndNode_data();
    void rowsCanBeGroupedByVendorZoneAndNode();
    void aGroupingHoldsThroughChurn_data();
    void aGroupingHoldsThroughChurn();
    void aLineSaysThatAnotherSkuStandsBelowIt();
    void tenThousandNodesAreGroupedWithoutAWait();
};

void InventoryModelTest::figuresAreThoseOfTheCluster()
{
    sample::Cluster cluster;
    InventoryModel model;
    show(model, cluster);
    QCOMPARE(model.rowCount(), static_cast<int>(cluster.rows.size()));
    const auto node = nodeRow(model, u"gpu-03"_s);
    QCOMPARE(figure(node, InventoryModel::Column::Capacity), 8);
    QCOMPARE(figure(node, InventoryModel::Column::Allocatable), 7);
    QCOMPARE(figure(node, InventoryModel::Column::Free), 0);
    QCOMPARE(figure(node.parent(), InventoryModel::Column::Capacity), 24);
    QCOMPARE(figure(node.parent(), InventoryModel::Column::Free), 10);
    QCOMPARE(figure(nodeRow(model, u"gpu-32"_s), InventoryModel::Column::Free), 0); // cordoned: nothing to be had
}

void InventoryModelTest::aNewPodChangesItsRowsInPlace()
{
    sample::Cluster cluster;
    InventoryModel model;
    show(model, cluster);
    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged), resets(&model, &QAbstractItemModel::modelReset),
        inserts(&model, &QAbstractItemModel::rowsInserted);
    const QPersistentModelIndex node = nodeRow(model, u"gpu-02"_s);
    cluster.snapshot.pods.push_back(sample::pod("more-0", "gpu-02", "nvidia.com/gpu", 3));
    show(model, cluster);
    QCOMPARE(figure(node, InventoryModel::Column::Free), 5);
    QCOMPARE(changes.count(), 2); // the node and its SKU
    QCOMPARE(resets.count(), 0);
    QCOMPARE(inserts.count(), 0);
}

void InventoryModelTest::theSameSnapshotChangesNothing()
{
    sample::Cluster cluster;
    InventoryModel model;
    show(model, cluster);
    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
    show(model, cluster);
    QCOMPARE(changes.count(), 0);
}

void InventoryModelTest::rowsKeepTheirIdentityWhenASkuAboveThemGoes()
{
    sample::Cluster cluster;
    InventoryModel model;
    show(model, cluster);
    const QPersistentModelIndex below = nodeRow(model, u"gpu-42"_s);
    QVERIFY(below.parent().row() > 0);
    const auto sku = below.parent().data().toString();
    for (const auto *name : {"gpu-01", "gpu-02", "gpu-03"})
        QVERIFY(cluster.remove(name));
    show(model, cluster);
    QCOMPARE(below.data().toString(), u"gpu-42"_s);
    QCOMPARE(below.parent().data().toString(), sku);
    QCOMPARE(model.nodeAt(below)->name, "gpu-42");
    QCOMPARE(below.parent().row(), skuRow(model, sku).row());
}

void InventoryModelTest::everyModelRuleHoldsThroughChurn()
{
    sample::Cluster cluster;
    InventoryModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    show(model, cluster);
    QVERIFY(cluster.remove("gpu-02"));
    show(model, cluster);
    QVERIFY(cluster.remove("gpu-01") && cluster.remove("gpu-03"));
    show(model, cluster);
    for (const auto *name : {"gpu-00", "gpu-05", "gpu-98"})
        cluster.add(sample::machine(name, sample::devices(cluster.catalog, "nvidia-h100-sxm-80", "nvidia.com/gpu", 8)));
    show(model, cluster);
    QCOMPARE(model.rowCount(nodeRow(model, u"gpu-98"_s).parent()), 3);
    cluster.snapshot.nodes.clear();
    show(model, cluster);
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(resets.count(), 0);
}

void InventoryModelTest::attentionHasTheVerdictOfItsTrouble_data()
{
    QTest::addColumn<QString>("node");
    QTest::addColumn<QString>("words");
    QTest::addColumn<int>("verdict"); // -1: none
    QTest::newRow("withdrawn") << u"gpu-03"_s << u"1 withdrawn"_s << static_cast<int>(core::Verdict::No);
    QTest::newRow("cordoned") << u"gpu-32"_s << u"cordoned"_s << static_cast<int>(core::Verdict::Unknown);
    QTest::newRow("nothing: its pods") << u"gpu-01"_s << u"team-chat/llama-0"_s << -1;
    QTest::newRow("not ready") << u"gpu-50"_s << u"not ready: gone"_s << static_cast<int>(core::Verdict::No);
    QTest::newRow("labels") << u"gpu-51"_s << u"MIG invalid"_s << static_cast<int>(core::Verdict::Tight);
}

void InventoryModelTest::attentionHasTheVerdictOfItsTrouble()
{
    QFETCH(QString, node);
    QFETCH(QString, words);
    QFETCH(int, verdict);
    sample::Cluster cluster;
    auto lost = sample::machine("gpu-50", sample::devices(cluster.catalog, "nvidia-l40s", "nvidia.com/gpu", 4));
    lost.ready = false;
    lost.notReadyReason = "gone";
    cluster.add(lost);
    auto strange = sample::machine("gpu-51", sample::devices(cluster.catalog, "nvidia-l40s", "nvidia.com/gpu", 4));
    strange.issues = {"MIG invalid"};
    cluster.add(strange);
    InventoryModel model;
    show(model, cluster);
    const auto cell = nodeRow(model, node).siblingAtColumn(static_cast<int>(InventoryModel::Column::Attention));
    QCOMPARE(cell.data().toString(), words);
    const auto kind = cell.data(InventoryModel::AttentionRole);
    QCOMPARE(kind.isValid() ? kind.toInt() : -1, verdict);
    const auto ofSku = cell.parent().siblingAtColumn(cell.column()).data(InventoryModel::AttentionRole);
    QVERIFY(verdict == -1 || ofSku.isValid()); // the SKU shows that one of its nodes needs a look
}

void InventoryModelTest::aNodeSaysWhereItIsAndItsDriver()
{
    sample::Cluster cluster;
    auto placed = sample::machine("gpu-60", sample::devices(cluster.catalog, "nvidia-l40s", "nvidia.com/gpu", 4));
    placed.labels["topology.kubernetes.io/zone"] = "eu-1a";
    cluster.add(placed);
    auto silent = sample::machine("gpu-61", sample::devices(cluster.catalog, "nvidia-l40s", "nvidia.com/gpu", 4));
    silent.devices.front().driverVersion.clear();
    cluster.add(silent);
    InventoryModel model;
    show(model, cluster);
    const auto where = [&model](const QString &name) {
        return nodeRow(model, name)
            .siblingAtColumn(static_cast<int>(InventoryModel::Column::Architecture))
            .data()
            .toString();
    };
    QCOMPARE(where(u"gpu-60"_s), u"eu-1a · R580"_s);
    QCOMPARE(where(u"gpu-01"_s), u"R580"_s);
    QCOMPARE(where(u"gpu-61"_s), u"—"_s);
}

void InventoryModelTest::aPriceIsThatOfAWholeCardOrADash()
{
    sample::Cluster cluster;
    core::Prices prices;
    prices.bySku["nvidia-h100-sxm-80"] = {.perHour = 2.49, .source = "test", .date = {}};
    InventoryModel model;
    model.setPrices(&prices);
    show(model, cluster);
    const auto price = [&model](const QString &name) {
        return nodeRow(model, name)
            .parent()
            .siblingAtColumn(static_cast<int>(InventoryModel::Column::Price))
            .data()
            .toString();
    };
    QCOMPARE(price(u"gpu-01"_s), u"$2.49/h"_s);
    QCOMPARE(price(u"gpu-32"_s), u"—"_s);
}

void InventoryModelTest::aRowAnswersAFilterWithWhatItShows()
{
    sample::Cluster cluster;
    InventoryModel model;
    show(model, cluster);
    const auto node = model.factsAt(nodeRow(model, u"gpu-01"_s));
    QCOMPARE(node.node, std::string("gpu-01"));
    QCOMPARE(node.free, std::int64_t(2));
    QCOMPARE(node.pods, std::string("team-chat/llama-0"));
    const auto sku = model.factsAt(nodeRow(model, u"gpu-01"_s).parent());
    QCOMPARE(sku.free, std::int64_t(10));
    QVERIFY(sku.node.empty() && sku.zone.empty());
    QVERIFY(sku.words.find("1 withdrawn") != std::string::npos);
    QCOMPARE(model.factsAt({}).capacity, std::int64_t(0));
}

namespace {

/// A cluster with zones and a node of two vendors.
struct Zoned : sample::Cluster {
    Zoned()
    {
        auto both = sample::machine("gpu-70", sample::devices(catalog, "nvidia-l40s", "nvidia.com/gpu", 4));
        both.devices.push_back(sample::devices(catalog, "amd-mi300x", "amd.com/gpu", 2));
        both.labels["topology.kubernetes.io/zone"] = "eu-1a";
        add(both);
        auto other = sample::machine("gpu-71", sample::devices(catalog, "nvidia-l40s", "nvidia.com/gpu", 4));
        other.labels["topology.kubernetes.io/zone"] = "eu-1b";
        add(other);
        account();
    }
};

void showBy(InventoryModel &model, sample::Cluster &cluster, core::Grouping by)
{
    cluster.account();
    model.setInventory(cluster.snapshot, cluster.usage, cluster.rows, by);
}

void addGroupings()
{
    QTest::addColumn<core::Grouping>("by");
    QTest::newRow("sku") << core::Grouping::Sku;
    QTest::newRow("vendor") << core::Grouping::Vendor;
    QTest::newRow("zone") << core::Grouping::Zone;
    QTest::newRow("node") << core::Grouping::Node;
}

} // namespace

void InventoryModelTest::rowsCanBeGroupedByVendorZoneAndNode_data()
{
    QTest::addColumn<core::Grouping>("by");
    QTest::addColumn<QString>("line");   // a row at the top
    QTest::addColumn<QString>("skus");   // said of it
    QTest::addColumn<QString>("first");  // the first below it, and where it is
    QTest::addColumn<int>("rows");       // below it
    QTest::addColumn<qlonglong>("free"); // of the line
    using core::Grouping;
    QTest::newRow("vendor") << Grouping::Vendor << u"AMD"_s << u"MI300X 192 GB"_s << u"amd-01: MI300X 192 GB"_s << 2
                            << 7LL;
    QTest::newRow("zone") << Grouping::Zone << u"eu-1a"_s << u"2 SKUs"_s << u"gpu-70: MI300X 192 GB"_s << 2 << 6LL;
    QTest::newRow("no zone") << Grouping::Zone << u"no zone"_s << u"7 SKUs"_s << u"amd-01: MI300X 192 GB"_s << 9
                             << 27LL;
    QTest::newRow("node") << Grouping::Node << u"gpu-70"_s << u"2 SKUs"_s << u"MI300X 192 GB: "_s << 2 << 6LL;
}

void InventoryModelTest::rowsCanBeGroupedByVendorZoneAndNode()
{
    QFETCH(core::Grouping, by);
    QFETCH(QString, line);
    QFETCH(QString, skus);
    QFETCH(QString, first);
    QFETCH(int, rows);
    QFETCH(qlonglong, free);
    Zoned cluster;
    InventoryModel model;
    showBy(model, cluster, by);
    QCOMPARE(model.grouping(), by);
    const auto top = skuRow(model, line);
    QVERIFY(top.isValid() && !model.nodeAt(top));
    QCOMPARE(model.rowCount(top), rows);
    QCOMPARE(top.siblingAtColumn(static_cast<int>(InventoryModel::Column::Free)).data().toLongLong(), free);
    QCOMPARE(top.siblingAtColumn(static_cast<int>(InventoryModel::Column::Architecture)).data().toString(), skus);
    QVERIFY(top.siblingAtColumn(static_cast<int>(InventoryModel::Column::Price)).data().toString().isEmpty());
    const auto below = model.index(0, 0, top);
    const auto where = below.siblingAtColumn(static_cast<int>(InventoryModel::Column::Architecture)).data().toString();
    QVERIFY2((below.data().toString() + u": "_s + where).startsWith(first), qPrintable(where));
    QCOMPARE(model.skuAt(below)->sku, std::string("amd-mi300x")); // its own SKU, whatever it stands below
    QCOMPARE(top.data(InventoryModel::VendorRole).isValid(), by == core::Grouping::Vendor);
    QVERIFY(model.factsAt(below).sku.contains("amd-mi300x"));
    QVERIFY(!model.factsAt(top).sku.contains("amd-mi300x"));
}

void InventoryModelTest::aGroupingHoldsThroughChurn_data()
{
    addGroupings();
}

void InventoryModelTest::aGroupingHoldsThroughChurn()
{
    QFETCH(core::Grouping, by);
    Zoned cluster;
    InventoryModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    showBy(model, cluster, by);
    const auto devices = [&model] {
        int all = 0;
        for (int row = 0; row < model.rowCount(); ++row)
            for (int child = 0; child < model.rowCount(model.index(row, 0)); ++child)
                all += figure(model.index(child, 0, model.index(row, 0)), InventoryModel::Column::Capacity);
        return all;
    };
    const int before = devices();
    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged), resets(&model, &QAbstractItemModel::modelReset);
    showBy(model, cluster, by);
    QCOMPARE(changes.count(), 0); // the same snapshot
    QVERIFY(cluster.remove("gpu-70"));
    showBy(model, cluster, by);
    QCOMPARE(devices(), before - 6);
    cluster.add(sample::machine("aaa", sample::devices(cluster.catalog, "amd-mi300x", "amd.com/gpu", 8)));
    showBy(model, cluster, by);
    QCOMPARE(devices(), before + 2);
    cluster.snapshot.nodes.clear();
    showBy(model, cluster, by);
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(resets.count(), 0);
}

void InventoryModelTest::aLineSaysThatAnotherSkuStandsBelowIt()
{
    sample::Cluster cluster;
    InventoryModel model;
    showBy(model, cluster, core::Grouping::Node);
    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
    QVERIFY(cluster.remove("gpu-21")); // four A100
    cluster.add(sample::machine("gpu-21", sample::devices(cluster.catalog, "nvidia-l40s", "nvidia.com/gpu", 4)));
    showBy(model, cluster, core::Grouping::Node);
    const auto line = skuRow(model, u"gpu-21"_s);
    QCOMPARE(line.siblingAtColumn(static_cast<int>(InventoryModel::Column::Architecture)).data().toString(),
             u"L40S 48 GB"_s);
    QVERIFY(std::ranges::any_of(changes, [&line](const auto &change) { return change[0].toModelIndex() == line; }));
}

void InventoryModelTest::tenThousandNodesAreGroupedWithoutAWait()
{
    sample::Cluster cluster;
    cluster.addMany(10'000);
    InventoryModel model;
    showBy(model, cluster, core::Grouping::Node);
    QVERIFY(model.rowCount() > 10'000);
    const QPersistentModelIndex last = model.index(0, 0, model.index(model.rowCount() - 1, 0));
    QVERIFY(cluster.remove("node-100000"));
    showBy(model, cluster, core::Grouping::Node);
    QCOMPARE(last.parent().row(), model.rowCount() - 1); // every index knows its line, wherever that has moved
}

QTEST_GUILESS_MAIN(InventoryModelTest)
#include "inventory_model_test.moc"
