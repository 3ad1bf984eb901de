// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/paged_list.h"

#include <QtTest>

#include <atomic>
#include <latch>

using namespace core;

namespace {

std::string page(const std::string &token, const std::string &items)
{
    return R"({"kind":"PodList","metadata":{"resourceVersion":"7","continue":")" + token + R"("},"items":[)" + items
        + "]}";
}

/// A server of three pages ("", "2", "3"), each told in two parts: the head, then everything.
struct Pages {
    std::map<std::string, Result<std::string>> answers{
        {"", page("2", R"("a")")}, {"2", page("3", R"("b")")}, {"3", page("", R"("c")")}};
    std::vector<std::string> taken;
    int restarts = 0;
    std::function<void(const std::string &token, int lane, const std::stop_token &)> beforeEnd;

    PageReader reader()
    {
        return {.fetch = [this](int lane, const std::string &token, const BodyWatcher &watcher,
                                const std::stop_token &stop) -> Result<std::string> {
                    const auto &answer = answers.at(token);
                    if (answer)
                        watcher(std::string_view(*answer).substr(0, answer->find("items")));
                    if (beforeEnd)
                        beforeEnd(token, lane, stop);
                    return answer;
                },
                .onPage = [this](std::string_view text) -> Result<void> {
                    taken.emplace_back(text);
                    return {};
                },
                .onRestart =
                    [this] {
                        ++restarts;
                        taken.clear();
                    },
                .place = "pods"};
    }
};

} // namespace

class PagedListTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pagesComeInOrder();
    void theNextPageIsAskedForWhileOneComesIn();
    void noLaneIsUsedTwiceAtOnce();
    void aHeadThatComesLateIsWaitedFor();
    void aRefusedPageGivesUpTheOneAhead();
    void anExpiredTokenBeginsAgain();
    void aFirstPageThatExpiredIsAnError();
    void whatIsNoListIsAnError_data();
    void whatIsNoListIsAnError();
};

void PagedListTest::pagesComeInOrder()
{
    Pages pages;
    const auto version = readPages(pages.reader(), {});
    QCOMPARE(version.value_or("?"), std::string("7"));
    QCOMPARE(pages.taken,
             (std::vector<std::string>{*pages.answers.at(""), *pages.answers.at("2"), *pages.answers.at("3")}));
    QCOMPARE(pages.restarts, 0);
}

void PagedListTest::theNextPageIsAskedForWhileOneComesIn()
{
    Pages pages;
    std::latch secondBegan(1);
    pages.beforeEnd = [&](const std::string &token, int, const std::stop_token &) {
        if (token == "2")
            secondBegan.count_down();
        if (token.empty())
            secondBegan.wait(); // the first page does not end before the second has begun
    };
    QVERIFY(readPages(pages.reader(), {}));
    QCOMPARE(pages.taken.size(), std::size_t(3));
}

void PagedListTest::noLaneIsUsedTwiceAtOnce()
{
    Pages pages;
    std::array<std::atomic<int>, 2> busy{};
    std::atomic<bool> twice = false;
    auto reader = pages.reader();
    reader.fetch = [&, inner = reader.fetch](int lane, const auto &token, const auto &watcher, const auto &stop) {
        if (++busy.at(static_cast<std::size_t>(lane)) > 1)
            twice = true;
        auto answer = inner(lane, token, watcher, stop);
        --busy.at(static_cast<std::size_t>(lane));
        return answer;
    };
    for (int i = 0; i < 50; ++i)
        QVERIFY(readPages(reader, {}));
    QVERIFY(!twice);
}

void PagedListTest::aHeadThatComesLateIsWaitedFor()
{
    Pages pages;
    auto reader = pages.reader();
    reader.fetch = [&](int, const std::string &token, const BodyWatcher &, const std::stop_token &) {
        return pages.answers.at(token); // never tells of a part
    };
    QVERIFY(readPages(reader, {}));
    QCOMPARE(pages.taken.size(), std::size_t(3));
}

void PagedListTest::aRefusedPageGivesUpTheOneAhead()
{
    Pages pages;
    auto reader = pages.reader();
    reader.onPage = [](std::string_view) { return fail(ErrorKind::Parse, "no such pod"); };
    pages.beforeEnd = [](const std::string &token, int, const std::stop_token &stop) {
        while (token == "2" && !stop.stop_requested())
            std::this_thread::yield();
    };
    const auto version = readPages(reader, {});
    QCOMPARE(version.error().message, std::string("no such pod"));
}

void PagedListTest::anExpiredTokenBeginsAgain()
{
    Pages pages;
    pages.answers.at("3") = fail(ErrorKind::Expired, "too old");
    auto reader = pages.reader();
    reader.onRestart = [&] {
        ++pages.restarts;
        pages.taken.clear();
        pages.answers.at("3") = page("", R"("c")");
    };
    QVERIFY(readPages(reader, {}));
    QCOMPARE(pages.restarts, 1);
    QCOMPARE(pages.taken.size(), std::size_t(3));
}

void PagedListTest::aFirstPageThatExpiredIsAnError()
{
    Pages pages;
    pages.answers.at("") = fail(ErrorKind::Expired, "too old");
    QCOMPARE(readPages(pages.reader(), {}).error().kind, ErrorKind::Expired);
    QCOMPARE(pages.restarts, 0);
}

void PagedListTest::whatIsNoListIsAnError_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("not JSON") << QByteArray("<html>");
    QTest::newRow("cut in the metadata") << QByteArray(R"({"metadata":{"continue":"2)");
    QTest::newRow("metadata of a wrong type") << QByteArray(R"({"metadata":7,"items":[]})");
}

void PagedListTest::whatIsNoListIsAnError()
{
    QFETCH(QByteArray, body);
    Pages pages;
    pages.answers.at("") = body.toStdString();
    auto reader = pages.reader();
    reader.fetch = [&](int, const std::string &token, const BodyWatcher &watcher, const std::stop_token &) {
        watcher(*pages.answers.at(token));
        return pages.answers.at(token);
    };
    QCOMPARE(readPages(reader, {}).error().kind, ErrorKind::Parse);
    QVERIFY(pages.taken.empty());
}

QTEST_APPLESS_MAIN(PagedListTest)
#include "paged_list_test.moc"
