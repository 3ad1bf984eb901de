// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/kube_client.h"

#include "core/kube/credentials.h"
#include "core/kube/static_credential.h"
#include "tests/support/fake_api_server.h"

#include <QTest>

using namespace std::chrono_literals;
using core::ErrorKind;
using test::Reply;

class KubeClientTest : public QObject {
    Q_OBJECT

private slots:
    void pathsFollowGroupNamespaceAndName_data();
    void pathsFollowGroupNamespaceAndName();
    void statusBecomesKindMessageAndPlace_data();
    void statusBecomesKindMessageAndPlace();
    void aRefusedCredentialIsRenewedOnce();
    void aCredentialRefusedTwiceIsUnauthorized();
    void tooManyRequestsWaitsAsTheServerSays();
    void serverErrorsOnReadsAreTriedAgain();
    void serverErrorsOnWritesAreNotTriedAgain();
    void aServerThatStaysBrokenIsAnError();
    void wrongJsonIsAParseError_data();
    void wrongJsonIsAParseError();
    void aServerThatIsNoKubernetesIsNamed();
    void listsComeInPages();
    void anExpiredPageTokenBeginsAgain();
    void aServerThatExpiresEveryTokenIsAnError();
    void theListsOwnMetadataCountsWhereverItStands();
    void watchLinesComeWholeAndInOrder();
    void halfALineIsABrokenConnection();
    void aStalledWatchIsATimeout();
    void anExpiredWatchIsExpired();
    void aWatchRenewsARefusedCredential();
    void applySendsAServerSideApply();
    void aConflictNamesFieldAndManager();
    void strangeConflictsDoNotBreak();
    void mayIReadsTheReview();
    void impersonationHeadersAreSent();
    void noErrorHoldsTheCredential_data();
    void noErrorHoldsTheCredential();
};

namespace {

const core::KubeTimes quick{.silence = 300ms, .watch = 1s, .watchSilence = 100ms, .retry = 1ms};
const std::string podsPath = "/api/v1/pods";

/// Gives "Bearer first", and after a refusal "Bearer second".
class RotatingCredential final : public core::CredentialSource {
public:
    core::Result<core::Credential> credential(std::stop_token) override
    {
        return core::Credential{m_refused == 0 ? "Bearer first" : "Bearer second", {}, {}};
    }
    void invalidate() override { ++m_refused; }
    int m_refused = 0;
};

core::KubeClient clientOf(const std::string &url, std::shared_ptr<core::CredentialSource> credentials = {})
{
    core::ClusterAccess access;
    access.server = url;
    access.credentials = std::move(credentials);
    return {core::makeCurlClient(), std::move(access), quick};
}

core::Result<void> ignoreLine(std::string_view)
{
    return {};
}

} // namespace

void KubeClientTest::pathsFollowGroupNamespaceAndName_data()
{
    QTest::addColumn<QString>("actual");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const std::string &actual, const char *expected) {
        QTest::newRow(name) << QString::fromStdString(actual) << expected;
    };
    const core::ApiResource pods{"", "v1", "pods"}, deployments{"apps", "v1", "deployments"};
    row("core, all", core::apiPath(pods), "/api/v1/pods");
    row("core, one", core::apiPath(pods, "ns", "a"), "/api/v1/namespaces/ns/pods/a");
    row("group, all", core::apiPath(deployments), "/apis/apps/v1/deployments");
    row("group, namespace", core::apiPath(deployments, "ns"), "/apis/apps/v1/namespaces/ns/deployments");
    row("cluster scope", core::apiPath({"", "v1", "nodes"}, {}, "n1"), "/api/v1/nodes/n1");
    row("a name cannot leave its place", core::apiPath(pods, "../x", "a?b/c"),
        "/api/v1/namespaces/..%2Fx/pods/a%3Fb%2Fc");
}

