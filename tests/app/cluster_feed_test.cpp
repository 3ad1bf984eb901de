// SPDX-License-Identifier: GPL-3.0-or-later
// What the feed makes of the watches of Dynamic Resource Allocation; what cannot be read leaves the rest alone.
#include "app/cluster_feed.h"

#include "app/demo_cluster/demo_cluster.h"
#include "core/cluster/accounting.h"
#include "core/http/http_client.h"
#include "tests/support/fake_api_server.h"

#include <QtTest>

#include <fmt/format.h>

using namespace std::chrono_literals;
using core::SnapshotPtr;
using test::Reply;

namespace {

const std::string group = "/apis/resource.k8s.io", v1 = group + "/v1/";
const std::string h100 = "dra.gpu.nvidia.com/NVIDIA-H100-80GB-HBM3";

Reply list(const std::string &items = {})
{
    return {.body = R"({"metadata":{"resourceVersion":"5"},"items":[)" + items + "]}"};
}
Reply stalled(const std::string &type = {}, const std::string &object = {})
{
    return {.body = type.empty() ? "" : R"({"type":")" + type + R"(","object":)" + object + "}\n",
            .end = Reply::End::Stall};
}
Reply forbidden(const std::string &what)
{
    return {.status = 403, .body = test::statusBody(403, "Forbidden", what + " is forbidden")};
}

std::string slice(int cards)
{
    std::string devices;
    for (int i = 0; i < cards; ++i)
        devices += fmt::format(R"({}{{"name":"gpu-{}","attributes":{{"type":{{"string":"gpu"}},
            "productName":{{"string":"NVIDIA H100 80GB HBM3"}}}}}})",
                               i > 0 ? "," : "", i);
    // A watch has one line for each event.
    auto text = fmt::format(R"({{"metadata":{{"name":"s","resourceVersion":"6"}},"spec":{{"driver":"gpu.nvidia.com",
        "nodeName":"n","pool":{{"name":"n","generation":1,"resourceSliceCount":1}},"devices":[{}]}}}})",
                            devices);
    std::erase(text, '\n');
    return text;
}

std::string claim(bool allocated)
{
    return std::string(R"({"metadata":{"namespace":"ns","name":"c","resourceVersion":"6"},"spec":{},"status":{)")
        + (allocated ? R"("reservedFor":[{"resource":"pods","name":"p"}],"allocation":{"devices":{"results":[
               {"request":"r","driver":"gpu.nvidia.com","pool":"n","device":"gpu-0"}]}})"
                     : "")
        + "}}";
}
std::string line(std::string text)
{
    std::erase(text, '\n');
    return text;
}

/// A server with a node "n" and nothing else; every watch is open and silent.
class Cluster {
public:
    Cluster()
    {
        server.script("/version", {{.body = R"({"gitVersion":"v1.36.3"})"}});
        server.script("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                      {{.status = 201, .body = R"({"status":{"allowed":true}})"}});
        server.script(group, {{.body = R"({"versions":[{"version":"v1"}]})"}});
        serve("/api/v1/nodes", list(R"({"metadata":{"name":"n"},"status":{"allocatable":{"cpu":"8"},
            "conditions":[{"type":"Ready","status":"True"}]}})"));
        for (const auto &path : {std::string("/api/v1/pods"), std::string("/apis/apps/v1/deployments"),
                                 v1 + "resourceslices", v1 + "deviceclasses", v1 + "resourceclaims"})
            serve(path, list());
        server.script("/apis/node.k8s.io/v1/runtimeclasses", {list()});
    }
    void serve(const std::string &path, Reply listed, Reply watched = stalled())
    {
        server.script(path, {std::move(listed)});
        server.script("watch:" + path, {std::move(watched), stalled()});
    }
    test::FakeApiServer server;
};

/// The feed of one server, and the newest snapshot it gave.
class Watched {
public:
    explicit Watched(const std::string &url) : m_feed("c", [url] { return connected(url); }, catalogue())
    {
        QObject::connect(&m_feed, &app::ClusterFeed::snapshotReady, &m_feed,
                         [this](const SnapshotPtr &snapshot) { m_newest = snapshot; });
        QObject::connect(&m_feed, &app::ClusterFeed::stateChanged, &m_feed,
                         [this](const app::ConnectionState &state) { states.push_back(state); });
    }
    /// Until what the newest snapshot shows is so; false after ten seconds.
    bool until(const std::function<bool(const core::ClusterSnapshot &)> &so)
    {
        return QTest::qWaitFor([&] { return m_newest && so(*m_newest); }, 10'000);
    }
    const core::ClusterSnapshot &newest() const { return *m_newest; }

    std::vector<app::ConnectionState> states; ///< as they were told

private:
    static core::Result<std::unique_ptr<core::KubeClient>> connected(const std::string &url)
    {
        core::ClusterAccess access;
        access.server = url;
        return std::make_unique<core::KubeClient>(core::makeCurlClient(), access);
    }
    static std::shared_ptr<const core::Catalog> catalogue()
    {
        return std::make_shared<const core::Catalog>(core::loadCatalog(CATALOG_FOLDER).value());
    }

    SnapshotPtr m_newest;
    app::ClusterFeed m_feed;
};

std::int64_t cardsOf(const core::ClusterSnapshot &snapshot)
{
    const auto *node = core::findNode(snapshot, "n");
    return node ? core::amountOf(node->allocatable, h100) : -1;
}
std::int64_t heldOf(const core::ClusterSnapshot &snapshot, const std::string &node = "n")
{
    return core::requestedOn(core::account(snapshot), node, h100);
}
bool allRead(const core::ClusterSnapshot &snapshot)
{
    return snapshot.nodesSynced && snapshot.podsSynced;
}
std::set<std::string> blindTo(const core::ClusterSnapshot &snapshot)
{
    std::set<std::string> names;
    for (const auto &spot : snapshot.blindSpots)
        names.insert(spot.resource);
    return names;
}

} // namespace

class ClusterFeedTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aSliceThatIsPublishedIsAPoolOfItsNode()
    {
        Cluster cluster;
        cluster.serve(v1 + "resourceslices", list(), stalled("ADDED", slice(2)));
        Watched watched(cluster.server.url());
        QVERIFY(watched.until([](const auto &now) { return cardsOf(now) == 2; }));
    }
    void aSliceThatChangesChangesItsPool()
    {
        Cluster cluster;
        cluster.serve(v1 + "resourceslices", list(slice(2)), stalled("MODIFIED", slice(3)));
        Watched watched(cluster.server.url());
        QVERIFY(watched.until([](const auto &now) { return cardsOf(now) == 3; }));
    }
    void aSliceThatIsRemovedTakesItsPoolAlong()
    {
        Cluster cluster;
        cluster.serve(v1 + "resourceslices", list(slice(2)), stalled("DELETED", slice(2)));
        Watched watched(cluster.server.url());
        QVERIFY(watched.until(
            [](const auto &now) { return allRead(now) && now.dra && now.dra->slices.empty() && cardsOf(now) == 0; }));
    }
    void aClaimThatIsAllocatedHoldsItsDevice()
    {
        Cluster cluster;
        cluster.serve(v1 + "resourceslices", list(slice(2)));
        cluster.serve(v1 + "resourceclaims", list(claim(false)), stalled("MODIFIED", line(claim(true))));
        Watched watched(cluster.server.url());
        QVERIFY(watched.until([](const auto &now) { return cardsOf(now) == 2 && heldOf(now) == 1; }));
    }
    void aClaimThatIsReleasedFreesItsDevice_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::newRow("given back") << QByteArray("MODIFIED");
        QTest::newRow("removed") << QByteArray("DELETED");
    }
    void aClaimThatIsReleasedFreesItsDevice()
    {
        QFETCH(QByteArray, type);
        Cluster cluster;
        cluster.serve(v1 + "resourceslices", list(slice(2)));
        const bool removed = type == "DELETED";
        cluster.serve(v1 + "resourceclaims", list(claim(true)), stalled(type.toStdString(), line(claim(removed))));
        Watched watched(cluster.server.url());
        QVERIFY(watched.until([removed](const auto &now) {
            return cardsOf(now) == 2 && heldOf(now) == 0 && now.dra->claims.size() == (removed ? 0 : 1);
        }));
    }

    void aClusterWithoutDeviceClaimsIsReadAllTheSame()
    {
        Cluster cluster;
        cluster.server.script(group, {{.status = 404, .body = "404 page not found"}});
        Watched watched(cluster.server.url());
        QVERIFY(watched.until([](const auto &now) { return allRead(now) && now.draServed == std::optional(false); }));
        QCOMPARE(watched.newest().nodes.size(), std::size_t(1));
        QVERIFY(watched.newest().blindSpots.empty() && !watched.newest().dra);
    }
    void whoMayNotAskForTheGroupIsBlindToItsKindsAndToNothingElse()
    {
        Cluster cluster;
        cluster.server.script(group, {forbidden("resource.k8s.io")});
        Watched watched(cluster.server.url());
        const std::set<std::string> all{"deviceclasses", "resourceclaims", "resourceslices"};
        QVERIFY(watched.until([&](const auto &now) { return allRead(now) && blindTo(now) == all; }));
        QCOMPARE(watched.newest().nodes.size(), std::size_t(1));
        QVERIFY(watched.newest().blindSpots.front().reason.find("resource.k8s.io is forbidden") != std::string::npos);
    }
    void aKindThatCannotBeReadIsNamedAndTheOthersAreRead_data()
    {
        QTest::addColumn<int>("status");
        QTest::newRow("403") << 403;
        QTest::newRow("404") << 404;
    }
    void aKindThatCannotBeReadIsNamedAndTheOthersAreRead()
    {
        QFETCH(int, status);
        Cluster cluster;
        cluster.serve(v1 + "resourceslices", list(slice(2)));
        const auto refusal = test::statusBody(status, status == 403 ? "Forbidden" : "NotFound", "no claims here");
        cluster.serve(v1 + "resourceclaims", {.status = status, .body = refusal});
        Watched watched(cluster.server.url());
        const std::set<std::string> claims{"resourceclaims"};
        QVERIFY(watched.until([&](const auto &now) { return cardsOf(now) == 2 && blindTo(now) == claims; }));
        QVERIFY(allRead(watched.newest()) || watched.until(allRead));
        QVERIFY(watched.newest().blindSpots.front().reason.find("no claims here") != std::string::npos);
    }

    void aWatchThatGoesOnAfterTroubleMeansConnected()
    {
        Cluster cluster;
        const Reply down{.status = 503, .body = test::statusBody(503, "ServiceUnavailable", "not now")};
        cluster.server.script("watch:/api/v1/nodes", {down, stalled()});
        const Watched watched(cluster.server.url());
        QTRY_COMPARE_WITH_TIMEOUT(watched.states.size(), std::size_t{3}, 10'000);
        using Kind = app::ConnectionState::Kind;
        QVERIFY(watched.states[0].kind == Kind::Connected); // the list is in
        QVERIFY(watched.states[1].kind == Kind::Retrying && watched.states[1].pause > 0ms);
        QVERIFY(watched.states[2].kind == Kind::Connected); // without another list
        QCOMPARE(watched.states[2].detail, std::string("v1.36.3"));
        const auto seen = cluster.server.seen();
        QCOMPARE(std::ranges::count_if(seen,
                                       [](const auto &request) {
                                           return request.target.starts_with("/api/v1/nodes?")
                                               && request.target.find("watch=1") == std::string::npos;
                                       }),
                 1);
    }

    void devicesAreBackSoonAfterAServerWasAwayForAMoment()
    {
        Cluster cluster;
        const Reply away{.status = 502, .body = "<html>"};
        std::deque<Reply> discovery(15, away); // five tries of each of the three threads
        discovery.push_back({.body = R"({"versions":[{"version":"v1"}]})"});
        cluster.server.script(group, discovery);
        cluster.serve(v1 + "resourceslices", list(slice(2)));
        Watched watched(cluster.server.url());
        QVERIFY(watched.until([](const auto &now) { return cardsOf(now) == 2; }));
    }

    void theDemoClustersClaimsAreSeenAllocatedAndGivenBack()
    {
        const auto demo = app::DemoCluster::start(DEMO_SCENARIO);
        QVERIFY2(demo, demo ? "" : core::describe(demo.error()).c_str());
        const auto url = "http://127.0.0.1:" + std::to_string((*demo)->port());
        core::ClusterAccess access;
        access.server = url;
        core::KubeClient client(core::makeCurlClient(), access);
        Watched watched(url);
        const auto onNode = [](const core::ClusterSnapshot &now) { return heldOf(now, "h100-dra-01"); };
        QVERIFY(watched.until([&](const auto &now) { return allRead(now) && onNode(now) > 0; }));
        const auto before = onNode(watched.newest());

        QVERIFY(deploy(client, 1));
        QVERIFY(watched.until([&](const auto &now) { return onNode(now) == before + 2; }));
        QVERIFY(deploy(client, 0));
        QVERIFY(watched.until([&](const auto &now) { return onNode(now) == before; }));
    }

private:
    /// So many pods with a claim of two cards each, on h100-dra-01.
    static bool deploy(core::KubeClient &client, int replicas)
    {
        const auto claims = R"({"apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaimTemplate",
            "metadata": {"name": "two", "namespace": "serving"}, "spec": {"spec": {"devices": {"requests": [
                {"name": "gpus", "exactly": {"deviceClassName": "gpu.nvidia.com", "count": 2}}]}}}})";
        auto deployment = nlohmann::ordered_json::parse(R"({"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "two", "namespace": "serving"}, "spec": {"selector": {"matchLabels": {"app": "two"}},
            "template": {"metadata": {"labels": {"app": "two"}}, "spec": {
                "nodeSelector": {"kubernetes.io/hostname": "h100-dra-01"},
                "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}],
                "resourceClaims": [{"name": "gpus", "resourceClaimTemplateName": "two"}],
                "containers": [{"name": "c", "image": "i", "resources": {"claims": [{"name": "gpus"}]}}]}}}})");
        deployment["spec"]["replicas"] = replicas;
        const auto made = client.apply("/apis/resource.k8s.io/v1/namespaces/serving/resourceclaimtemplates/two",
                                       nlohmann::ordered_json::parse(claims), {});
        const auto done = client.apply("/apis/apps/v1/namespaces/serving/deployments/two", deployment, {});
        for (const auto *answer : {&made, &done})
            if (!*answer)
                qWarning("%s", core::describe(answer->error()).c_str());
        return made && done;
    }
};

QTEST_GUILESS_MAIN(ClusterFeedTest)
#include "cluster_feed_test.moc"
