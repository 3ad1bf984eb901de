// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifests/manifest.h"

#include "tests/core/placement/sample_fit.h"

#include <QtTest>

using namespace core;

namespace {

using Json = nlohmann::ordered_json;

/// Three replicas on fast × 1, else slow × 2, where fast has room for one.
struct Exported {
    World world;
    Plan plan;

    Exported()
    {
        world.add("a", "fast").add("b", "slow").take("a", 7);
        for (const auto *name : {"a", "b"})
            world.node(name).labels["nvidia.com/gpu.product"] = name;
        plan.name = "p";
        plan.requirements = {world.requirement()};
        plan.requirements[0].replicas = 3;
        plan.requirements[0].nameSpace = "ns";
        plan.sets = {{"r", {{"fast", 1}, {"slow", 2}}, 3}};
    }

    Export tree()
    {
        auto made = exportPlan(plan, world.input());
        if (!made)
            QTest::qFail(describe(made.error()).c_str(), __FILE__, __LINE__);
        return made.value_or(Export{});
    }

    std::vector<Json> objects(const std::string &kind)
    {
        std::vector<Json> found;
        for (const auto &file : tree().files)
            for (const auto &one : file.objects)
                if (one.kind() == kind)
                    found.push_back(one.json);
        return found;
    }

    QStringList names(const std::string &kind)
    {
        QStringList out;
        for (const auto &one : objects(kind))
            out << QString::fromStdString(one["metadata"]["name"]);
        return out;
    }
};

} // namespace

class ExportSetsTest : public QObject {
    Q_OBJECT

private slots:
    void aSetIsOneServiceOverADeploymentForEachSku()
    {
        Exported exported;
        QCOMPARE(exported.names("Deployment"), (QStringList{"r-fast", "r-tp2-slow"}));
        QCOMPARE(exported.names("Service"), QStringList{"r"});
        const auto deployments = exported.objects("Deployment");
        QCOMPARE(deployments[0]["spec"]["replicas"].get<int>(), 1);
        QCOMPARE(deployments[1]["spec"]["replicas"].get<int>(), 2);
    }

    void theServiceSelectsThePodsOfEveryMemberAndNoOthers()
    {
        Exported exported;
        exported.plan.requirements.push_back(exported.plan.requirements[0]);
        exported.plan.requirements[1].name = "other";
        exported.plan.requirements[1].replicas = 1;
        exported.plan.placements = {{"other", {TargetLevel::Node, "nvidia.com/gpu", {}, "b", {}}, 1, false}};
        const auto services = exported.objects("Service");
        const auto service =
            std::ranges::find_if(services, [](const Json &one) { return one["metadata"]["name"] == "r"; });
        QVERIFY(service != services.end());
        for (const auto &deployment : exported.objects("Deployment")) {
            const auto labels = deployment["spec"]["template"]["metadata"]["labels"];
            bool selected = true;
            for (const auto &[key, value] : (*service)["spec"]["selector"].items())
                selected = selected && labels.value(key, "") == value.get<std::string>();
            QCOMPARE(selected, deployment["metadata"]["name"] != "other");
        }
    }

    void deploymentsOfASetDoNotSelectEachOthersPods()
    {
        Exported exported;
        const auto deployments = exported.objects("Deployment");
        QVERIFY(deployments[0]["spec"]["selector"] != deployments[1]["spec"]["selector"]);
    }

    void everyMemberAnswersToTheNameOfTheSet()
    {
        Exported exported;
        for (const auto &deployment : exported.objects("Deployment")) {
            const auto args = deployment["spec"]["template"]["spec"]["containers"][0]["args"];
            const auto flag = std::ranges::find(args, Json("--served-model-name"));
            QVERIFY(flag != args.end());
            QCOMPARE(QString::fromStdString(*std::next(flag)), QStringLiteral("r"));
        }
    }

    void aMemberKeepsItsNameWhenTheOthersEmpty()
    {
        Exported exported;
        exported.plan.sets[0].replicas = 1;
        QCOMPARE(exported.names("Deployment"), QStringList{"r-fast"});
        QCOMPARE(exported.names("Service"), QStringList{"r"});
    }

    void kustomizeFindsTheServiceOfASet()
    {
        Exported exported;
        QString top, services;
        for (const auto &file : exported.tree().files) {
            if (file.path == "kustomization.yaml")
                top = QString::fromStdString(file.text);
            if (file.path == "services/kustomization.yaml")
                services = QString::fromStdString(file.text);
        }
        QVERIFY2(top.contains("- services\n"), qPrintable(top));
        QVERIFY2(services.contains("- r.yaml\n"), qPrintable(services));
    }

    void aReplicaOfTheSetWithoutAPlaceStopsTheExport()
    {
        Exported exported;
        exported.plan.sets[0].replicas = 9;
        const auto made = exportPlan(exported.plan, exported.world.input());
        QVERIFY(!made);
        QVERIFY2(QString::fromStdString(made.error().message).contains("have no place"), made.error().message.c_str());
    }

    void aNameOfAMemberIsNeverLongerThanKubernetesTakes()
    {
        Exported exported;
        const std::string name(48, 'r');
        exported.plan.requirements[0].name = exported.plan.sets[0].requirement = name;
        exported.plan.sets[0].replicas = 1;
        QVERIFY(exported.names("Deployment").front().size() <= 52);
    }
};

QTEST_APPLESS_MAIN(ExportSetsTest)
#include "export_sets_test.moc"
