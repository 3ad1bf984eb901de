// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings.h"

using namespace Qt::StringLiterals;

namespace app {

Settings::Settings() : m_store(QSettings::IniFormat, QSettings::UserScope, u"berth"_s, u"berth"_s) {}

ThemeChoice Settings::theme() const
{
    const auto text = m_store.value(u"theme"_s).toString();
    if (text == u"light")
        return ThemeChoice::Light;
    return text == u"dark" ? ThemeChoice::Dark : ThemeChoice::System;
}

void Settings::setTheme(ThemeChoice choice)
{
    const auto text = choice == ThemeChoice::Light ? u"light"_s : choice == ThemeChoice::Dark ? u"dark"_s : u"system"_s;
    m_store.setValue(u"theme"_s, text);
}

QString Settings::lastContext() const
{
    return m_store.value(u"lastContext"_s).toString();
}
void Settings::setLastContext(const QString &context)
{
    m_store.setValue(u"lastContext"_s, context);
}
QString Settings::lastPlan() const
{
    return m_store.value(u"lastPlan"_s).toString();
}
void Settings::setLastPlan(const QString &path)
{
    m_store.setValue(u"lastPlan"_s, path);
}
QString Settings::probeImage() const
{
    return m_store.value(u"probeImage"_s).toString();
}
void Settings::setProbeImage(const QString &reference)
{
    m_store.setValue(u"probeImage"_s, reference);
}
QByteArray Settings::windowGeometry() const
{
    return m_store.value(u"windowGeometry"_s).toByteArray();
}
void Settings::setWindowGeometry(const QByteArray &geometry)
{
    m_store.setValue(u"windowGeometry"_s, geometry);
}

} // namespace app
