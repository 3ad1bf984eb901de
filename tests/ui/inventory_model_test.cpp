// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/sample_cluster.h"
#include "ui/inventory/inventory_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

using ui::InventoryModel;
using namespace Qt::StringLiterals;

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

QTEST_GUILESS_MAIN(InventoryModelTest)
#include "inventory_model_test.moc"
