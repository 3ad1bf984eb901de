// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/dra_overlay.h"
#include "core/inventory/dra_json.h"
#include "core/manifests/manifest.h"
#include "core/scheduling/dra/allocation.h"
#include "tests/core/cluster/sample_cluster.h"

#include <QtTest>

using namespace core;

namespace {

using Json = nlohmann::ordered_json;
const std::string cards = "dra.gpu.nvidia.com/NVIDIA-H100-80GB-HBM3";

/// A node whose driver publishes an H100 pair and an L4, and one model of two devices.
struct World {
    Catalog catalog;
    ImageCatalog images{{{"vllm", "nvidia", "vllm/vllm-openai:v1", "12.9", {"9.0"}, "525.60.13", {"amd64"}, {}, {}}}};
    Plan plan;
    ClusterSnapshot snapshot;

    World()
    {
        Requirement wanted;
        wanted.name = "chat";
        wanted.modelId = "m";
        wanted.tensorParallel = 2;
        plan = {"plan", {wanted}, {{"chat", {TargetLevel::Node, cards, {}, "n", {}}, 1, false}}, {}};
        auto node = sample::node("n", 0);
        node.devices.clear();
        node.architecture = "amd64";
        node.allocatable = {{"cpu", 64000}, {"memory", 1LL << 40}, {"pods", 110}};
        snapshot = *sample::cluster({node}, {});
        auto resources = std::make_shared<dra::Resources>();
        resources->slices = {parseDraObject<dra::Slice>(R"({"metadata": {"name": "s"}, "spec": {
            "driver": "gpu.nvidia.com", "nodeName": "n", "pool": {"name": "n", "generation": 1, "resourceSliceCount": 1},
            "devices": [)" + device("gpu-0", "NVIDIA L4", "8.9.0")
                                                        + "," + device("gpu-1", "NVIDIA H100 80GB HBM3", "9.0.0") + ","
                                                        + device("gpu-2", "NVIDIA H100 80GB HBM3", "9.0.0") + "]}}")
                                 .value()};
        auto own = std::make_shared<dra::DeviceClass>();
        own->name = "gpu.nvidia.com";
        own->selectors = {"device.driver == 'gpu.nvidia.com'"};
        resources->classes = {own};
        snapshot.dra = resources;
        addDraCards(snapshot, catalog);
    }
    static std::string device(const std::string &name, const std::string &product, const std::string &capability)
    {
        return R"({"name": ")" + name + R"(", "attributes": {"type": {"string": "gpu"}, "productName": {"string": ")"
            + product + R"("}, "cudaComputeCapability": {"version": ")" + capability
            + R"("}, "driverVersion": {"version": "580.95.5"}}, "capacity": {"memory": {"value": "80Gi"}}})";
    }
    /// As the server would have sent it.
    void change(const std::function<void(dra::Resources &)> &how)
    {
        auto next = std::make_shared<dra::Resources>(*snapshot.dra);
        how(*next);
        snapshot.dra = next;
        addDraCards(snapshot, catalog);
    }
    Result<Export> exported() const
    {
        const auto usage = account(snapshot);
        const PlannedDevices planned;
        return exportPlan(plan, {snapshot, usage, catalog, images, planned});
    }
    Json object(const std::string &kind) const
    {
        const auto tree = exported().value();
        for (const auto &file : tree.files)
            for (const auto &one : file.objects)
                if (one.kind() == kind)
                    return one.json;
        return {};
    }
    Candidate verdict() const
    {
        const auto usage = account(snapshot);
        const PlannedDevices planned;
        const auto all = evaluate({snapshot, usage, catalog, images, planned}, plan.requirements.front());
        return *std::ranges::find(all, cards, &Candidate::resource);
    }
};

} // namespace

