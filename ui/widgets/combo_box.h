// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>

namespace ui {

/// A choice of one, with its name for tests and its words for a screen reader.
QComboBox *comboBox(QWidget *parent, const QString &name, const QString &label, const QStringList &choices = {});

} // namespace ui
