// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/probes/figure_rows.h"

#include <QLabel>
#include <QTreeView>

namespace ui {

/// The figures of one run: measured beside expected and data sheet, each with its verdict and a bar; below them what
/// the current one is compared with and how it is counted.
class FiguresView final : public QWidget {
    Q_OBJECT

public:
    explicit FiguresView(QWidget *parent = nullptr);

    /// nullptr: nothing to show.
    void setCard(const core::CardVerdict *card);

Q_SIGNALS:
    void metricSelected(const QString &metric); ///< "membw.triad"

private:
    void showNote(const QModelIndex &at);

    QTreeView *m_table;
    FigureRows *m_rows;
    QLabel *m_note;
};

} // namespace ui
