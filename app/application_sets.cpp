// SPDX-License-Identifier: GPL-3.0-or-later
// Placement sets: how they resolve in the cluster as it is, and every edit of them.
#include "app/application.h"

#include "ui/text/set_words.h"
#include "ui/text/words.h"

using namespace Qt::StringLiterals;

namespace app {

/// Judging every alternative takes a moment on a large cluster: it has its own thread, and until the answer is there
/// the last one counts.
void Application::resolveSets()
{
    if (m_history.current().sets.empty()) {
        m_sets.clear();
        m_setsOf = {};
        return;
    }
    m_setJob.ask([this, plan = m_history.current(), at = ground()]() -> LatestJob::Answer {
        auto answer = core::resolveSets(plan, at.input());
        return [this, plan, answer = std::move(answer)]() mutable { takeSets(plan, std::move(answer)); };
    });
}

void Application::takeSets(const core::Plan &plan, core::Result<std::vector<core::SetResolution>> answer)
{
    if (plan != m_history.current())
        return; // asked again already
    if (!answer)
        return m_window.setMessage(ui::sentence(answer.error()));
    if (*answer == m_sets && plan == m_setsOf)
        return;
    m_sets = std::move(*answer);
    m_setsOf = plan;
    showPlan();
}

core::Plan Application::placedPlan() const
{
    const auto &plan = m_history.current();
    auto known = m_sets;
    std::erase_if(known, [&plan](const auto &one) { return !plan.findSet(one.requirement); });
    return core::withSetsPlaced(plan, known).value_or(plan);
}

void Application::editSet(const core::SetEdit &edit)
{
    m_pickedUp = false;
    auto plan = core::editSet(m_history.current(), edit, *m_snapshot, m_sets);
    if (!plan) {
        showVerdicts();
        return m_window.setMessage(ui::sentence(plan.error()));
    }
    const auto words = ui::editWords(edit);
    commit(std::move(*plan), words);
    m_window.setMessage(tr("%1 · Undo Ctrl+Z").arg(words));
}

/// What Ctrl+K can do to the set of the selected model.
void Application::listSetEdits(std::vector<ui::Command> &places)
{
    const auto selected = m_window.placement()->models()->selected();
    const auto name = ui::plain(selected);
    if (m_history.current().placedReplicas(name) == 0)
        return;
    const auto add = [&](const QString &words, const core::SetEdit &edit) {
        places.push_back({tr("Set"), words, {}, [this, edit] {
                              m_window.showPage(ui::MainWindow::Page::Placement);
                              editSet(edit);
                          }});
    };
    const auto *set = m_history.current().findSet(name);
    for (const auto &row : m_rows) {
        const auto sku = core::skuTarget(row);
        if (!set || std::ranges::none_of(set->alternatives, [&](const auto &one) { return core::isOf(sku, one); }))
            add(tr("Serve %1 also on %2").arg(selected, ui::text(row.displayName)), core::ServeAlso{name, sku});
    }
    if (!set)
        return;
    add(tr("One more replica for the set of %1").arg(selected), core::SetReplicas{name, set->replicas + 1});
    for (std::size_t i = 0; i < set->alternatives.size(); ++i)
        add(tr("Take %1 out of the set of %2").arg(ui::text(set->alternatives[i].skuId), selected),
            core::RemoveMember{name, i});
    add(tr("Dissolve the set of %1").arg(selected), core::DissolveSet{name});
}

} // namespace app
