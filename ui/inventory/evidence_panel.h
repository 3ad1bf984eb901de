// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/cluster/accounting.h"
#include "ui/widgets/panel.h"

#include <QLabel>
#include <QTreeView>

namespace ui {

/// What is shown: a SKU's row (or that of a vendor, zone or node as a whole), or one pool of a node. Loans for the
/// call.
struct EvidenceOf {
    const core::Catalog *catalog = nullptr;
    const core::SkuRow *sku = nullptr; ///< nullptr = nothing is selected
    const core::Node *node = nullptr;  ///< nullptr = the row as a whole
    QString holders;                   ///< pods that hold devices of the node, in words
    std::int64_t requested = 0;        ///< what they asked of it
};

/// Who says what about the selected row, the cluster first and data sheets last; beside it what that means and what to
/// do, in plain words.
class EvidencePanel final : public QWidget {
    Q_OBJECT

public:
    explicit EvidencePanel(QWidget *parent = nullptr);

    void setEvidence(const EvidenceOf &of);

private:
    QWidget *buildMeaning();
    void showMeaning(const EvidenceOf &of);

    PanelHead *m_subject;
    QTreeView *m_table;
    QLabel *m_means, *m_todo, *m_todoTitle;
};

} // namespace ui