void KubeClientTest::pathsFollowGroupNamespaceAndName()
{
    QFETCH(QString, actual);
    QFETCH(QString, expected);
    QCOMPARE(actual, expected);
}

void KubeClientTest::statusBecomesKindMessageAndPlace_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<ErrorKind>("kind");
    QTest::newRow("400") << 400 << ErrorKind::Invalid;
    QTest::newRow("401") << 401 << ErrorKind::Unauthorized;
    QTest::newRow("403") << 403 << ErrorKind::Forbidden;
    QTest::newRow("404") << 404 << ErrorKind::NotFound;
    QTest::newRow("409") << 409 << ErrorKind::Conflict;
    QTest::newRow("410") << 410 << ErrorKind::Expired;
    QTest::newRow("422") << 422 << ErrorKind::Invalid;
    QTest::newRow("429") << 429 << ErrorKind::TooManyRequests;
    QTest::newRow("500") << 500 << ErrorKind::Server;
    QTest::newRow("503") << 503 << ErrorKind::Server;
}

void KubeClientTest::statusBecomesKindMessageAndPlace()
{
    QFETCH(int, status);
    QFETCH(ErrorKind, kind);
    test::FakeApiServer server;
    server.script("/x", {{.status = status, .body = test::statusBody(status, "Why", "the server's words")}});
    const auto answer = clientOf(server.url()).get("/x?secret=1");
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, kind);
    QVERIFY(answer.error().message.find("the server's words") != std::string::npos);
    QCOMPARE(answer.error().place, server.url() + "/x");
}

void KubeClientTest::aRefusedCredentialIsRenewedOnce()
{
    test::FakeApiServer server;
    server.script("/x", {{.status = 401}, {.body = "{}"}});
    const auto credential = std::make_shared<RotatingCredential>();
    QVERIFY(clientOf(server.url(), credential).get("/x").has_value());
    QCOMPARE(credential->m_refused, 1);
    QCOMPARE(server.seen().back().header("Authorization"), std::string("Bearer second"));
}

void KubeClientTest::aCredentialRefusedTwiceIsUnauthorized()
{
    test::FakeApiServer server;
    server.script("/x", {{.status = 401, .body = test::statusBody(401, "Unauthorized", "Unauthorized")}});
    const auto answer = clientOf(server.url(), std::make_shared<RotatingCredential>()).get("/x");
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ErrorKind::Unauthorized);
    QVERIFY(!answer.error().remedy.empty());
    QCOMPARE(server.seen().size(), 2U);
}

void KubeClientTest::tooManyRequestsWaitsAsTheServerSays()
{
    test::FakeApiServer server;
    server.script("/x", {{.status = 429, .headers = {{"Retry-After", "1"}}}, {.body = "{}"}});
    const auto start = std::chrono::steady_clock::now();
    QVERIFY(clientOf(server.url()).get("/x").has_value());
    QVERIFY(std::chrono::steady_clock::now() - start >= 1s);
    QCOMPARE(server.seen().size(), 2U);
}

void KubeClientTest::serverErrorsOnReadsAreTriedAgain()
{
    test::FakeApiServer server;
    server.script("/x", {{.status = 500}, {.status = 503}, {.body = "{}"}});
    QVERIFY(clientOf(server.url()).get("/x").has_value());
    QCOMPARE(server.seen().size(), 3U);
}

void KubeClientTest::serverErrorsOnWritesAreNotTriedAgain()
{
    test::FakeApiServer server;
    server.script("/x", {{.status = 500}, {.body = "{}"}});
    QCOMPARE(clientOf(server.url()).post("/x", {}).error().kind, ErrorKind::Server);
    QCOMPARE(server.seen().size(), 1U);
}

void KubeClientTest::aServerThatStaysBrokenIsAnError()
{
    test::FakeApiServer server;
    server.script("/x", {{.status = 500, .body = "plain words\nmore"}});
    const auto answer = clientOf(server.url()).get("/x");
    QCOMPARE(answer.error().kind, ErrorKind::Server);
    QCOMPARE(answer.error().message, std::string("plain words (HTTP 500)"));
    QCOMPARE(server.seen().size(), 5U);
}

