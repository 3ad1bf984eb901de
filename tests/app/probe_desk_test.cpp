// SPDX-License-Identifier: GPL-3.0-or-later
// The window's way to measure: the same second look and the same care for results as `berthctl probe run`.
#include "app/probe_desk.h"

#include <QDir>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

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
    void whatTheHistoryCannotTakeIsNotLost()
    {
        const Bench bench(4300);
        bench.write(u"history.sqlite"_s,
                    u"this is no database, and it is long enough to be taken for one: "
                    "a header has a hundred bytes, so here are some more of them"_s);
        const auto words = bench.run(bench.at("history.sqlite")).second;
        const auto files = QDir(bench.folder.filePath(u"state"_s)).entryList({u"unsaved-probe-*.jsonl"_s});
        QCOMPARE(files.size(), 1);
        QVERIFY2(words.contains(files[0]), qPrintable(words));
        QFile saved(bench.folder.filePath(u"state/"_s + files[0]));
        QVERIFY(saved.open(QIODevice::ReadOnly));
        QVERIFY(core::readProbeResult(saved.readLine().toStdString(), "line").has_value());
    }
};

QTEST_GUILESS_MAIN(ProbeDeskTest)
#include "probe_desk_test.moc"
