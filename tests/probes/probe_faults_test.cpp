// SPDX-License-Identifier: GPL-3.0-or-later
// Every injected fault must be found and named; every absence must be said and never pass for good.
#include "tests/probes/probe_process.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>
#include <fcntl.h>
#include <unistd.h>

class ProbeFaultsTest : public QObject {
    Q_OBJECT
private slots:
    void wrongDataIsFoundAndNamed_data();
    void wrongDataIsFoundAndNamed();
    void errorsThatEccMetAreCounted();
    void driverErrorsAreNamed_data();
    void driverErrorsAreNamed();
    void anAbsenceIsSaidAndNeverGood_data();
    void anAbsenceIsSaidAndNeverGood();
    void aHangIsCutShort();
    void aStuckCellReadsTheSameTwice();
    void aSlowCardFailsTwiceBeforeItIsCalledSlow();
    void aDeniedKfdIsExplained();
    void theCardsStateIsShown();
};

namespace {

const QStringList ci = {"--profile", "ci", "--seed", "20261124"};

QStringList only(const char *probe)
{
    return ci + QStringList{"--probe", probe};
}

} // namespace

void ProbeFaultsTest::wrongDataIsFoundAndNamed_data()
{
    QTest::addColumn<QString>("standIn");
    QTest::addColumn<QString>("fault");
    QTest::addColumn<QString>("metric");
    QTest::addColumn<QString>("unit"); // a regular expression
    QTest::addColumn<int>("byte");     // -1: any
    const auto row = [](const char *name, const char *standIn, const char *fault, const char *metric, const char *unit,
                        int byte) { QTest::newRow(name) << standIn << fault << metric << unit << byte; };
    row("copy", "cuda", "flip:pk_copy", "membw.copy", "^SM [0-3]$", 17284);
    row("triad", "cuda", "flip:pk_triad", "membw.triad", "^SM [0-3]$", 17284);
    row("read", "cuda", "flip:pk_read", "membw.read", "", -1);
    row("latency", "cuda", "flip:pk_chase", "latency.memory", "", -1);
    row("host to device", "cuda", "flip:upload", "link.h2d_pinned", "", 17284);
    row("device to host", "cuda", "flip:download", "link.d2h_pinned", "", 17284);
    row("memory, fill", "cuda", "flip:pk_fill", "memtest.bad_words", "^SM [0-3]$", 17284);
    row("memory, inversion", "cuda", "flip:pk_invert", "memtest.bad_words", "^SM [0-3]$", 17284);
    for (const char *format : {"fp64", "fp32", "fp16", "bf16", "int32", "int8"})
        QTest::newRow(format) << "cuda" << QStringLiteral("wrong:pk_%1").arg(format)
                              << QStringLiteral("compute.%1").arg(format) << "^SM 2$" << -1;
    for (const char *format : {"fp64", "bf16", "fp16", "fp8", "int8"})
        QTest::addRow("matrix %s", format) << "cuda" << QStringLiteral("wrong:pk_matrix_%1").arg(format)
                                           << QStringLiteral("matrix.%1").arg(format) << "^SM 2$" << -1;
    for (const char *format : {"bf16", "fp8", "int8"})
        QTest::addRow("wgmma %s", format) << "cuda" << QStringLiteral("wrong:pk_wgmma_%1").arg(format)
                                          << QStringLiteral("matrix.%1_wgmma").arg(format) << "^SM 2$" << -1;
    row("library", "cuda", "wrong:librarycolumn", "library.bf16", "^SM [0-3]$", -1);
    row("copy, hip", "hip", "flip:pk_copy", "membw.copy", "^XCC 0 SE 0 SH 0 CU [0-3]$", 17284);
    row("fp32, hip", "hip", "wrong:pk_fp32", "compute.fp32", "^XCC 0 SE 0 SH 0 CU 2$", -1);
}

