// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/hami.h"
#include "core/inventory/node_summary.h"
#include "core/inventory/vendor_labels.h"
#include "tests/core/inventory/sample_node.h"

using namespace core;
using sample::node;

class NodeSummaryTest : public QObject {
    Q_OBJECT

private slots:
    void whatTheObjectSettlesIsSaidAndNothingElse_data();
    void whatTheObjectSettlesIsSaidAndNothingElse();
    void troubleIsNamed();
    void longLabelsComeInPieces();
    void bothRegistersOfHamiAreRead();
};

void NodeSummaryTest::whatTheObjectSettlesIsSaidAndNothingElse_data()
{
    QTest::addColumn<QByteArray>("labels");
    QTest::addColumn<QByteArray>("capacity");
    QTest::addColumn<QByteArray>("sharing");
    QTest::addColumn<qint64>("cards"); // -1: open
    const auto row = [](const char *name, const char *labels, const char *capacity, const char *sharing, int cards) {
        QTest::newRow(name) << QByteArray(labels) << QByteArray(capacity) << QByteArray(sharing) << qint64(cards);
    };
    const char *product = R"({"nvidia.com/gpu.product":"Tesla-T4","nvidia.com/gpu.count":"2"})";
    row("a count alone settles nothing", "{}", R"({"nvidia.com/gpu":"8"})", "", -1);
    row("labelled cards", product, R"({"nvidia.com/gpu":"2"})", "exclusive", 2);
    row("labels without the plugin", product, "{}", "", 2);
    row("shares", R"({"nvidia.com/gpu.product":"Tesla-T4-SHARED","nvidia.com/gpu.replicas":"4"})",
        R"({"nvidia.com/gpu":"8"})", "time-slicing", 2);
    row("shares that do not divide", R"({"nvidia.com/gpu.product":"Tesla-T4-SHARED","nvidia.com/gpu.replicas":"4"})",
        R"({"nvidia.com/gpu":"7"})", "time-slicing", -1);
    row("a guest", R"({"nvidia.com/gpu.product":"GRID-A100-4C","nvidia.com/vgpu.present":"true",
        "nvidia.com/gpu.count":"1"})",
        R"({"nvidia.com/gpu":"1"})", "vgpu", 1);
    row("slices of one size", R"({"nvidia.com/gpu.product":"A100-SXM4-40GB-MIG-1g.5gb","nvidia.com/gpu.count":"7"})",
        R"({"nvidia.com/gpu":"7"})", "mig-single", -1);
    row("slices by name", "{}", R"({"nvidia.com/gpu":"0","nvidia.com/mig-1g.5gb":"56"})", "mig-mixed", -1);
    row("slices beside cards, unlabelled", "{}", R"({"nvidia.com/gpu":"6","nvidia.com/mig-2g.10gb":"6"})", "", -1);
    row("renamed shares, unlabelled", "{}", R"({"nvidia.com/gpu.shared":"4"})", "shared", -1);
    row("AMD, unlabelled", "{}", R"({"amd.com/gpu":"1"})", "", -1);
    row("AMD, SPX", R"({"amd.com/compute-memory-partition":"spx_nps1"})", R"({"amd.com/gpu":"8"})", "exclusive", 8);
    row("AMD, CPX", "{}", R"({"amd.com/cpx_nps4":"64"})", "amd-partition", 8);
    row("Intel", R"({"intel.feature.node.kubernetes.io/gpu":"true"})", R"({"gpu.intel.com/i915":"5"})", "", -1);
    row("a bad MIG configuration", R"({"nvidia.com/gpu.product":"A100-MIG-INVALID","nvidia.com/gpu.count":"0"})",
        R"({"nvidia.com/gpu":"1"})", "", -1);
    row("Volcano", "{}", R"({"volcano.sh/vgpu-number":"20"})", "volcano-vgpu", -1);
    row("no accelerators", "{}", R"({"cpu":"4"})", "", -1);
}

