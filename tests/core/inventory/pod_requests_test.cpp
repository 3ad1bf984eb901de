// SPDX-License-Identifier: GPL-3.0-or-later
// What a pod holds on its node, as the scheduler counts it.
#include "core/inventory/pod_json.h"

#include <QtTest>

using namespace core;

namespace {

/// A container that asks for cpu and GPUs.
std::string asks(const char *cpu, int gpus, const char *more = "")
{
    return std::string(R"({"name":"c","resources":{"requests":{"cpu":")") + cpu + R"(","nvidia.com/gpu":")"
        + std::to_string(gpus) + R"("}})" + more + "}";
}

std::string pod(const std::string &spec, const std::string &status = R"({"phase":"Running"})")
{
    return R"({"metadata":{"name":"p","namespace":"ns"},"spec":{"nodeName":"n",)" + spec + R"(},"status":)" + status
        + "}";
}

const char *always = R"(,"restartPolicy":"Always")";

} // namespace

class PodRequestsTest : public QObject {
    Q_OBJECT

private slots:
    void requestsAreTheSchedulersSum_data();
    void requestsAreTheSchedulersSum();
    void aLimitIsTheRequestWhereThereIsNone();
    void terminalPodsHoldNothing_data();
    void terminalPodsHoldNothing();
    void brokenRequestsAreRefused_data();
    void brokenRequestsAreRefused();
    void whyAPodWaitsIsKept();
};

void PodRequestsTest::requestsAreTheSchedulersSum_data()
{
    QTest::addColumn<std::string>("spec");
    QTest::addColumn<qint64>("cpuMilli");
    QTest::addColumn<qint64>("gpus");
    const auto row = [](const char *name, const std::string &spec, int cpu, int gpus) {
        QTest::newRow(name) << spec << qint64(cpu) << qint64(gpus);
    };
    const auto one = asks("1", 1), two = asks("2", 2), four = asks("4", 4);
    row("containers add up", R"("containers":[)" + one + "," + two + "]", 3000, 3);
    row("an init container peaks", R"("containers":[)" + one + R"(],"initContainers":[)" + four + "]", 4000, 4);
    row("init containers run one by one",
        R"("containers":[)" + one + R"(],"initContainers":[)" + two + "," + four + "]", 4000, 4);
    row("a sidecar adds up", R"("containers":[)" + one + R"(],"initContainers":[)" + asks("2", 2, always) + "]", 3000,
        3);
    row("an init container runs beside the sidecar before it",
        R"("containers":[)" + one + R"(],"initContainers":[)" + asks("2", 2, always) + "," + four + "]", 6000, 6);
    row("but not beside the one after it",
        R"("containers":[)" + one + R"(],"initContainers":[)" + four + "," + asks("2", 2, always) + "]", 4000, 4);
    row("overhead comes on top", R"("containers":[)" + one + R"(],"overhead":{"cpu":"250m"})", 1250, 1);
    row("pod-level cpu wins, GPUs have no pod level",
        R"("containers":[)" + two + R"(],"resources":{"requests":{"cpu":"8","nvidia.com/gpu":"7"}})", 8000, 2);
    row("pod-level and overhead",
        R"("containers":[)" + two + R"(],"resources":{"requests":{"cpu":"8"}},"overhead":{"cpu":"1"})", 9000, 2);
    row("nothing asked", R"("containers":[{"name":"c"}])", 0, 0);
    row("no containers", R"("containers":[])", 0, 0);
    row("a part of a milli rounds up", R"("containers":[)" + asks("1u", 0) + "]", 1, 0);
}

void PodRequestsTest::requestsAreTheSchedulersSum()
{
    QFETCH(std::string, spec);
    const auto read = parsePod(pod(spec));
    QVERIFY2(read.has_value(), read ? "" : describe(read.error()).c_str());
    QTEST(qint64(amountOf((*read)->requests, "cpu")), "cpuMilli");
    QTEST(qint64(amountOf((*read)->requests, "nvidia.com/gpu")), "gpus");
}

void PodRequestsTest::aLimitIsTheRequestWhereThereIsNone()
{
    const auto read = parsePod(pod(R"("containers":[{"name":"c","resources":{"limits":{"nvidia.com/gpu":"2",
        "cpu":"4"},"requests":{"cpu":"1"}}}])"));
    QVERIFY(read.has_value());
    QCOMPARE(amountOf((*read)->requests, "nvidia.com/gpu"), std::int64_t(2));
    QCOMPARE(amountOf((*read)->requests, "cpu"), std::int64_t(1000));
}

void PodRequestsTest::terminalPodsHoldNothing_data()
{
    QTest::addColumn<std::string>("status");
    QTest::addColumn<bool>("deleting");
    QTest::addColumn<bool>("holds");
    for (const char *phase : {"Pending", "Running", "Unknown", ""})
        QTest::newRow(*phase ? phase : "no phase") << R"({"phase":")" + std::string(phase) + "\"}" << false << true;
    for (const char *phase : {"Succeeded", "Failed"})
        QTest::newRow(phase) << R"({"phase":")" + std::string(phase) + "\"}" << false << false;
    QTest::newRow("terminating holds until it is gone") << std::string(R"({"phase":"Running"})") << true << true;
}

void PodRequestsTest::terminalPodsHoldNothing()
{
    QFETCH(std::string, status);
    QFETCH(bool, deleting);
    auto json = pod(R"("containers":[])", status);
    if (deleting)
        json.replace(json.find(R"("namespace")"), 0, R"("deletionTimestamp":"2026-01-01T00:00:00Z",)");
    const auto read = parsePod(json);
    QVERIFY2(read.has_value(), read ? "" : describe(read.error()).c_str());
    QTEST((*read)->holdsResources(), "holds");
    QCOMPARE((*read)->deleting, deleting);
}

void PodRequestsTest::brokenRequestsAreRefused_data()
{
    QTest::addColumn<std::string>("spec");
    for (const char *spec : {R"("containers":{})", R"("containers":["c"])", R"("containers":[{"resources":[]}])",
                             R"("containers":[{"resources":{"requests":{"cpu":"two"}}}])",
                             R"("containers":[{"resources":{"limits":{"nvidia.com/gpu":[1]}}}])",
                             R"("initContainers":7)", R"("containers":[],"overhead":{"cpu":true})"})
        QTest::newRow(spec) << std::string(spec);
}

void PodRequestsTest::brokenRequestsAreRefused()
{
    QFETCH(std::string, spec);
    const auto read = parsePod(pod(spec));
    QVERIFY(!read.has_value());
    QCOMPARE(read.error().kind, ErrorKind::Parse);
}

void PodRequestsTest::whyAPodWaitsIsKept()
{
    const auto unscheduled = parsePod(R"({"metadata":{"name":"p"},"status":{"phase":"Pending","conditions":[
        {"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/1 nodes"}]}})");
    QVERIFY(unscheduled.has_value());
    QCOMPARE((*unscheduled)->waitingReason, std::string("Unschedulable: 0/1 nodes"));
    QVERIFY(!(*unscheduled)->holdsResources());
    const auto pulling = parsePod(R"({"metadata":{"name":"p"},"status":{"phase":"Pending","containerStatuses":[
        {"name":"c","state":{"waiting":{"reason":"ImagePullBackOff"}}}]}})");
    QCOMPARE((*pulling)->waitingReason, std::string("ImagePullBackOff"));
}

QTEST_APPLESS_MAIN(PodRequestsTest)
#include "pod_requests_test.moc"
