// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gui.h"
#include "tests/ui/sample_cluster.h"
#include "ui/main_window/main_window.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QLineEdit>

using namespace Qt::StringLiterals;

using gui::part;

namespace {

/// The inventory of the sample cluster in a window.
struct ShownInventory {
    sample::Cluster cluster;
    ui::MainWindow window;

    ShownInventory()
    {
        window.inventory()->setCatalog(&cluster.catalog);
        window.inventory()->setInventory(std::make_shared<const core::ClusterSnapshot>(cluster.snapshot),
                                         cluster.sharedUsage(), cluster.rows);
        window.show();
    }

    /// Every node in sight, in order.
    QString nodes()
    {
        const auto *model = window.inventory()->tree()->model();
        QStringList names;
        for (int row = 0; row < model->rowCount(); ++row)
            for (int child = 0; child < model->rowCount(model->index(row, 0)); ++child)
                names << model->index(child, 0, model->index(row, 0)).data().toString();
        names.sort();
        return names.join(u' ');
    }
};

} // namespace

class InventoryPageTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theInventoryKeepsTheLastPictureWhenDisconnected();
    void theFirstReadingSaysHowFarItIs();
    void aRowIsCopiedAsItIsRead();
    void theInventoryIsGroupedAnotherWayAndFindsASkuAllTheSame();
    void aQueryLeavesTheRowsThatHoldIt_data();
    void aQueryLeavesTheRowsThatHoldIt();
    void aQueryThatMakesNoSenseChangesNothingAndSaysSo();
    void theEvidenceOfANodeSaysWhatItMeansAndWhatToDo();
};

void InventoryPageTest::theInventoryKeepsTheLastPictureWhenDisconnected()
{
    ShownInventory shown;
    auto &window = shown.window;
    const auto *headline = part<QLabel>(window, "inventoryHeadline");
    const auto live = headline->text();
    const int rows = window.inventory()->tree()->model()->rowCount();
    window.inventory()->setStale(u"14:02"_s);
    QVERIFY(headline->text().startsWith(live) && headline->text().contains(u"14:02"_s));
    QCOMPARE(window.inventory()->tree()->model()->rowCount(), rows);
    window.inventory()->setStale({});
    QCOMPARE(headline->text(), live);
}

void InventoryPageTest::theFirstReadingSaysHowFarItIs()
{
    ui::MainWindow window;
    window.show();
    auto *line = window.progress();
    QVERIFY(!line->isVisible());
    line->setProgress(u"pods"_s, 12'500, 20'000);
    line->setProgress(u"nodes"_s, 500, 0); // the server does not say how many
    QVERIFY(line->isVisible());
    QCOMPARE(line->words(), u"nodes 500 · pods 12,500 of about 20,000"_s);
    line->finish(u"pods"_s);
    QCOMPARE(line->words(), u"nodes 500"_s);
    line->finish(u"nodes"_s);
    QVERIFY(!line->isVisible());
}