void KubeClientTest::wrongJsonIsAParseError_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("html") << QByteArray("<html>log in here</html>");
    QTest::newRow("cut short") << QByteArray("{\"items\":[{\"a\":1}");
    QTest::newRow("a number") << QByteArray("7");
    QTest::newRow("no metadata") << QByteArray("{\"items\":[]}");
    QTest::newRow("metadata null") << QByteArray("{\"metadata\":null,\"items\":[{}]}");
    QTest::newRow("metadata cut") << QByteArray("{\"metadata\":{\"resourceVersion\":\"1");
}

void KubeClientTest::wrongJsonIsAParseError()
{
    QFETCH(QByteArray, body);
    test::FakeApiServer server;
    server.script(podsPath, {{.body = body.toStdString()}});
    const auto version = clientOf(server.url()).list(podsPath, 500, ignoreLine, [] {});
    QVERIFY(!version);
    QCOMPARE(version.error().kind, ErrorKind::Parse);
    QCOMPARE(version.error().place, server.url() + podsPath);
}

void KubeClientTest::aServerThatIsNoKubernetesIsNamed()
{
    test::FakeApiServer server;
    server.script("/version", {{.body = "{\"app\":\"other\"}"}, {.body = R"({"gitVersion":"v1.36.3"})"}});
    auto client = clientOf(server.url());
    QCOMPARE(client.serverVersion().error().kind, ErrorKind::Parse);
    QCOMPARE(client.serverVersion().value_or(""), std::string("v1.36.3"));
}

void KubeClientTest::listsComeInPages()
{
    test::FakeApiServer server;
    server.script(podsPath,
                  {{.body = test::podPage({"a", "b"}, "77", "tok+en=")},
                   {.body = test::podPage({}, "77", "2")}, // a page may be empty and still not be the last
                   {.body = test::podPage({"c"}, "77", "")}});
    std::string pages;
    const auto version = clientOf(server.url())
                             .list(
                                 podsPath + "?fieldSelector=x", 2,
                                 [&pages](std::string_view page) -> core::Result<void> {
                                     pages += page;
                                     return {};
                                 },
                                 [] {});
    QCOMPARE(version.value_or(""), std::string("77"));
    QVERIFY(pages.find("\"c\"") != std::string::npos);
    const auto seen = server.seen();
    QCOMPARE(seen.size(), 3U);
    QCOMPARE(seen[0].target, std::string("/api/v1/pods?fieldSelector=x&limit=2"));
    QCOMPARE(seen[1].target, std::string("/api/v1/pods?fieldSelector=x&limit=2&continue=tok%2Ben%3D"));
}

void KubeClientTest::anExpiredPageTokenBeginsAgain()
{
    test::FakeApiServer server;
    server.script(podsPath,
                  {{.body = test::podPage({"a"}, "1", "t")},
                   {.status = 410, .body = test::statusBody(410, "Expired", "too old")},
                   {.body = test::podPage({"a"}, "2", "")}});
    int restarts = 0;
    const auto version = clientOf(server.url()).list(podsPath, 1, ignoreLine, [&restarts] { ++restarts; });
    QCOMPARE(version.value_or(""), std::string("2"));
    QCOMPARE(restarts, 1);
    QCOMPARE(server.seen().back().target, std::string("/api/v1/pods?limit=1"));
}

void KubeClientTest::aServerThatExpiresEveryTokenIsAnError()
{
    test::FakeApiServer server;
    std::deque<Reply> replies;
    for (int i = 0; i < 10; ++i) {
        replies.push_back({.body = test::podPage({"a"}, "1", "t")});
        replies.push_back({.status = 410});
    }
    server.script(podsPath, replies);
    QCOMPARE(clientOf(server.url()).list(podsPath, 1, ignoreLine, [] {}).error().kind, ErrorKind::Expired);
}

