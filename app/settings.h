// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QSettings>
#include <QString>

namespace app {

enum class ThemeChoice { System, Light, Dark };

/// What Berth remembers between runs, one typed function per key. The only user of QSettings; GUI thread only.
/// Lives in the XDG config folder. Never holds a credential.
class Settings {
public:
    Settings();

    ThemeChoice theme() const;
    void setTheme(ThemeChoice choice);
    /// The kubeconfig context of the last session; empty on a first start.
    QString lastContext() const;
    void setLastContext(const QString &context);
    /// The plan file of the last session; empty when it was never saved.
    QString lastPlan() const;
    void setLastPlan(const QString &path);
    /// The image that probe Jobs run; empty until one was named.
    QString probeImage() const;
    void setProbeImage(const QString &reference);
    QByteArray windowGeometry() const;
    void setWindowGeometry(const QByteArray &geometry);

private:
    QSettings m_store;
};

} // namespace app
