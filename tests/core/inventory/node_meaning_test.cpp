// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/node_meaning.h"

#include "tests/core/inventory/sample_node.h"

using namespace Qt::StringLiterals;

namespace {

core::Node healthy()
{
    return sample::node(R"({"nvidia.com/gpu.product":"NVIDIA-H100-80GB-HBM3","nvidia.com/gpu.count":"8"})",
                        R"({"nvidia.com/gpu":"8"})");
}

QString joined(const std::vector<std::string> &sentences)
{
    QStringList out;
    for (const auto &sentence : sentences)
        out << QString::fromStdString(sentence);
    return out.join(u' ');
}

} // namespace

class NodeMeaningTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aHealthyNodeHasNothingToDo();
    void everyTroubleIsNamedWithWhatToDo_data();
    void everyTroubleIsNamedWithWhatToDo();
    void aWithdrawnDeviceNamesWhoMayHaveLostIt();
    void sharedCardsSayThatMemoryIsShared();
};

void NodeMeaningTest::aHealthyNodeHasNothingToDo()
{
    const auto node = healthy();
    const auto meaning = core::explain(node, node.devices.front(), 3, "a/b");
    QCOMPARE(joined(meaning.means), u"5 of 8 devices are free. A device is a whole card."_s);
    QVERIFY(meaning.todo.empty());
}

void NodeMeaningTest::everyTroubleIsNamedWithWhatToDo_data()
{
    QTest::addColumn<QString>("trouble");
    QTest::addColumn<QString>("means");
    QTest::addColumn<QString>("todo");
    QTest::newRow("cordoned") << u"cordoned"_s << u"Cordoned"_s << u"kubectl uncordon n"_s;
    QTest::newRow("not ready") << u"not ready"_s << u"kubelet stopped posting"_s << u"kubectl drain n"_s;
    QTest::newRow("readiness unknown") << u"unknown"_s << u"not ready"_s << u"kubectl drain n"_s;
    QTest::newRow("labels") << u"labels"_s << u"MIG configuration invalid"_s << u"feature discovery"_s;
    QTest::newRow("not in the catalogue") << u"strange"_s << u"NVIDIA-FUTURE-9000"_s << u"catalogue"_s;
    QTest::newRow("withdrawn") << u"withdrawn"_s << u"withdrew 1 of 8"_s << u"nvidia-smi on n"_s;
}

void NodeMeaningTest::everyTroubleIsNamedWithWhatToDo()
{
    QFETCH(QString, trouble);
    QFETCH(QString, means);
    QFETCH(QString, todo);
    auto node = healthy();
    auto &pool = node.devices.front();
    node.unschedulable = trouble == u"cordoned";
    if (trouble == u"not ready") {
        node.ready = false;
        node.notReadyReason = "kubelet stopped posting";
    } else if (trouble == u"unknown") {
        node.ready.reset();
    } else if (trouble == u"labels") {
        node.issues = {"MIG configuration invalid"};
    } else if (trouble == u"strange") {
        pool.skuId.clear();
        pool.productLabel = "NVIDIA-FUTURE-9000";
    } else if (trouble == u"withdrawn") {
        pool.allocatable = 7;
    }
    const auto meaning = core::explain(node, pool, 0, {});
    QVERIFY2(joined(meaning.means).contains(means), qPrintable(joined(meaning.means)));
    QVERIFY2(joined(meaning.todo).contains(todo), qPrintable(joined(meaning.todo)));
    QCOMPARE(joined(meaning.means).contains(u"devices are free"_s), node.acceptsPods());
}

void NodeMeaningTest::aWithdrawnDeviceNamesWhoMayHaveLostIt()
{
    auto node = healthy();
    node.devices.front().allocatable = 7;
    const auto held = core::explain(node, node.devices.front(), 7, "team-chat/qwen3-32b-6");
    QVERIFY(joined(held.means).contains(u"team-chat/qwen3-32b-6"_s));
    const auto idle = core::explain(node, node.devices.front(), 0, {});
    QVERIFY(joined(idle.means).contains(u"No pod holds"_s));
}

void NodeMeaningTest::sharedCardsSayThatMemoryIsShared()
{
    auto node = healthy();
    auto &pool = node.devices.front();
    pool.kind = core::DeviceKind::Share;
    pool.sharing = "time-slicing";
    pool.replicas = 4;
    pool.physicalCards = 2;
    QVERIFY(joined(core::explain(node, pool, 0, {}).means).contains(u"2 cards (time-slicing)"_s));
    pool.kind = core::DeviceKind::MigSlice;
    pool.physicalCards = 1;
    QVERIFY(joined(core::explain(node, pool, 0, {}).means).contains(u"MIG slice of 1 card; memory is kept apart"_s));
}

QTEST_APPLESS_MAIN(NodeMeaningTest)
#include "node_meaning_test.moc"
