// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/inventory_query.h"

#include <QtTest>

namespace {

core::InventoryFacts gpu02()
{
    core::InventoryFacts facts;
    facts.sku = "nvidia-h100-sxm-80 H100 SXM 80 GB";
    facts.vendor = "nvidia";
    facts.node = "gpu-02";
    facts.zone = "eu-1a";
    facts.driver = "R570";
    facts.pods = "team-chat/llama-0";
    facts.words = "cordoned";
    facts.capacity = facts.allocatable = 8;
    facts.requested = 3;
    facts.free = 5;
    return facts;
}

} // namespace

class InventoryQueryTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyTermHasToHold_data();
    void everyTermHasToHold();
    void whatCannotBeMeantIsNamed_data();
    void whatCannotBeMeantIsNamed();
};

void InventoryQueryTest::everyTermHasToHold_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<bool>("matches");
    const auto row = [](const char *query, bool matches) { QTest::newRow(query) << QString(query) << matches; };
    row("", true);
    row("   ", true);
    row("sku:h100 free>=4 zone:eu-1a", true);
    row("SKU:H100 Zone:EU-1A", true);
    row("sku:h200 free>=4", false);
    row("sku:h100 free>=6", false);
    row("zone:eu-1b", false);
    row("zone:gpu-02", false); // another fact holds it
    row("free>4", true);
    row("free>5", false);
    row("free<5", false);
    row("free<=5", true);
    row("free=5", true);
    row("withdrawn>0", false);
    row("requested<4 capacity=8 allocatable>=8", true);
    row("free>-1", true);
    row("llama", true);
    row("pod:LLAMA", true);
    row("cordoned", true);
    row("cordoned qwen", false);
    row("driver:r570 vendor:nvidia node:gpu", true);
}

void InventoryQueryTest::everyTermHasToHold()
{
    QFETCH(QString, query);
    QFETCH(bool, matches);
    const auto parsed = core::InventoryQuery::parse(query.toStdString());
    QVERIFY2(parsed, parsed ? "" : core::describe(parsed.error()).c_str());
    QCOMPARE(parsed->matches(gpu02()), matches);
}

void InventoryQueryTest::whatCannotBeMeantIsNamed_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("place");
    const auto row = [](const char *name, const char *query, const char *place) {
        QTest::newRow(name) << QString(query) << QString(place);
    };
    row("a key that does not exist", "sku:h100 rack:4", "rack:4");
    row("a figure that does not exist", "gpus>=4", "gpus>=4");
    row("a fact without a text", "zone:", "zone:");
    row("a figure without a number", "free>=", "free>=");
    row("not a number", "free>=four", "free>=four");
    row("part of a number", "free>=4x", "free>=4x");
    row("not a whole number", "free>=4.5", "free>=4.5");
    row("larger than a number can be", "free>=99999999999999999999", "free>=99999999999999999999");
    row("no key", ":h100", ":h100");
    row("no figure", ">=4", ">=4");
}

void InventoryQueryTest::whatCannotBeMeantIsNamed()
{
    QFETCH(QString, query);
    QFETCH(QString, place);
    const auto parsed = core::InventoryQuery::parse(query.toStdString());
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().kind, core::ErrorKind::Parse);
    QCOMPARE(QString::fromStdString(parsed.error().place), place);
    QVERIFY(!parsed.error().message.empty());
}

QTEST_APPLESS_MAIN(InventoryQueryTest)
#include "inventory_query_test.moc"
