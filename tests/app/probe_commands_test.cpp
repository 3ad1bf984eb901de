// SPDX-License-Identifier: GPL-3.0-or-later
// `berthctl probe` and `bench` as a script meets them: exit codes, and that nothing measured is lost.
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QtTest>

#include <sqlite3.h>

#include <memory>

namespace {

struct Ran {
    int exitCode = -1;
    QString output, errors;
    QJsonObject json() const { return QJsonDocument::fromJson(output.toUtf8()).object(); }
};

/// A home of its own, and a berth-probe that is a shell script.
struct Home {
    QTemporaryDir folder;

    explicit Home(double copy = 4300, const QString &more = {})
    {
        write("berth-probe", QStringLiteral("#!/bin/sh\ncat \"%1\"\n%2\n").arg(folder.filePath("lines"), more));
        QFile::setPermissions(folder.filePath("berth-probe"), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        setCopy(copy, true);
    }
    void write(const QString &name, const QString &text) const
    {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly))
            qFatal("no temporary file");
        file.write(text.toUtf8());
    }
    /// What the program prints: one H200 that copies so many GB/s.
    void setCopy(double copy, bool valid) const
    {
        const QStringList lines{
            R"({"v":1,"t":0,"ev":"hello","version":"1","kernels":"pk-2","host":"h1","profile":"quick"})",
            R"({"v":1,"t":0,"ev":"device","device":"cuda:0","backend":"cuda","name":"NVIDIA H200","type":"gpu","vendor":"NVIDIA","uuid":"GPU-1a"})",
            R"({"v":1,"t":0,"ev":"plan","devices":["cuda:0"]})",
            QStringLiteral(
                R"({"v":1,"t":1,"ev":"metric","device":"cuda:0","probe":"membw","metric":"copy","value":%1,"unit":"GB/s","counts":"read+write","valid":%2})")
                .arg(copy)
                .arg(valid ? "true" : "false"),
            R"({"v":1,"t":1,"ev":"done","device":"cuda:0","metrics":1,"wrong":0,"data_ok":true})",
            R"({"v":1,"t":1,"ev":"bye","seconds":1,"exit":0})"};
        write("lines", lines.join('\n') + "\n");
    }
    QString history() const { return folder.filePath("data/berth/history.sqlite"); }
    Ran run(QStringList arguments) const
    {
        if (arguments.value(1) == "run")
            arguments << "--program" << folder.filePath("berth-probe");
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("XDG_DATA_HOME", folder.filePath("data"));
        environment.insert("XDG_STATE_HOME", folder.filePath("state"));
        QProcess process;
        process.setProcessEnvironment(environment);
        process.start(BERTHCTL, arguments);
        if (!process.waitForFinished(60'000))
            qFatal("berthctl does not end");
        return {process.exitCode(), QString::fromUtf8(process.readAllStandardOutput()),
                QString::fromUtf8(process.readAllStandardError())};
    }
};

const QStringList runJson{"probe", "run", "-o", "json"};

} // namespace

class ProbeCommandsTest : public QObject {
    Q_OBJECT

private slots:
    void aRunIsJudgedKeptAndExported()
    {
        const Home home;
        const auto ran = home.run(runJson);
        QVERIFY2(ran.exitCode == 0, qPrintable(ran.errors));
        const auto card = ran.json()["cards"].toArray().at(0).toObject();
        QCOMPARE(card["verdict"].toString(), QString("pass"));
        QCOMPARE(card["sku"].toString(), QString("nvidia-h200-sxm"));
        const auto figure = card["figures"].toArray().at(0).toObject();
        QCOMPARE(figure["sheet"].toDouble(), 4800.0);
        QCOMPARE(figure["expected"].toDouble(), 4320.0);
        QCOMPARE(home.run({"probe", "verdict"}).exitCode, 0);
        const auto exported = home.run({"probe", "export"});
        const Home other;
        other.write("e.jsonl", exported.output);
        QCOMPARE(other.run({"probe", "import", other.folder.filePath("e.jsonl")}).exitCode, 0);
        QVERIFY(other.run({"probe", "show", "GPU-1a"}).output.contains("measured 4300 GB/s"));
    }

    void slowIsMeasuredAgainAndFailsOnlyThen()
    {
        const Home home(3000);
        QCOMPARE(home.run({"probe", "run", "-o", "json", "--no-second-look"}).exitCode, 0); // a warning
        const Home twice(3000);
        const auto ran = twice.run(runJson);
        QCOMPARE(ran.exitCode, 1);
        const auto figure = ran.json()["cards"].toArray().at(0).toObject()["figures"].toArray().at(0).toObject();
        QCOMPARE(figure["strikes"].toInt(), 2);
    }

