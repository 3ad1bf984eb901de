// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/probe_report/verdict.h"

#include <QListWidget>

namespace ui {

/// What was found of a card and what to do about it, a line each, worst first. As high as its lines are, up to a limit;
/// hidden when there is nothing.
class FindingList final : public QListWidget {
    Q_OBJECT

public:
    explicit FindingList(QWidget *parent = nullptr);
    void setCard(const core::CardVerdict *card); ///< nullptr: nothing to say

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void fit();
};

} // namespace ui
