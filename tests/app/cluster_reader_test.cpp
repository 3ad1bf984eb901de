// SPDX-License-Identifier: GPL-3.0-or-later
// One look at a cluster: what the user may read is asked first, and what they may not is named.
#include "app/access_review.h"
#include "app/cluster_reader.h"

#include "tests/support/fake_api_server.h"

#include <QtTest>

using namespace std::chrono_literals;
using core::ErrorKind;
using test::Reply;

namespace {

const std::string reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

Reply review(bool allowed)
{
    return {.status = 201, .body = std::string(R"({"status":{"allowed":)") + (allowed ? "true" : "false") + "}}"};
}

Reply emptyList()
{
    return {.body = R"({"metadata":{"resourceVersion":"1"},"items":[]})"};
}

/// A server whose lists are all there; tests break what they are about.
class Cluster {
public:
    Cluster()
    {
        server.script("/version", {{.body = R"({"gitVersion":"v1.36.3"})"}});
        server.script(reviews, {review(true)});
        for (const auto *path :
             {"/api/v1/nodes", "/api/v1/pods", "/apis/apps/v1/deployments", "/apis/node.k8s.io/v1/runtimeclasses"})
            server.script(path, {emptyList()});
    }
    std::unique_ptr<core::KubeClient> client() const
    {
        core::ClusterAccess access;
        access.server = server.url();
        return std::make_unique<core::KubeClient>(core::makeCurlClient(), access,
                                                  core::KubeTimes{.silence = 2s, .retry = 1ms});
    }
    core::Result<core::SnapshotPtr> read(app::ReadOptions options = {}) const
    {
        return app::readCluster(*client(), {}, options);
    }
    core::Result<core::SnapshotPtr> readRules() const
    {
        app::ReadOptions options;
        options.podRules = true;
        return read(options);
    }
    /// A class "gpu" in `version`, and a quota "team".
    void serveDevices(const std::string &group, const std::string &version)
    {
        server.script("/apis/resource.k8s.io", {{.body = group}});
        for (const auto *plural : {"resourceslices", "resourceclaims", "resourceclaimtemplates"})
            server.script("/apis/resource.k8s.io/" + version + "/" + plural, {emptyList()});
        server.script("/apis/resource.k8s.io/" + version + "/deviceclasses",
                      {{.body = R"({"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"gpu"}}]})"}});
        server.script("/api/v1/resourcequotas", {{.body = R"({"items":[{"metadata":{"name":"team"}}]})"}});
    }
    bool wasAskedFor(const std::string &path) const
    {
        return std::ranges::any_of(server.seen(), [&](const auto &one) { return one.target.starts_with(path); });
    }

    test::FakeApiServer server;
};

} // namespace

class ClusterReaderTest : public QObject {
    Q_OBJECT

private slots:
    void aClusterThatMayBeReadHasNoBlindSpot()
    {
        const Cluster cluster;
        const auto snapshot = cluster.read();
        QVERIFY2(snapshot, snapshot ? "" : core::describe(snapshot.error()).c_str());
        QVERIFY((*snapshot)->nodesSynced && (*snapshot)->podsSynced && (*snapshot)->blindSpots.empty());
    }

    void accessIsAskedBeforeAList()
    {
        const Cluster cluster;
        QVERIFY(cluster.read());
        const auto seen = cluster.server.seen();
        const auto first = [&](const std::string &path) {
            return std::ranges::find_if(seen, [&](const auto &one) { return one.target.starts_with(path); });
        };
        QVERIFY(first(reviews) < first("/api/v1/nodes"));
        QVERIFY(first(reviews)->body.find(R"("verb":"list")") != std::string::npos);
    }