void KubeClientTest::theListsOwnMetadataCountsWhereverItStands()
{
    test::FakeApiServer server;
    server.script(podsPath,
                  {{.body = R"({"items":[{"metadata":{"resourceVersion":"1","continue":"no","n":"} \" {"}}],)"
                            R"("kind":"metadata", "metadata" : {"resourceVersion":"opaque/9"}})"}});
    QCOMPARE(clientOf(server.url()).list(podsPath, 1, ignoreLine, [] {}).value_or(""), std::string("opaque/9"));
}

void KubeClientTest::watchLinesComeWholeAndInOrder()
{
    test::FakeApiServer server;
    server.script("watch:" + podsPath, {{.body = "one\n\ntwo\nthree\n"}});
    std::vector<std::string> lines;
    const auto ended = clientOf(server.url()).watch(podsPath, "op&que", [&lines](std::string_view line) {
        lines.emplace_back(line);
        return core::Result<void>();
    });
    QVERIFY(ended.has_value());
    QCOMPARE(lines, (std::vector<std::string>{"one", "two", "three"}));
    QCOMPARE(server.seen().back().target,
             std::string("/api/v1/pods?watch=1&allowWatchBookmarks=true&resourceVersion=op%26que&timeoutSeconds=1"));
}

void KubeClientTest::halfALineIsABrokenConnection()
{
    test::FakeApiServer server;
    server.script("watch:" + podsPath, {{.body = "one\n{\"type\":\"ADD"}});
    std::string lines;
    const auto ended = clientOf(server.url()).watch(podsPath, "1", [&lines](std::string_view line) {
        lines += line;
        return core::Result<void>();
    });
    QVERIFY(!ended);
    QCOMPARE(ended.error().kind, ErrorKind::Network);
    QCOMPARE(lines, std::string("one"));
}

void KubeClientTest::aStalledWatchIsATimeout()
{
    test::FakeApiServer server;
    server.script("watch:" + podsPath, {{.body = "one\n", .end = Reply::End::Stall}});
    const auto ended = clientOf(server.url()).watch(podsPath, "1", ignoreLine);
    QVERIFY(!ended);
    QCOMPARE(ended.error().kind, ErrorKind::Timeout);
}

void KubeClientTest::anExpiredWatchIsExpired()
{
    test::FakeApiServer server;
    server.script("watch:" + podsPath, {{.status = 410, .body = test::statusBody(410, "Expired", "too old")}});
    QCOMPARE(clientOf(server.url()).watch(podsPath, "1", ignoreLine).error().kind, ErrorKind::Expired);
}

void KubeClientTest::aWatchRenewsARefusedCredential()
{
    test::FakeApiServer server;
    server.script("watch:" + podsPath, {{.status = 401}, {.body = "one\n"}});
    QVERIFY(clientOf(server.url(), std::make_shared<RotatingCredential>()).watch(podsPath, "1", ignoreLine));
    QCOMPARE(server.seen().back().header("Authorization"), std::string("Bearer second"));
}

void KubeClientTest::applySendsAServerSideApply()
{
    test::FakeApiServer server;
    server.script("/x", {{.status = 201, .body = R"({"kind":"Deployment"})", .headers = {{"Warning", "299 - \"w\""}}}});
    const auto answer = clientOf(server.url()).apply("/x", {{"kind", "Deployment"}}, {.dryRun = true, .force = true});
    QVERIFY(answer.has_value());
    QVERIFY(answer->created);
    QCOMPARE(answer->warnings, (std::vector<std::string>{"299 - \"w\""}));
    const auto seen = server.seen().back();
    QCOMPARE(seen.method, std::string("PATCH"));
    QCOMPARE(seen.target, std::string("/x?fieldManager=berth&force=true&fieldValidation=Strict&dryRun=All"));
    QCOMPARE(seen.header("Content-Type"), std::string("application/apply-patch+yaml"));
    QCOMPARE(seen.body, std::string(R"({"kind":"Deployment"})"));
}

