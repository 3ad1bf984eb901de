// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/compare_plans.h"

#include "core/inventory/device_labels.h"
#include "tests/core/cluster/sample_cluster.h"

#include <QtTest>

using namespace core;

namespace {

const Catalog &catalog()
{
    static const auto loaded = loadCatalog(BERTH_TEST_DATA "/../../resources/catalog");
    return *loaded;
}

const ImageCatalog &images()
{
    static const auto loaded = loadImages(BERTH_TEST_DATA "/../../resources/catalog");
    return *loaded;
}

Prices prices()
{
    Prices out;
    out.bySku["nvidia-h100-sxm-80"] = {2.5, "a test", {}, true};
    return out;
}

Node h100(const std::string &name)
{
    auto node = sample::node(name);
    node.devices[0].productLabel = "NVIDIA-H100-80GB-HBM3";
    node.devices[0].skuId = "nvidia-h100-sxm-80";
    node.devices[0].computeTarget = "9.0";
    node.devices[0].memoryBytes = std::int64_t(81559) << 20;
    return node;
}

Node l4(const std::string &name)
{
    auto node = sample::node(name, 4);
    node.devices[0].productLabel = "NVIDIA-L4";
    node.devices[0].skuId = "nvidia-l4";
    node.devices[0].memoryBytes = std::int64_t(23034) << 20;
    return node;
}

Plan planOf(const std::string &name, int tensorParallel = 2)
{
    Plan plan;
    plan.name = name;
    Requirement wanted;
    wanted.name = "qwen";
    wanted.modelId = "Qwen/Qwen3-32B";
    wanted.tensorParallel = tensorParallel;
    wanted.replicas = 2;
    plan.requirements = {wanted};
    return plan;
}

Plan on(Plan plan, const std::string &node, int replicas)
{
    plan.placements.push_back({"qwen", {TargetLevel::Node, "nvidia.com/gpu", {}, node, {}}, replicas, false});
    return plan;
}

struct Cluster {
    Cluster(std::vector<Node> nodes, std::vector<Pod> pods)
        : snapshot(sample::cluster(std::move(nodes), std::move(pods)))
        , usage(account(*snapshot))
    {
    }
    Result<PlanComparison> compare(const Plan &a, const Plan &b, const Prices &its = prices()) const
    {
        return comparePlans({*snapshot, usage, catalog(), images(), planned}, its, a, b);
    }

    SnapshotPtr snapshot;
    ClusterUsage usage;
    PlannedDevices planned;
};

std::int64_t places(const PlanOnSku &sku, int size)
{
    return std::ranges::find(sku.shapes, size, &ShapePlaces::size)->places;
}

} // namespace

class ComparePlansTest : public QObject {
    Q_OBJECT

private slots:
    void packedAndSpreadDifferInWhatIsLeft()
    {
        const Cluster cluster({h100("a"), h100("b")}, {});
        const auto packed = on(planOf("packed"), "a", 2);
        const auto spread = on(on(planOf("spread"), "a", 1), "b", 1);
        const auto both = cluster.compare(packed, spread);
        QVERIFY(both.has_value());
        const auto &[a, b] = both->plans;
        QCOMPARE(a.devices, 4);
        QCOMPARE(b.devices, 4);
        QCOMPARE(a.costPerHour, std::optional(10.0));
        QCOMPARE(b.costPerHour, a.costPerHour);
        QCOMPARE(places(both->skus[0].a, 8), 1);
        QCOMPARE(places(both->skus[0].b, 8), 0);
        QCOMPARE(a.stranded, 4);
        QCOMPARE(b.stranded, 12);
        QCOMPARE(a.fragmentation.back(), std::pair(8, 4.0 / 12));
        QCOMPARE(b.fragmentation.back(), std::pair(8, 1.0));
        QCOMPARE(both->models[0].b.targets, (std::vector<std::string>{"a ×1", "b ×1"}));
    }

    void aSetCountsAsWhatItComesToOnTheCluster()
    {
        auto machine = h100("a");
        machine.architecture = "amd64";
        machine.devices[0].vendor = Vendor::Nvidia;
        machine.devices[0].kind = DeviceKind::Card;
        machine.devices[0].driverVersion = "580.82.07";
        for (const auto *resource : {"memory", "ephemeral-storage"})
            machine.allocatable[resource] = std::int64_t(1) << 41;
        machine.allocatable["pods"] = 110;
        const Cluster cluster({machine}, {});
        auto served = planOf("served");
        served.sets = {{"qwen", {{"nvidia-h100-sxm-80", 2}}, 5}}; // four pairs are there
        const auto both = cluster.compare(served, on(planOf("placed"), "a", 2));
        QVERIFY2(both.has_value(), both ? "" : both.error().message.c_str());
        const auto &[a, b] = both->plans;
        QCOMPARE(a.devices, 8);
        QCOMPARE(a.costPerHour, std::optional(20.0));
        QCOMPARE(a.placed, 4);
        QVERIFY(std::ranges::any_of(a.findings, [](const PlanFinding &finding) {
            return finding.isError && finding.message.starts_with("1 of 5 replicas of the placement set have no place");
        }));
        QCOMPARE(b.devices, 4);
        QCOMPARE(both->models[0].a.targets, (std::vector<std::string>{"nvidia-h100-sxm-80 ×4"}));
        QCOMPARE(places(both->skus[0].a, 2), 0);
    }