    void nodesThatMayNotBeReadAreAnErrorThatSaysWhatToAskFor()
    {
        Cluster cluster;
        cluster.server.script(reviews, {review(false)});
        const auto snapshot = cluster.read();
        QVERIFY(!snapshot);
        QCOMPARE(snapshot.error().kind, ErrorKind::Forbidden);
        QCOMPARE(snapshot.error().message, std::string("you may not list nodes in all namespaces"));
        QVERIFY(snapshot.error().remedy.find("ClusterRole") != std::string::npos);
        QVERIFY(!cluster.wasAskedFor("/api/v1/nodes"));
    }

    void podsThatMayNotBeReadAreABlindSpot()
    {
        Cluster cluster;
        cluster.server.script(reviews, {review(true), review(false)});
        const auto snapshot = cluster.read();
        QVERIFY(snapshot);
        QVERIFY(!(*snapshot)->podsSynced);
        QCOMPARE((*snapshot)->blindSpots.size(), std::size_t(1));
        QCOMPARE((*snapshot)->blindSpots[0].resource, std::string("pods"));
        QVERIFY(!cluster.wasAskedFor("/api/v1/pods"));
    }

    void aForbiddenListIsABlindSpotWhateverTheReviewSaid()
    {
        Cluster cluster;
        cluster.server.script("/api/v1/pods",
                              {{.status = 403, .body = test::statusBody(403, "Forbidden", "pods is forbidden")}});
        const auto snapshot = cluster.read();
        QVERIFY(snapshot);
        QCOMPARE((*snapshot)->blindSpots.size(), std::size_t(1));
        QVERIFY((*snapshot)->blindSpots[0].reason.find("pods is forbidden") != std::string::npos);
    }

    void aServerThatCannotBeAskedIsReadAllTheSame()
    {
        Cluster cluster;
        cluster.server.script(reviews, {{.status = 404, .body = test::statusBody(404, "NotFound", "no such group")}});
        QVERIFY(cluster.read());
        QVERIFY(cluster.wasAskedFor("/api/v1/pods"));
    }

    void aGroupThatIsNotServedIsABlindSpot()
    {
        Cluster cluster;
        cluster.server.script("/apis/node.k8s.io/v1/runtimeclasses", {{.status = 404, .body = "404 page not found"}});
        const auto snapshot = cluster.read();
        QVERIFY(snapshot);
        QCOMPARE((*snapshot)->blindSpots.size(), std::size_t(1));
        QCOMPARE((*snapshot)->blindSpots[0].resource, std::string("runtimeclasses"));
    }

