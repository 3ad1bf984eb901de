// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/reflector.h"

#include "tests/support/fake_api_server.h"

#include <QTest>

using namespace std::chrono_literals;
using core::ErrorKind;
using test::Reply;

namespace {

const std::string podsPath = "/api/v1/pods";
const std::string podsWatch = "watch:/api/v1/pods";

/// Runs a reflector against a scripted server until `wanted` words were told, or ten seconds passed.
class Run {
public:
    void until(std::size_t wanted)
    {
        core::ClusterAccess access;
        access.server = server.url();
        core::KubeClient client(core::makeCurlClient(), access,
                                {.silence = 1s, .watch = 1s, .watchSilence = 200ms, .retry = 1ms});
        const auto tell = [&](std::string word) {
            told.push_back(std::move(word));
            if (told.size() >= wanted)
                m_stop.request_stop();
        };
        const core::ReflectorHandlers handlers{
            .onListBegin = [&] { tell("begin"); },
            .onListPage = [&](std::string_view) -> core::Result<void> {
                tell("page");
                return {};
            },
            .onListDone = [&] { tell("done"); },
            .onWatching = [&] { openedAfter.push_back(told.size()); },
            .onEvent = [&](std::string_view type, std::string_view) -> core::Result<void> {
                tell(std::string(type));
                return {};
            },
            .onTrouble = [&](const core::Error &error, auto) { tell("trouble " + std::to_string(int(error.kind))); },
            .onBlind = [&](const core::Error &error) { tell("blind " + std::to_string(int(error.kind))); }};
        std::jthread guard([&](std::stop_token over) {
            std::mutex mutex;
            std::unique_lock lock(mutex);
            std::condition_variable_any().wait_for(lock, over, 10s, [] { return false; });
            m_stop.request_stop();
        });
        core::runReflector(client, podsPath, handlers, m_stop.get_token(), {.first = 1ms, .longest = 5ms});
        guard.request_stop();
    }

    /// The resource versions that watches were started from, in order.
    std::vector<std::string> watchedFrom() const
    {
        std::vector<std::string> versions;
        for (const auto &request : server.seen()) {
            const auto at = request.target.find("resourceVersion=");
            if (at != std::string::npos)
                versions.push_back(request.target.substr(at + 16, request.target.find('&', at) - at - 16));
        }
        return versions;
    }

    test::FakeApiServer server;
    std::vector<std::string> told;
    std::vector<std::size_t> openedAfter; ///< how much was told when each watch was accepted

private:
    std::stop_source m_stop;
};

std::string word(const char *what, ErrorKind kind)
{
    return what + std::to_string(int(kind));
}

using Words = std::vector<std::string>;

} // namespace

class ReflectorTest : public QObject {
    Q_OBJECT

private slots:
    void aListIsFollowedByItsWatch();
    void aCleanEndResumesAtTheLastVersion();
    void aBookmarkMovesTheVersionAndIsNotTold();
    void anExpiredVersionListsAgain_data();
    void anExpiredVersionListsAgain();
    void aServerThatExpiresEverythingIsNotHammered();
    void aStalledStreamIsTroubleAndResumes();
    void aBrokenEventIsTroubleAndResumesBeforeIt_data();
    void aBrokenEventIsTroubleAndResumesBeforeIt();
    void aForbiddenKindIsBlindAndTriedAgain_data();
    void aForbiddenKindIsBlindAndTriedAgain();
    void aListWithoutVersionIsTrouble();
    void stoppingEndsItAtOnce();
};

void ReflectorTest::aListIsFollowedByItsWatch()
{
    Run run;
    run.server.script(podsPath, {{.body = test::podPage({"a"}, "5", "t")}, {.body = test::podPage({"b"}, "5", "")}});
    run.server.script(podsWatch,
                      {{.body = test::watchLine("ADDED", "c", "6") + test::watchLine("MODIFIED", "c", "7")
                            + test::watchLine("DELETED", "c", "8"),
                        .end = Reply::End::Stall}});
    run.until(7);
    QCOMPARE(run.told, (Words{"begin", "page", "page", "done", "ADDED", "MODIFIED", "DELETED"}));
    QCOMPARE(run.watchedFrom(), Words{"5"});
    QVERIFY(run.server.seen()[0].target.find("limit=500") != std::string::npos);
}

void ReflectorTest::aCleanEndResumesAtTheLastVersion()
{
    Run run;
    run.server.script(podsPath, {{.body = test::podPage({}, "5", "")}});
    run.server.script(podsWatch,
                      {{.body = test::watchLine("ADDED", "c", "6")},
                       {.body = test::watchLine("MODIFIED", "c", "opaque%7"), .end = Reply::End::Stall}});
    run.until(5);
    QCOMPARE(run.told, (Words{"begin", "page", "done", "ADDED", "MODIFIED"}));
    QCOMPARE(run.watchedFrom(), (Words{"5", "6"}));
}

void ReflectorTest::aBookmarkMovesTheVersionAndIsNotTold()
{
    Run run;
    run.server.script(podsPath, {{.body = test::podPage({}, "5", "")}});
    run.server.script(podsWatch,
                      {{.body = R"({"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"90"}}})"
                                "\n"},
                       {.body = test::watchLine("ADDED", "c", "91"), .end = Reply::End::Stall}});
    run.until(4);
    QCOMPARE(run.told, (Words{"begin", "page", "done", "ADDED"}));
    QCOMPARE(run.watchedFrom(), (Words{"5", "90"}));
}

void ReflectorTest::anExpiredVersionListsAgain_data()
{
    QTest::addColumn<bool>("asEvent");
    QTest::newRow("HTTP 410") << false;
    QTest::newRow("ERROR event") << true;
}

