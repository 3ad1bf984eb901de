// SPDX-License-Identifier: GPL-3.0-or-later
// Whole runs: healthy stand-ins, the real pipeline on PoCL, stopping, two at once, the command line, the schema.
#include "tests/probes/probe_process.h"

#include <QJsonDocument>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QtTest>

class ProbeRunTest : public QObject {
    Q_OBJECT
private slots:
    void aHealthyDevicePasses_data();
    void aHealthyDevicePasses();
    void theWholePipelineRunsOnPocl();
    void twoDevicesAreMeasuredOneAfterTheOther();
    void sigtermStopsCleanly();
    void oneProbeAtATimeOnACard();
    void theListMeasuresNothing();
    void aBadCommandLineIsRefused_data();
    void aBadCommandLineIsRefused();
    void aWrongExpectFileIsRefused_data();
    void aWrongExpectFileIsRefused();
    void theShippedFiguresAreReadable();
    void theProgramIsSmallAndNeedsNoVendorLibrary();

private:
    void checkSchema(const ProbeRun &run);
};

namespace {

const QStringList ci = {"--profile", "ci"};

bool hasType(const QJsonValue &value, const QString &type)
{
    return type == "string" ? value.isString()
        : type == "boolean" ? value.isBool()
        : type == "object"  ? value.isObject()
        : type == "array"   ? value.isArray()
        : type == "integer" ? value.isDouble() && value.toDouble() == std::floor(value.toDouble())
                            : value.isDouble();
}

} // namespace

// The part of JSON Schema that our schema uses: $defs by event, required, properties with type or const.
void ProbeRunTest::checkSchema(const ProbeRun &run)
{
    QVERIFY2(run.notJson.isEmpty(), qPrintable(run.notJson.join('\n')));
    QFile file(QStringLiteral(PROBE_SCHEMA));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QJsonObject events = QJsonDocument::fromJson(file.readAll()).object()["$defs"].toObject();
    for (const QJsonObject &line : run.lines) {
        const QString event = line["ev"].toString();
        const QJsonObject rule = events[event].toObject();
        QVERIFY2(!rule.isEmpty(), qPrintable("no rule for the event " + event));
        for (const QJsonValue &key : rule["required"].toArray())
            QVERIFY2(line.contains(key.toString()), qPrintable(event + " lacks " + key.toString()));
        const QJsonObject properties = rule["properties"].toObject();
        for (const QString &key : line.keys()) {
            const QJsonObject property = properties[key].toObject();
            if (property.contains("type"))
                QVERIFY2(hasType(line[key], property["type"].toString()),
                         qPrintable(event + "." + key + ": " + run.text()));
        }
    }
}

void ProbeRunTest::aHealthyDevicePasses_data()
{
    QTest::addColumn<QString>("standIn");
    QTest::addColumn<QString>("image");
    QTest::newRow("cuda") << "cuda"
                          << "cuda";
    QTest::newRow("hip") << "hip"
                         << "gfx942";
}

void ProbeRunTest::aHealthyDevicePasses()
{
    QFETCH(QString, standIn);
    QFETCH(QString, image);
    if (!hasKernelsFor(standIn))
        QSKIP("built without this vendor's compiler");
    const ProbeRun run = runProbe(ci, standIn);
    QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
    checkSchema(run);
    QVERIFY(run.events("ready").first()["image"].toString().startsWith(image));
    for (const QJsonObject &metric : run.events("metric"))
        QVERIFY2(metric["valid"].toBool()
                     && (metric["value"].toDouble() > 0 || metric["metric"] == "bad_words" || metric["probe"] == "ecc"),
                 qPrintable(run.text()));
    for (const char *name :
         {"launch.roundtrip", "clock.core",      "membw.triad",    "membw.copy",        "membw.read",   "membw.write",
          "latency.memory",   "compute.fp64",    "compute.fp32",   "compute.fp16",      "compute.bf16", "compute.int32",
          "compute.int8",     "matrix.fp64",     "matrix.bf16",    "matrix.fp16",       "matrix.fp8",   "matrix.int8",
          "link.h2d_pinned",  "link.d2h_pinned", "link.both_ways", "memtest.bad_words", "load.held"})
        QVERIFY2(!run.metric(name).isEmpty(), name);
    // wgmma is Hopper's alone: its image is loaded, and its kernels asked for, nowhere else.
    for (const char *name : {"matrix.bf16_wgmma", "matrix.fp8_wgmma", "matrix.int8_wgmma"})
        QCOMPARE(run.metric(name).isEmpty(), standIn == "hip");
    // The stand-in streams at 4,000 GB/s by its own clock, less 2 us a launch.
    QVERIFY(run.metric("membw.copy")["value"].toDouble() > 2000 && run.metric("membw.copy")["value"].toDouble() < 4001);
    const QString vendor = standIn == "hip" ? "AMD" : "NVIDIA";
    QVERIFY2(run.text().contains("not yet run on a real " + vendor + " GPU"), qPrintable(run.text()));
}

