// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history.h"

#include "tests/core/history/full_disk.h"
#include "tests/core/probe_report/sample_results.h"

#include <QTemporaryDir>
#include <QtTest>

#include <sqlite3.h>

using namespace core;
using namespace std::chrono_literals;

namespace {

/// A history in a folder of its own.
struct Place {
    QTemporaryDir folder;
    std::filesystem::path file = std::filesystem::path(folder.path().toStdString()) / "berth" / "history.sqlite";

    History open() const
    {
        auto history = History::open(file, 50ms);
        if (!history)
            qFatal("%s", describe(history.error()).c_str());
        return *std::move(history);
    }
    Error refusal() const
    {
        const auto history = History::open(file, 50ms);
        return history ? Error{} : history.error();
    }
    QByteArray bytes() const
    {
        QFile in(QString::fromStdString(file.string()));
        return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
    }
    void write(const QByteArray &content) const
    {
        std::filesystem::create_directories(file.parent_path());
        QFile out(QString::fromStdString(file.string()));
        if (!out.open(QIODevice::WriteOnly))
            qFatal("cannot write");
        out.write(content);
    }
    /// Runs SQL behind the history's back.
    void sql(const char *text) const
    {
        sqlite3 *raw = nullptr;
        std::filesystem::create_directories(file.parent_path());
        if (sqlite3_open(file.c_str(), &raw) != SQLITE_OK
            || sqlite3_exec(raw, text, nullptr, nullptr, nullptr) != SQLITE_OK)
            qFatal("%s", sqlite3_errmsg(raw));
        sqlite3_close(raw);
    }
};

ServingBenchmark benchmark()
{
    ServingBenchmark out;
    out.model = "m/llama";
    out.sku = "nvidia-h200-sxm";
    out.devices = 2;
    out.tool = "aiperf";
    out.source = "a.json";
    out.date = sample::now;
    out.outputTokensPerSecond = 1234.5;
    out.ttft = {20, 18, 60};
    return out;
}

QString exported(const History &history)
{
    QString text;
    const auto done = history.exportLines([&text](std::string_view line) {
        text += QString::fromUtf8(line.data(), static_cast<qsizetype>(line.size())) + "\n";
    });
    return done ? text : QString::fromStdString(describe(done.error()));
}

} // namespace

class HistoryTest : public QObject {
    Q_OBJECT

private slots:
    void whatIsAddedIsThereAgainAfterTheNextStart()
    {
        const Place place;
        const std::vector results{sample::result(0, 4300), sample::result(1, 4200, sample::now - 60)};
        QCOMPARE(*place.open().add(results), std::size_t{2});
        const auto back = *place.open().results();
        QCOMPARE(back.size(), std::size_t{2});
        QVERIFY(back[0] == results[1]); // by time
        QVERIFY(back[1] == results[0]);
    }

    void theSameRunIsKeptOnce()
    {
        const Place place;
        auto history = place.open();
        QCOMPARE(*history.add(std::vector{sample::result(0, 4300), sample::result(0, 4300)}), std::size_t{1});
        QCOMPARE(*history.add(std::vector{sample::result(0, 4300)}), std::size_t{0});
        QCOMPARE(history.results()->size(), std::size_t{1});
    }

    void resultsAreFoundByHostCardAndTime()
    {
        const Place place;
        auto history = place.open();
        for (int i = 0; i < 4; ++i)
            QVERIFY(history.add(std::vector{sample::result(i % 2, 4300, sample::now + i, i < 2 ? "a" : "b")}));
        QCOMPARE(history.results({.host = "a", .card = {}, .since = {}, .newest = {}})->size(), std::size_t{2});
        QCOMPARE(history.results({.host = {}, .card = "GPU-b-0001", .since = {}, .newest = {}})->size(),
                 std::size_t{1});
        QCOMPARE(history.results({.host = {}, .card = {}, .since = sample::now + 2, .newest = {}})->size(),
                 std::size_t{2});
        const auto newest = *history.results({.host = {}, .card = {}, .since = {}, .newest = 1});
        QCOMPARE(newest.at(0).time, sample::now + 3);
    }

