// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/manifests/manifest.h"

#include "tests/core/cluster/sample_cluster.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace core;

namespace {

using Json = nlohmann::ordered_json;

Node machine(const std::string &name, Vendor vendor)
{
    const bool nvidia = vendor == Vendor::Nvidia;
    auto node = sample::node(name, 8, nvidia ? "nvidia.com/gpu" : "amd.com/gpu");
    node.architecture = "amd64";
    node.allocatable["memory"] = 1LL << 40;
    auto &pool = node.devices.front();
    pool.vendor = vendor;
    pool.skuId = nvidia ? "h100" : "mi300x";
    pool.computeTarget = nvidia ? "9.0" : "gfx942";
    pool.driverVersion = nvidia ? "580.82.07" : "6.16.6";
    node.labels[nvidia ? "nvidia.com/gpu.product" : "amd.com/gpu.device-id"] = nvidia ? "NVIDIA-H100" : "74a1";
    return node;
}

/// A cluster with one node of two vendors each, one model, and images for both.
struct World {
    std::vector<Node> nodes{machine("nv-1", Vendor::Nvidia), machine("amd-1", Vendor::Amd)};
    std::vector<std::string> runtimeClasses;
    Catalog catalog;
    ImageCatalog images{{{"vllm", "nvidia", "vllm/vllm-openai:v1", "12.9", {"9.0"}, "525.60.13", {"amd64"}, {}, {}},
                         {"vllm", "amd", "rocm/vllm:v1", "7.0", {"gfx942"}, "", {"amd64"}, {}, {}}}};
    Plan plan;

    explicit World(const std::string &requirement = "chat")
    {
        plan.name = "plan";
        Requirement wanted;
        wanted.name = requirement;
        wanted.modelId = "m";
        wanted.tensorParallel = 2;
        plan.requirements = {wanted};
        put({TargetLevel::Node, "nvidia.com/gpu", {}, "nv-1", {}});
    }

    void put(const Target &target) { plan.placements.push_back({plan.requirements.back().name, target, 1, false}); }

    Result<Export> exported() const
    {
        auto snapshot = *sample::cluster(nodes, {});
        snapshot.runtimeClasses = runtimeClasses;
        const auto usage = account(snapshot);
        const PlannedDevices planned;
        return exportPlan(plan, {snapshot, usage, catalog, images, planned});
    }
    /// The first object of a kind.
    Json object(const std::string &kind) const
    {
        const auto tree = exported();
        if (!tree)
            QTest::qFail(describe(tree.error()).c_str(), __FILE__, __LINE__);
        else
            for (const auto &file : tree->files)
                for (const auto &one : file.objects)
                    if (one.kind() == kind)
                        return one.json;
        return {};
    }
    Json pod() const { return object("Deployment")["spec"]["template"]["spec"]; }
    QString refusal() const
    {
        const auto tree = exported();
        return tree ? QString() : QString::fromStdString(describe(tree.error()));
    }
};

QString text(const Json &json)
{
    return QString::fromStdString(json.dump());
}

} // namespace

class ExportPlanTest : public QObject {
    Q_OBJECT

private slots:
    void aPlacementBecomesADeploymentAndAServiceThatFindsIt()
    {
        const World world;
        const auto deployment = world.object("Deployment"), service = world.object("Service");
        QCOMPARE(text(deployment["spec"]["selector"]["matchLabels"]), text(service["spec"]["selector"]));
        for (const auto &[key, value] : service["spec"]["selector"].items())
            QCOMPARE(text(deployment["spec"]["template"]["metadata"]["labels"][key]), text(value));
        QCOMPARE(text(deployment["metadata"]["labels"]["berth.dev/plan"]), QStringLiteral("\"plan\""));
        QCOMPARE(text(deployment["metadata"]["labels"]["app.kubernetes.io/managed-by"]), QStringLiteral("\"berth\""));
    }

    void whatLivesUnderThePlanAndIsNotInItIsLeftOver()
    {
        const auto tree = *World().exported();
        ClusterSnapshot snapshot;
        snapshot.workloads = {{"default", "chat", "plan", "chat", 1, 1, 1, 1, {}},
                              {"default", "gone", "plan", "gone", 1, 1, 1, 1, {}},
                              {"other", "chat", "plan", "chat", 1, 1, 1, 1, {}},
                              {"default", "theirs", "another", "x", 1, 1, 1, 1, {}}};
        const auto left = leftovers("plan", tree, snapshot);
        QCOMPARE(left.size(), std::size_t{2});
        QCOMPARE(left[0].name, std::string("gone"));
        QCOMPARE(left[1].nameSpace, std::string("other"));
        QVERIFY(leftovers("plan", {}, snapshot).empty()); // the export failed
        QVERIFY(leftovers("", tree, snapshot).empty());
    }

