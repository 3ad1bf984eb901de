// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/probe_report/probe_report.h"

#include "core/probe_report/probe_result.h"
#include "tests/core/probe_report/sample_results.h"

#include <QtTest>

using namespace core;

namespace {

const char *const hello =
    R"({"v":1,"t":0.0,"ev":"hello","tool":"berth-probe","version":"0.1.0","kernels":"pk-2","host":"n17","pid":1,"profile":"quick","time":1795654524})";
const char *const device =
    R"({"v":1,"t":0.1,"ev":"device","device":"cuda:0","backend":"cuda","index":0,"name":"NVIDIA H200","type":"gpu","vendor":"NVIDIA","arch":"sm_90","pci":"0000:18:00.0","uuid":"GPU-1a","driver":"13.0","units":132,"mem":150754820096,"mig":false,"power_limit_w":700.0,"link":{"gen":4,"width":8,"max_gen":5,"max_width":16},"busy":{"pids":[4711]}})";
const char *const plan = R"({"v":1,"t":0.1,"ev":"plan","devices":["cuda:0"]})";
const char *const triad =
    R"({"v":1,"t":0.7,"ev":"metric","device":"cuda:0","probe":"membw","metric":"triad","value":4310.2,"unit":"GB/s","counts":"read+write","cv":0.0021,"reps":130,"bytes":3221225472,"valid":true})";
const char *const badWord =
    R"({"v":1,"t":0.9,"ev":"metric","device":"cuda:0","probe":"memtest","metric":"bad_words","value":1,"unit":"words","counts":"words","valid":false,"wrong":1,"findings":[{"pattern":"random","byte":17284,"want":"c5816cfa","got":"c58168fa","bits":1,"unit":"SM 0","second_read":"c58168fa"}]})";
const char *const memtest = R"({"v":1,"t":2,"ev":"start","device":"cuda:0","probe":"memtest"})";
const char *const thirdStep =
    R"({"v":1,"t":2,"ev":"progress","device":"cuda:0","probe":"memtest","done":3,"of":7,"what":"AA"})";
const char *const later = R"({"v":1,"t":1,"ev":"from the future","x":{"y":[]}})";
const char *const eccError =
    R"({"v":1,"t":1,"ev":"error","device":"cuda:0","probe":"load","code":214,"name":"ECC_UNCORRECTABLE","what":"ecc"})";
const char *const done = R"({"v":1,"t":1,"ev":"done","device":"cuda:0","metrics":2,"wrong":1,"data_ok":false})";
const char *const bye = R"({"v":1,"t":1.1,"ev":"bye","seconds":1.1,"exit":1})";

/// A line, and what is said of it. The cut one is no raw string: moc 6.4 counts its quotes.
struct Unusable {
    const char *name, *line, *problem;
};
const Unusable unusable[] = {
    {"cut line", "{\"v\":1,\"t\":0.7,\"ev\":\"met", "line 3: was cut short"},
    {"other version", R"({"v":2,"t":0.7,"ev":"metric"})", "line 3: speaks version 2"},
    {"no version", R"({"t":0.7,"ev":"metric"})", "line 3: has no version"},
    {"version as text", R"({"v":"1","ev":"metric"})", "line 3: has no version"},
    {"not an event", R"({"v":1,"hello":"world"})", "line 3: was cut short or is no line of berth-probe"},
    {"value as text", R"({"v":1,"ev":"metric","device":"cuda:0","probe":"a","metric":"b","value":"4","valid":true})",
     "line 3: value is not a number"},
    {"no value", R"({"v":1,"ev":"metric","device":"cuda:0","probe":"a","metric":"b","valid":true})",
     "line 3: a figure without name"},
    {"negative", R"({"v":1,"ev":"metric","device":"cuda:0","probe":"a","metric":"b","value":-1,"valid":true})",
     "line 3: a figure without name, or without a value of at least 0"},
    {"endless", R"({"v":1,"ev":"metric","device":"cuda:0","probe":"a","metric":"b","value":1e999,"valid":true})",
     "line 3:"},
    {"valid as text", R"({"v":1,"ev":"metric","device":"c","probe":"a","metric":"b","value":4,"valid":"no"})",
     "line 3: valid is neither true nor false"},
    {"findings as text",
     R"({"v":1,"ev":"metric","device":"c","probe":"a","metric":"b","value":4,"valid":false,"findings":"x"})",
     "line 3: findings is not a list"},
    {"nameless device", R"({"v":1,"ev":"device","device":"cuda:1","name":""})", "line 3: a device without id or name"},
    {"half a byte", R"({"v":1,"ev":"device","device":"cuda:1","name":"x","mem":1.5})",
     "line 3: mem is not a whole number"},
    {"absurd size", R"({"v":1,"ev":"device","device":"cuda:1","name":"x","mem":1e300})",
     "line 3: mem is not a whole number"},
};

ProbeReport read(const QStringList &lines)
{
    return readProbeReport(lines.join(u'\n').toStdString());
}

QString problems(const ProbeReport &report)
{
    QStringList out;
    for (const auto &problem : report.problems)
        out << QString::fromStdString(problem);
    return out.join(u'|');
}

} // namespace

