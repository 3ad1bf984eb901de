// SPDX-License-Identifier: GPL-3.0-or-later
// What a server sends, and what it should never send.
#include "core/inventory/node_json.h"
#include "core/inventory/pod_json.h"
#include "tests/core/inventory/sample_node.h"

#include <QElapsedTimer>

using namespace core;

class ObjectReaderTest : public QObject {
    Q_OBJECT

private slots:
    void aNodeIsRead();
    void readinessIsTrueFalseOrUnknown_data();
    void readinessIsTrueFalseOrUnknown();
    void aWrongTypeNamesItsField_data();
    void aWrongTypeNamesItsField();
    void anItemOfAListIsNamedByItsPlace();
    void whatIsNoObjectIsRefused_data();
    void whatIsNoObjectIsRefused();
    void emptyListsAreEmpty();
    void unknownFieldsAreIgnored();
    void anObjectOfFiftyMegabytesIsRead();
    void deepNestingIsRefused();
    void aWatchLineHoldsItsObject();
};

void ObjectReaderTest::aNodeIsRead()
{
    const auto node = parseNode(R"({"metadata":{"name":"n","uid":"u","labels":{"a":"b"},
        "annotations":{"berth.dev/x":"y","other":"z"}},
        "spec":{"unschedulable":true,"taints":[{"key":"k","value":"v","effect":"NoExecute"},{"key":"e"}]},
        "status":{"capacity":{"cpu":"1500m","memory":"1Gi"},"allocatable":{"cpu":2},
        "nodeInfo":{"kubeletVersion":"v1.36.0","architecture":"arm64"}}})",
                                sample::catalog());
    QVERIFY2(node.has_value(), node ? "" : describe(node.error()).c_str());
    QCOMPARE((*node)->name, std::string("n"));
    QVERIFY((*node)->unschedulable);
    QCOMPARE((*node)->taints.size(), std::size_t(2));
    QCOMPARE((*node)->taints.front().effect, TaintEffect::NoExecute);
    QCOMPARE(amountOf((*node)->capacity, "cpu"), std::int64_t(1500));
    QCOMPARE(amountOf((*node)->capacity, "memory"), std::int64_t(1) << 30);
    QCOMPARE(amountOf((*node)->allocatable, "cpu"), std::int64_t(2000)); // a bare number is a quantity
    QCOMPARE((*node)->annotations.size(), std::size_t(1));
    QVERIFY(!(*node)->ready);
    QVERIFY(!(*node)->acceptsPods());
}

void ObjectReaderTest::readinessIsTrueFalseOrUnknown_data()
{
    QTest::addColumn<QByteArray>("conditions");
    QTest::addColumn<int>("ready"); // -1 unknown
    QTest::newRow("true") << QByteArray(R"([{"type":"Ready","status":"True"}])") << 1;
    QTest::newRow("false") << QByteArray(R"([{"type":"Ready","status":"False","message":"m"}])") << 0;
    QTest::newRow("unknown") << QByteArray(R"([{"type":"Ready","status":"Unknown"}])") << -1;
    QTest::newRow("another condition") << QByteArray(R"([{"type":"GpuXidError","status":"True"}])") << -1;
    QTest::newRow("none") << QByteArray("[]") << -1;
    QTest::newRow("null") << QByteArray("null") << -1;
}

void ObjectReaderTest::readinessIsTrueFalseOrUnknown()
{
    QFETCH(QByteArray, conditions);
    QFETCH(int, ready);
    const auto node = parseNode(R"({"metadata":{"name":"n"},"status":{"conditions":)" + conditions.toStdString() + "}}",
                                sample::catalog());
    QVERIFY(node.has_value());
    QCOMPARE((*node)->ready ? int(*(*node)->ready) : -1, ready);
}

void ObjectReaderTest::aWrongTypeNamesItsField_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("field");
    const auto row = [](const char *json, const char *field) {
        QTest::newRow(json) << QByteArray(json) << QByteArray(field);
    };
    row(R"({})", "metadata.name");
    row(R"({"metadata":{}})", "metadata.name");
    row(R"({"metadata":{"name":""}})", "metadata.name");
    row(R"({"metadata":{"name":7}})", "name");
    row(R"({"metadata":[]})", "metadata");
    row(R"({"metadata":{"name":"n","labels":{"a":1}}})", "labels.a");
    row(R"({"metadata":{"name":"n","labels":[]}})", "labels");
    row(R"({"metadata":{"name":"n"},"spec":7})", "spec");
    row(R"({"metadata":{"name":"n"},"spec":{"unschedulable":"yes"}})", "unschedulable");
    row(R"({"metadata":{"name":"n"},"spec":{"taints":{}}})", "taints");
    row(R"({"metadata":{"name":"n"},"spec":{"taints":["k"]}})", "taints");
    row(R"({"metadata":{"name":"n"},"status":{"capacity":[]}})", "capacity");
    row(R"({"metadata":{"name":"n"},"status":{"capacity":{"cpu":"much"}}})", "capacity.cpu");
    row(R"({"metadata":{"name":"n"},"status":{"capacity":{"nvidia.com/gpu":true}}})", "capacity.nvidia.com/gpu");
    row(R"({"metadata":{"name":"n"},"status":{"capacity":{"nvidia.com/gpu":null}}})", "capacity.nvidia.com/gpu");
    row(R"({"metadata":{"name":"n"},"status":{"conditions":["Ready"]}})", "conditions");
    row(R"({"metadata":{"name":"n"},"status":{"nodeInfo":{"kubeletVersion":1}}})", "kubeletVersion");
}

