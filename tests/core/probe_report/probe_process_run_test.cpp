// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/probe_report/probe_run.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <condition_variable>
#include <mutex>

using namespace core;
using namespace std::chrono_literals;

namespace {

/// A stand-in for the program: a shell script.
struct Program {
    QTemporaryDir folder;
    ProbeRunOptions options;

    explicit Program(const QString &script)
    {
        const auto path = folder.filePath("berth-probe");
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly))
            qFatal("no temporary file");
        file.write("#!/bin/sh\n" + script.toUtf8() + "\n");
        file.close();
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        options.program = path.toStdString();
        options.timeLimit = 20s;
    }
    ProbeRunEnd run(std::stop_token stop = {}) const { return runProbe(options, {}, {}, std::move(stop)); }
};

const QString hello =
    R"(echo '{"v":1,"t":0,"ev":"hello","kernels":"pk-2","host":"h","version":"1","profile":"quick"}')";
const QString bye = R"(echo '{"v":1,"t":1,"ev":"bye","seconds":1,"exit":0}')";

} // namespace

class ProbeProcessRunTest : public QObject {
    Q_OBJECT

private slots:
    void aRunIsReadLineByLine()
    {
        Program program(hello + "\necho noise\n" + bye);
        int lines = 0;
        const auto end = runProbe(program.options, {}, [&lines](std::string_view) { ++lines; }, {});
        QVERIFY(!end.error);
        QCOMPARE(end.report.exitCode.value_or(-1), 0);
        QCOMPARE(lines, 3);
        QCOMPARE(std::count(end.lines.begin(), end.lines.end(), '\n'), 3);
    }

    void theOptionsBecomeTheCommandLine()
    {
        Program program("echo \"$@\"\n" + bye);
        program.options.profile = "ci";
        program.options.device = "cuda:1";
        program.options.probes = {"membw", "link"};
        program.options.expectFile = "/e.json";
        QCOMPARE(program.run().report.log.at(0),
                 std::string("--profile ci --device cuda:1 --probe membw,link --expect /e.json"));
    }

    void aProgramThatDiesKeepsWhatItSaid()
    {
        const auto end = Program(hello + "\nprintf '{\"v\":1,\"ev\":\"met'\nkill -SEGV $$").run();
        QVERIFY(end.error);
        QVERIFY(describe(*end.error).find("exit code 139") != std::string::npos);
        QVERIFY(end.report.begun);
        QCOMPARE(end.report.problems.size(), std::size_t{1});
    }

    void aRefusedExpectFileIsTheUsersMistake()
    {
        const auto end = Program("echo 'expect.json: entry 2: value must be a number above 0' >&2; exit 4").run();
        QVERIFY(end.error);
        QCOMPARE(end.error->kind, ErrorKind::Usage);
        QVERIFY(end.error->message.find("entry 2") != std::string::npos);
    }

    void aHangOfTheWholeProgramIsCutShort()
    {
        Program program(hello + "\ntrap '' TERM\nwhile :; do sleep 0.05; done");
        program.options.silenceLimit = 300ms;
        program.options.grace = 200ms;
        QElapsedTimer clock;
        clock.start();
        const auto end = program.run();
        QVERIFY(clock.elapsed() < 5000);
        QVERIFY(end.error && end.error->kind == ErrorKind::Timeout);
        QVERIFY(end.report.begun);
    }

    void theTimeLimitEndsEvenATalkingProgram()
    {
        Program program("while :; do echo x; sleep 0.05; done");
        program.options.timeLimit = 400ms;
        program.options.grace = 100ms;
        const auto end = program.run();
        QVERIFY(end.error && end.error->kind == ErrorKind::Timeout);
    }

    void aRequestToStopIsPassedOnAndTheEndIsHeard()
    {
        // The first line asks for the stop: by then the program must listen.
        Program program("trap 'echo left; exit 6' TERM\n" + hello + "\nwhile :; do sleep 0.05; done");
        std::stop_source stop;
        const auto end =
            runProbe(program.options, {}, [&stop](std::string_view) { stop.request_stop(); }, stop.get_token());
        QVERIFY(end.error && end.error->kind == ErrorKind::Cancelled);
        QCOMPARE(end.report.log, std::vector<std::string>{"left"});
    }

    void aMissingProgramIsNotFound()
    {
        ProbeRunOptions options;
        options.program = "/nonexistent/berth-probe";
        const auto end = runProbe(options, {}, {}, {});
        QVERIFY(end.error && end.error->kind == ErrorKind::NotFound);
    }

    void theRealProgramRunsOnAStandInCard()
    {
#ifdef BERTH_PROBE
        ProbeRunOptions options;
        options.program = BERTH_PROBE;
        options.profile = "ci";
        options.probes = {"membw"};
        options.environment = {{"BERTH_PROBE_HIP_LIBRARY", STAND_IN_HIP},
                               {"BERTH_PROBE_CUDA_LIBRARY", "/nonexistent"},
                               {"BERTH_PROBE_OPENCL_LIBRARY", "/nonexistent"}};
        QStringList probes;
        const auto end = runProbe(
            options, [&probes](const ProbeProgress &at) { probes << QString::fromStdString(at.probe); }, {}, {});
        QVERIFY2(!end.error, end.error ? describe(*end.error).c_str() : "");
        QCOMPARE(end.report.devices.size(), std::size_t{1});
        QVERIFY(end.report.problems.empty() && end.report.log.empty());
        if (end.report.exitCode == 2)
            QSKIP("berth-probe was built without the AMD compiler");
        QVERIFY(probes.contains("membw"));
        QVERIFY(end.report.figures.size() >= 3);
#else
        QSKIP("berth-probe is not built");
#endif
    }

    void twoRunsOnOneCardDoNotDisturbEachOther()
    {
#ifdef BERTH_PROBE
        ProbeRunOptions options;
        options.program = BERTH_PROBE;
        options.profile = "ci";
        options.environment = {{"BERTH_PROBE_HIP_LIBRARY", STAND_IN_HIP},
                               {"BERTH_PROBE_CUDA_LIBRARY", "/nonexistent"},
                               {"BERTH_PROBE_OPENCL_LIBRARY", "/nonexistent"}};
        std::optional<ProbeRunEnd> second;
        // The first is in the middle of measuring when the second starts.
        const auto first = runProbe(options,
                                    [&](const ProbeProgress &at) {
                                        if (at.probe == "membw" && !second)
                                            second = runProbe(options, {}, {}, {});
                                    },
                                    {}, {});
        if (first.report.exitCode == 2)
            QSKIP("berth-probe was built without the AMD compiler");
        QCOMPARE(first.report.exitCode.value_or(-1), 0);
        QVERIFY(second);
        QCOMPARE(second->report.exitCode.value_or(-1), 5);
        QVERIFY(second->report.events.at(0).what.find("another berth-probe") != std::string::npos);
#else
        QSKIP("berth-probe is not built");
#endif
    }
};

QTEST_GUILESS_MAIN(ProbeProcessRunTest)
#include "probe_process_run_test.moc"
