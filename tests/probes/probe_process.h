// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>

// One finished run of berth-probe.
struct ProbeRun {
    int exitCode = -1;
    QList<QJsonObject> lines;
    QString errorText;
    QStringList notJson;
    double seconds = 0;

    QList<QJsonObject> events(const QString &event) const;
    // The metric line probe.name, or an empty object.
    QJsonObject metric(const QString &name) const;
    // Everything printed, for a failing test's message.
    QString text() const;
};

// Runs berth-probe against the stand-in of a backend ("cuda" or "hip") with a fault, or with "" on what is installed.
// No other driver of this machine is looked at.
ProbeRun runProbe(const QStringList &arguments, const QString &standIn, const QString &fault = {},
                  const QStringList &environment = {});

// Whether this build carries kernels for a stand-in ("cuda" or "hip"): not when it was built without that compiler.
bool hasKernelsFor(const QString &standIn);
