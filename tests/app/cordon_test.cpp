// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cordon.h"

#include "app/cluster_reader.h"
#include "app/demo_cluster/demo_cluster.h"
#include "core/http/http_client.h"
#include "tests/support/fake_api_server.h"

#include <QtTest>

namespace {

std::unique_ptr<app::DemoCluster> demo(app::DemoClusterOptions options = {})
{
    auto cluster = app::DemoCluster::start(DEMO_SCENARIO, std::move(options));
    if (!cluster)
        qFatal("%s", core::describe(cluster.error()).c_str());
    return std::move(*cluster);
}

std::unique_ptr<core::KubeClient> clientOf(const app::DemoCluster &cluster)
{
    core::ClusterAccess access;
    access.server = "http://127.0.0.1:" + std::to_string(cluster.port());
    return std::make_unique<core::KubeClient>(core::makeCurlClient(), access);
}

nlohmann::json node(core::KubeClient &client, const std::string &name)
{
    const auto read = client.get("/api/v1/nodes/" + name);
    return read ? *read : nlohmann::json();
}

core::ClusterSnapshot withNode(const std::string &name, bool cordoned)
{
    core::Node one;
    one.name = name;
    one.unschedulable = cordoned;
    core::ClusterSnapshot snapshot;
    snapshot.nodes.push_back(std::make_shared<const core::Node>(one));
    return snapshot;
}

} // namespace

class CordonTest : public QObject {
    Q_OBJECT

private slots:
    void onlyAFailedNodeThatTakesWorkIsProposed()
    {
        const core::ProbedNodes failed{{"gpu-01", {1, true, "wrong data"}}};
        const core::ProbedNodes slow{{"gpu-01", {0.6, false, "slow"}}};
        QCOMPARE(app::cordonProposals(failed, withNode("gpu-01", false)),
                 (std::vector<app::CordonProposal>{{"gpu-01", "wrong data"}}));
        QVERIFY(app::cordonProposals(failed, withNode("gpu-01", true)).empty());
        QVERIFY(app::cordonProposals(failed, withNode("gpu-02", false)).empty());
        QVERIFY(app::cordonProposals(slow, withNode("gpu-01", false)).empty());
    }
    void theNodeIsCordonedByBerthAndNothingElseChanges()
    {
        const auto cluster = demo();
        const auto client = clientOf(*cluster);
        auto before = node(*client, "h100-03");
        QVERIFY(!before["spec"].value("unschedulable", false));
        const auto done = app::cordon(*client, "h100-03");
        QVERIFY2(done, done ? "" : core::describe(done.error()).c_str());
        auto after = node(*client, "h100-03");
        QVERIFY(after["spec"].value("unschedulable", false));
        const auto managers = after["metadata"]["managedFields"].dump();
        QVERIFY2(managers.find("\"berth\"") != std::string::npos, managers.c_str());
        after["spec"].erase("unschedulable");
        for (auto *object : {&before, &after})
            for (const auto *field : {"managedFields", "resourceVersion", "generation"})
                (*object)["metadata"].erase(field);
        // A cordon is followed by its taint, which the cluster itself adds.
        before["spec"].erase("taints");
        after["spec"].erase("taints");
        QCOMPARE(after, before);
    }
    void aNodeThatIsGoneIsNotMade()
    {
        const auto cluster = demo();
        const auto client = clientOf(*cluster);
        const auto done = app::cordon(*client, "no-such-node");
        QVERIFY(!done);
        QCOMPARE(done.error().kind, core::ErrorKind::NotFound);
        QVERIFY(!client->get("/api/v1/nodes/no-such-node"));
    }
    void aRefusalIsSaid()
    {
        const auto cluster = demo({.forbidden = {"nodes"}});
        const auto client = clientOf(*cluster);
        const auto done = app::cordon(*client, "h100-03");
        QVERIFY(!done);
        QCOMPARE(done.error().kind, core::ErrorKind::Forbidden);
        QVERIFY2(core::describe(done.error()).find("nodes is forbidden") != std::string::npos,
                 core::describe(done.error()).c_str());
    }
    void aRefusedWriteNamesTheCommandForSomeoneElseAndIsNotTriedAgain()
    {
        test::FakeApiServer server;
        server.script("/api/v1/nodes/gpu-01",
                      {test::Reply{200, R"({"metadata":{"name":"gpu-01","uid":"u-1"},"spec":{}})"},
                       test::Reply{403, test::statusBody(403, "Forbidden", "User jane cannot patch nodes")}});
        core::ClusterAccess access;
        access.server = server.url();
        core::KubeClient client(core::makeCurlClient(), access);
        const auto done = app::cordon(client, "gpu-01");
        QVERIFY(!done);
        QCOMPARE(done.error().kind, core::ErrorKind::Forbidden);
        const auto words = QString::fromStdString(core::describe(done.error()));
        QVERIFY2(words.contains("User jane cannot patch nodes") && words.contains("nothing was changed")
                     && words.contains("kubectl cordon gpu-01"),
                 qPrintable(words));
        QStringList methods;
        for (const auto &request : server.seen())
            methods << QString::fromStdString(request.method);
        QCOMPARE(methods, (QStringList{"GET", "PATCH"}));
    }
};

QTEST_GUILESS_MAIN(CordonTest)
#include "cordon_test.moc"