void NodeSummaryTest::whatTheObjectSettlesIsSaidAndNothingElse()
{
    QFETCH(QByteArray, labels);
    QFETCH(QByteArray, capacity);
    const auto summary = summariseNode(node(labels.toStdString(), capacity.toStdString()));
    QTEST(QByteArray::fromStdString(summary.sharing), "sharing");
    QTEST(qint64(summary.physicalGpus.value_or(-1)), "cards");
}

void NodeSummaryTest::troubleIsNamed()
{
    const auto gone = summariseNode(node(R"({"nvidia.com/gpu.product":"Tesla-T4","nvidia.com/gpu.count":"1"})",
                                         R"({"nvidia.com/gpu":"1"})", R"({"nvidia.com/gpu":"0"})"));
    QCOMPARE(
        gone.issues,
        (std::vector<std::string>{"allocatable-below-capacity:nvidia.com/gpu", "labelled-but-no-schedulable-gpu"}));
    QCOMPARE(gone.schedulableUnits, std::optional<std::int64_t>(0));
    const auto fine = summariseNode(node("{}", R"({"nvidia.com/gpu":"2","amd.com/gpu":"1"})"));
    QVERIFY(fine.issues.empty());
    QCOMPARE(fine.schedulableUnits, std::optional<std::int64_t>(3));
    QCOMPARE(fine.vendors, (std::vector<std::string>{"amd", "nvidia"}));
    QVERIFY(!summariseNode(node("{}", R"({"nvidia.com/gpu":"2"})", "{}")).schedulableUnits);
}

void NodeSummaryTest::longLabelsComeInPieces()
{
    const auto read = readIntelLabels({{"gpu.intel.com/gpu-numbers", "0.1.2"},
                                       {"gpu.intel.com/gpu-numbers2", "Z.3.4"},
                                       {"gpu.intel.com/gpu-numbers4", "Z.9"}, // piece 3 is missing: the rest is unknown
                                       {"gpu.intel.com/cards", "card0.card1.ca"},
                                       {"gpu.intel.com/numa-gpu-map", "0-0.1.2_1"},
                                       {"gpu.intel.com/numa-gpu-map2", "Z-3.4"},
                                       {"gpu.intel.com/pci-groups", "0.1_2.3.4"}});
    QVERIFY(read.has_value());
    QCOMPARE(read->gpuNumbers, (std::vector<std::string>{"0", "1", "2", "3", "4"}));
    QVERIFY(read->cards.empty()); // cut at 63 characters
    QCOMPARE(read->numaGpuMap.at("1"), (std::vector<std::string>{"3", "4"}));
    QCOMPARE(read->pciGroups.size(), std::size_t(2));
    QCOMPARE(joinLabelPieces({"a", ""}, "Z"), std::string("a"));
    QCOMPARE(joinLabelPieces({}, "Z"), std::string());
}

void NodeSummaryTest::bothRegistersOfHamiAreRead()
{
    const auto old = parseHamiRegister("GPU-1,10,40960,100,NVIDIA-A100,0,true:GPU-2,x,40960,100,A100,0,true:GPU-3,1:");
    QCOMPARE(old.size(), std::size_t(1)); // what is broken is left out
    QCOMPARE(old.front().memoryMiB, std::int64_t(40960));
    QVERIFY(old.front().healthy);
    const auto json = parseHamiRegister(
        R"([{"id":"GPU-1","count":10,"devmem":81920,"devcore":100,"type":"H100","numa":1,"health":true},7,{"id":3}])");
    QCOMPARE(json.size(), std::size_t(1));
    QCOMPARE(json.front().splitCount, 10);
    for (const char *text : {"", ":", ",,,,,,", "[", "[[]]", "{}"})
        QVERIFY2(parseHamiRegister(text).empty(), text);
}

QTEST_APPLESS_MAIN(NodeSummaryTest)
#include "node_summary_test.moc"