class ProbeReportTest : public QObject {
    Q_OBJECT

private slots:
    void aWholeReportIsReadWithEveryFact()
    {
        const auto report = read({hello, device, plan, triad, badWord, done, bye});
        QCOMPARE(problems(report), QString());
        QVERIFY(report.begun);
        QCOMPARE(report.time.value_or(0), std::int64_t{1795654524});
        QCOMPARE(report.exitCode.value_or(-1), 1);
        QCOMPARE(report.devices.size(), std::size_t{1});
        QCOMPARE(report.devices[0].memoryBytes.value_or(0), std::int64_t{150754820096});
        QVERIFY(report.devices[0].link == std::optional(ProbeLink{4, 8, 5, 16}));
        QCOMPARE(report.devices[0].otherPids, std::vector{4711});
        QCOMPARE(report.figures[0].metric.numbers.at("bytes"), 3221225472.0);
        QVERIFY(!report.figures[1].metric.valid);
        QCOMPARE(report.figures[1].metric.findings[0].secondRead, std::string("c58168fa"));
        QCOMPARE(report.finished, std::vector<std::string>{"cuda:0"});
    }

    void progressIsToldAsItHappens()
    {
        ProbeReader reader;
        reader.line(hello);
        QVERIFY(reader.line(plan));
        const auto started = reader.line(memtest);
        QVERIFY(started && started->probe == "memtest" && started->devices == 1);
        const auto step = reader.line(
            R"({"v":1,"t":2,"ev":"progress","device":"cuda:0","probe":"memtest","done":3,"of":7,"what":"AA"})");
        QVERIFY(step && step->done == 3 && step->of == 7 && step->what == "AA");
        QVERIFY(!reader.line(triad));
        const auto finished = reader.line(done);
        QVERIFY(finished && finished->devicesDone == 1);
    }

    void aLineThatIsNoJsonIsLogAndDoesNoHarm()
    {
        const auto report = read({"/bin/sh: warning: setlocale", hello, device, "", "NVRM: Xid 79", triad, bye});
        QCOMPARE(report.log, (std::vector<std::string>{"/bin/sh: warning: setlocale", "NVRM: Xid 79"}));
        QCOMPARE(report.figures.size(), std::size_t{1});
        QCOMPARE(problems(report), QString());
    }