    void rulesForPodsAreReadOnlyWhenAskedFor()
    {
        const Cluster cluster;
        QVERIFY(!(*cluster.read())->draServed.has_value());
        QVERIFY(!cluster.wasAskedFor("/apis/resource.k8s.io") && !cluster.wasAskedFor("/api/v1/resourcequotas"));
    }
    void aServerWithoutDeviceClaimsIsNoErrorAndNoBlindSpot()
    {
        Cluster cluster;
        cluster.server.script("/api/v1/resourcequotas", {emptyList()});
        cluster.server.script("/apis/resource.k8s.io", {{.status = 404, .body = "404 page not found"}});
        const auto snapshot = cluster.readRules();
        QVERIFY2(snapshot, snapshot ? "" : core::describe(snapshot.error()).c_str());
        QCOMPARE((*snapshot)->draServed, std::optional(false));
        QVERIFY((*snapshot)->blindSpots.empty() && !(*snapshot)->dra);
    }
    void theNewestVersionThatIsServedIsRead()
    {
        Cluster cluster;
        cluster.serveDevices(R"({"versions":[{"version":"v1beta1"},{"version":"v1beta2"},{"version":"v2"}]})",
                             "v1beta2");
        const auto snapshot = cluster.readRules();
        QVERIFY2(snapshot, snapshot ? "" : core::describe(snapshot.error()).c_str());
        QCOMPARE((*snapshot)->dra->classes.front()->name, std::string("gpu"));
        QCOMPARE((*snapshot)->draServed, std::optional(true));
        QCOMPARE((*snapshot)->quotas.front().name, std::string("team"));
    }
    void claimsThatMayNotBeReadAreABlindSpot()
    {
        Cluster cluster;
        cluster.serveDevices(R"({"versions":[{"version":"v1"}]})", "v1");
        cluster.server.script("/apis/resource.k8s.io/v1/resourceclaims",
                              {{.status = 403, .body = test::statusBody(403, "Forbidden", "no claims for you")}});
        const auto snapshot = cluster.readRules();
        QVERIFY(snapshot);
        QCOMPARE((*snapshot)->blindSpots.front().resource, std::string("resourceclaims"));
    }
    void devicesThatCannotBeReadAreAParseErrorThatNamesThem_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("body");
        QTest::newRow("slices") << "/apis/resource.k8s.io/v1/resourceslices"
                                << R"({"metadata":{},"items":[{"metadata":{"name":"s"},"spec":{"devices":7}}]})";
        QTest::newRow("versions") << "/apis/resource.k8s.io" << "[]";
        QTest::newRow("quotas") << "/api/v1/resourcequotas"
                                << R"({"items":[{"metadata":{"name":"q"},"status":{"hard":{"pods":"many"}}}]})";
    }
    void devicesThatCannotBeReadAreAParseErrorThatNamesThem()
    {
        QFETCH(QString, path);
        QFETCH(QString, body);
        Cluster cluster;
        cluster.serveDevices(R"({"versions":[{"version":"v1"}]})", "v1");
        cluster.server.script(path.toStdString(), {{.body = body.toStdString()}});
        const auto snapshot = cluster.readRules();
        if (path.endsWith("k8s.io")) // a server that lists no version serves none
            QCOMPARE((*snapshot)->draServed, std::optional(false));
        else
            QCOMPARE(snapshot.error().kind, ErrorKind::Parse);
    }

    void aListOfTheWrongTypeIsAParseErrorThatNamesIt()
    {
        Cluster cluster;
        cluster.server.script("/api/v1/nodes", {{.body = R"({"metadata":{"resourceVersion":"1"},"items":{"a":1}})"}});
        const auto snapshot = cluster.read();
        QVERIFY(!snapshot);
        QCOMPARE(snapshot.error().kind, ErrorKind::Parse);
    }

    void podsAreGivenUpWhenTheNodesCannotBeHad()
    {
        Cluster cluster;
        cluster.server.script("/api/v1/nodes", {{.status = 403, .body = test::statusBody(403, "Forbidden", "no")}});
        cluster.server.script("/api/v1/pods", {{.body = "{", .end = Reply::End::Stall}});
        const auto pods = cluster.client();
        app::ReadOptions options;
        options.podClient = pods.get();
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(cluster.read(options).error().kind, ErrorKind::Forbidden);
        QVERIFY(timer.elapsed() < 1500); // the pods' list alone would have waited for two seconds
    }

    void progressCountsWhatWasRead()
    {
        Cluster cluster;
        cluster.server.script(
            "/api/v1/pods",
            {{.body = test::podPage({"a", "b"}, "1", "more")}, {.body = test::podPage({"c"}, "1", "")}});
        std::vector<std::size_t> counts;
        app::ReadOptions options;
        options.progress = [&](const std::string &kind, std::size_t count) {
            if (kind == "pods")
                counts.push_back(count);
        };
        QVERIFY(cluster.read(options));
        QCOMPARE(counts, (std::vector<std::size_t>{2, 3}));
    }

    void waitingForAccessEndsWhenAsked()
    {
        Cluster cluster;
        cluster.server.script(reviews, {review(false)});
        const auto client = cluster.client();
        std::stop_source source;
        int refused = 0;
        QElapsedTimer timer;
        timer.start();
        app::awaitAccess(
            *client, {"", "v1", "pods"},
            [&](const core::Error &) {
                ++refused;
                source.request_stop();
            },
            source.get_token());
        QCOMPARE(refused, 1);
        QVERIFY(timer.elapsed() < 1000);
    }
};

QTEST_APPLESS_MAIN(ClusterReaderTest)
#include "cluster_reader_test.moc"
