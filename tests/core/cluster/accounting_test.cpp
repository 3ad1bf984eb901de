// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/cluster/sample_cluster.h"

#include <QtTest>

#include <limits>

using namespace core;
using namespace sample;

class AccountingTest : public QObject {
    Q_OBJECT

private slots:
    void podsOfANodeAddUp();
    void onlyPodsThatHoldSomethingCount_data();
    void onlyPodsThatHoldSomethingCount();
    void onlyAcceleratorsMakeAHolder();
    void podsOnANodeThatIsGoneAreKept();
    void sumsSaturate();
    void nobodyAsksIsZero();
};

void AccountingTest::podsOfANodeAddUp()
{
    const auto usage =
        account(*cluster({node("a"), node("b")}, {pod("x", "a", 2), pod("y", "a", 3), pod("z", "b", 1)}));
    QCOMPARE(requestedOn(usage, "a", "nvidia.com/gpu"), std::int64_t(5));
    QCOMPARE(requestedOn(usage, "a", "cpu"), std::int64_t(2000));
    QCOMPARE(requestedOn(usage, "a", "pods"), std::int64_t(2));
    QCOMPARE(requestedOn(usage, "b", "nvidia.com/gpu"), std::int64_t(1));
}

void AccountingTest::onlyPodsThatHoldSomethingCount_data()
{
    QTest::addColumn<int>("phase");
    QTest::addColumn<QByteArray>("nodeName");
    QTest::addColumn<bool>("deleting");
    QTest::addColumn<qint64>("gpus");
    const auto row = [](const char *name, PodPhase phase, const char *nodeName, bool deleting, int gpus) {
        QTest::newRow(name) << int(phase) << QByteArray(nodeName) << deleting << qint64(gpus);
    };
    row("running", PodPhase::Running, "a", false, 4);
    row("pending, bound", PodPhase::Pending, "a", false, 4);
    row("of unknown phase", PodPhase::Unknown, "a", false, 4);
    row("terminating", PodPhase::Running, "a", true, 4);
    row("succeeded", PodPhase::Succeeded, "a", false, 0);
    row("failed", PodPhase::Failed, "a", false, 0);
    row("pending, unbound", PodPhase::Pending, "", false, 0);
}

void AccountingTest::onlyPodsThatHoldSomethingCount()
{
    QFETCH(int, phase);
    QFETCH(QByteArray, nodeName);
    QFETCH(bool, deleting);
    QFETCH(qint64, gpus);
    auto one = pod("p", nodeName.toStdString(), 4, PodPhase(phase));
    one.deleting = deleting;
    const auto usage = account(*cluster({node("a")}, {one}));
    QCOMPARE(requestedOn(usage, "a", "nvidia.com/gpu"), gpus);
    QCOMPARE(usage.contains(""), false); // what is bound nowhere is on no node
}

void AccountingTest::onlyAcceleratorsMakeAHolder()
{
    const auto usage =
        account(*cluster({node("a")},
                         {pod("cpu", "a", 0), pod("slice", "a", 1, PodPhase::Running, "nvidia.com/mig-1g.5gb"),
                          pod("nic", "a", 1, PodPhase::Running, "nvidia.com/mlnxnics"), pod("card", "a", 1)}));
    std::vector<std::string> holders;
    for (const auto &one : usage.at("a").holders)
        holders.push_back(one->name);
    QCOMPARE(holders, (std::vector<std::string>{"card", "slice"})); // ordered
}

void AccountingTest::podsOnANodeThatIsGoneAreKept()
{
    const auto usage = account(*cluster({}, {pod("p", "gone", 2)}));
    QCOMPARE(requestedOn(usage, "gone", "nvidia.com/gpu"), std::int64_t(2));
}

void AccountingTest::sumsSaturate()
{
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    const auto usage = account(*cluster({node("a")}, {pod("x", "a", most), pod("y", "a", most)}));
    QCOMPARE(requestedOn(usage, "a", "nvidia.com/gpu"), most);
}

void AccountingTest::nobodyAsksIsZero()
{
    const auto usage = account(*cluster({node("a")}, {}));
    QVERIFY(usage.empty());
    QCOMPARE(requestedOn(usage, "a", "nvidia.com/gpu"), std::int64_t(0));
    QCOMPARE(requestedOn(usage, "", ""), std::int64_t(0));
}

QTEST_APPLESS_MAIN(AccountingTest)
#include "accounting_test.moc"