void ObjectReaderTest::aWrongTypeNamesItsField()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, field);
    const auto node = parseNode(json.toStdString(), sample::catalog());
    QVERIFY(!node.has_value());
    QCOMPARE(node.error().kind, ErrorKind::Parse);
    QVERIFY2(describe(node.error()).find(field.toStdString()) != std::string::npos, describe(node.error()).c_str());
}

void ObjectReaderTest::anItemOfAListIsNamedByItsPlace()
{
    const auto nodes =
        parseNodeList(R"({"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}},{}]})", sample::catalog());
    QVERIFY(!nodes.has_value());
    QVERIFY2(describe(nodes.error()).find("item 2") != std::string::npos, describe(nodes.error()).c_str());
    const auto pods = parsePodList(R"({"items":[{"metadata":{"name":"a"},"spec":{"containers":7}}]})");
    QVERIFY(!pods.has_value());
    QVERIFY2(describe(pods.error()).find("item 0") != std::string::npos, describe(pods.error()).c_str());
}

void ObjectReaderTest::whatIsNoObjectIsRefused_data()
{
    QTest::addColumn<QByteArray>("json");
    for (const char *json : {"", " ", "null", "[]", "7", "\"n\"", "{", "{\"metadata\":", "<html>", "{\"a\":1}x",
                             "{\"metadata\":{\"name\":\"\xff\"}}"})
        QTest::newRow(*json ? json : "empty") << QByteArray(json);
}

void ObjectReaderTest::whatIsNoObjectIsRefused()
{
    QFETCH(QByteArray, json);
    QVERIFY(!parseNode(json.toStdString(), sample::catalog()).has_value());
    QVERIFY(!parsePod(json.toStdString()).has_value());
}

void ObjectReaderTest::emptyListsAreEmpty()
{
    for (const char *json : {R"({"items":[]})", R"({"items":null})", R"({})"}) {
        const auto nodes = parseNodeList(json, sample::catalog());
        QVERIFY2(nodes && nodes->empty(), json);
        const auto pods = parsePodList(json);
        QVERIFY2(pods && pods->empty(), json);
    }
}

void ObjectReaderTest::unknownFieldsAreIgnored()
{
    QVERIFY(parseNode(R"({"metadata":{"name":"n","x":[{}]},"spec":{"future":7},"status":{"images":[1,2]}})",
                      sample::catalog())
                .has_value());
}

void ObjectReaderTest::anObjectOfFiftyMegabytesIsRead()
{
    std::string json = R"({"metadata":{"name":"n","annotations":{"big":")";
    json.append(50U << 20U, 'x');
    json += R"("},"labels":{"a":"b"}}})";
    QElapsedTimer timer;
    timer.start();
    const auto node = parseNode(json, sample::catalog());
    QVERIFY(node.has_value());
    QVERIFY((*node)->annotations.empty()); // what Berth does not read is not kept
    QVERIFY2(timer.elapsed() < 20'000, "took longer than 20 s");
}

void ObjectReaderTest::deepNestingIsRefused()
{
    const auto json = R"({"metadata":{"name":"n"},"x":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
    QVERIFY(!parseNode(json, sample::catalog()).has_value());
}

void ObjectReaderTest::aWatchLineHoldsItsObject()
{
    ObjectReader reader(sample::catalog());
    const auto node = reader.watchedNode(R"({"type":"ADDED","object":{"metadata":{"name":"n"}}})");
    QVERIFY(node && (*node)->name == "n");
    QVERIFY(!reader.watchedNode(R"({"type":"ADDED"})").has_value());
    QVERIFY(!reader.watchedPod(R"({"type":"ADDED","object":[]})").has_value());
    // The reader keeps its buffers; what it gave before stays as it was.
    const auto second = reader.watchedNode(R"({"object":{"metadata":{"name":"m"}}})");
    QVERIFY(second && (*node)->name == "n");
}

QTEST_APPLESS_MAIN(ObjectReaderTest)
#include "object_reader_test.moc"
