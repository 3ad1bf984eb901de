// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/command_queue.h"
#include "app/log.h"
#include "core/kube/kubeconfig.h"
#include "ui/contexts/contexts_page.h"

#include <memory>
#include <vector>

namespace app {

/// Every context with its server and sign-in in words; what is wrong in the file itself is said at once.
std::vector<ui::ContextRow> contextRows(const core::Kubeconfig &config);

/// What kubectl would say against the rest of the file: entries that no context names, a current-context that is none.
QStringList otherProblems(const core::Kubeconfig &config);

/// Asks each context whether it answers and what it lets the user read; one queue a context, so that one that hangs
/// holds up no other. GUI thread only; destroying it cancels what is not answered yet.
class ContextCheck final : public QObject {
    Q_OBJECT

public:
    ContextCheck(core::Kubeconfig config, Log log, QObject *parent = nullptr);

    /// Asks; answers come as `checked`.
    void start();

Q_SIGNALS:
    void checked(const QString &context, core::Verdict verdict, const QString &words);

private:
    void ask(const std::string &name, const core::ClusterAccess &access);

    core::Kubeconfig m_config;
    Log m_log;
    std::vector<std::unique_ptr<CommandQueue>> m_queues;
};

} // namespace app
