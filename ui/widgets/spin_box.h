// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSpinBox>

namespace ui {

/// What a whole number may be.
struct SpinRange {
    int least = 1, most = 1, step = 1;
};

/// A whole number to type or step, with its name for tests and its words for a screen reader. It speaks when the number
/// is complete, not at each digit.
QSpinBox *spinBox(QWidget *parent, const QString &name, const QString &label, SpinRange range);

} // namespace ui
