// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifests/manifest.h"
#include "ui/widgets/key_help.h"
#include "ui/widgets/panel.h"

#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>

#include <map>

namespace ui {

class YamlView;

/// What the server said of one object, by "kind namespace/name".
struct ServerAnswer {
    bool accepted = false;
    QString message;                                 ///< the refusal, or the rollout's state
    std::optional<std::vector<core::DiffLine>> diff; ///< against what lives; nullopt = not asked yet
    bool conflict = false;
};
using ServerAnswers = std::map<QString, ServerAnswer>;

/// What will change in the cluster, and whether it will be accepted. Export is the first action, apply the second;
/// applying asks in a line of the page, never in a dialog.
class ManifestsPage final : public QWidget {
    Q_OBJECT

public:
    explicit ManifestsPage(QWidget *parent = nullptr);

    static std::vector<KeyHelp> keys(); ///< what its keys do, for the panel behind `?`

    /// The tree of the plan, or why there is none.
    void setExport(const core::Result<core::Export> &tree);
    void setAnswers(ServerAnswers answers);
    void setRollout(const QStringList &lines);
    void setWritable(bool writable); ///< false while disconnected: nothing that writes is enabled
    void setBusy(bool busy);         ///< an answer of the server is awaited
    bool isBusy() const { return m_busy; }

Q_SIGNALS:
    void exportRequested();
    void dryRunRequested();
    void applyRequested(bool force);

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void dress();
    QWidget *makeLeft();
    QWidget *makeMiddle();
    QWidget *makeRight();
    void connectActions();
    void forgetAnswers(const core::Export &next);
    void showState();
    void showFile();
    void showHead(const core::ManifestFile &file, const std::vector<core::DiffLine> *diff);
    void showReasons();
    void askToApply(bool force);
    void refreshButtons();

    core::Export m_tree;
    ServerAnswers m_answers;
    bool m_writable = false, m_busy = false, m_force = false;
    PanelHead *m_filesHead, *m_head;
    QListWidget *m_files;
    YamlView *m_view;
    QLabel *m_state, *m_question;
    QPlainTextEdit *m_reasons;
    QPushButton *m_export, *m_dryRun, *m_apply, *m_forceApply, *m_confirm, *m_cancel;
    QWidget *m_confirmBar;
    QString m_problem, m_accepted, m_rollout;
};

} // namespace ui
