// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/cluster/sample_devices.h"

#include <QtTest>

using namespace core;
using namespace sample;

namespace {

/// A node "n" whose driver publishes two H100, with its class.
SnapshotPtr twoCards()
{
    return afterAll(nullptr,
                    {NodesListed{{sample::shared(bare("n"))}}, PodsListed{}, listed(std::vector{nvidiaClass()}),
                     listed(std::vector{slice("n", cardJson("gpu-0") + "," + cardJson("gpu-1"))})});
}

const DevicePool *poolOf(const SnapshotPtr &snapshot, const std::string &resource = h100)
{
    const auto *node = findNode(*snapshot, "n");
    const auto found = std::ranges::find(node->devices, resource, &DevicePool::resource);
    return found == node->devices.end() ? nullptr : &*found;
}

} // namespace

class DraCardsTest : public QObject {
    Q_OBJECT

private slots:
    void aDriversDevicesAreAPoolOfTheirNode()
    {
        const auto snapshot = twoCards();
        const auto *pool = poolOf(snapshot);
        QVERIFY(pool);
        QCOMPARE(pool->skuId, std::string("nvidia-h100-sxm-80"));
        QCOMPARE(pool->capacity, std::int64_t(2));
        QCOMPARE(pool->allocatable, std::int64_t(2));
        QCOMPARE(pool->memoryBytes, std::optional(81559LL << 20));
        QCOMPARE(pool->computeTarget, std::string("9.0"));
        QCOMPARE(pool->driverVersion, std::string("580.95.5"));
        QCOMPARE(pool->cudaVersion, std::string("13.0"));
        QCOMPARE(pool->deviceClass, std::string("gpu.nvidia.com"));
        QVERIFY(isDraResource(pool->resource) && !isDraResource("dra.net/rdma") && !isDraResource("nvidia.com/gpu"));
    }
    void eachVendorsAttributesAreDecoded_data()
    {
        QTest::addColumn<QString>("driver");
        QTest::addColumn<QString>("attributes");
        QTest::addColumn<QString>("sku");
        QTest::addColumn<int>("kind");
        const auto add = [](const char *name, const char *driver, const char *attributes, const char *sku,
                            DeviceKind kind) { QTest::newRow(name) << driver << attributes << sku << int(kind); };
        add("AMD by PCI id", "gpu.amd.com", R"("type":{"string":"amdgpu"},"deviceID":{"string":"0x74A1"})",
            "amd-mi300x", DeviceKind::Card);
        add("AMD by product", "gpu.amd.com",
            R"("productName":{"string":"AMD_Instinct_MI300X_OAM"},"partitionProfile":{"string":"spx_nps1"})",
            "amd-mi300x", DeviceKind::Card);
        add("AMD partition", "gpu.amd.com",
            R"("type":{"string":"amdgpu-partition"},"productName":{"string":"AMD_Instinct_MI300X_OAM"},
               "partitionProfile":{"string":"dpx_nps1"})",
            "amd-mi300x", DeviceKind::Partition);
        add("Intel by PCI id", "gpu.intel.com", R"("model":{"string":"Unknown"},"pciId":{"string":"0x0bd5"})",
            "intel-max-1550", DeviceKind::Card);
        add("NVIDIA MIG", "gpu.nvidia.com",
            R"("type":{"string":"mig"},"profile":{"string":"1g.10gb"},"productName":{"string":"NVIDIA A100-SXM4-80GB"})",
            "nvidia-a100-sxm4-80", DeviceKind::MigSlice);
        add("nobody knows it", "gpu.nvidia.com", R"("type":{"string":"gpu"},"productName":{"string":"NVIDIA X9"})", "",
            DeviceKind::Card);
    }
    void eachVendorsAttributesAreDecoded()
    {
        QFETCH(QString, driver);
        QFETCH(QString, attributes);
        QFETCH(QString, sku);
        QFETCH(int, kind);
        const auto device = R"({"name": "d", "attributes": {)" + attributes.toStdString() + "}}";
        const auto pool = draPool(slice("n", device)->devices.front(), driver.toStdString(), catalogue());
        QVERIFY(pool);
        QCOMPARE(QString::fromStdString(pool->skuId), sku);
        QCOMPARE(int(pool->kind), kind);
        QVERIFY(isDraResource(pool->resource) && pool->resource.size() - pool->resource.find('/') <= 64);
    }
    void whatIsNoCardToComputeOnIsNoPool()
    {
        const auto made = [](const char *text, const char *driver = "gpu.nvidia.com") {
            return draPool(slice("n", text)->devices.front(), driver, catalogue()).has_value();
        };
        QVERIFY(!made(R"({"name": "d", "attributes": {"type": {"string": "vfio"}}})"));
        QVERIFY(!made(R"({"name": "d", "attributes": {"driver": {"string": "xe-vfio-pci"}}})", "gpu.intel.com"));
        QVERIFY(!made(R"({"name": "d"})", "dra.net"));
        QVERIFY(!made(R"({"name": "d", "attributes": {"type": {"string": "mig"}, "profile": {"string": "1g.10gb"}},
            "consumesCounters": [{"counterSet": "c", "counters": {"m": {"value": "1"}}}]})"));
    }
    void aClaimTakesItsDevicesFromTheFree()
    {
        auto holder = sample::pod("p", "n", 0);
        const auto snapshot =
            afterAll(twoCards(),
                     {PodChanged{sample::shared(holder)}, listed(std::vector{claim("p", {"gpu-1"}), claim("", {})})});
        const auto usage = account(*snapshot);
        QCOMPARE(requestedOn(usage, "n", h100), std::int64_t(1));
        QCOMPARE(usage.at("n").holders.size(), std::size_t(1));
        QCOMPARE(summarise(*snapshot, usage, catalogue()).front().free, std::int64_t(1));
        // Whichever comes first, claim or pod.
        const auto other =
            afterAll(twoCards(), {listed(std::vector{claim("p", {"gpu-1"})}), PodChanged{sample::shared(holder)}});
        QCOMPARE(requestedOn(account(*other), "n", h100), std::int64_t(1));
    }
    void aClaimNobodyIsSeenToUseStillHoldsItsDevices()
    {
        const auto kept = afterAll(twoCards(), {listed(std::vector{claim("", {"gpu-0"}), claim("gone", {"gpu-1"})})});
        QCOMPARE(requestedOn(account(*kept), "n", h100), std::int64_t(2));
    }
    void adminAccessHoldsNothing()
    {
        auto watching = std::make_shared<dra::Claim>(*claim("", {"gpu-0"}));
        watching->allocation->devices.front().adminAccess = true;
        const auto snapshot = afterAll(twoCards(), {listed(std::vector<dra::ClaimPtr>{watching})});
        QCOMPARE(requestedOn(account(*snapshot), "n", h100), std::int64_t(0));
    }
    void aClaimThatGoesFreesItsDevicesAndKeepsOtherPointers()
    {
        const auto before =
            afterAll(twoCards(),
                     {NodeChanged{sample::shared(bare("other"))}, PodChanged{sample::shared(sample::pod("p", "n", 0))},
                      listed(std::vector{claim("p", {"gpu-1"})})});
        const auto gone = afterAll(before, {listed(std::vector<dra::ClaimPtr>{})});
        QCOMPARE(requestedOn(account(*gone), "n", h100), std::int64_t(0));
        QCOMPARE(*gone->pods.front(), sample::pod("p", "n", 0));
        QCOMPARE(gone->nodes[0].get(), before->nodes[0].get());
        QCOMPARE(gone->nodes[1].get(), before->nodes[1].get());
    }
    void anEqualNodeFromTheServerKeepsItsPointer()
    {
        const auto before = twoCards();
        const auto same = afterAll(before, {NodeChanged{sample::shared(bare("n"))}});
        QCOMPARE(same->nodes.front().get(), before->nodes.front().get());
        QCOMPARE(afterAll(before, {NodesListed{{sample::shared(bare("n"))}}})->nodes.front().get(),
                 before->nodes.front().get());
    }
    void aDriverThatLeavesTakesItsDevicesAlong()
    {
        const auto left = afterAll(twoCards(), {listed(std::vector<dra::SlicePtr>{})});
        QCOMPARE(*left->nodes.front(), bare("n"));
        QCOMPARE(*afterAll(twoCards(), {DraNotServed{}})->nodes.front(), bare("n"));
    }
    void cardsOfPluginAndDriverAreCountedOnce()
    {
        auto both = sample::node("n", 2);
        both.devices.front().vendor = Vendor::Nvidia;
        const auto snapshot =
            afterAll(twoCards(), {NodeChanged{sample::shared(both)}, listed(std::vector{claim("", {"gpu-0"})})});
        QCOMPARE(snapshot->nodes.front()->devices.size(), std::size_t(1));
        QCOMPARE(snapshot->nodes.front()->issues.size(), std::size_t(1));
        QVERIFY(snapshot->nodes.front()->issues.front().starts_with("gpu.nvidia.com also publishes"));
        QCOMPARE(requestedOn(account(*snapshot), "n", "nvidia.com/gpu"), std::int64_t(1)); // it is not free
        QCOMPARE(*afterAll(snapshot, {DraNotServed{}})->nodes.front(), both);
    }
    void onlyTheNewestGenerationCountsAndOnlyWhenItIsComplete()
    {
        const auto old = slice("n", cardJson("gpu-0") + "," + cardJson("gpu-1"), 1);
        const auto newer = slice("n", cardJson("gpu-0"), 2, 1, "gpu.nvidia.com", "t");
        QCOMPARE(poolOf(afterAll(twoCards(), {listed(std::vector{old, newer})}))->capacity, std::int64_t(1));
        const auto half = slice("n", cardJson("gpu-0"), 2, 2);
        const auto after = afterAll(twoCards(), {listed(std::vector{half})});
        const auto *pool = poolOf(after);
        QCOMPARE(pool->capacity, std::int64_t(1));
        QCOMPARE(pool->allocatable, std::int64_t(0));
    }
    void aTaintedDeviceIsNotOfferedUnlessItIsHeld()
    {
        const auto sick = slice("n", cardJson("gpu-0", R"(,"taints": [{"key": "xid", "effect": "NoExecute"}])"));
        const auto withdrawn = afterAll(twoCards(), {listed(std::vector{sick})});
        QCOMPARE(poolOf(withdrawn)->withdrawn(), std::int64_t(1));
        const auto held = afterAll(withdrawn, {listed(std::vector{claim("", {"gpu-0"})})});
        QCOMPARE(poolOf(held)->withdrawn(), std::int64_t(0));
        QCOMPARE(requestedOn(account(*held), "n", h100), std::int64_t(1));
    }
    void aCardThatIsCutUpIsHeld()
    {
        const std::string counters =
            R"(,"consumesCounters": [{"counterSet": "card-0", "counters": {"memory": {"value": "40Gi"}}}])";
        const auto part = R"({"name": "mig", "attributes": {"type": {"string": "mig"}})" + counters + "}";
        const auto snapshot = afterAll(twoCards(),
                                       {listed(std::vector{slice("n", cardJson("gpu-0", counters) + "," + part)}),
                                        listed(std::vector{claim("", {"mig"})})});
        QCOMPARE(snapshot->nodes.front()->devices.size(), std::size_t(1));
        QCOMPARE(requestedOn(account(*snapshot), "n", h100), std::int64_t(1));
    }
    void theDriversOwnClassComesBeforeOthersAndOnlyIfItSelects_data()
    {
        QTest::addColumn<QStringList>("classes");
        QTest::addColumn<QString>("chosen");
        QTest::newRow("own") << QStringList{QStringLiteral("a"), QStringLiteral("gpu.nvidia.com")} << "gpu.nvidia.com";
        QTest::newRow("other") << QStringList{QStringLiteral("b"), QStringLiteral("a")} << "a";
        QTest::newRow("none") << QStringList{} << "";
    }
    void theDriversOwnClassComesBeforeOthersAndOnlyIfItSelects()
    {
        QFETCH(QStringList, classes);
        QFETCH(QString, chosen);
        std::vector<dra::DeviceClassPtr> made{deviceClass("0-amd", "device.driver == 'gpu.amd.com'")};
        for (const auto &name : classes)
            made.push_back(deviceClass(name.toStdString(), "device.driver == 'gpu.nvidia.com'"));
        QCOMPARE(QString::fromStdString(poolOf(afterAll(twoCards(), {listed(made)}))->deviceClass), chosen);
    }
    void readingAtOnceIsEventsOneByOne()
    {
        auto whole = *sample::cluster({bare("n")}, {sample::pod("p", "n", 0)});
        auto resources = std::make_shared<dra::Resources>();
        resources->slices = {slice("n", cardJson("gpu-0"))};
        resources->claims = {claim("p", {"gpu-0"})};
        whole.dra = resources;
        addDraCards(whole, catalogue());
        const auto stepwise =
            afterAll(nullptr,
                     {listed(resources->claims), NodeChanged{sample::shared(bare("n"))},
                      PodChanged{sample::shared(sample::pod("p", "n", 0))}, listed(resources->slices)});
        QCOMPARE(*whole.nodes.front(), *stepwise->nodes.front());
        QCOMPARE(*whole.pods.front(), *stepwise->pods.front());
    }
};

QTEST_APPLESS_MAIN(DraCardsTest)
#include "dra_cards_test.moc"