void ProbeFaultsTest::wrongDataIsFoundAndNamed()
{
    QFETCH(QString, standIn);
    if (!hasKernelsFor(standIn))
        QSKIP("built without this vendor's compiler");
    QFETCH(QString, fault);
    QFETCH(QString, metric);
    QFETCH(QString, unit);
    QFETCH(int, byte);
    const ProbeRun run = runProbe(only(metric.section('.', 0, 0).toUtf8()), standIn, fault);
    QVERIFY2(run.exitCode == 1, qPrintable(run.text()));
    const QJsonObject line = run.metric(metric);
    QVERIFY2(!line.isEmpty() && !line["valid"].toBool(true), qPrintable(run.text()));
    QVERIFY(line["wrong"].toInt() > 0);
    const QJsonObject finding = line["findings"].toArray().first().toObject();
    QVERIFY2(finding["want"] != finding["got"] && !finding["want"].toString().isEmpty(), qPrintable(run.text()));
    QVERIFY2(QRegularExpression(unit).match(finding["unit"].toString()).hasMatch(), qPrintable(run.text()));
    if (byte >= 0) {
        QCOMPARE(finding["byte"].toInt(), byte);
        QCOMPARE(finding["bits"].toInt(), 1);
    }
}

void ProbeFaultsTest::errorsThatEccMetAreCounted()
{
    if (!hasKernelsFor("cuda"))
        QSKIP("built without this vendor's compiler");
    const ProbeRun healthy = runProbe(only("memtest"), "cuda");
    QCOMPARE(healthy.metric("ecc.corrected")["value"].toInt(-1), 0); // 40 from before the run are not the run's
    const ProbeRun corrected = runProbe(only("memtest"), "cuda", "ecc:corrected");
    QVERIFY2(corrected.exitCode == 0, qPrintable(corrected.text()));
    QCOMPARE(corrected.metric("ecc.corrected")["value"].toInt(), 3);
    const ProbeRun uncorrected = runProbe(only("memtest"), "cuda", "ecc:uncorrected");
    QVERIFY2(uncorrected.exitCode == 1, qPrintable(uncorrected.text()));
    QVERIFY(!uncorrected.metric("ecc.uncorrected")["valid"].toBool(true));
}

void ProbeFaultsTest::driverErrorsAreNamed_data()
{
    QTest::addColumn<QString>("standIn");
    QTest::addColumn<QString>("fault");
    QTest::addColumn<QString>("probe");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("says");
    const auto row = [](const char *title, const char *standIn, const char *fault, const char *probe, const char *name,
                        const char *says) { QTest::newRow(title) << standIn << fault << probe << name << says; };
    row("ECC", "cuda", "fail:pk_invert:214", "memtest", "ECC_UNCORRECTABLE", "uncorrectable ECC error");
    row("ECC, hip", "hip", "fail:pk_invert:214", "memtest", "ECC_UNCORRECTABLE", "uncorrectable ECC error");
    row("launch failure", "cuda", "fail:pk_triad:719", "membw", "LAUNCH_FAILED", "unspecified launch failure");
    row("illegal address", "cuda", "refuse:pk_copy:700", "membw", "ILLEGAL_ADDRESS", "illegal memory access");
    row("lost in the middle", "hip", "fail:pk_fp32:999", "compute", "UNKNOWN", "kernel log");
    row("SIGSEGV", "cuda", "crash:pk_triad:11", "membw", "DIED_OF_SIGNAL", "SIGSEGV during membw");
    row("SIGABRT", "hip", "crash:pk_fp32:6", "compute", "DIED_OF_SIGNAL", "SIGABRT during compute");
    row("SIGBUS", "cuda", "crash:pk_fill:7", "memtest", "DIED_OF_SIGNAL", "SIGBUS during memtest");
    row("exit in the driver", "cuda", "exit:pk_copy:3", "membw", "ENDED_BY_DRIVER", "exit code 3) during membw");
    row("exit as if all were well", "cuda", "exit:pk_copy:0", "membw", "ENDED_BY_DRIVER", "exit code 0) during membw");
    row("old driver", "cuda", "olddriver", "membw", "DRIVER_TOO_OLD", "offers CUDA 12.4");
    row("no image, hip", "hip", "olddriver", "membw", "NO_BINARY_FOR_GPU", "no kernels for gfx94x");
}

void ProbeFaultsTest::driverErrorsAreNamed()
{
    QFETCH(QString, standIn);
    if (!hasKernelsFor(standIn))
        QSKIP("built without this vendor's compiler");
    QFETCH(QString, fault);
    QFETCH(QString, probe);
    QFETCH(QString, name);
    QFETCH(QString, says);
    const ProbeRun run = runProbe(only(probe.toUtf8()), standIn, fault);
    QVERIFY2(run.exitCode == 2, qPrintable(run.text()));
    QCOMPARE(run.events("error").size(), 1);
    const QJsonObject error = run.events("error").first();
    QCOMPARE(error["name"].toString(), name);
    QVERIFY2(error["what"].toString().contains(says), qPrintable(run.text()));
    QVERIFY(!error["device"].toString().isEmpty());
}

