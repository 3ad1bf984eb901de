// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/http_client.h"
#include "tests/support/fake_api_server.h"

#include <QTest>

using namespace std::chrono_literals;
using core::ErrorKind;
using core::HttpRequest;
using test::Reply;

class CurlClientTest : public QObject {
    Q_OBJECT

private slots:
    void anyStatusIsAValue();
    void headerNamesAreLowerCased();
    void theBodyAndHeadersOfARequestArrive();
    void oneConnectionServesManyRequests();
    void aStreamHandsOnTheBodyAsItComes();
    void aStreamOfAnotherStatusCollectsTheBody();
    void theReaderMayEndAStream();
    void aRefusedConnectionIsANetworkError();
    void anUnknownHostIsANetworkError();
    void aCutAnswerIsANetworkError();
    void aSilentServerIsATimeout();
    void theTotalTimeIsLimited();
    void stoppingEndsAWaitAtOnce();
    void aStoppedTokenSendsNothing();
    void aTooLargeBodyIsAnError();
    void aHeaderWithALineBreakIsRefused();
    void errorsNameNeitherQueryNorUser();
    void brokenPemIsATlsError();
    void otherProtocolsAreRefused();
};

namespace {

HttpRequest get(const std::string &url)
{
    HttpRequest request;
    request.url = url;
    return request;
}

std::chrono::steady_clock::duration elapsedSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::steady_clock::now() - start;
}

} // namespace

void CurlClientTest::anyStatusIsAValue()
{
    test::FakeApiServer server;
    const auto client = core::makeCurlClient();
    for (const int status : {200, 401, 403, 410, 429, 500, 503}) {
        server.script("/x", {{.status = status, .body = "text"}});
        const auto response = client->send(get(server.url() + "/x"), {});
        QVERIFY(response.has_value());
        QCOMPARE(response->status, status);
        QCOMPARE(response->body, std::string("text"));
    }
}

void CurlClientTest::headerNamesAreLowerCased()
{
    test::FakeApiServer server;
    server.script("/x", {{.headers = {{"Retry-After", "7"}, {"Warning", "299 - \"old\""}}}});
    const auto response = core::makeCurlClient()->send(get(server.url() + "/x"), {});
    QVERIFY(response.has_value());
    QCOMPARE(response->header("retry-after").value_or(""), std::string("7"));
    QCOMPARE(response->header("warning").value_or(""), std::string("299 - \"old\""));
    QVERIFY(!response->header("absent"));
}

