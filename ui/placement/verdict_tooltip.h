// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/verdict.h"

#include <QTimer>
#include <QWidget>

namespace ui {

/// The chain of one candidate, from the first link to the last, with what would make it fit. Plain text only: names and
/// labels come from the cluster. Never takes the focus or the mouse.
class VerdictTooltip final : public QWidget {
    Q_OBJECT

public:
    explicit VerdictTooltip(QWidget *parent);

    /// Shows the chain right of and below `globalPos`; hides by itself after `stay` when that is not zero.
    void showFor(const core::Candidate &candidate, QPoint globalPos, std::chrono::milliseconds stay = {});

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    core::Candidate m_candidate;
    QTimer m_hide;
};

} // namespace ui
