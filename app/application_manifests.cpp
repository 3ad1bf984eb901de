// SPDX-License-Identifier: GPL-3.0-or-later
// What the plan becomes: the exported tree, dry run, difference, apply.
#include "app/application.h"

#include "app/cluster_reader.h"
#include "app/resource_paths.h"
#include "app/server_answers.h"
#include "core/kube/yaml_json.h"
#include "ui/text/words.h"

#include <QApplication>
#include <QFileDialog>
#include <QTimer>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace app {

void Application::refreshManifests()
{
    const auto &plan = m_history.current();
    if (!plan.sets.empty() && m_setsOf != plan) { // the answer that is on its way brings them
        m_export = core::Export{};
        return;
    }
    auto tree = core::exportPlan(plan, ground().input(), m_sets);
    m_export = tree.value_or(core::Export{});
    m_window.manifests()->setExport(tree);
    showRollout();
}

void Application::exportManifests()
{
    const auto write = [this](const QString &folder) {
        const auto written = core::writeExport(m_export, ui::plain(folder));
        m_window.setMessage(written ? tr("%1 files written to %2").arg(m_export.files.size()).arg(folder)
                                    : ui::sentence(written.error()));
    };
    if (m_line.exportTo)
        return write(ui::text(m_line.exportTo->string()));
    auto *dialog = new QFileDialog(&m_window, tr("Export manifests to a folder"));
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QFileDialog::fileSelected, this, write);
    dialog->open();
}

void Application::askTheServer(bool apply, bool force)
{
    if (!m_commands || !m_connected || m_export.files.empty())
        return;
    auto *page = m_window.manifests();
    page->setBusy(true);
    const core::ApplyOptions options{.dryRun = !apply, .force = force};
    m_commands->submit<ui::ServerAnswers>(
        [tree = m_export, options](core::KubeClient &client, const std::stop_token &stop) {
            return askServer(client, tree, options, stop);
        },
        [this, page, apply](core::Result<ui::ServerAnswers> answers) {
            page->setBusy(false);
            if (!answers)
                return m_window.setMessage(ui::sentence(answers.error()));
            const auto all = answers->size();
            const auto accepted =
                std::ranges::count_if(*answers, [](const auto &each) { return each.second.accepted; });
            page->setAnswers(std::move(*answers));
            if (apply)
                m_window.setMessage(tr("%1 of %2 objects applied to %3").arg(accepted).arg(all).arg(m_context));
        });
}

/// Whoever waited for an answer of the cluster that is left is told that none will come.
void Application::giveUpAsking()
{
    if (!m_window.manifests()->isBusy())
        return;
    m_window.manifests()->setBusy(false);
    m_window.setMessage(tr("the answer was not waited for: ask again to see what was applied"));
}

} // namespace app
