// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QLabel>
#include <QLineEdit>

namespace ui {

/// Proposes to cordon a node on which a probe failed: why, the command to copy, and a button that asks for it to be
/// done. Nothing is done here.
class CordonBar final : public QFrame {
    Q_OBJECT

public:
    explicit CordonBar(QWidget *parent = nullptr);

    /// An empty node hides the bar.
    void setProposal(const QString &node, const QString &why, const QString &command);

Q_SIGNALS:
    void cordonRequested(const QString &node); ///< the button; whoever takes it asks once more

private:
    QLabel *m_words;
    QLineEdit *m_command;
    QString m_node;
};

} // namespace ui
