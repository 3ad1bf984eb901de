// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/probe_report/verdict.h"
#include "ui/charts/chart_frame.h"

#include <QAbstractBarSeries>

namespace ui {

/// How far each figure of one run reaches its reference, as bars.
class FigureBars final : public QWidget {
    Q_OBJECT

public:
    explicit FigureBars(QWidget *parent = nullptr);

    /// nullptr: nothing to show.
    void setCard(const core::CardVerdict *card);

private:
    void paintBars();
    void clear();
    void addAxes(QAbstractBarSeries &series, const QStringList &names, double most);

    ChartFrame *m_chart;
};

} // namespace ui