    void devicesAreAskedForAsLimitsAndRequestsAlike()
    {
        const auto resources = World().pod()["containers"][0]["resources"];
        QCOMPARE(text(resources["limits"]["nvidia.com/gpu"]), QStringLiteral("\"2\""));
        QCOMPARE(resources["requests"]["nvidia.com/gpu"], resources["limits"]["nvidia.com/gpu"]);
    }

    void aNodeIsPinnedByItsNameAndASkuByItsLabel()
    {
        World world;
        const auto terms = [&] {
            return world.pod()["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
                              ["nodeSelectorTerms"];
        };
        QCOMPARE(text(terms()[0]["matchFields"][0]["values"]), QStringLiteral("[\"nv-1\"]"));
        world.plan.placements[0].target = {TargetLevel::Sku, "nvidia.com/gpu", "h100", {}, {}};
        QCOMPARE(text(terms()[0]["matchExpressions"][0]),
                 QStringLiteral(R"({"key":"nvidia.com/gpu.product","operator":"In","values":["NVIDIA-H100"]})"));
    }

    void aSkuIsFoundUnderEveryLabelItHasAndNotUnderThatOfItsShares()
    {
        World world;
        auto renamed = machine("nv-2", Vendor::Nvidia), shared = machine("nv-3", Vendor::Nvidia);
        renamed.labels["nvidia.com/gpu.product"] = "H100";
        shared.labels["nvidia.com/gpu.product"] = "NVIDIA-H100-SHARED";
        shared.labels["nvidia.com/gpu.replicas"] = "4";
        shared.devices[0].kind = DeviceKind::Share;
        shared.devices[0].replicas = 4;
        world.nodes.push_back(renamed);
        world.nodes.push_back(shared);
        auto &target = world.plan.placements[0].target;
        target = {TargetLevel::Sku, "nvidia.com/gpu", "h100", {}, {}};
        QVERIFY2(text(world.pod()["affinity"]).contains(QStringLiteral(R"(["H100","NVIDIA-H100"])")),
                 qPrintable(text(world.pod()["affinity"])));
        target.kind = DeviceKind::Share;
        target.replicas = 4;
        const auto affinity = text(world.pod()["affinity"]);
        QVERIFY2(affinity.contains(QStringLiteral(R"("values":["NVIDIA-H100-SHARED"])")), qPrintable(affinity));
        QVERIFY2(affinity.contains(QStringLiteral(R"("key":"nvidia.com/gpu.replicas","operator":"In","values":["4"])")),
                 qPrintable(affinity));
    }

    void aPartitionedCardIsNoWholeOneOfTheSameDeviceId()
    {
        World world;
        auto cut = machine("amd-2", Vendor::Amd);
        cut.devices[0].kind = DeviceKind::Partition;
        cut.devices[0].profile = "cpx_nps4";
        cut.labels["amd.com/gpu.compute-memory-partition"] = "cpx_nps4";
        world.nodes.push_back(cut);
        world.plan.placements[0].target = {TargetLevel::Sku,      "amd.com/gpu", "mi300x", {}, {},
                                           DeviceKind::Partition, "cpx_nps4"};
        const auto affinity = text(world.pod()["affinity"]);
        QVERIFY2(affinity.contains(QStringLiteral(
                     R"("key":"amd.com/gpu.compute-memory-partition","operator":"In","values":["cpx_nps4"])")),
                 qPrintable(affinity));
    }

    void onlyTaintsThatTheTargetHasAreTolerated()
    {
        World world;
        QVERIFY(!world.pod().contains("tolerations"));
        world.nodes[0].taints = {{"nvidia.com/gpu", "present", TaintEffect::NoSchedule},
                                 {"team", "other", TaintEffect::NoSchedule}};
        QCOMPARE(text(world.pod()["tolerations"]),
                 QStringLiteral(R"([{"key":"nvidia.com/gpu","operator":"Exists","effect":"NoSchedule"}])"));
    }

    void theRuntimeClassIsNamedOnlyWhereTheClusterHasIt()
    {
        World world;
        QVERIFY(!world.pod().contains("runtimeClassName"));
        world.runtimeClasses = {"nvidia"};
        QCOMPARE(text(world.pod()["runtimeClassName"]), QStringLiteral("\"nvidia\""));
        world.plan.placements[0].target = {TargetLevel::Node, "amd.com/gpu", {}, "amd-1", {}};
        QVERIFY(!world.pod().contains("runtimeClassName"));
    }

    void eachVendorGetsItsImageAndItsFolder()
    {
        World world;
        world.put({TargetLevel::Node, "amd.com/gpu", {}, "amd-1", {}});
        const auto tree = world.exported();
        QVERIFY(tree);
        QStringList paths;
        QString everything;
        for (const auto &file : tree->files) {
            paths << QString::fromStdString(file.path);
            everything += QString::fromStdString(file.text);
        }
        QCOMPARE(paths,
                 (QStringList{QStringLiteral("README.md"), QStringLiteral("amd/chat-2.yaml"),
                              QStringLiteral("amd/kustomization.yaml"), QStringLiteral("kustomization.yaml"),
                              QStringLiteral("nvidia/chat-1.yaml"), QStringLiteral("nvidia/kustomization.yaml"),
                              QStringLiteral("plan.yaml")}));
        QVERIFY(everything.contains(QStringLiteral("image: rocm/vllm:v1")));
        QVERIFY(everything.contains(QStringLiteral("image: vllm/vllm-openai:v1")));
    }

    void theContainerMayNotBecomeMoreThanItIs()
    {
        const auto pod = World().pod();
        const auto security = pod["containers"][0]["securityContext"];
        QCOMPARE(text(security["allowPrivilegeEscalation"]), QStringLiteral("false"));
        QCOMPARE(text(security["capabilities"]["drop"]), QStringLiteral("[\"ALL\"]"));
        QCOMPARE(text(pod["automountServiceAccountToken"]), QStringLiteral("false"));
    }

    void aNameKubernetesWouldRefuseIsRefusedHere_data()
    {
        QTest::addColumn<QString>("name");
        for (const auto *name : {"1e3", "../x", "a\"b", "<b>x</b>", "", "Chat", "a.b", "-a"})
            QTest::newRow(name) << QString::fromUtf8(name);
        QTest::newRow("53 characters") << QString(53, u'a');
        QTest::newRow("300 characters") << QString(300, u'a');
    }
    void aNameKubernetesWouldRefuseIsRefusedHere()
    {
        QFETCH(QString, name);
        const World world(name.toStdString());
        QVERIFY2(world.refusal().contains(QStringLiteral("is no name Kubernetes takes")), qPrintable(world.refusal()));
    }

    void aNameThatYamlWouldReadAsAnotherTypeIsQuoted()
    {
        const World world("no");
        const auto tree = world.exported();
        QVERIFY(tree);
        for (const auto &file : tree->files)
            if (!file.objects.empty())
                QVERIFY(QString::fromStdString(file.text).contains(QStringLiteral("name: \"no\"")));
    }

    void twoPlacementsOfOneNameAreRefused()
    {
        World world;
        world.put({TargetLevel::Node, "amd.com/gpu", {}, "amd-1", {}});
        auto other = world.plan.requirements[0];
        other.name = "chat-1";
        world.plan.requirements.push_back(other);
        world.put({TargetLevel::Node, "amd.com/gpu", {}, "amd-1", {}});
        QVERIFY2(world.refusal().contains(QStringLiteral("would be called \"chat-1\"")), qPrintable(world.refusal()));
    }

    void aTargetThatIsGoneIsSaidWithItsWayOut()
    {
        World world;
        world.plan.placements[0].target.node = "gone";
        QVERIFY2(world.refusal().contains(QStringLiteral("gone with nvidia.com/gpu is not in the cluster")),
                 qPrintable(world.refusal()));
        QVERIFY(world.refusal().contains(QStringLiteral("place the model again")));
    }

    void aDriverTooOldForEveryImageIsSaidWithItsVersion()
    {
        World world;
        world.nodes[0].devices[0].driverVersion = "470.57.02";
        QVERIFY2(world.refusal().contains(QStringLiteral("470.57.02")), qPrintable(world.refusal()));
    }

    void aNamespaceThatIsNoneIsRefused()
    {
        World world;
        world.plan.requirements[0].nameSpace = "Team A";
        QVERIFY2(world.refusal().contains(QStringLiteral("is no namespace")), qPrintable(world.refusal()));
    }

    void anExportLeavesNothingOutsideItsFolder()
    {
        QTemporaryDir folder;
        const auto root = std::filesystem::path(folder.path().toStdString());
        for (const auto *path : {"../x.yaml", "/x.yaml", "a/../../x.yaml"}) {
            const auto written = writeExport({{{path, "x", {}}}, {}}, root / "out");
            QVERIFY(!written);
            QCOMPARE(written.error().kind, ErrorKind::Invalid);
        }
        const auto tree = World().exported();
        QVERIFY(tree && writeExport(*tree, root / "out"));
        QVERIFY(readFile(root / "out/nvidia/chat.yaml"));
        QVERIFY(!writeExport(*tree, "/proc/out"));
    }
};

QTEST_APPLESS_MAIN(ExportPlanTest)
#include "export_plan_test.moc"