void ProbeFaultsTest::anAbsenceIsSaidAndNeverGood_data()
{
    QTest::addColumn<QString>("standIn");
    QTest::addColumn<QString>("fault");
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exit");
    QTest::addColumn<QString>("says");
    const QStringList membw = only("membw");
    QTest::newRow("no driver") << "nothing"
                               << "" << membw << 3 << "libcuda.so.1 was not found";
    QTest::newRow("no device") << "cuda"
                               << "nodevice" << membw << 3 << "no CUDA device";
    QTest::newRow("no device, hip") << "hip"
                                    << "nodevice" << membw << 3 << "no AMD GPU";
    QTest::newRow("initialisation fails") << "cuda"
                                          << "fail:init:803" << membw << 3 << "kernel driver and libcuda differ";
    QTest::newRow("MIG parent") << "cuda"
                                << "mig" << membw << 3 << "MIG is on for Stand-in H200 (GPU 0)";
    QTest::newRow("busy") << "cuda"
                          << "busy" << membw << 5 << "other processes compute on it (pid 4711)";
    QTest::newRow("held by another") << "cuda"
                                     << "fail:open:46" << membw << 5 << "holds the device exclusively";
    QTest::newRow("out of memory") << "cuda"
                                   << "oom" << only("memtest") << 5 << "the device is in use";
    QTest::newRow("out of memory, link") << "cuda"
                                         << "oom" << only("membw") << 5 << "the device is in use";
    QTest::newRow("no such device") << "cuda"
                                    << "" << membw + QStringList{"--device", "cuda:7"} << 3
                                    << "no device \"cuda:7\"; there are cuda:0";
    QTest::newRow("nothing that can run") << "cuda"
                                          << "" << only("p2p") << 3 << "one device";
    QTest::newRow("peers apart") << "cuda"
                                 << "nopeer" << only("p2p") + QStringList{"--device", "cuda:0"} << 3 << "";
}

void ProbeFaultsTest::anAbsenceIsSaidAndNeverGood()
{
    QFETCH(QString, standIn);
    if (!hasKernelsFor(standIn))
        QSKIP("built without this vendor's compiler");
    QFETCH(QString, fault);
    QFETCH(QStringList, arguments);
    QFETCH(int, exit);
    QFETCH(QString, says);
    const ProbeRun run = runProbe(arguments, standIn, fault);
    QVERIFY2(run.exitCode == exit, qPrintable(run.text()));
    QVERIFY2(run.text().contains(QString(says).replace('"', "\\\"")), qPrintable(run.text()));
    QCOMPARE(run.events("bye").size(), 1);
    QCOMPARE(run.events("bye").first()["exit"].toInt(), exit);
}

void ProbeFaultsTest::aHangIsCutShort()
{
    if (!hasKernelsFor("cuda"))
        QSKIP("built without this vendor's compiler");
    for (const char *where : {"hang:pk_read", "hang:download", "hang:init"}) {
        const ProbeRun run = runProbe(only("membw") + QStringList{"--stall", "1.5"}, "cuda", where);
        QVERIFY2(run.exitCode == 2, qPrintable(run.text()));
        QCOMPARE(run.events("error").size(), 1);
        const QJsonObject error = run.events("error").first();
        QCOMPARE(error["name"].toString(), "HANG");
        const QString place = QString(where) == "hang:init" ? "opening the driver" : "during membw";
        QVERIFY2(error["what"].toString().contains(place), qPrintable(run.text()));
        // Opening may take three times as long: hosts of many idle cards need it.
        QVERIFY2(error["what"].toString().contains(QString(where) == "hang:init" ? "for 4.50 s" : "for 1.50 s"),
                 qPrintable(run.text()));
        QVERIFY2(run.seconds < 12, qPrintable(run.text()));
    }
}

void ProbeFaultsTest::aStuckCellReadsTheSameTwice()
{
    if (!hasKernelsFor("cuda"))
        QSKIP("built without this vendor's compiler");
    const ProbeRun run = runProbe(only("memtest"), "cuda", "stuck");
    QVERIFY2(run.exitCode == 1, qPrintable(run.text()));
    bool stored = false;
    for (const QJsonValue &value : run.metric("memtest.bad_words")["findings"].toArray()) {
        const QJsonObject finding = value.toObject();
        QCOMPARE(finding["byte"].toInt(), 17284);
        QVERIFY(finding["address"].toString().startsWith("0x"));
        stored = stored || (!finding["second_read"].isUndefined() && finding["second_read"] == finding["got"]);
    }
    QVERIFY2(stored, qPrintable(run.text()));
}