class ExportClaimsTest : public QObject {
    Q_OBJECT

private slots:
    void devicesOfADriverAreClaimedNotCounted()
    {
        const World world;
        const auto pod = world.object("Deployment")["spec"]["template"]["spec"];
        const auto resources = pod["containers"][0]["resources"];
        QCOMPARE(resources["claims"][0]["name"], pod["resourceClaims"][0]["name"]);
        QVERIFY(!resources["limits"].contains(cards) && !resources["requests"].contains(cards));
        const auto made = world.object("ResourceClaimTemplate");
        QCOMPARE(pod["resourceClaims"][0]["resourceClaimTemplateName"], made["metadata"]["name"]);
        QCOMPARE(made["apiVersion"].get<std::string>(), std::string("resource.k8s.io/v1"));
        const auto exactly = made["spec"]["spec"]["devices"]["requests"][0]["exactly"];
        QCOMPARE(exactly["count"].get<int>(), 2);
        QCOMPARE(exactly["deviceClassName"].get<std::string>(), std::string("gpu.nvidia.com"));
    }
    void theClaimTakesDevicesOfTheTargetAndNoOthers()
    {
        const World world;
        const auto made = parseDraObject<dra::ClaimTemplate>(world.object("ResourceClaimTemplate").dump()).value();
        dra::Allocator allocator(*world.snapshot.dra);
        const Labels none;
        const auto outcome = allocator.allocate({"n", none}, {{"gpus", &made->spec}});
        QCOMPARE(outcome.devices.size(), std::size_t(2));
        QCOMPARE(outcome.devices[0].device + outcome.devices[1].device, std::string("gpu-1gpu-2"));
    }
    void thePlaceIsPinnedByTheNodeOrByTheClaimAlone()
    {
        World world;
        QVERIFY(world.object("Deployment").dump().contains("metadata.name"));
        world.plan.placements.front().target = {TargetLevel::Sku, cards, "NVIDIA-H100-80GB-HBM3", {}, {}};
        QVERIFY(!world.object("Deployment")["spec"]["template"]["spec"].contains("affinity"));
    }
    void theTemplateHasTheVersionThatTheClusterServes()
    {
        World world;
        world.change([](dra::Resources &resources) { resources.version = "v1beta1"; });
        const auto made = world.object("ResourceClaimTemplate");
        QCOMPARE(made["apiVersion"].get<std::string>(), std::string("resource.k8s.io/v1beta1"));
        QCOMPARE(made["spec"]["spec"]["devices"]["requests"][0]["count"].get<int>(), 2);
    }
    void withoutAClassThereIsNoPlaceAndNoManifest()
    {
        World world;
        QCOMPARE(world.verdict().chain.front().code, std::string("devices-free"));
        world.change([](dra::Resources &resources) { resources.classes.clear(); });
        QCOMPARE(world.verdict().chain.front().code, std::string("no-such-class"));
        QCOMPARE(world.verdict().verdict, Verdict::No);
        QVERIFY(describe(world.exported().error()).contains("no device class"));
        world.snapshot.blindSpots.push_back({"deviceclasses", {}, "forbidden"});
        QCOMPARE(world.verdict().chain.front().verdict, Verdict::Unknown);
    }
    void claimsThatCannotBeReadLeaveTheFreeUnknown()
    {
        World world;
        world.snapshot.blindSpots.push_back({"resourceclaims", {}, "forbidden"});
        QCOMPARE(world.verdict().chain.front().code, std::string("usage-unknown"));
    }
    void aNameWithQuotesStaysOneText()
    {
        World world;
        world.change([](dra::Resources &resources) {
            resources.slices = {parseDraObject<dra::Slice>(R"({"metadata": {"name": "s"}, "spec": {
                "driver": "gpu.nvidia.com", "nodeName": "n",
                "pool": {"name": "n", "generation": 1, "resourceSliceCount": 1}, "devices": [)"
                                                           + World::device("a", R"(X\" || true || \"\\)", "9.0.0")
                                                           + "]}}")
                                    .value()};
        });
        const auto &pool = world.snapshot.nodes.front()->devices.front();
        auto other = std::make_shared<dra::Device>();
        other->attributes = {{"type", std::string("gpu")}, {"productName", std::string("Y")}};
        dra::Selectors selectors;
        QCOMPARE(selectors.evaluate({pool.selector}, *other, "gpu.nvidia.com").kind, cel::Answer::Kind::NoMatch);
        const auto &own = world.snapshot.dra->slices.front()->devices.front();
        QCOMPARE(selectors.evaluate({pool.selector}, own, "gpu.nvidia.com").kind, cel::Answer::Kind::Match);
    }
};

QTEST_APPLESS_MAIN(ExportClaimsTest)
#include "export_claims_test.moc"
