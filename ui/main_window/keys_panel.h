// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/key_help.h"

#include <QDialog>

namespace ui {

/// What `?` shows: the keys of the page one is on, then those that hold everywhere. Any key closes it. Deletes itself.
class KeysPanel final : public QDialog {
    Q_OBJECT

public:
    KeysPanel(const QString &page, const std::vector<KeyHelp> &ofPage, const std::vector<KeyHelp> &everywhere,
              QWidget *parent = nullptr);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
};

} // namespace ui
