// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/probe_collector.h"

#include "app/demo_cluster/demo_cluster.h"
#include "tests/support/fake_api_server.h"

#include <QTemporaryDir>
#include <QtTest>

using test::Reply;

namespace {

const char *const podList = R"({"metadata":{"resourceVersion":"1"},"items":[
 {"metadata":{"name":"good","namespace":"gpu","labels":{"app.kubernetes.io/managed-by":"berth","berth.dev/job":"probe"}},"spec":{"nodeName":"node-7"},"status":{"phase":"Failed"}},
 {"metadata":{"name":"running","namespace":"gpu","labels":{"app.kubernetes.io/managed-by":"berth","berth.dev/job":"probe"}},"spec":{"nodeName":"node-8"},"status":{"phase":"Running"}},
 {"metadata":{"name":"gone","namespace":"gpu","labels":{"app.kubernetes.io/managed-by":"berth","berth.dev/job":"probe"}},"spec":{"nodeName":"node-9"},"status":{"phase":"Succeeded"}},
 {"metadata":{"name":"bench","namespace":"gpu","labels":{"app.kubernetes.io/managed-by":"berth","berth.dev/job":"serving-benchmark"},"annotations":{"berth.dev/model":"m","berth.dev/sku":"nvidia-h200-sxm","berth.dev/gpus":"2"}},"status":{"phase":"Succeeded"}}]})";
const char *const probeLog = R"(warning of the runtime
{"v":1,"t":0,"ev":"hello","version":"0.1.0","kernels":"pk-2","host":"probe-pod-x","profile":"quick","time":1795654524}
{"v":1,"t":0,"ev":"device","device":"cuda:0","backend":"cuda","name":"NVIDIA H200","type":"gpu","vendor":"NVIDIA","uuid":"GPU-1a"}
{"v":1,"t":0,"ev":"plan","devices":["cuda:0"]}
{"v":1,"t":1,"ev":"metric","device":"cuda:0","probe":"membw","metric":"copy","value":4300,"unit":"GB/s","counts":"read+write","valid":true}
{"v":1,"t":1,"ev":"done","device":"cuda:0","metrics":1,"wrong":0,"data_ok":true}
{"v":1,"t":1,"ev":"bye","seconds":1,"exit":0}
)";
const char *const benchLog = R"(INFO loading tokenizer
============ Serving Benchmark Result ============

{"date": "20261120-101530", "model_id": "m", "completed": 10, "output_throughput": 640.0, "mean_ttft_ms": 80.0}

)";

} // namespace

class ProbeCollectorTest : public QObject {
    Q_OBJECT

private slots:
    void logsOfEndedPodsBecomeResultsUnderTheirNodesName()
    {
        test::FakeApiServer server;
        server.script("/api/v1/namespaces/gpu/pods", {Reply{200, podList}});
        server.script("/api/v1/namespaces/gpu/pods/good/log", {Reply{200, probeLog}});
        server.script("/api/v1/namespaces/gpu/pods/bench/log", {Reply{200, benchLog}});
        core::ClusterAccess access;
        access.server = server.url();
        core::KubeClient client(core::makeCurlClient(), access);
        const auto found = app::collectMeasurements(client, "gpu", 1);
        QVERIFY2(found, found ? "" : core::describe(found.error()).c_str());
        QCOMPARE(found->pods, std::size_t{4});
        QCOMPARE(found->pending, std::size_t{1});
        QCOMPARE(found->results.size(), std::size_t{1});
        QCOMPARE(found->results[0].host, std::string("node-7"));
        QCOMPARE(found->results[0].source, std::string("job gpu/good"));
        QVERIFY(found->results[0].finished);
        QCOMPARE(found->benchmarks.size(), std::size_t{1});
        QCOMPARE(found->benchmarks[0].devices, 2);
        QCOMPARE(found->benchmarks[0].outputTokensPerSecond, 640.0);
        QCOMPARE(found->problems.size(), std::size_t{1}); // the pod whose log is gone
        QVERIFY(core::describe(found->problems[0]).find("gone") != std::string::npos);
    }