void ReflectorTest::anExpiredVersionListsAgain()
{
    QFETCH(bool, asEvent);
    const auto status = test::statusBody(410, "Expired", "too old");
    Run run;
    run.server.script(podsPath, {{.body = test::podPage({}, "5", "")}, {.body = test::podPage({}, "60", "")}});
    run.server.script(podsWatch,
                      {asEvent ? Reply{.body = R"({"type":"ERROR","object":)" + status + "}\n"}
                               : Reply{.status = 410, .body = status},
                       {.body = test::watchLine("ADDED", "c", "61"), .end = Reply::End::Stall}});
    run.until(7);
    QCOMPARE(run.told, (Words{"begin", "page", "done", "begin", "page", "done", "ADDED"}));
    QCOMPARE(run.watchedFrom(), (Words{"5", "60"}));
}

void ReflectorTest::aServerThatExpiresEverythingIsNotHammered()
{
    Run run;
    run.server.script(podsPath, {{.status = 410, .body = test::statusBody(410, "Expired", "too old")}});
    const auto start = std::chrono::steady_clock::now();
    run.until(30);
    // The second and every later try waited at least half of min(1 ms * 2^n, 5 ms).
    QVERIFY(std::chrono::steady_clock::now() - start > 50ms);
}

void ReflectorTest::aStalledStreamIsTroubleAndResumes()
{
    Run run;
    run.server.script(podsPath, {{.body = test::podPage({}, "5", "")}});
    run.server.script(podsWatch,
                      {{.body = test::watchLine("ADDED", "c", "6"), .end = Reply::End::Stall},
                       {.body = test::watchLine("MODIFIED", "c", "7"), .end = Reply::End::Stall}});
    run.until(6);
    QCOMPARE(run.told, (Words{"begin", "page", "done", "ADDED", word("trouble ", ErrorKind::Timeout), "MODIFIED"}));
    QCOMPARE(run.watchedFrom(), (Words{"5", "6"}));
}

void ReflectorTest::aBrokenEventIsTroubleAndResumesBeforeIt_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<ErrorKind>("kind");
    QTest::newRow("not JSON") << QByteArray("<html>\n") << ErrorKind::Parse;
    QTest::newRow("no type") << QByteArray("{\"object\":{}}\n") << ErrorKind::Parse;
    QTest::newRow("unknown type") << QByteArray("{\"type\":\"X\",\"object\":{}}\n") << ErrorKind::Parse;
    QTest::newRow("no version") << QByteArray("{\"type\":\"ADDED\",\"object\":{\"metadata\":{}}}\n")
                                << ErrorKind::Parse;
    QTest::newRow("version is a number") << QByteArray(
        "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"resourceVersion\":7}}}\n")
                                         << ErrorKind::Parse;
    QTest::newRow("half a line") << QByteArray("{\"type\":\"ADDED\",\"obj") << ErrorKind::Network;
    QTest::newRow("another ERROR") << QByteArray("{\"type\":\"ERROR\",\"object\":{\"code\":500}}\n")
                                   << ErrorKind::Server;
}

void ReflectorTest::aBrokenEventIsTroubleAndResumesBeforeIt()
{
    QFETCH(QByteArray, line);
    QFETCH(ErrorKind, kind);
    Run run;
    run.server.script(podsPath, {{.body = test::podPage({}, "5", "")}});
    run.server.script(podsWatch,
                      {{.body = test::watchLine("ADDED", "c", "6") + line.toStdString()},
                       {.body = test::watchLine("MODIFIED", "c", "7"), .end = Reply::End::Stall}});
    run.until(6);
    QCOMPARE(run.told, (Words{"begin", "page", "done", "ADDED", word("trouble ", kind), "MODIFIED"}));
    QCOMPARE(run.watchedFrom(), (Words{"5", "6"}));
    QCOMPARE(run.openedAfter, (std::vector<std::size_t>{3, 5})); // before their first line, and after the trouble
}

void ReflectorTest::aForbiddenKindIsBlindAndTriedAgain_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<ErrorKind>("kind");
    QTest::newRow("401") << 401 << ErrorKind::Unauthorized;
    QTest::newRow("403") << 403 << ErrorKind::Forbidden;
    QTest::newRow("404") << 404 << ErrorKind::NotFound;
}

void ReflectorTest::aForbiddenKindIsBlindAndTriedAgain()
{
    QFETCH(int, status);
    QFETCH(ErrorKind, kind);
    Run run;
    run.server.script(podsPath, {{.status = status}, {.body = test::podPage({}, "5", "")}});
    run.server.script(podsWatch, {{.end = Reply::End::Stall}});
    run.until(5);
    QCOMPARE(run.told, (Words{"begin", word("blind ", kind), "begin", "page", "done"}));
}

void ReflectorTest::aListWithoutVersionIsTrouble()
{
    Run run;
    run.server.script(podsPath, {{.body = R"({"metadata":{},"items":[]})"}});
    run.until(4);
    QCOMPARE(run.told.back(), word("trouble ", ErrorKind::Parse));
}

void ReflectorTest::stoppingEndsItAtOnce()
{
    Run run;
    run.server.script(podsPath, {{.body = test::podPage({}, "5", "")}});
    run.server.script(podsWatch, {{.body = test::watchLine("ADDED", "c", "6"), .end = Reply::End::Stall}});
    const auto start = std::chrono::steady_clock::now();
    run.until(4);
    QVERIFY(std::chrono::steady_clock::now() - start < 150ms); // the stream would be given up after 200 ms
}

QTEST_APPLESS_MAIN(ReflectorTest)
#include "reflector_test.moc"