    void namesFromReportsCannotBecomeSql()
    {
        const Place place;
        auto history = place.open();
        const std::string evil = "x'); DROP TABLE probe_results; --";
        auto result = sample::result(0, 4300, sample::now, evil);
        result.device.uuid.clear();
        QVERIFY(history.add(std::vector{result}));
        QCOMPARE(history.results({.host = evil, .card = {}, .since = {}, .newest = {}})->size(), std::size_t{1});
    }

    void anExportBringsEverythingBackElsewhere()
    {
        const Place here, there;
        auto from = here.open();
        QVERIFY(from.add(std::vector{sample::result(0, 4300)}));
        QVERIFY(from.add(std::vector{benchmark()}));
        QVERIFY(from.addVoid({"gpu-01", "", sample::now, "reset"}));
        auto to = there.open();
        const auto first = to.importLines(exported(from).toStdString());
        QVERIFY(first);
        QCOMPARE(first->added, std::size_t{3});
        QCOMPARE(exported(to), exported(from));
        const auto again = to.importLines(exported(from).toStdString());
        QCOMPARE(again->added, std::size_t{0});
        QCOMPARE(again->known, std::size_t{3});
        QVERIFY(to.benchmarks()->at(0) == benchmark());
        QVERIFY(to.voids()->at(0) == (ProbeVoid{"gpu-01", "", sample::now, "reset"}));
        const auto all = to.contents();
        QVERIFY(all && all->results == *to.results() && all->benchmarks == *to.benchmarks()
                && all->voids == *to.voids());
        QVERIFY(!all->results.empty() && !all->benchmarks.empty());
    }

    void aBrokenLineIsNamedAndTheOthersAreTaken()
    {
        const Place place;
        auto history = place.open();
        const auto text = "junk\n\n" + writeProbeResult(sample::result(0, 4300)) + "\r\n"
            + R"({"berth":"probe-result/9"})" + "\n" + R"({"berth":"probe-void/1","host":7})" + "\n"
            + writeProbeResult(sample::result(1, 4300)).substr(0, 100);
        const auto summary = history.importLines(text);
        QVERIFY(summary);
        QCOMPARE(summary->added, std::size_t{1});
        QCOMPARE(summary->refusedCount, std::size_t{4});
        QCOMPARE(summary->refused.at(0).place, std::string("line 1"));
        QCOMPARE(summary->refused.at(1).place, std::string("line 4"));
        QVERIFY(summary->refused.at(1).remedy.find("as new as") != std::string::npos);
        QCOMPARE(summary->refused.at(3).place, std::string("line 6"));
    }

    void anOlderFileIsBroughtUpAndKeepsWhatItHolds()
    {
        const Place place;
        { // as version 1 made it
            QVERIFY(place.open().add(std::vector{sample::result(0, 4300)}));
            place.sql("DROP TABLE serving_benchmarks; DROP TABLE probe_voids; PRAGMA user_version = 1");
        }
        auto history = place.open();
        QCOMPARE(history.results()->size(), std::size_t{1});
        QVERIFY(history.add(std::vector{benchmark()}));
    }

    void aStepThatFailsLeavesTheOldFile()
    {
        const Place place;
        QVERIFY(place.open().add(std::vector{sample::result(0, 4300)}));
        // A table of that name is in the way of the second step.
        place.sql("DROP TABLE probe_voids; PRAGMA user_version = 1");
        const auto before = place.bytes();
        QVERIFY(!place.refusal().message.empty());
        QCOMPARE(place.bytes(), before);
    }

    void aFileOfANewerBerthIsLeftAlone()
    {
        const Place place;
        QVERIFY(place.open().add(std::vector{sample::result(0, 4300)}));
        place.sql("PRAGMA user_version = 99");
        const auto before = place.bytes();
        const auto error = place.refusal();
        QCOMPARE(error.kind, ErrorKind::Unsupported);
        QVERIFY(error.message.find("version 99") != std::string::npos);
        QVERIFY(error.remedy.find("update this Berth") != std::string::npos);
        QCOMPARE(error.place, place.file.string());
        QCOMPARE(place.bytes(), before);
    }

