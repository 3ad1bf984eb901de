// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/process.h"

#include <QElapsedTimer>
#include <QtTest>

#include <csignal>
#include <thread>

using namespace core;
using namespace std::chrono_literals;

namespace {

ProcessRequest shell(const std::string &script)
{
    ProcessRequest request;
    request.command = "/bin/sh";
    request.arguments = {"-c", script};
    request.timeLimit = 10s;
    return request;
}

/// Runs it and collects the lines it was handed.
struct Lines {
    QStringList lines;
    Result<ProcessResult> result;

    explicit Lines(ProcessRequest request, std::stop_token stop = {})
    {
        request.onLine = [this](std::string_view line) {
            lines << QString::fromUtf8(line.data(), static_cast<qsizetype>(line.size()));
        };
        result = runProcess(request, std::move(stop));
    }
};

} // namespace

class ProcessTest : public QObject {
    Q_OBJECT

private slots:
    void linesAreHandedOverWholeAndTheLastOneWithoutItsEndToo()
    {
        const Lines run(shell("printf 'one\\ntw'; printf 'o\\n\\ncut'"));
        QVERIFY(run.result);
        QCOMPARE(run.lines, (QStringList{"one", "two", "", "cut"}));
        QVERIFY(run.result->output.empty());
    }

    void aLineComesWhileTheProgramStillRuns()
    {
        QElapsedTimer clock;
        qint64 first = -1;
        auto request = shell("echo one; sleep 1; echo two");
        request.onLine = [&](std::string_view) { first = first < 0 ? clock.elapsed() : first; };
        clock.start();
        QVERIFY(runProcess(request, {}));
        QVERIFY2(first >= 0 && first < 900, qPrintable(QString::number(first)));
        QVERIFY(clock.elapsed() >= 1000);
    }

    void aProgramThatIsStoppedMayFinishInItsGrace()
    {
        std::stop_source stop;
        auto request = shell("trap 'echo cleaned; exit 6' TERM; echo ready; while :; do sleep 0.05; done");
        request.grace = 5s;
        std::jthread later([&stop] {
            std::this_thread::sleep_for(300ms);
            stop.request_stop();
        });
        const Lines run(request, stop.get_token());
        QVERIFY(!run.result);
        QCOMPARE(run.result.error().kind, ErrorKind::Cancelled);
        QCOMPARE(run.lines, (QStringList{"ready", "cleaned"}));
    }

    void aProgramThatIgnoresSigtermIsKilledAfterItsGrace()
    {
        QElapsedTimer clock;
        clock.start();
        auto request = shell("trap '' TERM; echo ready; while :; do sleep 0.05; done");
        request.timeLimit = 200ms;
        request.grace = 300ms;
        const Lines run(request);
        QVERIFY(!run.result);
        QCOMPARE(run.result.error().kind, ErrorKind::Timeout);
        QVERIFY2(clock.elapsed() < 4000, qPrintable(QString::number(clock.elapsed())));
    }

    void aSilentProgramIsEndedAndATalkingOneIsNot()
    {
        auto talking = shell("for i in 1 2 3 4 5 6; do echo $i; sleep 0.1; done");
        talking.silenceLimit = 400ms;
        QVERIFY(Lines(talking).result);
        auto silent = shell("echo one; sleep 30");
        silent.silenceLimit = 200ms;
        const Lines run(silent);
        QVERIFY(!run.result);
        QCOMPARE(run.result.error().kind, ErrorKind::Timeout);
        QVERIFY(describe(run.result.error()).find("said nothing") != std::string::npos);
        QCOMPARE(run.lines, QStringList{"one"});
    }

    void childrenOfAStoppedProgramAreEndedWithIt()
    {
        auto request = shell("sleep 60 & echo $!; wait");
        request.timeLimit = 300ms;
        request.grace = 300ms;
        const Lines run(request);
        QVERIFY(!run.result);
        const auto child = static_cast<pid_t>(run.lines.value(0).toInt());
        QVERIFY(child > 1);
        QTRY_VERIFY(kill(child, 0) != 0 || QFile(QString("/proc/%1/stat").arg(child)).exists() == false || [child] {
            QFile stat(QString("/proc/%1/stat").arg(child));
            return stat.open(QIODevice::ReadOnly) && stat.readAll().contains(" Z ");
        }());
    }

    void exitCodeAndSignalAreTold()
    {
        QCOMPARE(runProcess(shell("exit 5"), {})->exitCode, 5);
        QCOMPARE(runProcess(shell("kill -SEGV $$"), {})->exitCode, 128 + SIGSEGV);
    }

    void aCommandThatDoesNotExistIsNotFound()
    {
        ProcessRequest request;
        request.command = "/nonexistent/berth-probe";
        QCOMPARE(runProcess(request, {}).error().kind, ErrorKind::NotFound);
        request.command = "no-such-command-of-berth";
        QCOMPARE(runProcess(request, {}).error().kind, ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(ProcessTest)
#include "process_test.moc"
