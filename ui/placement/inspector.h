// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/fit/verdict.h"
#include "core/placement/plan.h"
#include "ui/placement/best_places.h"
#include "ui/widgets/panel.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QSpinBox>
#include <QToolButton>

#include <functional>

namespace ui {

class ChainView;
class LedgerView;
class SetView;

/// The selected model: what it needs (editable), its ledger live, and where it would go best.
class Inspector final : public QWidget {
    Q_OBJECT

public:
    explicit Inspector(QWidget *parent = nullptr);

    void setCatalog(const core::Catalog *catalog); ///< a loan that outlives the inspector
    /// Corrections learnt from logs, shown in the ledger; a loan that outlives the inspector, nullptr = none.
    void setCalibrations(const core::Calibrations *calibrations);
    /// nullptr = nothing is selected.
    void setRequirement(const core::Requirement *requirement);
    void setCandidates(const std::vector<core::Candidate> &candidates, const FiguresBySku &figures = {});
    /// Draws the ledger against the pool under the pointer; nullptr = none.
    void setHovered(const core::Candidate *candidate);
    /// Where replicas are placed and what Kubernetes holds of it.
    void setPins(const core::Plan &plan);
    /// What serves it on several SKUs, editable.
    SetView *set() const { return m_set; }
    /// Why the last auto-place chose what it chose, one sentence a place; until another model is selected.
    void setWhy(const QStringList &sentences);
    const core::Ledger *ledger() const { return m_ledger ? &*m_ledger : nullptr; }

Q_SIGNALS:
    void requirementEdited(const core::Requirement &requirement);
    void placeChosen(const QString &requirement, const core::Target &target);

private:
    void layOutForm();
    QWidget *buildTargets();
    void showTargets(const core::Requirement &requirement);
    void connectForm();
    void edit(const std::function<void(core::Requirement &)> &change);
    void addBest(const core::Candidate &candidate, const FiguresBySku &figures);
    void placeAt(const QListWidgetItem *item);
    /// The device that a ledger is made for.
    struct LedgerDevice {
        std::optional<std::int64_t> bytes;
        std::string calibrationSku; ///< as in core::Candidate
    };
    void showLedger(const LedgerDevice &device);

    const core::Catalog *m_catalog = nullptr;
    core::Requirement m_requirement;
    std::optional<core::Ledger> m_ledger;
    const core::Calibrations *m_calibrations = nullptr;
    /// Of the best place, for which the ledger is shown while nothing is hovered: engines plan more on large devices.
    LedgerDevice m_bestDevice;
    bool m_filling = false;
    PanelHead *m_head;
    QLabel *m_pins, *m_why, *m_bestTitle;
    SetView *m_set;
    QWidget *m_form;
    QComboBox *m_weights, *m_kv;
    QSpinBox *m_context, *m_concurrency, *m_tensorParallel, *m_replicas;
    QDoubleSpinBox *m_minSpeed, *m_maxFirstToken, *m_maxCost; ///< 0 = no target
    QToolButton *m_targetsToggle;
    LedgerView *m_ledgerView;
    ChainView *m_chain;
    QListWidget *m_best;
    std::vector<core::Candidate> m_bestCandidates;
};

} // namespace ui