void ProbeRunTest::theWholePipelineRunsOnPocl()
{
    const ProbeRun list = runProbe({"--list", "--backend", "opencl"}, "");
    if (list.exitCode == 3)
        QSKIP("no OpenCL device here (packages pocl-opencl-icd and ocl-icd-libopencl1)");
    runProbe(ci + QStringList{"--backend", "opencl"}, ""); // the first run compiles; PoCL keeps the result
    const ProbeRun run = runProbe(ci + QStringList{"--backend", "opencl"}, "");
    QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
    checkSchema(run);
    for (const char *name : {"membw.triad", "membw.copy", "membw.read", "latency.memory", "compute.fp32",
                             "compute.int32", "link.h2d_pinned", "memtest.bad_words", "load.held"})
        QVERIFY2(run.metric(name)["valid"].toBool(), name);
    // 3 s on two quiet cores is the target; four times that, because other work may run beside this test.
    QVERIFY2(run.seconds < 12, qPrintable(run.text()));
}

void ProbeRunTest::twoDevicesAreMeasuredOneAfterTheOther()
{
    if (!hasKernelsFor("cuda"))
        QSKIP("built without this vendor's compiler");
    const ProbeRun run = runProbe(ci + QStringList{"--probe", "launch,p2p"}, "cuda", {}, {"BERTH_STAND_IN_DEVICES=2"});
    QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
    QCOMPARE(run.events("done").size(), 2);
    QCOMPARE(run.events("done").last()["device"].toString(), "cuda:1");
    QCOMPARE(run.metric("p2p.copy")["pair"].toString(), "cuda:1 to cuda:0");
    const ProbeRun broken =
        runProbe(ci + QStringList{"--probe", "p2p"}, "cuda", "flip:peer", {"BERTH_STAND_IN_DEVICES=2"});
    QVERIFY2(broken.exitCode == 1, qPrintable(broken.text()));
    const ProbeRun one = runProbe(ci + QStringList{"--probe", "launch", "--device", "0000:0a:01.0"}, "cuda", {},
                                  {"BERTH_STAND_IN_DEVICES=2"});
    QCOMPARE(one.events("done").size(), 1);
    QCOMPARE(one.events("done").first()["device"].toString(), "cuda:1");
}