    void aDamagedFileIsNamedAndLeftAlone_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("text") << QByteArray(
            "this is a letter to my aunt, and long enough to be read as a header of a file");
        QTest::newRow("half a header") << QByteArray("SQLite format 3\0\x10\x00\x01\x01", 20);
    }
    void aDamagedFileIsNamedAndLeftAlone()
    {
        QFETCH(QByteArray, content);
        const Place place;
        place.write(content);
        const auto error = place.refusal();
        QCOMPARE(error.kind, ErrorKind::Parse);
        QVERIFY2(error.remedy.find("move it aside") != std::string::npos, describe(error).c_str());
        QCOMPARE(place.bytes(), content);
    }

    void damageInTheMiddleIsFoundWhenItIsRead()
    {
        const Place place;
        std::vector<ProbeResult> many;
        for (int i = 0; i < 200; ++i)
            many.push_back(sample::result(i, 4300));
        QVERIFY(place.open().add(many));
        auto bytes = place.bytes();
        for (qsizetype i = 4096 * 3; i < 4096 * 12; ++i)
            bytes[i] = static_cast<char>(i * 7);
        place.write(bytes);
        const auto history = History::open(place.file, 50ms);
        const auto error = history ? history->results().error() : history.error();
        QCOMPARE(error.kind, ErrorKind::Parse);
        QVERIFY2(error.remedy.find(".recover") != std::string::npos, describe(error).c_str());
        QCOMPARE(place.bytes(), bytes);
    }

    void aDatabaseOfAnotherProgramIsLeftAlone()
    {
        const Place place;
        place.sql("CREATE TABLE bookmarks (url TEXT)");
        const auto before = place.bytes();
        QCOMPARE(place.refusal().kind, ErrorKind::Parse);
        QCOMPARE(place.bytes(), before);
    }

    void aLockedFileIsAConflictAndWorksAfterwards()
    {
        const Place place;
        auto history = place.open();
        sqlite3 *other = nullptr;
        QCOMPARE(sqlite3_open(place.file.c_str(), &other), SQLITE_OK);
        QCOMPARE(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
        const auto refused = history.add(std::vector{sample::result(0, 4300)});
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Conflict);
        QVERIFY(!refused.error().remedy.empty());
        QCOMPARE(place.refusal().kind, ErrorKind::Conflict);
        sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr);
        sqlite3_close(other);
        QCOMPARE(*history.add(std::vector{sample::result(0, 4300)}), std::size_t{1});
    }

    void aFullDiskLosesNothingAndWorksAfterwards()
    {
        const Place place;
        QVERIFY(place.open().add(std::vector{sample::result(0, 4300)}));
        const auto size = place.bytes().size();
        std::vector<ProbeResult> many;
        for (int i = 1; i < 500; ++i)
            many.push_back(sample::result(i, 4300));
        {
            const FullDisk disk(size + 8192);
            auto history = place.open();
            const auto refused = history.add(many);
            QVERIFY(!refused);
            QCOMPARE(refused.error().kind, ErrorKind::Io);
            QVERIFY2(describe(refused.error()).find("the disk is full") != std::string::npos,
                     describe(refused.error()).c_str());
            QCOMPARE(history.results()->size(), std::size_t{1}); // all or none
        }
        auto history = place.open();
        QCOMPARE(history.results()->size(), std::size_t{1});
        QCOMPARE(*history.add(many), many.size());
    }

    void aDiskTooFullForAnEmptyHistorySaysSo()
    {
        const Place place;
        const FullDisk disk(0);
        const auto error = place.refusal();
        QCOMPARE(error.kind, ErrorKind::Io);
        QVERIFY2(describe(error).find("full") != std::string::npos, describe(error).c_str());
    }

    void aPlaceThatMayNotBeWrittenSaysSo()
    {
        Place place;
        place.file = "/proc/berth/history.sqlite";
        const auto error = place.refusal();
        QCOMPARE(error.kind, ErrorKind::Io);
        QVERIFY(!error.remedy.empty());
    }
};

QTEST_GUILESS_MAIN(HistoryTest)
#include "history_test.moc"
