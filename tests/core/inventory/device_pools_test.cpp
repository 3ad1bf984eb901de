// SPDX-License-Identifier: GPL-3.0-or-later
// From labels and resources of a node to the pools Berth shows.
#include "core/inventory/device_labels.h"
#include "tests/core/inventory/sample_node.h"

using namespace core;
using sample::node;

namespace {

const char *h100 = R"({"nvidia.com/gpu.product":"NVIDIA-H100-80GB-HBM3","nvidia.com/gpu.memory":"81559",
    "nvidia.com/gpu.count":"8","nvidia.com/gpu.replicas":"1","nvidia.com/gpu.sharing-strategy":"none",
    "nvidia.com/gpu.compute.major":"9","nvidia.com/gpu.compute.minor":"0",
    "nvidia.com/cuda.driver.major":"550","nvidia.com/cuda.driver.minor":"54","nvidia.com/cuda.driver.rev":""})";

const DevicePool *pool(const Node &from, std::string_view resource)
{
    for (const auto &one : from.devices)
        if (one.resource == resource)
            return &one;
    return nullptr;
}

} // namespace

class DevicePoolsTest : public QObject {
    Q_OBJECT

private slots:
    void wholeCardsCarryWhatTheLabelsSay();
    void theUnhealthyAreWithdrawn();
    void migSingleCountsSlices();
    void migMixedHasAPoolForEachProfile();
    void anInvalidMigConfigurationIsSaid();
    void timeSlicesAreSharesOfACard();
    void processSharingIsNamed();
    void renamedSharesLeaveTheWholeCardsWhole();
    void hamiSharesAreShares();
    void amdPartitionsAreNoCards_data();
    void amdPartitionsAreNoCards();
    void amdLabelsMayCarryTheValueInTheKey();
    void intelDriversAreTwoResources();
    void twoKindsOfIntelCardAreNoSku();
    void twoVendorsAreTwoPools();
    void memoryMayBeWrittenInBytes();
    void labelsThatCannotBeTrueAreNotBelieved_data();
    void labelsThatCannotBeTrueAreNotBelieved();
    void countsThatCannotBeTrueAreNoDevices_data();
    void countsThatCannotBeTrueAreNoDevices();
    void markupInALabelIsText();
    void otherResourcesAreNoAccelerators_data();
    void otherResourcesAreNoAccelerators();
};

void DevicePoolsTest::wholeCardsCarryWhatTheLabelsSay()
{
    const auto one = node(h100, R"({"nvidia.com/gpu":"8","cpu":"96"})");
    QCOMPARE(one.devices.size(), std::size_t(1));
    const auto &cards = one.devices.front();
    QCOMPARE(cards.kind, DeviceKind::Card);
    QCOMPARE(cards.skuId, sample::catalog().findByProduct("nvidia", "NVIDIA-H100-80GB-HBM3")->id);
    QCOMPARE(cards.memoryBytes, std::optional(81559LL << 20));
    QCOMPARE(cards.physicalCards, std::optional<std::int64_t>(8));
    QCOMPARE(cards.computeTarget, std::string("9.0"));
    QCOMPARE(cards.driverVersion, std::string("550.54")); // an empty revision ends the version
    QVERIFY(one.issues.empty());
}

void DevicePoolsTest::theUnhealthyAreWithdrawn()
{
    const auto one = node(h100, R"({"nvidia.com/gpu":"8"})", R"({"nvidia.com/gpu":"7"})");
    QCOMPARE(one.devices.front().withdrawn(), std::int64_t(1));
    const auto none = node(h100, R"({"nvidia.com/gpu":"8"})", R"({"nvidia.com/gpu":"0"})");
    QCOMPARE(none.devices.front().allocatable, std::int64_t(0));
    const auto onlyOffered = node(h100, "{}", R"({"nvidia.com/gpu":"8"})");
    QCOMPARE(onlyOffered.devices.front().withdrawn(), std::int64_t(0));
}