void KubeClientTest::aConflictNamesFieldAndManager()
{
    test::FakeApiServer server;
    server.script("/x",
                  {{.status = 409,
                    .body = R"({"kind":"Status","message":"Apply failed","details":{"causes":[)"
                            R"({"reason":"FieldManagerConflict","message":"conflict with \"hpa\"",)"
                            R"("field":".spec.replicas"}]},"code":409})"}});
    const auto answer = clientOf(server.url()).apply("/x", {}, {});
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ErrorKind::Conflict);
    QCOMPARE(answer.error().message, std::string(".spec.replicas: conflict with \"hpa\""));
}

void KubeClientTest::strangeConflictsDoNotBreak()
{
    test::FakeApiServer server;
    server.script("/x", {{.status = 409, .body = R"({"details":{"causes":[7,{"field":3}]}})"}, {.status = 409}});
    auto client = clientOf(server.url());
    QCOMPARE(client.apply("/x", {}, {}).error().kind, ErrorKind::Conflict);
    QCOMPARE(client.apply("/x", {}, {}).error().kind, ErrorKind::Conflict);
}

void KubeClientTest::mayIReadsTheReview()
{
    test::FakeApiServer server;
    server.script("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                  {{.status = 201, .body = R"({"status":{"allowed":true}})"},
                   {.status = 201, .body = R"({"status":{"allowed":false,"reason":"no rule"}})"},
                   {.status = 201, .body = R"({"status":{"allowed":"yes"}})"},
                   {.status = 201, .body = R"({})"}});
    auto client = clientOf(server.url());
    QCOMPARE(client.mayI({"create", "apps", "deployments", "ns"}), core::Result<bool>(true));
    QVERIFY(server.seen().back().body.find(R"("namespace":"ns")") != std::string::npos);
    QCOMPARE(client.mayI({"list", "", "pods", ""}), core::Result<bool>(false));
    QCOMPARE(client.mayI({"list", "", "pods", ""}), core::Result<bool>(false));
    QCOMPARE(client.mayI({"list", "", "pods", ""}).error().kind, ErrorKind::Parse);
}

void KubeClientTest::impersonationHeadersAreSent()
{
    test::FakeApiServer server;
    server.script("/x", {{.body = "{}"}});
    core::ClusterAccess access;
    access.server = server.url();
    access.headers = {{"Impersonate-User", "alice"}, {"Impersonate-Group", "dev"}};
    core::KubeClient client(core::makeCurlClient(), access, quick);
    QVERIFY(client.get("/x").has_value());
    QCOMPARE(server.seen().back().header("Impersonate-User"), std::string("alice"));
}

void KubeClientTest::noErrorHoldsTheCredential_data()
{
    QTest::addColumn<int>("status");
    for (const int status : {0, 200, 401, 403, 409, 410, 422, 429, 500})
        QTest::addRow("%d", status) << status;
}

void KubeClientTest::noErrorHoldsTheCredential()
{
    QFETCH(int, status);
    test::FakeApiServer server;
    server.script("/x", {{.status = status, .body = "no json"}});
    auto client = clientOf(status ? server.url() : test::deadUrl(), core::makeStaticCredential("Bearer canary-4711"));
    const auto get = client.get("/x");
    const auto apply = client.apply("/x", {}, {});
    const auto watch = client.watch("/x", "1", ignoreLine);
    QVERIFY(!get && !apply && !watch);
    for (const auto &error : {get.error(), apply.error(), watch.error()})
        QVERIFY(core::describe(error).find("canary") == std::string::npos);
}

QTEST_APPLESS_MAIN(KubeClientTest)
#include "kube_client_test.moc"
