// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QLineEdit>
#include <QListWidget>

#include <functional>

namespace ui {

/// One thing the palette can go to or do.
struct Command {
    QString kind;  ///< "Node", "SKU", "Model", "Plan" ...: what it is, in front
    QString words; ///< what is searched and shown
    QString side;  ///< a shortcut or a word at the right
    std::function<void()> run;
};

/// Is every letter of `typed` in `words`, in order and in any case? An empty `typed` is.
bool isSubsequence(QStringView typed, QStringView words);

/// Everything that can be reached, found by typing. Deletes itself when closed.
class CommandPalette final : public QDialog {
    Q_OBJECT

public:
    CommandPalette(std::vector<Command> commands, QWidget *parent);

protected:
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void showMatches(const QString &typed);
    void runCurrent();

    std::vector<Command> m_commands;
    QLineEdit *m_find;
    QListWidget *m_list;
};

} // namespace ui
