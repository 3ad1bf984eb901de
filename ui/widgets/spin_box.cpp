// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/spin_box.h"

namespace ui {

QSpinBox *spinBox(QWidget *parent, const QString &name, const QString &label, SpinRange range)
{
    auto *box = new QSpinBox(parent);
    box->setObjectName(name);
    box->setAccessibleName(label);
    box->setRange(range.least, range.most);
    box->setSingleStep(range.step);
    box->setGroupSeparatorShown(true);
    box->setKeyboardTracking(false);
    return box;
}

} // namespace ui
