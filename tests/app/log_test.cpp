// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/log.h"
#include "core/base/file.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace app;

namespace {

/// Answers every request with a status, or an error when there is none.
class Answers final : public core::HttpClient {
public:
    explicit Answers(int status) : m_status(status) {}
    core::Result<core::HttpResponse> send(const core::HttpRequest &, std::stop_token) override
    {
        if (m_status == 0)
            return core::fail(core::ErrorKind::Network, "connection refused");
        core::HttpResponse response;
        response.status = m_status;
        return response;
    }
    core::Result<core::HttpResponse> stream(const core::HttpRequest &request,
                                            const std::function<bool(std::string_view)> &,
                                            std::stop_token stop) override
    {
        return send(request, std::move(stop));
    }
    std::unique_ptr<core::HttpClient> another() const override { return std::make_unique<Answers>(m_status); }

private:
    int m_status;
};

/// What a log of this level holds after one request with secrets everywhere.
QString kept(const char *level, int status)
{
    const QTemporaryDir folder;
    const std::filesystem::path path(folder.path().toStdString());
    {
        const auto opened = openLog(path, "test", level);
        core::HttpRequest request;
        request.url = "https://user:SECRET@host:6443/api/v1/pods?token=SECRET";
        request.headers = {{"Authorization", "Bearer SECRET"}};
        request.body = "SECRET";
        (void)logged(std::make_unique<Answers>(status), opened.log)->send(request, {});
        opened.log->flush();
    }
    return QString::fromStdString(core::readFile(path / "test.log").value_or("unreadable"));
}

} // namespace

class LogTest : public QObject {
    Q_OBJECT

private slots:
    void anAddressIsShownWithoutQueryAndUser_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("shown");
        const auto row = [](const char *url, const char *shown) {
            QTest::newRow(url) << QString::fromLatin1(url) << QString::fromLatin1(shown);
        };
        row("https://h:6443/api?watch=1", "https://h:6443/api");
        row("https://u:p@h/api", "https://h/api");
        row("https://u:p@h", "https://h");
        row("https://u:p@x@h/a@b", "https://h/a@b");
        row("http://h/a#b", "http://h/a");
        row("u:p@h", "h");
        row("", "");
    }
    void anAddressIsShownWithoutQueryAndUser()
    {
        QFETCH(QString, url);
        QTEST(QString::fromStdString(addressForLog(url.toStdString())), "shown");
    }

    void aRequestIsLoggedWithoutItsSecrets()
    {
        for (const int status : {200, 403, 0}) {
            const auto text = kept("trace", status);
            QVERIFY2(text.contains(QStringLiteral("GET https://host:6443/api/v1/pods")), qPrintable(text));
            QVERIFY2(!text.contains(QStringLiteral("SECRET")), qPrintable(text));
        }
    }
    void theLevelDecidesWhatIsKept()
    {
        QVERIFY(kept("info", 200).isEmpty());
        QVERIFY(kept("info", 403).contains(QStringLiteral("403")));
        QVERIFY(kept("error", 403).isEmpty());
        QVERIFY(kept("off", 0).isEmpty());
    }

    void aLogRotatesAndKeepsFourFiles()
    {
        const QTemporaryDir folder;
        const auto opened = openLog(folder.path().toStdString(), "test", "info");
        const std::string line(1000, 'x');
        for (int i = 0; i < 12'000; ++i)
            opened.log->info(line);
        const auto files = QDir(folder.path()).entryInfoList(QDir::Files);
        QCOMPARE(files.size(), 4);
        for (const auto &file : files)
            QVERIFY(file.size() <= (2 << 20));
    }

    void aFolderThatCannotBeMadeIsSaidAndHarmless()
    {
        const auto opened = openLog("/proc/berth", "test", "info");
        QVERIFY(!opened.problem.empty());
        opened.log->info("goes nowhere");
    }
};

QTEST_APPLESS_MAIN(LogTest)
#include "log_test.moc"