void DevicePoolsTest::migSingleCountsSlices()
{
    const auto one = node(R"({"nvidia.com/mig.strategy":"single","nvidia.com/gpu.count":"7",
        "nvidia.com/gpu.product":"NVIDIA-A100-SXM4-40GB-MIG-1g.5gb","nvidia.com/gpu.memory":"4864"})",
                          R"({"nvidia.com/gpu":"7"})");
    const auto &slices = one.devices.front();
    QCOMPARE(slices.kind, DeviceKind::MigSlice);
    QCOMPARE(slices.profile, std::string("1g.5gb"));
    QCOMPARE(slices.memoryBytes, std::optional(4864LL << 20));
    QVERIFY(!slices.physicalCards); // count and capacity are of slices
    QVERIFY(!slices.skuId.empty());
}

void DevicePoolsTest::migMixedHasAPoolForEachProfile()
{
    const auto one = node(R"({"nvidia.com/mig.strategy":"mixed","nvidia.com/gpu.product":"NVIDIA-H100-80GB-HBM3",
        "nvidia.com/gpu.memory":"81559","nvidia.com/gpu.replicas":"0","nvidia.com/mig-1g.10gb.count":"2",
        "nvidia.com/mig-1g.10gb.memory":"9984","nvidia.com/mig-1g.10gb.replicas":"1",
        "nvidia.com/mig-1g.10gb.product":"NVIDIA-H100-80GB-HBM3-MIG-1g.10gb",
        "nvidia.com/mig-3g.40gb.memory":"40320","nvidia.com/mig-1g.10gb.me.memory":"9856"})",
                          R"({"nvidia.com/gpu":"0","nvidia.com/mig-1g.10gb":"2","nvidia.com/mig-3g.40gb":"1",
        "nvidia.com/mig-1g.10gb.me":"1"})");
    QCOMPARE(one.devices.size(), std::size_t(3)); // none of nvidia.com/gpu is left
    const auto *small = pool(one, "nvidia.com/mig-1g.10gb");
    QVERIFY(small && small->kind == DeviceKind::MigSlice);
    QCOMPARE(small->memoryBytes, std::optional(9984LL << 20));
    QCOMPARE(pool(one, "nvidia.com/mig-3g.40gb")->memoryBytes, std::optional(40320LL << 20));
    QCOMPARE(pool(one, "nvidia.com/mig-1g.10gb.me")->memoryBytes, std::optional(9856LL << 20));
    for (const auto &slices : one.devices)
        QVERIFY(!slices.skuId.empty());
}

void DevicePoolsTest::anInvalidMigConfigurationIsSaid()
{
    const auto one = node(R"({"nvidia.com/gpu.product":"NVIDIA-A100-SXM4-40GB-MIG-INVALID","nvidia.com/gpu.count":"0",
        "nvidia.com/gpu.memory":"0","nvidia.com/gpu.replicas":"0"})",
                          R"({"nvidia.com/gpu":"1"})");
    QCOMPARE(one.issues.size(), std::size_t(1));
    QVERIFY(one.issues.front().find("MIG") != std::string::npos);
    QVERIFY(!one.devices.front().skuId.empty());
}

void DevicePoolsTest::timeSlicesAreSharesOfACard()
{
    // An old release has no sharing-strategy label: replicas say it.
    const auto one = node(R"({"nvidia.com/gpu.product":"Tesla-T4-SHARED","nvidia.com/gpu.replicas":"4",
        "nvidia.com/gpu.count":"2","nvidia.com/gpu.memory":"15360"})",
                          R"({"nvidia.com/gpu":"8"})");
    const auto &shares = one.devices.front();
    QCOMPARE(shares.kind, DeviceKind::Share);
    QCOMPARE(shares.replicas, 4);
    QCOMPARE(shares.sharing, std::string("time-slicing"));
    QCOMPARE(shares.physicalCards, std::optional<std::int64_t>(2));
    QCOMPARE(shares.memoryBytes, std::optional(15360LL << 20)); // of the whole card
    QVERIFY(!shares.skuId.empty());
}

void DevicePoolsTest::processSharingIsNamed()
{
    const auto one = node(R"({"nvidia.com/gpu.product":"NVIDIA-A100-SXM4-80GB-SHARED","nvidia.com/gpu.replicas":"4",
        "nvidia.com/gpu.sharing-strategy":"mps"})",
                          R"({"nvidia.com/gpu":"4"})");
    QCOMPARE(one.devices.front().sharing, std::string("mps"));
    QCOMPARE(one.devices.front().kind, DeviceKind::Share);
}

