// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/probes/probe_process.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QMap>
#include <QProcess>
#include <QProcessEnvironment>

QList<QJsonObject> ProbeRun::events(const QString &event) const
{
    QList<QJsonObject> found;
    for (const QJsonObject &line : lines)
        if (line["ev"].toString() == event)
            found.append(line);
    return found;
}

QJsonObject ProbeRun::metric(const QString &name) const
{
    for (const QJsonObject &line : events(QStringLiteral("metric")))
        if (line["probe"].toString() + "." + line["metric"].toString() == name)
            return line;
    return {};
}

QString ProbeRun::text() const
{
    QString text = QStringLiteral("exit %1, %2 s\n%3\n").arg(exitCode).arg(seconds).arg(errorText);
    for (const QJsonObject &line : lines)
        text += QString::fromUtf8(QJsonDocument(line).toJson(QJsonDocument::Compact)) + "\n";
    return text;
}

ProbeRun runProbe(const QStringList &arguments, const QString &standIn, const QString &fault,
                  const QStringList &environment)
{
    QProcessEnvironment values = QProcessEnvironment::systemEnvironment();
    const QString nowhere = QStringLiteral("/nonexistent/library.so");
    values.insert("BERTH_PROBE_CUDA_LIBRARY", standIn == "cuda" ? QStringLiteral(STAND_IN_CUDA) : nowhere);
    values.insert("BERTH_PROBE_HIP_LIBRARY", standIn == "hip" ? QStringLiteral(STAND_IN_HIP) : nowhere);
    values.insert("BERTH_PROBE_NVML_LIBRARY", standIn == "cuda" ? QStringLiteral(STAND_IN_NVML) : nowhere);
    values.insert("BERTH_PROBE_CUBLAS_LIBRARY", standIn == "cuda" ? QStringLiteral(STAND_IN_CUDA) : nowhere);
    values.insert("BERTH_PROBE_ROCBLAS_LIBRARY", nowhere);
    // Under AddressSanitizer a signal must end the process as it does without it.
    values.insert("ASAN_OPTIONS", "handle_segv=0:handle_abort=0:handle_sigbus=0:detect_leaks=0");
    if (!standIn.isEmpty())
        values.insert("BERTH_PROBE_OPENCL_LIBRARY", nowhere);
    if (!fault.isEmpty())
        values.insert("BERTH_STAND_IN_FAULT", fault);
    for (const QString &pair : environment)
        values.insert(pair.section('=', 0, 0), pair.section('=', 1));
    QProcess process;
    process.setProcessEnvironment(values);
    QElapsedTimer timer;
    timer.start();
    process.start(QStringLiteral(BERTH_PROBE), arguments);
    process.waitForFinished(110'000);
    ProbeRun run;
    run.seconds = static_cast<double>(timer.elapsed()) / 1000;
    run.exitCode = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    run.errorText = QString::fromUtf8(process.readAllStandardError());
    for (const QByteArray &line : process.readAllStandardOutput().split('\n')) {
        const QJsonDocument document = QJsonDocument::fromJson(line);
        if (document.isObject())
            run.lines.append(document.object());
        else if (!line.isEmpty())
            run.notJson.append(QString::fromUtf8(line));
    }
    return run;
}

bool hasKernelsFor(const QString &standIn)
{
    static QMap<QString, bool> known;
    if ((standIn == "cuda" || standIn == "hip") && !known.contains(standIn))
        known[standIn] = !runProbe({"--profile", "ci", "--probe", "launch"}, standIn).text().contains("NO_KERNELS");
    return known.value(standIn, true);
}
