// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/geometry_report.h"

#include "core/base/file.h"

#include <QAccessible>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace app {

namespace {

QByteArray line(const QString &name, const QRect &place, QString text)
{
    text.replace(u'\n', u' ').replace(u'\t', u' ');
    return u"%1\t%2\t%3\t%4\t%5\t%6\n"_s.arg(name)
        .arg(place.x())
        .arg(place.y())
        .arg(place.width())
        .arg(place.height())
        .arg(text)
        .toUtf8();
}

/// The painted items of a widget: its accessible children that are no widgets themselves.
QByteArray itemLines(const QWidget &widget)
{
    QByteArray lines;
    auto *face = QAccessible::queryAccessibleInterface(const_cast<QWidget *>(&widget));
    for (int i = 0; face && i < face->childCount(); ++i) {
        const auto *child = face->child(i);
        if (child && !child->object())
            lines += line(widget.objectName() + u'/', child->rect(), child->text(QAccessible::Name));
    }
    return lines;
}

} // namespace

GeometryReport::GeometryReport(QWidget &window, std::filesystem::path file, QObject *parent)
    : QObject(parent)
    , m_window(window)
    , m_file(std::move(file))
{
    connect(&m_timer, &QTimer::timeout, this, &GeometryReport::refresh);
    m_timer.start(100ms);
}

void GeometryReport::refresh()
{
    QByteArray lines;
    for (const auto *widget : m_window.findChildren<QWidget *>()) {
        if (!widget->isVisible() || widget->objectName().isEmpty() || widget->objectName().startsWith(u"qt_"))
            continue;
        lines += line(widget->objectName(), QRect(widget->mapToGlobal(QPoint(0, 0)), widget->size()),
                      widget->accessibleName());
        lines += itemLines(*widget);
    }
    if (lines == m_written)
        return;
    // A failed write is tried again at the next tick: the reader has a time limit of its own.
    if (core::writeFileAtomically(m_file, lines.toStdString()))
        m_written = lines;
}

} // namespace app