void InventoryPageTest::aRowIsCopiedAsItIsRead()
{
    ShownInventory shown;
    auto &window = shown.window;
    QApplication::setActiveWindow(&window);
    auto *tree = window.inventory()->tree();
    tree->setFocus();
    tree->setCurrentIndex(tree->model()->index(0, 0));
    const auto name = tree->model()->index(0, 0).data().toString();
    QTest::keyClick(tree, Qt::Key_C, Qt::ControlModifier);
    QVERIFY2(QGuiApplication::clipboard()->text().startsWith(name + u'\t'),
             qPrintable(QGuiApplication::clipboard()->text()));
    QTest::keyClick(tree, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(QGuiApplication::clipboard()->text().startsWith(u"| "_s + name + u" | "_s));
}

void InventoryPageTest::theInventoryIsGroupedAnotherWayAndFindsASkuAllTheSame()
{
    ShownInventory shown;
    auto *page = shown.window.inventory();
    auto *group = part<QComboBox>(*page, "inventoryGroup");
    const auto *model = page->tree()->model();
    const auto before = shown.nodes();
    group->setFocus();
    QTest::keyClick(group, Qt::Key_Down);
    QCOMPARE(model->headerData(0, Qt::Horizontal).toString(), u"Vendor"_s);
    QCOMPARE(model->index(0, 0).data().toString(), u"AMD"_s);
    QCOMPARE(shown.nodes(), before); // the same devices below
    QVERIFY(page->tree()->isExpanded(model->index(0, 0)));
    QTest::keyClick(group, Qt::Key_End);
    QCOMPARE(model->headerData(0, Qt::Horizontal).toString(), u"Node"_s);
    QVERIFY(page->tree()->currentIndex().isValid());
    page->goTo(u"gpu-03"_s);
    QCOMPARE(page->tree()->currentIndex().data().toString(), u"gpu-03"_s);
    page->setInventory(std::make_shared<const core::ClusterSnapshot>(shown.cluster.snapshot),
                       shown.cluster.sharedUsage(), shown.cluster.rows);
    QCOMPARE(page->tree()->currentIndex().data().toString(), u"gpu-03"_s); // what is chosen stays with the next picture
    QTest::keyClick(group, Qt::Key_Home);
    QTest::keyClick(group, Qt::Key_Down);
    page->goTo(u"H100 SXM 80 GB"_s);
    QCOMPARE(page->tree()->currentIndex().data().toString(), u"H100 SXM 80 GB"_s);
    QCOMPARE(group->currentText(), u"Group: SKU"_s);
}

void InventoryPageTest::aQueryLeavesTheRowsThatHoldIt_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("nodes");
    QTest::newRow("facts and figures") << u"sku:h100 free>=4"_s << u"gpu-02"_s;
    QTest::newRow("a word of the SKU") << u"mi300x"_s << u"amd-01"_s;
    QTest::newRow("a pod") << u"qwen-0"_s << u"gpu-03"_s;
    QTest::newRow("what is wrong") << u"withdrawn>0"_s << u"gpu-03"_s;
    QTest::newRow("nothing holds it") << u"zone:mars"_s << QString();
}

void InventoryPageTest::aQueryLeavesTheRowsThatHoldIt()
{
    QFETCH(QString, query);
    QFETCH(QString, nodes);
    ShownInventory shown;
    part<QLineEdit>(shown.window, "inventoryFilter")->setText(query);
    QCOMPARE(shown.nodes(), nodes);
}

void InventoryPageTest::aQueryThatMakesNoSenseChangesNothingAndSaysSo()
{
    ShownInventory shown;
    auto *filter = part<QLineEdit>(shown.window, "inventoryFilter");
    const auto *problem = part<QLabel>(shown.window, "inventoryFilterProblem");
    filter->setText(u"sku:h100"_s);
    const auto before = shown.nodes();
    filter->setText(u"sku:h100 free>=many"_s);
    QCOMPARE(shown.nodes(), before);
    QVERIFY(problem->isVisible() && problem->text().contains(u"free>=many"_s));
    filter->setText({});
    QVERIFY(!problem->isVisible());
    QCOMPARE(shown.nodes().split(u' ').size(), static_cast<int>(shown.cluster.snapshot.nodes.size()));
}

void InventoryPageTest::theEvidenceOfANodeSaysWhatItMeansAndWhatToDo()
{
    ShownInventory shown;
    shown.window.inventory()->goTo(u"gpu-03"_s);
    QVERIFY(part<QLabel>(shown.window, "meaningLabel")->text().contains(u"withdrew 1 of 8"_s));
    QVERIFY(part<QLabel>(shown.window, "todoLabel")->text().contains(u"device plugin's log"_s));
    const auto *table = part<QTreeView>(shown.window, "evidenceTable")->model();
    QCOMPARE(table->index(0, 0).data().toString(), u"node capacity"_s); // the cluster first
    int sheets = 0;
    for (int row = 0; row < table->rowCount(); ++row)
        sheets += table->index(row, 0).data().toString() == u"data sheet"_s ? 1 : 0;
    QCOMPARE(sheets, 1); // and the data sheet in one row
    QCOMPARE(table->index(table->rowCount() - 1, 0).data().toString(), u"data sheet"_s);
}

QTEST_MAIN(InventoryPageTest)
#include "inventory_page_test.moc"
