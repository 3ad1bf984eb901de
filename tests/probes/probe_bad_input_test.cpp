// SPDX-License-Identifier: GPL-3.0-or-later
// What a machine or its user can get wrong: each is answered in time, by a sentence that names the place and a way out,
// and never by exit code 0.
#include "tests/probes/probe_process.h"

#include <QTemporaryDir>
#include <QtTest>

namespace {

QStringList only(const char *probes)
{
    return {"--profile", "ci", "--seed", "20261124", "--probe", probes};
}

} // namespace

class ProbeBadInputTest : public QObject {
    Q_OBJECT

private slots:
    void everyRefusalNamesItsPlaceAndAWayOut_data()
    {
        QTest::addColumn<QString>("standIn");
        QTest::addColumn<QString>("fault");
        QTest::addColumn<int>("exit");
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("wayOut");
        const auto row = [](const char *name, const char *standIn, const char *fault, int exit, const char *place,
                            const char *wayOut) { QTest::newRow(name) << standIn << fault << exit << place << wayOut; };
        row("no NVIDIA driver", "nothing", "", 3, "libcuda.so.1 was not found", "install the driver");
        row("no ROCm runtime", "nothing", "", 3, "libamdhip64.so was not found", "install ROCm's HIP runtime");
        row("no OpenCL", "nothing", "", 3, "libOpenCL.so.1 was not found", "install ocl-icd");
        row("driver too old", "cuda", "olddriver", 2, "cuda:0", "update the driver");
        row("no image for this card", "hip", "olddriver", 2, "hip:0", "BERTH_PROBE_HIP_TARGETS");
        row("device busy", "cuda", "busy", 5, "pid 4711", "stop them, or wait for them");
        row("held by another", "cuda", "fail:open:46", 5, "cuda:0", "stop it, or wait for it");
        row("lost in the middle", "cuda", "fail:pk_triad:999", 2, "cuda:0", "reset it or restart the machine");
        row("lost in the middle, hip", "hip", "fail:pk_triad:999", 2, "hip:0", "reset it or restart the machine");
        row("out of memory", "cuda", "oom", 5, "cuda:0", "stop what runs there, or wait for it");
        row("no memory for a context", "cuda", "fail:open:2", 5, "cuda:0", "stop what runs on the device");
        row("MIG parent", "cuda", "mig", 3, "Stand-in H200 (GPU 0)", "CUDA_VISIBLE_DEVICES to a MIG uuid");
    }
    void everyRefusalNamesItsPlaceAndAWayOut()
    {
        QFETCH(QString, standIn);
        if (!hasKernelsFor(standIn))
            QSKIP("built without this vendor's compiler");
        QFETCH(QString, fault);
        QFETCH(int, exit);
        QFETCH(QString, place);
        QFETCH(QString, wayOut);
        const ProbeRun run = runProbe(only("membw"), standIn, fault);
        QVERIFY2(run.exitCode == exit, qPrintable(run.text()));
        QVERIFY2(run.text().contains(place) && run.text().contains(wayOut), qPrintable(run.text()));
        QVERIFY2(run.seconds < 20 && run.notJson.isEmpty(), qPrintable(run.text()));
        QCOMPARE(run.events("bye").size(), 1);
    }

    void aLostDeviceGivesNoMoreFiguresAndTheNextIsMeasured()
    {
        if (!hasKernelsFor("cuda"))
            QSKIP("built without this vendor's compiler");
        const ProbeRun run = runProbe(only("membw,compute,memtest"), "cuda", "fail:pk_fp32:999",
                                      {"BERTH_STAND_IN_DEVICES=2", "BERTH_STAND_IN_FAULTY_DEVICE=0"});
        QVERIFY2(run.exitCode == 2, qPrintable(run.text()));
        QCOMPARE(run.events("error").size(), 1);
        QCOMPARE(run.events("error").first()["device"].toString(), "cuda:0");
        QCOMPARE(run.events("error").first()["probe"].toString(), "compute");
        QStringList lost, whole;
        for (const QJsonObject &start : run.events("start"))
            (start["device"] == "cuda:0" ? lost : whole) << start["probe"].toString();
        QCOMPARE(lost, (QStringList{"membw", "compute"}));
        QCOMPARE(whole, (QStringList{"membw", "compute", "memtest"}));
        for (const QJsonObject &metric : run.events("metric"))
            QVERIFY2(metric["device"] != "cuda:0" || metric["metric"] != "fp32", qPrintable(run.text()));
        QCOMPARE(run.events("done").size(), 1);
    }

    void aMigParentCannotBeChosen()
    {
        if (!hasKernelsFor("cuda"))
            QSKIP("built without this vendor's compiler");
        for (const char *parent : {"0000:09:00.0", "cuda:0", "GPU-a0000000-0000-0000-0000-000000000000"}) {
            const ProbeRun run = runProbe(only("membw") + QStringList{"--device", parent}, "cuda", "mig");
            QVERIFY2(run.exitCode == 3 && run.events("metric").isEmpty(), qPrintable(run.text()));
            QVERIFY2(run.text().contains("a parent cannot be measured, choose a slice"), qPrintable(run.text()));
        }
    }

    void anExpectFileThatCannotBeReadIsNamedWithTheReason_data()
    {
        QTest::addColumn<QString>("file"); // below a temporary folder
        QTest::addColumn<QString>("says");
        QTest::newRow("not there") << "none.json" << "No such file or directory";
        QTest::newRow("a folder") << "" << "is a folder";
        QTest::newRow("below a file") << "file/expect.json" << "Not a directory";
        QTest::newRow("bytes that are no text") << "file" << "not JSON";
    }
    void anExpectFileThatCannotBeReadIsNamedWithTheReason()
    {
        QFETCH(QString, file);
        QFETCH(QString, says);
        const QTemporaryDir folder;
        QFile bytes(folder.filePath("file"));
        QVERIFY(bytes.open(QIODevice::WriteOnly) && bytes.write("\xff\x00\x80", 3) == 3);
        bytes.close();
        const QString path = folder.filePath(file);
        const ProbeRun run = runProbe(only("membw") + QStringList{"--expect", path}, "cuda");
        QCOMPARE(run.exitCode, 4);
        QVERIFY2(run.errorText.contains(path) && run.errorText.contains(says), qPrintable(run.errorText));
        QVERIFY(run.lines.isEmpty());
    }
};

QTEST_GUILESS_MAIN(ProbeBadInputTest)
#include "probe_bad_input_test.moc"