void ProbeRunTest::sigtermStopsCleanly()
{
    if (!hasKernelsFor("cuda"))
        QSKIP("built without this vendor's compiler");
    QProcess process;
    QProcessEnvironment values = QProcessEnvironment::systemEnvironment();
    values.insert("BERTH_PROBE_CUDA_LIBRARY", STAND_IN_CUDA);
    values.insert("BERTH_STAND_IN_FAULT", "pause:pk_nothing:20");
    process.setProcessEnvironment(values);
    process.start(QStringLiteral(BERTH_PROBE), ci + QStringList{"--backend", "cuda"});
    QVERIFY(process.waitForStarted());
    QByteArray text;
    while (!text.contains("\"start\"") && process.waitForReadyRead(20'000))
        text += process.readAll();
    QElapsedTimer timer;
    timer.start();
    process.terminate();
    QVERIFY(process.waitForFinished(20'000));
    text += process.readAll();
    QCOMPARE(process.exitCode(), 6);
    QVERIFY2(text.contains("\"stopped\"") && text.contains("\"done\""), text.constData());
    QVERIFY(timer.elapsed() < 5000);
}

void ProbeRunTest::oneProbeAtATimeOnACard()
{
    if (!hasKernelsFor("cuda"))
        QSKIP("built without this vendor's compiler");
    QProcess first;
    QProcessEnvironment values = QProcessEnvironment::systemEnvironment();
    values.insert("BERTH_PROBE_CUDA_LIBRARY", STAND_IN_CUDA);
    values.insert("BERTH_STAND_IN_FAULT", "pause:pk_nothing:20");
    first.setProcessEnvironment(values);
    first.start(QStringLiteral(BERTH_PROBE), ci + QStringList{"--backend", "cuda"});
    QByteArray text;
    while (!text.contains("\"start\"") && first.waitForReadyRead(20'000))
        text += first.readAll();
    const ProbeRun second = runProbe(ci + QStringList{"--probe", "launch"}, "cuda");
    first.terminate();
    first.waitForFinished(20'000);
    QVERIFY2(second.exitCode == 5, qPrintable(second.text()));
    QVERIFY2(second.text().contains("another berth-probe is measuring this device"), qPrintable(second.text()));
}

void ProbeRunTest::theListMeasuresNothing()
{
    const ProbeRun run = runProbe({"--list"}, "cuda");
    QCOMPARE(run.exitCode, 0);
    checkSchema(run);
    QVERIFY(run.events("metric").isEmpty() && run.events("start").isEmpty());
    QCOMPARE(run.events("profile").size(), 4);
    QCOMPARE(run.events("probe").size(), 11);
    const QJsonObject device = run.events("device").first();
    QCOMPARE(device["arch"].toString(), "sm_90");
    QCOMPARE(device["driver"].toString(), "13.0");
    QCOMPARE(runProbe({"--list"}, "nothing").exitCode, 3);
}

void ProbeRunTest::aBadCommandLineIsRefused_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("says");
    QTest::newRow("profile") << QStringList{"--profile", "huge"} << "no profile \"huge\"";
    QTest::newRow("probe") << QStringList{"--probe", "membw,warp"} << "no probe \"warp\"";
    QTest::newRow("backend") << QStringList{"--backend", "metal"} << "--backend";
    QTest::newRow("stall") << QStringList{"--stall", "-3"} << "--stall";
    QTest::newRow("unknown") << QStringList{"--turbo"} << "--turbo";
}

void ProbeRunTest::aBadCommandLineIsRefused()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, says);
    const ProbeRun run = runProbe(arguments, "cuda");
    QCOMPARE(run.exitCode, 4);
    QVERIFY2(run.errorText.contains(says), qPrintable(run.errorText));
    QVERIFY(run.lines.isEmpty());
}

void ProbeRunTest::aWrongExpectFileIsRefused_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("says");
    QTest::newRow("not JSON") << QByteArray("{\"v\":1,") << "not JSON";
    QTest::newRow("empty") << QByteArray("") << "not JSON";
    QTest::newRow("newer") << QByteArray(R"({"v":2,"entries":[]})") << "\"v\": 1";
    QTest::newRow("no entries") << QByteArray(R"({"v":1,"entries":[]})") << "no entries";
    QTest::newRow("value") << QByteArray(R"({"v":1,"entries":[{"metric":"membw.triad","value":"fast"}]})")
                           << "entry 1: value must be a number";
    QTest::newRow("metric") << QByteArray(R"({"v":1,"entries":[{"metric":"triad","value":1}]})")
                            << "entry 1: metric must be written";
    QTest::newRow("limits") << QByteArray(
        R"({"v":1,"entries":[{"metric":"membw.triad","value":1,"pass":0.5,"fail":0.9}]})")
                            << "fail must be";
    QTest::newRow("an array") << QByteArray("[1,2]") << "\"v\": 1";
}

void ProbeRunTest::aWrongExpectFileIsRefused()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, says);
    QTemporaryDir folder;
    QFile file(folder.filePath("expect.json"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(content);
    file.close();
    const ProbeRun run = runProbe(ci + QStringList{"--expect", file.fileName()}, "cuda");
    QCOMPARE(run.exitCode, 4);
    QVERIFY2(run.errorText.contains(says), qPrintable(run.errorText));
    const ProbeRun missing = runProbe({"--expect", folder.filePath("none.json")}, "cuda");
    QCOMPARE(missing.exitCode, 4);
}

void ProbeRunTest::theShippedFiguresAreReadable()
{
    if (!hasKernelsFor("cuda"))
        QSKIP("built without this vendor's compiler");
    const ProbeRun run = runProbe(ci + QStringList{"--probe", "membw", "--expect", PROBE_EXPECT}, "cuda");
    QVERIFY2(run.errorText.isEmpty() && !run.events("verdict").isEmpty(), qPrintable(run.text()));
    for (const QJsonObject &verdict : run.events("verdict"))
        QVERIFY(verdict["verdict"] == "no reference" || !verdict["source"].toString().isEmpty());
}

void ProbeRunTest::theProgramIsSmallAndNeedsNoVendorLibrary()
{
#ifdef NDEBUG
    QVERIFY2(QFileInfo(BERTH_PROBE).size() < 2'000'000, qPrintable(QString::number(QFileInfo(BERTH_PROBE).size())));
#endif
    QProcess ldd;
    ldd.start("ldd", {BERTH_PROBE});
    if (!ldd.waitForFinished())
        QSKIP("no ldd");
    const QString needed = QString::fromUtf8(ldd.readAll());
    for (const char *vendor : {"cuda", "hip", "OpenCL", "Qt", "curl"})
        QVERIFY2(!needed.contains(vendor), qPrintable(needed));
}

QTEST_GUILESS_MAIN(ProbeRunTest)
#include "probe_run_test.moc"
