// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/verdict.h"
#include "ui/widgets/key_help.h"

#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <optional>

namespace ui {

/// One context of the kubeconfig, as far as it is known.
struct ContextRow {
    QString name;
    QString server; ///< host and port
    QString signIn; ///< "client certificate", "exec: aws" ...
    /// nullopt while it is being asked. Fits: it answers; Tight: it answers, with something missing; No: it does not.
    std::optional<core::Verdict> verdict;
    QString ready; ///< the answer in words
};

/// The first page of a newcomer: which cluster? Every context with what is wrong with it; the demo cluster one click
/// away.
class ContextsPage final : public QWidget {
    Q_OBJECT

public:
    explicit ContextsPage(QWidget *parent = nullptr);

    static std::vector<KeyHelp> keys(); ///< what its keys do, for the panel behind `?`

    /// `problem`: why a kubeconfig could not be read; empty when it could.
    void setContexts(const std::vector<ContextRow> &rows, const QString &problem);
    /// What else is wrong with the file, one sentence each, beside what keeps a context from being used.
    void setOtherProblems(const QStringList &sentences);
    /// The answer for one context; ignored when it is not listed any more.
    void setReady(const QString &context, core::Verdict verdict, const QString &words);

Q_SIGNALS:
    void connectRequested(const QString &context);
    void demoRequested();
    void otherFileRequested();

private:
    void setUpTable();
    void addDemo(QVBoxLayout &layout);
    QTreeWidgetItem *find(const QString &context) const;
    void refreshButton();

    QLabel *m_found, *m_otherProblems;
    QTreeWidget *m_table;
    QPushButton *m_connect;
};

} // namespace ui
