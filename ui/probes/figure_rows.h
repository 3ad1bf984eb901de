// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/verdict.h"
#include "core/probe_report/verdict.h"

#include "ui/widgets/roomy_rows.h"

#include <QStandardItemModel>

namespace ui {

/// A probe's verdict as one of the four that the rest of the window knows.
core::Verdict asVerdict(core::ProbeVerdict verdict);

/// The figures of one run as rows of a table.
class FigureRows final : public QStandardItemModel {
    Q_OBJECT

public:
    enum class Column { Glyph, Name, Measured, Expected, Sheet, Unit, Bar };
    enum Role {
        MetricRole = Qt::UserRole + 1, ///< QString, of the name: "membw.triad"
        NoteRole,                      ///< QString, of the name: what it is compared with, and how it is counted
        VerdictRole,                   ///< int of core::Verdict, of the glyph and the bar
        ReachRole,                     ///< double, of the bar: 0 … 1; absent: no bar
        MarkRole                       ///< double, of the bar: where the expected value is; absent: not known
    };

    using QStandardItemModel::QStandardItemModel;

    /// nullptr: nothing to show.
    void setCard(const core::CardVerdict *card);
    /// The first row of the worst verdict, of a good card that of the memory; nullopt without rows.
    std::optional<int> worst() const;

private:
    void addFigure(const core::FigureVerdict &figure, bool isWrong);
};

/// Draws those rows: the verdict's glyph in front, the bar with the line of the expected value at the end.
class FigureDelegate final : public RoomyRows {
    Q_OBJECT

public:
    using RoomyRows::RoomyRows;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace ui
