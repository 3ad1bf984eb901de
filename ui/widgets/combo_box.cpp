// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/combo_box.h"

namespace ui {

QComboBox *comboBox(QWidget *parent, const QString &name, const QString &label, const QStringList &choices)
{
    auto *box = new QComboBox(parent);
    box->setObjectName(name);
    box->setAccessibleName(label);
    box->addItems(choices);
    return box;
}

} // namespace ui