    void aLogWithoutAReportIsAProblemThatNamesItsPod()
    {
        test::FakeApiServer server;
        server.script("/api/v1/namespaces/gpu/pods", {Reply{200, podList}});
        for (const auto *pod : {"good", "gone", "bench"})
            server.script(std::string("/api/v1/namespaces/gpu/pods/") + pod + "/log",
                          {Reply{200, "exec format error\n"}});
        core::ClusterAccess access;
        access.server = server.url();
        core::KubeClient client(core::makeCurlClient(), access);
        const auto found = app::collectMeasurements(client, "gpu", 1);
        QVERIFY(found && found->results.empty() && found->benchmarks.empty());
        QCOMPARE(found->problems.size(), std::size_t{3});
        QVERIFY(core::describe(found->problems[0]).find("gpu/good") != std::string::npos);
    }

    void theDemoClusterHasFinishedProbesToCollect()
    {
        const auto cluster = app::DemoCluster::start(DEMO_SCENARIO);
        QVERIFY2(cluster, cluster ? "" : core::describe(cluster.error()).c_str());
        core::ClusterAccess access;
        access.server = "http://127.0.0.1:" + std::to_string((*cluster)->port());
        core::KubeClient client(core::makeCurlClient(), access);
        const auto now = QDateTime::currentSecsSinceEpoch();
        const auto found = app::collectMeasurements(client, "default", now);
        QVERIFY2(found, found ? "" : core::describe(found.error()).c_str());
        QVERIFY2(found->problems.empty(), found->problems.empty() ? "" : core::describe(found->problems[0]).c_str());
        QCOMPARE(found->results.size(), std::size_t{42}); // 4 cards of 9 runs, 2 of 3
        const auto &newest = found->results[0];
        QCOMPARE(newest.host, std::string("h100-04"));
        QVERIFY(newest.finished);
        QVERIFY(newest.time < now - 2 * 3600 && newest.time > now - 4 * 3600);
        QCOMPARE(newest.device.link, std::optional(core::ProbeLink{4, 8, 5, 16}));
        QCOMPARE(found->benchmarks.size(), std::size_t{7});
        QCOMPARE(found->benchmarks[0].devices, 4);
        QCOMPARE(found->results[8].device.link, std::optional(core::ProbeLink{5, 16, 5, 16})); // two runs before
    }

    void aScenarioWithBrokenProbesIsRefusedByLine_data()
    {
        QTest::addColumn<QByteArray>("probes");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no such node") << QByteArray("{on: gone, hoursAgo: [1], cards: [{pci: x}]}")
                                      << QByteArray("gone");
        QTest::newRow("unknown field") << QByteArray("{on: n, hours: [1], cards: []}") << QByteArray("hours");
        QTest::newRow("a figure is missing")
            << QByteArray("{on: n, hoursAgo: [1, 2], cards: [{membw.triad: [3000]}]}") << QByteArray("for each run");
        QTest::newRow("a benchmark elsewhere") << QByteArray("]\nbenchmarks: [{on: gone}") << QByteArray("gone");
        QTest::newRow("no number") << QByteArray("{on: n, hoursAgo: [soon], cards: []}") << QByteArray(":6");
    }

    void aScenarioWithBrokenProbesIsRefusedByLine()
    {
        QFETCH(QByteArray, probes);
        QFETCH(QByteArray, says);
        QTemporaryDir folder;
        QFile file(folder.filePath("scenario.yaml"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("version: 1\nkinds:\n  cpu: {resources: {cpu: 4}}\nnodes:\n  - {kind: cpu, name: n}\nprobes: ["
                   + probes + "]\n");
        file.close();
        const auto cluster = app::DemoCluster::start(file.fileName().toStdString());
        QVERIFY(!cluster);
        QCOMPARE(cluster.error().kind, core::ErrorKind::Parse);
        const auto words = QByteArray::fromStdString(core::describe(cluster.error()));
        QVERIFY2(words.contains(says) && (words.contains(":6") || words.contains(":7")), words.constData());
    }

    void aListThatMayNotBeReadIsAnError()
    {
        test::FakeApiServer server;
        server.script("/api/v1/namespaces/gpu/pods", {Reply{403, R"({"message":"pods is forbidden"})"}});
        core::ClusterAccess access;
        access.server = server.url();
        core::KubeClient client(core::makeCurlClient(), access);
        const auto found = app::collectMeasurements(client, "gpu", 1);
        QVERIFY(!found);
        QCOMPARE(found.error().kind, core::ErrorKind::Forbidden);
    }
};

QTEST_GUILESS_MAIN(ProbeCollectorTest)
#include "probe_collector_test.moc"
