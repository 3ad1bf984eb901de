// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/prices.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace core;

namespace {

Catalog catalogue()
{
    Catalog catalog;
    for (const char *id : {"nvidia-l4", "amd-mi300x"}) {
        Sku sku;
        sku.id = id;
        catalog.skus.push_back(sku);
    }
    return catalog;
}

std::string file(const std::string &entries, const std::string &currency = "USD")
{
    return "schema: berth.dev/prices/v1\ncurrency: " + currency + "\nprices:\n" + entries;
}

void write(const QString &path, const std::string &text)
{
    QFile out(path);
    QVERIFY(out.open(QIODevice::WriteOnly));
    out.write(text.data(), static_cast<qint64>(text.size()));
}

} // namespace

class PricesTest : public QObject {
    Q_OBJECT

private slots:
    void thePricesOfBerthNameTheirSources()
    {
        const std::string resources = BERTH_TEST_DATA "/../../resources/catalog";
        const auto catalog = loadCatalog(resources);
        QVERIFY(catalog);
        const auto prices = loadPrices(resources, "/nonexistent/prices.yaml", *catalog);
        QVERIFY2(prices.has_value(), prices ? "" : describe(prices.error()).c_str());
        // The four GPUs of the Melange paper.
        QCOMPARE(prices->find("nvidia-l4")->perHour, 0.70);
        QCOMPARE(prices->find("nvidia-a10g")->perHour, 1.01);
        QCOMPARE(prices->find("nvidia-a100-pcie-80")->perHour, 3.67);
        QCOMPARE(prices->find("nvidia-h100-sxm-80")->perHour, 7.516);
        QVERIFY(!prices->find("amd-mi300x"));
        for (const auto &[sku, price] : prices->bySku)
            QVERIFY2(!price.source.empty() && !price.date.empty() && !price.own, sku.c_str());
    }

    void aBrokenFileSaysWhatAndWhere_data()
    {
        QTest::addColumn<QString>("entries");
        QTest::addColumn<QString>("says");
        QTest::newRow("negative") << "  - {sku: nvidia-l4, per_hour: -1, source: x}" << "between 0 and";
        QTest::newRow("not a number") << "  - {sku: nvidia-l4, per_hour: .nan, source: x}" << "between 0 and";
        QTest::newRow("endless") << "  - {sku: nvidia-l4, per_hour: .inf, source: x}" << "between 0 and";
        QTest::newRow("words") << "  - {sku: nvidia-l4, per_hour: cheap, source: x}" << "a number";
        QTest::newRow("missing") << "  - {sku: nvidia-l4, source: x}" << "per_hour is missing";
        QTest::newRow("null") << "  - {sku: nvidia-l4, per_hour: null, source: x}" << "per_hour is missing";
        QTest::newRow("no source") << "  - {sku: nvidia-l4, per_hour: 1}" << "source is missing";
        QTest::newRow("unknown SKU") << "  - {sku: nvidia-l5, per_hour: 1, source: x}" << "no SKU \"nvidia-l5\"";
        QTest::newRow("no SKU") << "  - {per_hour: 1, source: x}" << "sku is missing";
        QTest::newRow("same SKU twice")
            << "  - {sku: nvidia-l4, per_hour: 1, source: x}\n  - {sku: nvidia-l4, per_hour: 2, source: x}"
            << "stands twice";
        QTest::newRow("same key twice") << "  - {sku: nvidia-l4, per_hour: 1, per_hour: 2, source: x}"
                                        << "stands twice";
        QTest::newRow("mistyped key") << "  - {sku: nvidia-l4, perHour: 1, source: x}" << "no field \"perHour\"";
        QTest::newRow("not a mapping") << "  - nvidia-l4" << "must be a mapping";
        QTest::newRow("not YAML") << "  - {sku: nvidia-l4" << "not YAML";
    }
    void aBrokenFileSaysWhatAndWhere()
    {
        QFETCH(QString, entries);
        QFETCH(QString, says);
        const auto prices = parsePrices(file(entries.toStdString()), "prices.yaml", catalogue(), false);
        QVERIFY(!prices);
        QCOMPARE(prices.error().kind, ErrorKind::Parse);
        QVERIFY2(prices.error().message.contains(says.toStdString()), prices.error().message.c_str());
        QVERIFY2(prices.error().place.starts_with("prices.yaml line "), prices.error().place.c_str());
    }

    void otherDocumentsAreRefused_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("empty") << "";
        QTest::newRow("a list") << "- 1";
        QTest::newRow("another schema") << "schema: berth.dev/skus/v1\ncurrency: USD";
        QTest::newRow("no currency") << "schema: berth.dev/prices/v1\nprices: []";
        QTest::newRow("no currency code") << "schema: berth.dev/prices/v1\ncurrency: dollars";
        QTest::newRow("prices are no list") << "schema: berth.dev/prices/v1\ncurrency: USD\nprices: 3";
        QTest::newRow("prices stand twice") << "schema: berth.dev/prices/v1\ncurrency: USD\nprices: []\nprices: []";
    }
    void otherDocumentsAreRefused()
    {
        QFETCH(QString, text);
        QVERIFY(!parsePrices(text.toStdString(), "prices.yaml", catalogue(), false));
    }

    void theUsersPriceTakesThePlaceOfOurs()
    {
        QTemporaryDir folder;
        write(folder.filePath("prices.yaml"),
              file("  - {sku: nvidia-l4, per_hour: 0.7, source: paper}\n"
                   "  - {sku: amd-mi300x, per_hour: 4, source: paper}\n"));
        write(folder.filePath("own.yaml"), file("  - {sku: nvidia-l4, per_hour: 0}\n"));
        const auto prices =
            loadPrices(folder.path().toStdString(), folder.filePath("own.yaml").toStdString(), catalogue());
        QVERIFY2(prices.has_value(), prices ? "" : describe(prices.error()).c_str());
        QCOMPARE(*prices->find("nvidia-l4"), (Price{0, "your prices.yaml", "", true}));
        QCOMPARE(*prices->find("amd-mi300x"), (Price{4, "paper", "", false}));
    }

    void aBrokenFileOfTheUserIsNotPassedOver()
    {
        QTemporaryDir folder;
        write(folder.filePath("prices.yaml"), file("  - {sku: nvidia-l4, per_hour: 0.7, source: paper}\n"));
        for (const auto &text : {file("  - {sku: nvidia-l4, per_hour: -3}\n"), file("  []", "EUR"), std::string("{")}) {
            write(folder.filePath("own.yaml"), text);
            const auto prices =
                loadPrices(folder.path().toStdString(), folder.filePath("own.yaml").toStdString(), catalogue());
            QVERIFY(!prices);
            QVERIFY(prices.error().place.contains("own.yaml"));
        }
        QVERIFY(!loadPrices(folder.path().toStdString(), folder.path().toStdString(), catalogue())); // a folder
    }
};

QTEST_APPLESS_MAIN(PricesTest)
#include "prices_test.moc"