    void headroomIsThatOfTheTightestModel()
    {
        const Cluster cluster({h100("a"), l4("b")}, {});
        auto wide = on(planOf("wide", 4), "a", 1), narrow = on(planOf("narrow", 2), "a", 1);
        const auto both = cluster.compare(wide, narrow);
        QVERIFY(*both->plans.a.headroomBytes > *both->plans.b.headroomBytes);
        QCOMPARE(both->plans.b.tightest, std::string("qwen"));
        const auto tooSmall = cluster.compare(narrow, on(planOf("small", 2), "b", 1));
        QVERIFY(*tooSmall->plans.b.headroomBytes < 0);
        QCOMPARE(tooSmall->models[0].b.verdict, std::optional(Verdict::No));
    }

    void aSkuPlacementIsJudgedAndCounted()
    {
        const Cluster cluster({h100("a"), h100("b")}, {});
        auto bySku = planOf("sku");
        bySku.placements = {{"qwen", {TargetLevel::Sku, "nvidia.com/gpu", "nvidia-h100-sxm-80", {}, {}}, 2, false}};
        const auto both = cluster.compare(bySku, on(planOf("node"), "b", 2));
        QCOMPARE(both->plans.a.devices, 4);
        QCOMPARE(both->plans.a.headroomBytes, both->plans.b.headroomBytes);
        QCOMPARE(both->models[0].a.targets, std::vector<std::string>{"nvidia-h100-sxm-80 ×2"});
    }

    void devicesThatRunAlreadyCostTheSame()
    {
        auto pod = sample::pod("p", "a", 2);
        pod.berthPlan = "runs";
        pod.berthModel = "qwen";
        const Cluster cluster({h100("a")}, {pod});
        const auto both = cluster.compare(on(planOf("runs"), "a", 2), on(planOf("new"), "a", 2));
        QCOMPARE(both->skus[0].a.held, 2);
        QCOMPARE(both->skus[0].a.planned, 2);
        QCOMPARE(both->skus[0].b.planned, 4);
        QCOMPARE(both->plans.a.costPerHour, both->plans.b.costPerHour);
        QCOMPARE(both->skus[0].a.free, 4); // the pods of "runs" stay next to those of "new"
        QCOMPARE(both->skus[0].b.free, 2);
    }

    void aPriceThatIsNotKnownMakesTheSumUnknown()
    {
        const Cluster cluster({h100("a"), l4("b")}, {});
        const auto both = cluster.compare(on(on(planOf("a"), "a", 1), "b", 1), on(planOf("b"), "a", 1));
        QVERIFY(!both->plans.a.costPerHour);
        QCOMPARE(both->plans.a.unpriced, std::vector<std::string>{"L4 24 GB"});
        QCOMPARE(both->plans.b.costPerHour, std::optional(5.0));
        QVERIFY(!cluster.compare(planOf("a"), on(planOf("b"), "a", 1), Prices{})->plans.b.costPerHour);
    }

    void slicesHaveNoPriceOfTheirCard()
    {
        auto node = h100("a");
        node.devices[0].kind = DeviceKind::MigSlice;
        node.devices[0].profile = "3g.40gb";
        const Cluster cluster({node}, {});
        const auto both = cluster.compare(on(planOf("a", 1), "a", 1), planOf("b", 1));
        QVERIFY(!both->plans.a.costPerHour);
    }

    void aNodeThatIsGoneIsAFindingAndHasNoPrice()
    {
        const Cluster cluster({h100("a")}, {});
        const auto both = cluster.compare(on(planOf("a"), "gone", 2), on(planOf("b"), "a", 2));
        QVERIFY(both.has_value());
        QVERIFY(std::ranges::any_of(both->plans.a.findings, [](const auto &finding) {
            return finding.isError && finding.message == "the node gone is gone";
        }));
        QVERIFY(!both->plans.a.costPerHour);
        QCOMPARE(both->plans.a.unpriced, std::vector<std::string>{"nvidia.com/gpu on gone"});
        QCOMPARE(both->plans.a.devices, 4);
        QVERIFY(!both->models[0].a.verdict);
        QVERIFY(both->plans.b.findings.empty());
    }

    void modelsOfOneOnlyStandNextToNothing()
    {
        const Cluster cluster({h100("a")}, {});
        auto more = on(planOf("b"), "a", 1);
        more.requirements.push_back(more.requirements[0]);
        more.requirements[1].name = "extra";
        const auto both = cluster.compare(planOf("a"), more);
        QCOMPARE(both->models.size(), std::size_t(2));
        QVERIFY(both->models[0].a.inPlan && both->models[0].b.inPlan);
        QCOMPARE(both->models[1].b.requirement, std::string("extra"));
        QVERIFY(!both->models[1].a.inPlan);
        QCOMPARE(both->plans.b.wanted, 4);
        QCOMPARE(both->plans.b.placed, 1);
    }

    void emptyPlansAndAFullClusterAreNoDivision()
    {
        const Cluster cluster({h100("a")}, {sample::pod("p", "a", 8)});
        const auto both = cluster.compare({}, {});
        QCOMPARE(both->plans.a.costPerHour, std::optional(0.0));
        QCOMPARE(both->plans.a.fragmentation.back(), std::pair(8, 0.0));
        QVERIFY(both->skus.empty() && both->models.empty() && !both->plans.a.headroomBytes);
    }

    void withoutPodsNothingIsCompared()
    {
        const Cluster cluster({h100("a")}, {});
        auto blind = *cluster.snapshot;
        blind.podsSynced = false;
        const auto both = comparePlans({blind, cluster.usage, catalog(), images(), cluster.planned}, prices(),
                                       planOf("a"), planOf("b"));
        QCOMPARE(both.error().kind, ErrorKind::Forbidden);
    }
};

QTEST_APPLESS_MAIN(ComparePlansTest)
#include "compare_plans_test.moc"
