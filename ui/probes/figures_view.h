// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/verdict.h"
#include "core/probe_report/verdict.h"

#include <QStandardItemModel>
#include <QTreeView>

namespace ui {

/// A probe's verdict as one of the four that the rest of the window knows.
core::Verdict asVerdict(core::ProbeVerdict verdict);

/// The figures of one run: measured beside expected and data sheet.
class FiguresView final : public QWidget {
    Q_OBJECT

public:
    explicit FiguresView(QWidget *parent = nullptr);

    /// nullptr: nothing to show.
    void setCard(const core::CardVerdict *card);

Q_SIGNALS:
    void metricSelected(const QString &metric); ///< "membw.triad"

private:
    void addRow(const core::FigureVerdict &figure);
    void markWrong(const core::CardVerdict &card);

    QTreeView *m_table;
    QStandardItemModel *m_rows;
};

} // namespace ui