void DevicePoolsTest::renamedSharesLeaveTheWholeCardsWhole()
{
    const auto one = node(R"({"nvidia.com/gpu.product":"Tesla-T4","nvidia.com/gpu.replicas":"4",
        "nvidia.com/gpu.sharing-strategy":"time-slicing"})",
                          R"({"nvidia.com/gpu":"1","nvidia.com/gpu.shared":"4"})");
    QCOMPARE(pool(one, "nvidia.com/gpu")->kind, DeviceKind::Card);
    QCOMPARE(pool(one, "nvidia.com/gpu")->replicas, 1);
    QCOMPARE(pool(one, "nvidia.com/gpu.shared")->kind, DeviceKind::Share);
    QCOMPARE(pool(one, "nvidia.com/gpu.shared")->physicalCards, std::optional<std::int64_t>(1));
}

void DevicePoolsTest::hamiSharesAreShares()
{
    const auto json = R"({"metadata":{"name":"n","annotations":{"hami.io/node-nvidia-register":
        "GPU-1,10,40960,100,NVIDIA-A100,0,true:GPU-2,10,40960,100,NVIDIA-A100,1,false:"}},
        "status":{"capacity":{"nvidia.com/gpu":"20"},"allocatable":{"nvidia.com/gpu":"20"}}})";
    const auto one = parseNode(json, sample::catalog());
    QVERIFY(one.has_value());
    QCOMPARE((*one)->devices.front().kind, DeviceKind::Share);
    QCOMPARE((*one)->devices.front().replicas, 10);
    QCOMPARE((*one)->devices.front().physicalCards, std::optional<std::int64_t>(2));
}

void DevicePoolsTest::amdPartitionsAreNoCards_data()
{
    QTest::addColumn<QByteArray>("labels");
    QTest::addColumn<QByteArray>("resource");
    QTest::addColumn<qint64>("units");
    QTest::addColumn<bool>("partition");
    QTest::addColumn<qint64>("cards");
    QTest::newRow("whole") << QByteArray(R"({"amd.com/gpu.device-id":"74a1"})") << QByteArray("amd.com/gpu")
                           << qint64(8) << false << qint64(8);
    QTest::newRow("SPX by label") << QByteArray(R"({"amd.com/gpu.compute-memory-partition":"spx_nps1"})")
                                  << QByteArray("amd.com/gpu") << qint64(8) << false << qint64(8);
    QTest::newRow("SPX by name") << QByteArray("{}") << QByteArray("amd.com/spx_nps1") << qint64(8) << false
                                 << qint64(8);
    QTest::newRow("CPX by label") << QByteArray(R"({"amd.com/gpu.compute-memory-partition":"cpx_nps4"})")
                                  << QByteArray("amd.com/gpu") << qint64(64) << true << qint64(8);
    QTest::newRow("CPX by name") << QByteArray("{}") << QByteArray("amd.com/cpx_nps4") << qint64(64) << true
                                 << qint64(8);
    QTest::newRow("CPX of MI300A") << QByteArray(R"({"amd.com/gpu.device-id":"74a0"})")
                                   << QByteArray("amd.com/cpx_nps1") << qint64(24) << true << qint64(4);
    QTest::newRow("DPX") << QByteArray("{}") << QByteArray("amd.com/dpx_nps1") << qint64(16) << true << qint64(8);
    QTest::newRow("some cards gone") << QByteArray("{}") << QByteArray("amd.com/cpx_nps4") << qint64(63) << true
                                     << qint64(-1);
}

void DevicePoolsTest::amdPartitionsAreNoCards()
{
    QFETCH(QByteArray, labels);
    QFETCH(QByteArray, resource);
    QFETCH(qint64, units);
    QFETCH(bool, partition);
    QFETCH(qint64, cards);
    const auto one =
        node(labels.toStdString(), "{\"" + resource.toStdString() + "\":\"" + std::to_string(units) + "\"}");
    QCOMPARE(one.devices.front().kind, partition ? DeviceKind::Partition : DeviceKind::Card);
    QCOMPARE(one.devices.front().physicalCards.value_or(-1), cards);
    if (partition)
        QVERIFY(!one.devices.front().memoryBytes); // the label's size may be the card's
}

