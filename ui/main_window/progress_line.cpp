// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/progress_line.h"

#include "ui/theme/theme.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int thickness = 2;

} // namespace

ProgressLine::ProgressLine(QWidget *parent) : QWidget(parent)
{
    setObjectName(u"progressLine"_s);
    setFixedHeight(sizeHint().height());
    hide();
}

void ProgressLine::setProgress(const QString &kind, qint64 count, qint64 total)
{
    m_kinds[kind] = {count, total};
    setAccessibleName(words());
    show();
    update();
}

void ProgressLine::finish(const QString &kind)
{
    m_kinds.erase(kind);
    setAccessibleName(words());
    setVisible(!m_kinds.empty());
    update();
}

void ProgressLine::clear()
{
    m_kinds.clear();
    hide();
}

QString ProgressLine::words() const
{
    const QLocale locale;
    QStringList parts;
    for (const auto &[kind, read] : m_kinds)
        parts << (read.total > 0
                      ? tr("%1 %2 of about %3").arg(kind, locale.toString(read.count), locale.toString(read.total))
                      : tr("%1 %2").arg(kind, locale.toString(read.count)));
    return parts.join(u" · "_s);
}

void ProgressLine::paintEvent(QPaintEvent *)
{
    const auto theme = Theme::of(palette());
    qint64 count = 0, total = 0;
    for (const auto &[kind, read] : m_kinds) {
        count += read.count;
        total += std::max(read.total, read.count);
    }
    QPainter painter(this);
    painter.fillRect(QRect(0, 0, width(), thickness), theme.line);
    if (total > 0)
        painter.fillRect(QRect(0, 0, static_cast<int>(width() * count / total), thickness), theme.accent);
    painter.setPen(theme.muted);
    painter.drawText(rect().adjusted(14, thickness, -14, 0), Qt::AlignVCenter, tr("reading %1").arg(words()));
}

} // namespace ui
