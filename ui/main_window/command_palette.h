// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QLineEdit>
#include <QListWidget>

#include <functional>
#include <optional>
#include <vector>

namespace ui {

/// One thing the palette can go to or do.
struct Command {
    QString kind;  ///< "Node", "SKU", "Model", "Plan" ...: what it is, in front
    QString words; ///< what is searched and shown
    QString side;  ///< a shortcut or a word at the right
    std::function<void()> run;
};

/// Where in `title` the words typed are, in any order and case: each in a row, else its letters in order. The places
/// are rising; nothing typed is found nowhere; no value when a word is not there.
std::optional<std::vector<int>> lettersFound(const QString &typed, const QString &title);

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