void DevicePoolsTest::amdLabelsMayCarryTheValueInTheKey()
{
    const auto one = node(R"({"beta.amd.com/gpu.device-id.74a1":"8","beta.amd.com/gpu.vram.192G":"8",
        "beta.amd.com/gpu.product-name.AMD_Instinct_MI300X_OAM":"8"})",
                          R"({"amd.com/gpu":"8"})");
    QCOMPARE(one.devices.front().productLabel, std::string("AMD_Instinct_MI300X_OAM"));
    QCOMPARE(one.devices.front().memoryBytes, std::optional(192LL << 30));
    QCOMPARE(one.devices.front().skuId, sample::catalog().findByPciId("1002:74a1")->id);
    const auto differing = node(R"({"beta.amd.com/gpu.device-id.74a1":"4","beta.amd.com/gpu.device-id.740f":"4"})",
                                R"({"amd.com/gpu":"8"})");
    QVERIFY(differing.devices.front().skuId.empty()); // two models behind one resource
}

void DevicePoolsTest::intelDriversAreTwoResources()
{
    const auto one = node(R"({"gpu.intel.com/device-id.0380-56c0.present":"true","gpu.intel.com/product":"Flex_170"})",
                          R"({"gpu.intel.com/i915":"2","gpu.intel.com/xe":"1","gpu.intel.com/monitoring":"1",
        "gpu.intel.com/tiles":"3","gpu.intel.com/millicores":"3000"})");
    QCOMPARE(one.devices.size(), std::size_t(2));
    QCOMPARE(pool(one, "gpu.intel.com/i915")->capacity, std::int64_t(2));
    QCOMPARE(pool(one, "gpu.intel.com/xe")->capacity, std::int64_t(1));
    QCOMPARE(pool(one, "gpu.intel.com/xe")->skuId, sample::catalog().findByPciId("8086:56c0")->id);
    QVERIFY(!pool(one, "gpu.intel.com/i915")->physicalCards); // the plugin may share cards and labels nothing of it
}

void DevicePoolsTest::twoKindsOfIntelCardAreNoSku()
{
    const auto one = node(R"({"gpu.intel.com/device-id.0380-56c0.present":"true",
        "gpu.intel.com/device-id.0380-56c1.present":"true"})",
                          R"({"gpu.intel.com/i915":"3"})");
    QVERIFY(one.devices.front().skuId.empty());
}

void DevicePoolsTest::twoVendorsAreTwoPools()
{
    const auto one = node(R"({"nvidia.com/gpu.product":"Tesla-T4","nvidia.com/gpu.memory":"15360",
        "amd.com/gpu.device-id":"740f","amd.com/gpu.vram":"64G"})",
                          R"({"nvidia.com/gpu":"2","amd.com/gpu":"1"})");
    QCOMPARE(one.devices.size(), std::size_t(2));
    QCOMPARE(pool(one, "amd.com/gpu")->vendor, Vendor::Amd);
    QCOMPARE(pool(one, "amd.com/gpu")->memoryBytes, std::optional(64LL << 30));
    QCOMPARE(pool(one, "nvidia.com/gpu")->memoryBytes, std::optional(15360LL << 20));
}

void DevicePoolsTest::memoryMayBeWrittenInBytes()
{
    const auto one = node(R"({"nvidia.com/gpu.product":"Tesla-T4","nvidia.com/gpu.memory":"16106127360"})",
                          R"({"nvidia.com/gpu":"1"})");
    QCOMPARE(one.devices.front().memoryBytes, std::optional(15360LL << 20));
    QVERIFY(one.issues.empty());
}

void DevicePoolsTest::labelsThatCannotBeTrueAreNotBelieved_data()
{
    QTest::addColumn<QByteArray>("label");
    for (const char *label :
         {R"("nvidia.com/gpu.memory":"-1")", R"("nvidia.com/gpu.memory":"99999999999999")",
          R"("nvidia.com/gpu.memory":"9999999999999999999999")", R"("nvidia.com/gpu.memory":"80GB")",
          R"("nvidia.com/gpu.memory":"")", R"("nvidia.com/gpu.memory":"1e5")", R"("nvidia.com/gpu.replicas":"-4")",
          R"("nvidia.com/gpu.replicas":"99999999999")", R"("nvidia.com/gpu.replicas":"many")"})
        QTest::newRow(label) << QByteArray(label);
}