void CurlClientTest::theBodyAndHeadersOfARequestArrive()
{
    test::FakeApiServer server;
    server.script("/x", {{.status = 201}});
    auto request = get(server.url() + "/x?a=b");
    request.method = "PATCH";
    request.headers = {{"Content-Type", "application/apply-patch+yaml"}, {"Authorization", "Bearer t"}};
    request.body = std::string(100'000, 'x');
    const auto response = core::makeCurlClient()->send(request, {});
    QVERIFY(response.has_value());
    const auto seen = server.seen();
    QCOMPARE(seen.size(), 1U);
    QCOMPARE(seen[0].method, std::string("PATCH"));
    QCOMPARE(seen[0].target, std::string("/x?a=b"));
    QCOMPARE(seen[0].body, request.body);
    QCOMPARE(seen[0].header("Content-Type"), std::string("application/apply-patch+yaml"));
    QCOMPARE(seen[0].header("Authorization"), std::string("Bearer t"));
}

void CurlClientTest::oneConnectionServesManyRequests()
{
    test::FakeApiServer server;
    server.script("/x", {{.body = "text"}});
    const auto client = core::makeCurlClient();
    for (int i = 0; i < 3; ++i)
        QVERIFY(client->send(get(server.url() + "/x"), {}).has_value());
    const auto seen = server.seen();
    QVERIFY(!seen[0].header("REMOTE_PORT").empty());
    QCOMPARE(seen[0].header("REMOTE_PORT"), seen[2].header("REMOTE_PORT"));
}

void CurlClientTest::aStreamHandsOnTheBodyAsItComes()
{
    test::FakeApiServer server;
    server.script("/x", {{.body = "one\ntwo\n", .end = Reply::End::Stall}});
    std::stop_source stop;
    std::string got;
    const auto response = core::makeCurlClient()->stream(
        get(server.url() + "/x"),
        [&](std::string_view data) {
            got += data;
            stop.request_stop(); // the server still holds the stream open
            return true;
        },
        stop.get_token());
    QCOMPARE(response.error().kind, ErrorKind::Cancelled);
    QCOMPARE(got, std::string("one\ntwo\n"));
}

void CurlClientTest::aStreamOfAnotherStatusCollectsTheBody()
{
    test::FakeApiServer server;
    server.script("/x", {{.status = 410, .body = "gone"}});
    bool called = false;
    const auto response =
        core::makeCurlClient()->stream(get(server.url() + "/x"), [&](std::string_view) { return called = true; }, {});
    QVERIFY(response.has_value());
    QCOMPARE(response->status, 410);
    QCOMPARE(response->body, std::string("gone"));
    QVERIFY(!called);
}

void CurlClientTest::theReaderMayEndAStream()
{
    test::FakeApiServer server;
    server.script("/x", {{.body = "line\n", .end = Reply::End::Stall}});
    const auto response =
        core::makeCurlClient()->stream(get(server.url() + "/x"), [](std::string_view) { return false; }, {});
    QVERIFY(response.has_value());
    QCOMPARE(response->status, 200);
}

void CurlClientTest::aRefusedConnectionIsANetworkError()
{
    const auto url = test::deadUrl();
    const auto response = core::makeCurlClient()->send(get(url), {});
    QVERIFY(!response);
    QCOMPARE(response.error().kind, ErrorKind::Network);
    QCOMPARE(response.error().place, url);
    QVERIFY(!response.error().remedy.empty());
}

void CurlClientTest::anUnknownHostIsANetworkError()
{
    // RFC 6761 reserves .invalid: no resolver knows it.
    const auto response = core::makeCurlClient()->send(get("http://nowhere.invalid/"), {});
    QVERIFY(!response);
    QCOMPARE(response.error().kind, ErrorKind::Network);
    QVERIFY(response.error().remedy.find("DNS") != std::string::npos);
}

void CurlClientTest::aCutAnswerIsANetworkError()
{
    test::FakeApiServer server;
    server.script("/x", {{.body = "{\"half\":", .end = Reply::End::Cut}});
    const auto response = core::makeCurlClient()->send(get(server.url() + "/x"), {});
    QVERIFY(!response);
    QCOMPARE(response.error().kind, ErrorKind::Network);
}

void CurlClientTest::aSilentServerIsATimeout()
{
    test::FakeApiServer server;
    server.script("/x", {{.body = "one\n", .end = Reply::End::Stall}});
    auto request = get(server.url() + "/x");
    request.totalTimeout = 0ms;
    request.silenceLimit = 100ms;
    const auto start = std::chrono::steady_clock::now();
    const auto response = core::makeCurlClient()->stream(request, [](std::string_view) { return true; }, {});
    QVERIFY(!response);
    QCOMPARE(response.error().kind, ErrorKind::Timeout);
    QVERIFY(elapsedSince(start) < 2s);
}

void CurlClientTest::theTotalTimeIsLimited()
{
    test::FakeApiServer server;
    server.script("/x", {{.body = "one\n", .end = Reply::End::Stall}});
    auto request = get(server.url() + "/x");
    request.totalTimeout = 100ms;
    const auto response = core::makeCurlClient()->send(request, {});
    QVERIFY(!response);
    QCOMPARE(response.error().kind, ErrorKind::Timeout);
}

void CurlClientTest::stoppingEndsAWaitAtOnce()
{
    test::FakeApiServer server;
    server.script("/x", {{.end = Reply::End::Stall}});
    std::stop_source stop;
    std::chrono::steady_clock::time_point asked;
    std::jthread stopper([&] {
        server.waitForRequests(1);
        asked = std::chrono::steady_clock::now();
        stop.request_stop();
    });
    const auto response = core::makeCurlClient()->send(get(server.url() + "/x"), stop.get_token());
    stopper.join();
    QVERIFY(!response);
    QCOMPARE(response.error().kind, ErrorKind::Cancelled);
    QVERIFY(elapsedSince(asked) < 200ms);
}

void CurlClientTest::aStoppedTokenSendsNothing()
{
    test::FakeApiServer server;
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(core::makeCurlClient()->send(get(server.url()), stop.get_token()).error().kind, ErrorKind::Cancelled);
    QVERIFY(server.seen().empty());
}

void CurlClientTest::aTooLargeBodyIsAnError()
{
    test::FakeApiServer server;
    server.script("/x", {{.body = std::string(3'000'000, 'x')}});
    auto request = get(server.url() + "/x");
    request.maxBodyBytes = 1U << 20;
    const auto response = core::makeCurlClient()->send(request, {});
    QVERIFY(!response);
    QCOMPARE(response.error().kind, ErrorKind::Parse);
    QVERIFY(response.error().message.find("1 MiB") != std::string::npos);
}

void CurlClientTest::aHeaderWithALineBreakIsRefused()
{
    test::FakeApiServer server;
    auto request = get(server.url());
    request.headers = {{"Authorization", "Bearer canary\r\nImpersonate-User: admin"}};
    const auto response = core::makeCurlClient()->send(request, {});
    QVERIFY(!response);
    QCOMPARE(response.error().kind, ErrorKind::Usage);
    QVERIFY(core::describe(response.error()).find("canary") == std::string::npos);
    QVERIFY(server.seen().empty());
}

void CurlClientTest::errorsNameNeitherQueryNorUser()
{
    const auto url = test::deadUrl();
    const auto request = get("http://user:canary@" + url.substr(7) + "/path?token=canary");
    const auto response = core::makeCurlClient()->send(request, {});
    QVERIFY(!response);
    QCOMPARE(response.error().place, url + "/path");
    QVERIFY(core::describe(response.error()).find("canary") == std::string::npos);
}

void CurlClientTest::brokenPemIsATlsError()
{
    test::FakeApiServer server;
    auto request = get("https" + server.url().substr(4));
    request.tls.caPem = "-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n";
    const auto response = core::makeCurlClient()->send(request, {});
    QVERIFY(!response);
    QCOMPARE(response.error().kind, ErrorKind::Tls);
}

void CurlClientTest::otherProtocolsAreRefused()
{
    const auto response = core::makeCurlClient()->send(get("file:///etc/hostname"), {});
    QVERIFY(!response);
    QCOMPARE(response.error().kind, ErrorKind::Network);
}

QTEST_APPLESS_MAIN(CurlClientTest)
#include "curl_client_test.moc"