    void wrongDataIsExitCode1UntilDeclaredVoid()
    {
        const Home home;
        home.setCopy(4300, false);
        const auto failed = home.run(runJson);
        QCOMPARE(failed.exitCode, 1);
        QCOMPARE(failed.json()["cards"].toArray().at(0).toObject()["proposed"].toString(),
                 QString("kubectl cordon h1"));
        QVERIFY(
            home.run({"probe", "show", "GPU-1a"}).output.contains("proposed, where h1 is a node: kubectl cordon h1"));
        QCOMPARE(home.run({"probe", "verdict"}).exitCode, 1);
        QTest::qWait(1100); // the history counts seconds
        QCOMPARE(home.run({"probe", "void", "--host", "h1", "--reason", "reset"}).exitCode, 0);
        QVERIFY(home.run({"probe", "verdict"}).errors.contains("nothing was measured yet"));
    }

    void aProgramThatSaysNothingIsNeverAPass()
    {
        const Home home;
        home.write("lines", "");
        QCOMPARE(home.run(runJson).exitCode, 4);
        const Home refused(4300, "echo 'expect.json: not JSON' >&2; exit 4");
        QCOMPARE(refused.run({"probe", "run", "--expect", "x"}).exitCode, 2);
        QVERIFY(refused.run({"probe", "run", "--expect", "x"}).errors.contains("not JSON"));
    }

    void aHistoryThatCannotBeUsedLosesNothing_data()
    {
        QTest::addColumn<QString>("how");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("message");
        QTest::newRow("newer") << "PRAGMA user_version = 99" << 1 << "written by a newer Berth";
        QTest::newRow("damaged") << "" << 4 << "is damaged or no history";
        QTest::newRow("locked") << "BEGIN IMMEDIATE" << 1 << "another program keeps the history locked";
        QTest::newRow("another program's") << "PRAGMA application_id = 7" << 4 << "database of another program";
    }
    void aHistoryThatCannotBeUsedLosesNothing()
    {
        QFETCH(QString, how);
        QFETCH(int, exitCode);
        QFETCH(QString, message);
        const Home home;
        QCOMPARE(home.run(runJson).exitCode, 0);
        sqlite3 *raw = nullptr;
        QCOMPARE(sqlite3_open(qPrintable(home.history()), &raw), SQLITE_OK);
        const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> held(raw, sqlite3_close); // and what it locks
        sqlite3_exec(raw, qPrintable(how), nullptr, nullptr, nullptr);
        if (how.isEmpty())
            home.write("data/berth/history.sqlite",
                       "this is no database, and it is long enough to be taken for one: "
                       "a header has a hundred bytes, so here are some more of them");
        QFile before(home.history());
        QVERIFY(before.open(QIODevice::ReadOnly));
        const auto bytes = before.readAll();
        const auto ran = home.run({"probe", "run"});
        QCOMPARE(ran.exitCode, exitCode);
        QVERIFY2(ran.errors.contains(message), qPrintable(ran.errors));
        QVERIFY(ran.output.contains("measured 4300 GB/s")); // the verdict is shown all the same
        QFile after(home.history());
        QVERIFY(after.open(QIODevice::ReadOnly));
        QCOMPARE(after.readAll(), bytes);
        const auto kept = QDir(home.folder.filePath("state/berth")).entryList({"unsaved-probe-*.jsonl"});
        QCOMPARE(kept.size(), 1);
        QCOMPARE(home.run({"probe", "import", home.folder.filePath("state/berth/" + kept[0]), "--history",
                           home.folder.filePath("new.sqlite")})
                     .exitCode,
                 0);
    }

    void whatTheDemoClusterMeasuredIsNotKept()
    {
        const Home home;
        const auto ran = home.run({"probe", "collect", "--demo", "-o", "json"});
        QVERIFY2(ran.exitCode == 0, qPrintable(ran.errors));
        QVERIFY(ran.errors.contains("not measured: nothing is kept"));
        QCOMPARE(ran.json()["results"].toInt(), 42); // 4 cards of 9 runs, 2 of 3
        QCOMPARE(ran.json()["newResults"].toInt(), 0);
        QVERIFY(!QFile::exists(home.history()));
    }

    void aBenchmarkIsTakenForAKnownSkuOnly()
    {
        const Home home;
        home.write(
            "r.json",
            R"({"date": "20261120-101530", "model_id": "m/a", "completed": 10, "output_throughput": 640.0, "mean_ttft_ms": 80.0})");
        const auto file = home.folder.filePath("r.json");
        QCOMPARE(home.run({"bench", "import", file, "--sku", "nvidia-h200-sxm", "--gpus", "2"}).exitCode, 0);
        const auto listed = home.run({"bench", "list", "-o", "json"}).json()["figures"].toArray().at(0).toObject();
        QCOMPARE(listed["tokensPerSecondPerGpu"].toDouble(), 320.0);
        QVERIFY(listed["pricePerMillionTokens"].isNull()); // nobody published a price of an H200
        QCOMPARE(home.run({"bench", "import", file, "--sku", "nvidia-h100-sxm-80", "--gpus", "2"}).exitCode, 0);
        const auto priced = home.run({"bench", "list", "-o", "json"}).json()["figures"].toArray().at(0).toObject();
        QCOMPARE(priced["sku"].toString(), QString("nvidia-h100-sxm-80"));
        QVERIFY(std::abs(priced["pricePerMillionTokens"].toDouble() - 2 * 7.516 / 640 / 3600 * 1e6) < 1e-9);
        QVERIFY(home.run({"bench", "show", "a"}).output.contains("640"));
        QVERIFY(home.run({"bench", "show", "b"}).errors.contains("no serving benchmark of this model"));
        const auto unknown = home.run({"bench", "import", file, "--sku", "h999"});
        QCOMPARE(unknown.exitCode, 4);
        QVERIFY(unknown.errors.contains("knows no SKU"));
    }

