// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/probe_report/probe_report.h"
#include "core/probe_report/verdict.h"
#include "ui/probes/benchmarks_view.h"
#include "ui/probes/cordon_bar.h"
#include "ui/probes/figure_bars.h"
#include "ui/probes/figures_view.h"
#include "ui/probes/finding_list.h"
#include "ui/probes/history_chart.h"
#include "ui/probes/probe_controls.h"
#include "ui/widgets/key_help.h"
#include "ui/widgets/panel.h"

#include <QLabel>
#include <QStackedWidget>
#include <QTabBar>

namespace ui {

/// Is this card as fast as its peers? Cards that were measured, here or elsewhere, at the left; what the newest run
/// says of the selected one at the right: a sentence, what to do, each figure beside what it should be, and its
/// history. A second view at the right shows what serving benchmarks measured of models.
class ProbesPage final : public QWidget {
    Q_OBJECT

public:
    explicit ProbesPage(QWidget *parent = nullptr);

    enum class View { Card, Serving };

    static std::vector<KeyHelp> keys();
    void showView(View view);
    void measure();                   ///< this machine's GPUs, as Run does
    void select(const QString &card); ///< by cardOf(); one that is not there changes nothing
    BenchmarksView *benchmarks() const { return m_benchmarks; }
    /// A node that should take no new work, and why.
    struct Proposal {
        std::string node, why;
    };

    /// What this machine has to measure, as berth-probe lists it; a problem when it could not be asked.
    void setLocal(const core::ProbeReport &list, const QString &problem);
    /// The newest verdict of every card; the selection stays.
    void setCards(std::vector<core::CardVerdict> cards);
    /// Every run of the selected card, oldest first.
    void setHistory(const std::vector<core::ProbeResult> &runs) { m_history->setRuns(runs); }
    /// Nodes that a failed probe proposes to cordon. That of the selected card is shown, else the first.
    void setProposals(std::vector<Proposal> proposals);
    void setRunning(bool running) { m_controls->setRunning(running); }
    void setProgress(const core::ProbeProgress &progress) { m_controls->setProgress(progress); }
    /// What went wrong with a run or with the history, until the next one; empty: nothing.
    void setProblem(const QString &words) { m_controls->setProblem(words); }
    QString selectedCard() const; ///< cardOf(); empty: none

Q_SIGNALS:
    void runRequested(const QString &profile, const QString &device); ///< device empty: every GPU here
    void cancelRequested();
    void cardSelected(const QString &card);
    void jobRequested();                       ///< write the manifests that run the probe on nodes of the cluster
    void collectRequested();                   ///< read what such Jobs have measured
    void importRequested();                    ///< take results from a file
    void cordonRequested(const QString &node); ///< after the button, before the confirmation

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    QWidget *buildCards();
    QWidget *buildDetail();
    void connectParts();
    void showCard();
    void showExtent();
    void showFigure(const QString &metric);
    void showHeadline();
    void showProposal();
    const core::CardVerdict *current() const;

    PanelHead *m_cardsHead, *m_head;
    QListWidget *m_cards;
    FindingList *m_findings;
    CordonBar *m_cordon;
    FiguresView *m_figures;
    FigureBars *m_bars;
    HistoryChart *m_history;
    ProbeControls *m_controls;
    BenchmarksView *m_benchmarks;
    QTabBar *m_views;
    QStackedWidget *m_stack;
    QWidget *m_measured = nullptr; ///< figures and charts of the selected card
    QLabel *m_howTo;               ///< in their place while no card was measured
    std::vector<core::CardVerdict> m_verdicts;
    std::vector<Proposal> m_proposals;
};

} // namespace ui