    void whatCannotBeUsedIsNamedByItsLine_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("problem");
        for (const auto &[name, line, problem] : unusable)
            QTest::newRow(name) << line << problem;
    }
    void whatCannotBeUsedIsNamedByItsLine()
    {
        QFETCH(QString, line);
        QFETCH(QString, problem);
        const auto report = read({hello, device, line, triad});
        QVERIFY2(problems(report).startsWith(problem), qPrintable(problems(report)));
        QCOMPARE(report.figures.size(), std::size_t{1}); // the line after it is still read
        QCOMPARE(report.devices.size(), std::size_t{1});
    }

    void unknownEventsAndKeysArePassedOver()
    {
        const auto report = read({hello, later, device});
        QCOMPARE(problems(report), QString());
        QCOMPARE(report.devices.size(), std::size_t{1});
    }

    void aReportWithoutItsEndIsKnownToBeCut()
    {
        const auto report = read({hello, device, plan, triad});
        QVERIFY(!report.exitCode);
        const auto results = resultsOf(report, "local", 1);
        QCOMPARE(results.size(), std::size_t{1});
        QVERIFY(!results[0].finished);
    }

    void onlyDevicesThatWereMeasuredHaveAResult()
    {
        const auto other = QString(device).replace("cuda:0", "cuda:1");
        const auto results = resultsOf(read({hello, device, other, plan, triad, done, bye}), "job a/b", 1, "node-9");
        QCOMPARE(results.size(), std::size_t{1});
        QCOMPARE(results[0].host, std::string("node-9"));
        QCOMPARE(results[0].time, std::int64_t{1795654524});
        QCOMPARE(results[0].source, std::string("job a/b"));
    }

    void aResultReadsBackAsItWasWritten()
    {
        const auto results = resultsOf(read({hello, device, plan, triad, badWord, eccError, done, bye}), "local", 1);
        const auto back = readProbeResult(writeProbeResult(results.at(0)), "here");
        QVERIFY2(back, back ? "" : describe(back.error()).c_str());
        QVERIFY(*back == results[0]);
    }

    void aKeptResultThatIsBrokenIsAnErrorWithItsPlace_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("message");
        QTest::newRow("newer") << "probe-result/1" << "probe-result/2" << "is \"probe-result/2\"";
        QTest::newRow("no time") << "\"time\":1795600000," << "" << "time is missing";
        QTest::newRow("no device") << "\"device\":" << "\"divice\":" << "device is missing";
        QTest::newRow("metrics") << "\"metrics\":[" << "\"metrics\":[7," << "metrics holds something";
        QTest::newRow("cut") << "}" << "" << "is not a JSON object";
    }
    void aKeptResultThatIsBrokenIsAnErrorWithItsPlace()
    {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, message);
        auto text = QString::fromStdString(writeProbeResult(sample::result(0, 4300)));
        QVERIFY(text.contains(from));
        text.replace(text.indexOf(from), from.size(), to);
        const auto back = readProbeResult(text.toStdString(), "line 3");
        QVERIFY(!back);
        QCOMPARE(back.error().place, std::string("line 3"));
        QVERIFY2(back.error().message.find(message.toStdString()) != std::string::npos, back.error().message.c_str());
    }

    void aCardIsNamedByItsUuidElseByItsPlace()
    {
        auto result = sample::result(0, 1);
        QCOMPARE(cardOf(result), std::string("GPU-gpu-01-0001"));
        result.device.uuid = "GPU-0000000000000000"; // what some drivers say of every card
        QCOMPARE(cardOf(result), std::string("gpu-01/0000:01:00.0"));
        result.device.pci.clear();
        QCOMPARE(cardOf(result), std::string("gpu-01/cuda:0"));
    }

    void slicesAndPartitionsHaveABaselineOfTheirOwn()
    {
        const auto catalog = sample::catalog();
        auto whole = sample::result(0, 1);
        QCOMPARE(baselineKey(whole, catalog).sku, std::string("nvidia-h200-sxm"));
        auto slice = whole;
        slice.device.migSlice = true;
        slice.device.name = "NVIDIA H200 MIG 1g.18gb";
        QCOMPARE(baselineKey(slice, catalog).sku, std::string("nvidia-h200-sxm"));
        QCOMPARE(baselineKey(slice, catalog).partition, std::string("mig 1g.18gb"));
        auto unnamed = slice;
        unnamed.device.name = "NVIDIA H200";
        unnamed.device.units = 16;
        QVERIFY(baselineKey(unnamed, catalog) != baselineKey(whole, catalog));
        auto partition = whole;
        partition.device.partition = "CPX";
        QCOMPARE(baselineKey(partition, catalog).partition, std::string("cpx"));
        auto unknown = whole;
        unknown.device.name = "NVIDIA X9000";
        QCOMPARE(baselineKey(unknown, catalog).sku, std::string("NVIDIA X9000"));
        auto newer = whole;
        newer.kernels = "pk-3";
        QVERIFY(baselineKey(newer, catalog) != baselineKey(whole, catalog));
    }
};

QTEST_GUILESS_MAIN(ProbeReportTest)
#include "probe_report_test.moc"