    void anEstimateStandsOnTheBenchmarkWhereThereIsOne()
    {
        const Home home;
        home.write(
            "r.json",
            R"({"date": "20261120-101530", "model_id": "meta-llama/Llama-3.1-8B-Instruct", "max_concurrency": 16, "completed": 10, "total_input_tokens": 10240, "total_output_tokens": 1280, "output_throughput": 640.0, "mean_ttft_ms": 80.0})");
        QCOMPARE(home.run({"bench", "import", home.folder.filePath("r.json"), "--sku", "nvidia-h200-sxm", "--weights",
                           "bf16", "--engine-version", "vLLM 0.11.0"})
                     .exitCode,
                 0);
        const auto ran = home.run({"estimate", "meta-llama/Llama-3.1-8B", "--weights", "bf16", "--concurrency", "16",
                                   "--context-length", "1152", "--prompt", "1024", "-o", "json"});
        QVERIFY2(ran.exitCode == 0, qPrintable(ran.errors));
        QMap<QString, QJsonObject> speeds;
        for (const auto &one : ran.json()["estimates"].toArray())
            speeds[one.toObject()["sku"].toString()] = one.toObject()["speed"].toObject();
        const auto measured = speeds["nvidia-h200-sxm"];
        QCOMPARE(measured["basis"].toString(), QString("vllm bench serve, r.json, vLLM 0.11.0, 2026-11-20"));
        QCOMPARE(measured["outputTokensPerSecond"].toObject()["likely"].toDouble(), 640.0);
        QCOMPARE(speeds["nvidia-h100-sxm-80"]["basis"].toString(), QString("data sheet"));
    }

    void aPodsLogTeachesAndADemoLogIsNotKept()
    {
        const Home home;
        const QStringList learn{
            "calibrate",          "--demo", "--model", "Qwen/Qwen3-32B", "--sku",
            "nvidia-h100-sxm-80", "-o",     "json",    "--pod",          "serving/coder-32b-5b8d4-1"};
        const auto ran = home.run(learn);
        QVERIFY2(ran.exitCode == 0, qPrintable(ran.errors));
        QVERIFY(ran.errors.contains("not measured: nothing is kept"));
        const auto learnt = ran.json()["calibrations"].toArray().at(0).toObject();
        QCOMPARE(learnt["log"].toString(), QString("pod serving/coder-32b-5b8d4-1"));
        QCOMPARE(learnt["engineVersion"].toString(), QString("0.11.0"));
        QVERIFY(home.run({"calibrate", "--list"}).output.contains("Nothing has been learnt"));
        QVERIFY(home.run(learn + QStringList{"-c", "sidecar"}).errors.contains("sidecar is not valid"));
    }
    void aPodWithoutAUsableLogIsNamed_data()
    {
        QTest::addColumn<QString>("pod");
        QTest::addColumn<QString>("message");
        QTest::newRow("no namespace") << "coder" << "is not NAMESPACE/NAME";
        QTest::newRow("no such pod") << "serving/nobody" << "not found";
        QTest::newRow("printed nothing") << "default/web-1" << "has printed nothing";
    }
    void aPodWithoutAUsableLogIsNamed()
    {
        QFETCH(QString, pod);
        QFETCH(QString, message);
        const Home home;
        const auto ran =
            home.run({"calibrate", "--demo", "--model", "Qwen/Qwen3-32B", "--sku", "nvidia-h100-sxm-80", "--pod", pod});
        QVERIFY(ran.exitCode != 0);
        QVERIFY2(ran.errors.contains(message), qPrintable(ran.errors));
    }

    void jobsAreWrittenForTheDemoClusterAndRefusedWithoutAnImage()
    {
        const Home home;
        const auto out = home.folder.filePath("jobs");
        QVERIFY(home.run({"probe", "job", "--demo", "--out", out}).errors.contains("installer/probe-image"));
        const auto written = home.run({"probe", "job", "--demo", "--image", "reg/probe:1", "--devices", "one", "--out",
                                       out, "--schedule", "0 3 * * 0"});
        QVERIFY2(written.exitCode == 0, qPrintable(written.errors));
        QVERIFY(written.output.count(".yaml") > 1);
        QVERIFY(QDir(out).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size() >= 2); // a folder a vendor
    }
};

QTEST_GUILESS_MAIN(ProbeCommandsTest)
#include "probe_commands_test.moc"
