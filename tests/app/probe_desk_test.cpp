// SPDX-License-Identifier: GPL-3.0-or-later
// The window's way to measure: the same second look and the same care for results as `berthctl probe run`.
#include "app/probe_desk.h"

#include "app/benchmark_rows.h"
#include "tests/core/history/full_disk.h"
#include "tests/core/probe_report/sample_results.h"

#include <QDir>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include <sqlite3.h>

#include <optional>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

/// A berth-probe that is a shell script: one H200 that copies so many GB/s. It notes how it was called.
struct Bench {
    QTemporaryDir folder;
    std::shared_ptr<core::Catalog> catalog;

    explicit Bench(double copy) : catalog(std::make_shared<core::Catalog>(load()))
    {
        write(u"lines"_s,
              QStringLiteral(R"({"v":1,"t":0,"ev":"hello","version":"1","kernels":"pk-2","host":"h1","profile":"quick"}
{"v":1,"t":0,"ev":"device","device":"cuda:0","backend":"cuda","name":"NVIDIA H200","type":"gpu","vendor":"NVIDIA","uuid":"GPU-1a"}
{"v":1,"t":0,"ev":"plan","devices":["cuda:0"]}
{"v":1,"t":1,"ev":"metric","device":"cuda:0","probe":"membw","metric":"copy","value":%1,"unit":"GB/s","counts":"read+write","valid":true}
{"v":1,"t":1,"ev":"done","device":"cuda:0","metrics":1,"wrong":0,"data_ok":true}
{"v":1,"t":1,"ev":"bye","seconds":1,"exit":0}
)")
                  .arg(copy));
        write(u"berth-probe"_s,
              QStringLiteral("#!/bin/sh\necho \"$@\" >> '%1/calls'\ncat '%1/lines'\n").arg(folder.path()));
        QFile::setPermissions(folder.filePath(u"berth-probe"_s),
                              QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    static core::Catalog load()
    {
        auto catalog = core::loadCatalog(CATALOG_FOLDER);
        return catalog ? *std::move(catalog) : core::Catalog{};
    }
    void write(const QString &name, const QString &text) const
    {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly))
            qFatal("no temporary file");
        file.write(text.toUtf8());
    }
    std::filesystem::path at(const char *name) const
    {
        return folder.filePath(QString::fromLatin1(name)).toStdString();
    }
    /// A history, and no program.
    app::ProbeDesk::Places places() const
    {
        return {
            .catalogFolder = CATALOG_FOLDER, .history = at("history.sqlite"), .program = {}, .unsaved = at("state")};
    }
    /// How often the program was called, and what the window was told of the end.
    std::pair<int, QString> run(const std::filesystem::path &history) const
    {
        app::ProbeDesk desk({.catalogFolder = CATALOG_FOLDER,
                             .history = history,
                             .program = at("berth-probe").string(),
                             .unsaved = at("state"),
                             .secondLook = {.pause = 1ms}},
                            catalog);
        QSignalSpy ended(&desk, &app::ProbeDesk::ended);
        desk.run("quick", {});
        if (!ended.wait(30'000))
            qFatal("the run does not end");
        QFile calls(folder.filePath(u"calls"_s));
        const auto count = calls.open(QIODevice::ReadOnly) ? calls.readAll().count('\n') : 0;
        return {static_cast<int>(count), ended[0][0].toString()};
    }
};

/// A history that cannot be used, as long as this lives.
class Broken {
public:
    Broken(const Bench &bench, const QString &how)
    {
        if (how == u"damaged"_s) {
            bench.write(u"history.sqlite"_s,
                        u"this is no database, and it is long enough to be taken for one: "
                        "a header has a hundred bytes, so here are some more of them"_s);
            return;
        }
        if (how == u"full"_s) {
            m_disk.emplace(0);
            return;
        }
        sqlite3 *raw = nullptr;
        if (sqlite3_open(bench.at("history.sqlite").c_str(), &raw) != SQLITE_OK
            || sqlite3_exec(raw, qPrintable(how), nullptr, nullptr, nullptr) != SQLITE_OK)
            qFatal("%s", sqlite3_errmsg(raw));
        m_other.reset(raw);
    }

private:
    struct Close {
        void operator()(sqlite3 *handle) const { sqlite3_close(handle); }
    };
    std::unique_ptr<sqlite3, Close> m_other;
    std::optional<FullDisk> m_disk;
};

} // namespace

class ProbeDeskTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsFastIsMeasuredOnce()
    {
        const Bench bench(4300);
        const auto [calls, words] = bench.run(bench.at("history.sqlite"));
        QCOMPARE(calls, 1);
        QCOMPARE(words, QString());
    }
    void whatIsSlowIsLookedAtTwiceAndBothFiguresAreKept()
    {
        const Bench bench(3000);
        QCOMPARE(bench.run(bench.at("history.sqlite")).first, 2);
        const auto history = core::History::open(bench.at("history.sqlite"));
        QVERIFY(history.has_value());
        const auto kept = history->results();
        QVERIFY(kept.has_value());
        QCOMPARE(kept->size(), 1U);
        QCOMPARE(kept->front().metrics.size(), 2U);
    }
    void aRunThatMeasuredNothingSaysWhy()
    {
        const Bench bench(4300);
        bench.write(u"lines"_s,
                    uR"({"v":1,"t":0,"ev":"hello","version":"1","kernels":"pk-2","host":"h1","profile":"quick"}
{"v":1,"t":0,"ev":"inconclusive","probe":"device","why":"no GPU, only a CPU device"}
{"v":1,"t":0,"ev":"bye","seconds":0,"exit":3}
)"_s);
        const auto words = bench.run(bench.at("history.sqlite")).second;
        QVERIFY2(words.contains(u"nothing was measured: no GPU, only a CPU device"_s), qPrintable(words));
    }
    void whatTheHistoryCannotTakeIsNotLost_data()
    {
        QTest::addColumn<QString>("how"); // SQL that is run on it, or a word
        QTest::addColumn<QString>("said");
        QTest::newRow("damaged") << u"damaged"_s << u"is damaged or no history of Berth"_s;
        QTest::newRow("of a newer Berth") << u"PRAGMA user_version = 99"_s << u"was written by a newer Berth"_s;
        QTest::newRow("locked") << u"BEGIN IMMEDIATE"_s << u"another program keeps the history locked"_s;
        QTest::newRow("on a full disk") << u"full"_s << u"the disk is full"_s;
    }
    void whatTheHistoryCannotTakeIsNotLost()
    {
        QFETCH(QString, how);
        QFETCH(QString, said);
        const Bench bench(4300);
        if (how != u"full"_s) // the same results a second time would need no room
            QCOMPARE(bench.run(bench.at("history.sqlite")).second, QString());
        const Broken broken(bench, how);
        const auto words = bench.run(bench.at("history.sqlite")).second;
        QVERIFY2(words.contains(said) && words.contains(bench.folder.filePath(u"history.sqlite"_s)), qPrintable(words));
        const auto files = QDir(bench.folder.filePath(u"state"_s)).entryList({u"unsaved-probe-*.jsonl"_s});
        QCOMPARE(files.size(), 1);
        QVERIFY2(words.contains(files[0]), qPrintable(words));
        QFile saved(bench.folder.filePath(u"state/"_s + files[0]));
        QVERIFY(saved.open(QIODevice::ReadOnly));
        QVERIFY(core::readProbeResult(saved.readLine().toStdString(), "line").has_value());
    }
    void whatCanBeKeptNowhereIsPrintedAndSaid()
    {
        const Bench bench(4300);
        const Broken broken(bench, u"damaged"_s);
        bench.write(u"state"_s, u"a file where the folder should be"_s);
        const auto words = bench.run(bench.at("history.sqlite")).second;
        QVERIFY2(words.contains(u"were printed, and are kept nowhere"_s), qPrintable(words));
    }
    void importedBenchmarksAreJudgedWithThePriceOfTheirGpus()
    {
        const Bench bench(4300);
        core::ServingBenchmark one;
        one.model = "m/a";
        one.sku = "nvidia-h100-sxm-80";
        one.devices = 2;
        one.tool = "aiperf";
        one.source = "a.json";
        one.date = 1'795'600'000;
        one.outputTokensPerSecond = 640;
        auto history = core::History::open(bench.at("history.sqlite"));
        QVERIFY(history && history->add(std::vector{one}));
        const auto measured = app::readMeasured(*bench.catalog, CATALOG_FOLDER, bench.at("history.sqlite"));
        QVERIFY(measured && measured->serving.size() == 1);
        core::Prices prices;
        QVERIFY(!app::benchmarkRows(measured->serving, *bench.catalog, prices)[0].pricePerMillion);
        prices.bySku["nvidia-h100-sxm-80"] = {3.6, "a list", "2026-10", false};
        const auto row = app::benchmarkRows(measured->serving, *bench.catalog, prices)[0];
        QCOMPARE(row.pricePerMillion.value_or(0), 2 * 3.6 / (640 * 3600) * 1e6);
        QCOMPARE(row.skuName, bench.catalog->findSku(one.sku)->displayName);
    }
    void whatIsOnlyShownIsJudgedAndNotKept()
    {
        const Bench bench(4300);
        app::ProbeDesk desk(bench.places(), bench.catalog);
        app::CollectedMeasurements collected;
        collected.results = {sample::result(0, 4300)};
        QSignalSpy judged(&desk, &app::ProbeDesk::judged);
        desk.show(collected);
        QVERIFY(judged.wait(30'000));
        QCOMPARE(judged[0][0].value<app::Measured>().newest.size(), std::size_t{1});
        QVERIFY(!std::filesystem::exists(bench.at("history.sqlite")));
    }
    void whatIsOnlyShownIsPartOfItsCardsHistory()
    {
        const Bench bench(4300);
        app::ProbeDesk desk(bench.places(), bench.catalog);
        app::CollectedMeasurements collected;
        auto later = sample::result(0, 4200);
        later.time += 3600;
        collected.results = {later, sample::result(0, 4300), sample::result(1, 4310)};
        desk.show(collected);
        QSignalSpy read(&desk, &app::ProbeDesk::historyRead);
        desk.readHistory(core::cardOf(later));
        QVERIFY(read.wait(30'000));
        const auto runs = read[0][0].value<std::vector<core::ProbeResult>>();
        QCOMPARE(runs.size(), std::size_t{2});
        QCOMPARE(runs.back(), later); // oldest first
    }
    void whatWasOnlyShownCountsNoLongerOnceForgotten()
    {
        const Bench bench(4300);
        app::ProbeDesk desk(bench.places(), bench.catalog);
        const auto made = sample::result(0, 4300);
        app::CollectedMeasurements collected;
        collected.results = {made};
        QSignalSpy judged(&desk, &app::ProbeDesk::judged);
        desk.show(collected);
        QVERIFY(judged.wait(30'000));
        desk.forgetShown();
        QVERIFY(judged.wait(30'000));
        QVERIFY(judged.back()[0].value<app::Measured>().newest.empty());
        QSignalSpy read(&desk, &app::ProbeDesk::historyRead);
        desk.readHistory(core::cardOf(made));
        QVERIFY(read.wait(30'000));
        QVERIFY(read[0][0].value<std::vector<core::ProbeResult>>().empty());
    }
    void aBenchmarkIsTakenInOnceItIsKnownWhereItRan()
    {
        const Bench bench(4300);
        bench.write(u"run.json"_s,
                    u"{\"date\": \"20261120-101530\", \"model_id\": \"m/a\", \"completed\": 10, "
                    "\"output_throughput\": 640.0, \"mean_ttft_ms\": 80.0}"_s);
        app::ProbeDesk desk(bench.places(), bench.catalog);
        QSignalSpy found(&desk, &app::ProbeDesk::benchmarkFound);
        QSignalSpy noted(&desk, &app::ProbeDesk::noted);
        QSignalSpy judged(&desk, &app::ProbeDesk::judged);
        desk.importFile(bench.at("run.json"));
        QVERIFY(found.wait(30'000));
        QCOMPARE(found[0][0].toString(), QString::fromStdString(bench.at("run.json").string()));
        QCOMPARE(found[0][1].toString(), u"m/a"_s);
        QCOMPARE(noted.size(), 0);
        core::BenchmarkContext where;
        where.model = "m/a";
        where.sku = "nvidia-h100-sxm-80";
        where.devices = 2;
        desk.importBenchmark(bench.at("run.json"), where);
        QVERIFY(judged.wait(30'000));
        QCOMPARE(noted[0][0].toString(), u"1 load point of m/a taken in, 1 new"_s);
        const auto serving = judged[0][0].value<app::Measured>().serving;
        QCOMPARE(serving.size(), std::size_t{1});
        QCOMPARE(serving[0].devices, 2);
        QVERIFY(QString::fromStdString(serving[0].source).contains(u"run.json"_s));
    }
    void whatCannotBeTakenInSaysWhy_data()
    {
        QTest::addColumn<QString>("content");
        QTest::addColumn<QString>("words");
        QTest::newRow("empty") << u""_s << u"0 results"_s;
        QTest::newRow("no JSON") << u"\x7f'ELF"_s << u"line 1"_s;
        QTest::newRow("other JSON") << u"{\"output_throughput\": \"much\"}"_s << u"line 1"_s;
        QTest::newRow("a benchmark without a completed request")
            << u"{\"model_id\": \"m\", \"completed\": 0, \"output_throughput\": 640.0}"_s << u"line 1"_s;
    }
    void whatCannotBeTakenInSaysWhy()
    {
        QFETCH(QString, content);
        QFETCH(QString, words);
        const Bench bench(4300);
        bench.write(u"bad.json"_s, content);
        app::ProbeDesk desk(bench.places(), bench.catalog);
        QSignalSpy noted(&desk, &app::ProbeDesk::noted);
        const QSignalSpy found(&desk, &app::ProbeDesk::benchmarkFound);
        desk.importFile(bench.at("bad.json"));
        QVERIFY(noted.wait(30'000));
        QVERIFY2(noted[0][0].toString().contains(words), qPrintable(noted[0][0].toString()));
        QCOMPARE(found.size(), 0);
    }
    void aFileThatIsGoneSaysSo()
    {
        const Bench bench(4300);
        app::ProbeDesk desk(bench.places(), bench.catalog);
        QSignalSpy noted(&desk, &app::ProbeDesk::noted);
        desk.importFile(bench.at("gone.json"));
        QVERIFY(noted.wait(30'000));
        QVERIFY2(noted[0][0].toString().contains(u"gone.json"_s), qPrintable(noted[0][0].toString()));
    }
    void aHistoryThatCannotBeReadIsSaid()
    {
        const Bench bench(4300);
        const Broken broken(bench, u"damaged"_s);
        app::ProbeDesk desk(bench.places(), bench.catalog);
        QSignalSpy noted(&desk, &app::ProbeDesk::noted);
        const QSignalSpy judged(&desk, &app::ProbeDesk::judged);
        desk.judge();
        QVERIFY(noted.wait(30'000));
        QVERIFY2(noted[0][0].toString().contains(u"move it aside"_s), qPrintable(noted[0][0].toString()));
        QCOMPARE(judged.size(), 0);
    }
};

QTEST_GUILESS_MAIN(ProbeDeskTest)
#include "probe_desk_test.moc"