void DevicePoolsTest::labelsThatCannotBeTrueAreNotBelieved()
{
    QFETCH(QByteArray, label);
    const auto one =
        node("{" + label.toStdString() + R"(,"nvidia.com/gpu.product":"UNKNOWN-1"})", R"({"nvidia.com/gpu":"2"})");
    QCOMPARE(one.issues.size(), std::size_t(1));
    QVERIFY2(one.issues.front().find("not believed") != std::string::npos, one.issues.front().c_str());
    QVERIFY(!one.devices.front().memoryBytes);
    QCOMPARE(one.devices.front().replicas, 1);
}

void DevicePoolsTest::countsThatCannotBeTrueAreNoDevices_data()
{
    QTest::addColumn<QByteArray>("count");
    QTest::addColumn<qint64>("devices");
    QTest::newRow("negative") << QByteArray("-2") << qint64(0);
    QTest::newRow("absurd") << QByteArray("9223372036854775807") << qint64(0);
    QTest::newRow("beyond 64 bits") << QByteArray("99999999999999999999") << qint64(0);
    QTest::newRow("none") << QByteArray("0") << qint64(0);
    QTest::newRow("half, rounded up as the scheduler does") << QByteArray("1500m") << qint64(2);
    QTest::newRow("with a suffix") << QByteArray("1k") << qint64(1000);
}

void DevicePoolsTest::countsThatCannotBeTrueAreNoDevices()
{
    QFETCH(QByteArray, count);
    QFETCH(qint64, devices);
    const auto one = node(h100, "{\"nvidia.com/gpu\":\"" + count.toStdString() + "\"}");
    QCOMPARE(one.devices.empty() ? 0 : one.devices.front().capacity, devices);
    QCOMPARE(one.issues.empty(), devices > 0 || count == "0");
}

void DevicePoolsTest::markupInALabelIsText()
{
    // The API server would refuse this label; a proxy in between may not.
    const auto one = node(R"({"nvidia.com/gpu.product":"<img src=x>%1{}"})", R"({"nvidia.com/gpu":"1"})");
    QCOMPARE(one.devices.front().productLabel, std::string("<img src=x>%1{}"));
    QVERIFY(one.devices.front().skuId.empty());
}

void DevicePoolsTest::otherResourcesAreNoAccelerators_data()
{
    QTest::addColumn<QByteArray>("resource");
    QTest::addColumn<QByteArray>("vendor");
    for (const char *name : {"cpu", "memory", "hugepages-2Mi", "nvidia.com/mlnxnics", "devices.kubevirt.io/kvm",
                             "example.com/foo", "cerit.io/gpu", "gpu", "amd.com/cpu", "amd.com/cpx", "", "/",
                             "gpu.intel.com/monitoring", "gpu.intel.com/tiles", "volcano.sh/vgpu-memory"})
        QTest::newRow(*name ? name : "empty") << QByteArray(name) << QByteArray("");
    QTest::newRow("nvidia") << QByteArray("nvidia.com/gpu") << QByteArray("nvidia");
    QTest::newRow("slice") << QByteArray("nvidia.com/mig-1g.23gb-me") << QByteArray("nvidia");
    QTest::newRow("amd") << QByteArray("amd.com/cpx_nps4") << QByteArray("amd");
    QTest::newRow("intel") << QByteArray("gpu.intel.com/xe") << QByteArray("intel");
    QTest::newRow("habana") << QByteArray("habana.ai/gaudi") << QByteArray("habana");
    QTest::newRow("aws") << QByteArray("aws.amazon.com/neuron") << QByteArray("aws");
    QTest::newRow("google") << QByteArray("google.com/tpu") << QByteArray("google");
}

void DevicePoolsTest::otherResourcesAreNoAccelerators()
{
    QFETCH(QByteArray, resource);
    QTEST(QByteArray::fromStdString(std::string(acceleratorVendor(resource.toStdString()))), "vendor");
}

QTEST_APPLESS_MAIN(DevicePoolsTest)
#include "device_pools_test.moc"
