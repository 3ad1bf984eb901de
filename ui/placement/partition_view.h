// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/placement/cards_view.h"
#include "ui/widgets/panel.h"

#include <QComboBox>
#include <QLabel>

namespace ui {

/// What if the cards of a node were cut differently: the cards before and after, what has to go, which models of the
/// plan fit then. Nothing is executed.
class PartitionView final : public QWidget {
    Q_OBJECT

public:
    explicit PartitionView(QWidget *parent = nullptr);

    /// Nodes whose cards the catalogue knows, by name. The chosen one stays.
    void setNodes(const QStringList &nodes);
    void setAnswer(const core::Result<core::PartitionWhatIf> &answer);

Q_SIGNALS:
    /// `mode` as core::cutCard() reads it.
    void partitionAsked(const QString &node, const QString &mode);

private:
    void ask();
    void fillModes(const core::PartitionWhatIf &answer);
    void showAnswer(const core::PartitionWhatIf &answer);
    void showModels(const core::PartitionWhatIf &answer);

    PanelHead *m_head;
    QComboBox *m_node, *m_mode;
    QLabel *m_nowTitle, *m_afterTitle, *m_notes;
    CardsView *m_now, *m_after;
    QListWidget *m_effects;
};

} // namespace ui