void ProbeFaultsTest::aSlowCardFailsTwiceBeforeItIsCalledSlow()
{
    if (!hasKernelsFor("cuda"))
        QSKIP("built without this vendor's compiler");
    QTemporaryDir folder;
    QFile file(folder.filePath("expect.json"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    const ProbeRun healthy = runProbe(only("membw"), "cuda");
    const double triad = healthy.metric("membw.triad")["value"].toDouble();
    file.write(
        QStringLiteral(R"({"v":1,"entries":[{"device":"h200","metric":"membw.triad","value":%1,"unit":"GB/s"}]})")
            .arg(triad)
            .toUtf8());
    file.close();
    const QStringList judged = only("membw") + QStringList{"--expect", file.fileName()};
    const ProbeRun slow = runProbe(judged, "cuda", "slow:pk_triad:0.7");
    QVERIFY2(slow.exitCode == 1, qPrintable(slow.text()));
    QJsonObject verdict = slow.events("verdict").first();
    QCOMPARE(verdict["verdict"].toString(), "fail");
    QCOMPARE(verdict["runs"].toInt(), 2);
    QCOMPARE(slow.events("device").size(), 1); // the second look does not list the machine again
    QVERIFY2(qAbs(verdict["ratio"].toDouble() - 0.7) < 0.01, qPrintable(slow.text()));
    const ProbeRun fair = runProbe(judged, "cuda", "slow:pk_triad:0.99");
    QVERIFY2(fair.exitCode == 0, qPrintable(fair.text()));
    QCOMPARE(fair.events("verdict").first()["verdict"].toString(), "pass");
    // What nobody has a figure for is measured and said to have no reference, never judged.
    QCOMPARE(fair.events("verdict").last()["verdict"].toString(), "no reference");
}

void ProbeFaultsTest::aDeniedKfdIsExplained()
{
    QTemporaryDir root;
    const ProbeRun none = runProbe(only("membw"), "hip", "nodevice", {"BERTH_PROBE_ROOT=" + root.path()});
    QVERIFY2(none.text().contains("there is no /dev/kfd"), qPrintable(none.text()));
    // A file of the kernel that even root may not write.
    const QString denied = QStringLiteral("/sys/kernel/uevent_seqnum");
    const int file = ::open(qPrintable(denied), O_RDWR);
    const int error = errno;
    if (file >= 0)
        ::close(file);
    if (file >= 0 || (error != EACCES && error != EPERM))
        QSKIP("this machine has no file that this user may not write");
    QVERIFY(QDir(root.path()).mkdir("dev") && QFile::link(denied, root.filePath("dev/kfd")));
    const ProbeRun run = runProbe(only("membw"), "hip", "nodevice", {"BERTH_PROBE_ROOT=" + root.path()});
    QVERIFY2(run.exitCode == 3, qPrintable(run.text()));
    QVERIFY2(run.text().contains("permission denied on /dev/kfd"), qPrintable(run.text()));
}

void ProbeFaultsTest::theCardsStateIsShown()
{
    if (!hasKernelsFor("cuda"))
        QSKIP("built without this vendor's compiler");
    const ProbeRun hot = runProbe(only("load"), "cuda", "throttle");
    QVERIFY2(hot.metric("load.held")["throttled"].toString().contains("hardware thermal in 100 %"),
             qPrintable(hot.text()));
    const ProbeRun narrow = runProbe(only("launch"), "cuda", "link");
    const QJsonObject link = narrow.events("device").first()["link"].toObject();
    QCOMPARE(link["gen"].toInt(), 4);
    QCOMPARE(link["max_gen"].toInt(), 5);
    QCOMPARE(link["width"].toInt(), 8);
    const ProbeRun uneven = runProbe(only("clock"), "cuda", "slowunit");
    QCOMPARE(uneven.metric("clock.core")["slowest_unit"].toString(), "SM 3");
    QCOMPARE(uneven.metric("clock.core")["slowest_mhz"].toDouble(), 990.0);
}

QTEST_GUILESS_MAIN(ProbeFaultsTest)
#include "probe_faults_test.moc"
