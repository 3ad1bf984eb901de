// SPDX-License-Identifier: GPL-3.0-or-later
// The plan: every change of it, and its file.
#include "app/application.h"

#include "app/cluster_reader.h"
#include "app/resource_paths.h"
#include "app/server_answers.h"
#include "core/kube/yaml_json.h"
#include "core/placement/misses.h"
#include "ui/text/words.h"

#include <QApplication>
#include <QFileDialog>
#include <QTimer>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace app {

/// What is not saved survives a closed window and a killed program: it is kept beside the log and opened again.
void Application::keepDraft()
{
    const auto draft = stateFolder() / "unsaved-plan.yaml";
    std::error_code ignored;
    if (!m_history.isModified()) {
        std::filesystem::remove(draft, ignored);
        return;
    }
    std::filesystem::create_directories(draft.parent_path(), ignored);
    if (const auto saved = core::savePlan(m_history.current(), draft); !saved)
        m_window.setMessage(ui::sentence(saved.error()));
}

bool Application::openDraft()
{
    const auto draft = core::loadPlan(stateFolder() / "unsaved-plan.yaml");
    if (!draft)
        return false;
    m_history.commit(*draft, ui::plain(tr("what was not saved")));
    m_window.setMessage(tr("The plan of last time was not saved; here it is again. Undo goes back to the saved one."));
    return true;
}

void Application::commit(core::Plan plan, const QString &what)
{
    m_history.commit(std::move(plan), ui::plain(what));
    m_draftTimer.start(2s);
    refresh();
}

void Application::place(const QString &requirement, const core::Target &target)
{
    m_pickedUp = false;
    // A drop on a SKU keeps the SKU: the scheduler may use every node of it. The sentence says which fits best now.
    const auto best = target.level == core::TargetLevel::Sku && requirement == m_judged
        ? core::bestPlace(*m_candidates, *m_snapshot, target)
        : std::nullopt;
    auto plan = core::place(m_history.current(), ui::plain(requirement), target);
    if (!plan)
        return m_window.setMessage(ui::sentence(plan.error()));
    commit(std::move(*plan),
           tr("place %1 on %2")
               .arg(requirement, ui::text(target.level == core::TargetLevel::Sku ? target.skuId : target.node)));
    m_window.setMessage(tr("%1: %2%3 · Undo Ctrl+Z")
                            .arg(requirement, ui::pinSentence(target),
                                 best ? tr(" (best now: %1)").arg(ui::text(best->node)) : QString()));
}

/// A place that cannot take the model answers with its reason, as a drop there would.
void Application::placeIfItFits(const QString &requirement, const core::Target &target)
{
    if (requirement != m_judged)
        return m_window.setMessage(tr("%1 is being judged: ask again").arg(requirement));
    if (target.level == core::TargetLevel::Sku) {
        if (!core::bestPlace(*m_candidates, *m_snapshot, target))
            return m_window.setMessage(tr("no node of %1 can take %2 now").arg(ui::text(target.skuId), requirement));
        return place(requirement, target);
    }
    const auto *judged = core::findCandidate(*m_candidates, target.node, target.resource);
    if (judged && !core::isUsable(*judged))
        return m_window.setMessage(
            tr("%1 on %2: %3").arg(requirement, ui::text(target.node), ui::text(judged->headline().detail)));
    place(requirement, target);
}

void Application::takeOff(const QString &requirement, const core::Target &target)
{
    auto plan = core::takeOff(m_history.current(), ui::plain(requirement), target);
    if (!plan)
        return m_window.setMessage(ui::sentence(plan.error()));
    commit(std::move(*plan), tr("take %1 off %2").arg(requirement, ui::text(target.node)));
}

void Application::toggleLock(const QString &requirement, const core::Target &target)
{
    const auto &plan = m_history.current();
    const bool locked = std::ranges::any_of(plan.placements, [&](const auto &placement) {
        return placement.requirement == ui::plain(requirement) && placement.locked
            && core::enforced(placement.target) == core::enforced(target);
    });
    auto next = core::setLocked(plan, ui::plain(requirement), target, !locked);
    if (!next)
        return m_window.setMessage(ui::sentence(next.error()));
    commit(std::move(*next), locked ? tr("unlock %1").arg(requirement) : tr("lock %1").arg(requirement));
    m_window.setMessage(locked ? tr("%1 can be moved again").arg(requirement)
                               : tr("%1 stays where it is until it is unlocked").arg(requirement));
}

void Application::move(const QString &requirement, const core::Target &from, const core::Target &to)
{
    if (from.node == to.node && from.resource == to.resource && to.level == core::TargetLevel::Node)
        return;
    auto plan = core::takeOff(m_history.current(), ui::plain(requirement), from);
    if (plan)
        plan = core::place(*plan, ui::plain(requirement), to);
    if (!plan)
        return m_window.setMessage(ui::sentence(plan.error()));
    commit(std::move(*plan), tr("move %1").arg(requirement));
    m_window.setMessage(tr("%1: %2 · Undo Ctrl+Z").arg(requirement, ui::pinSentence(to)));
}

void Application::addModel(const QString &modelId)
{
    const auto *model = m_resources.catalog->findModel(ui::plain(modelId));
    if (!model)
        return;
    auto plan = m_history.current();
    core::Requirement requirement;
    requirement.modelId = model->id;
    std::string name = model->shortName;
    std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '-');
    name = name.substr(0, 40);
    if (std::isdigit(static_cast<unsigned char>(name.front())) != 0)
        name.insert(0, "m-"); // a Service's name begins with a letter
    while (!name.empty() && name.back() == '-')
        name.pop_back();
    requirement.name = name;
    for (int number = 2; plan.find(requirement.name); ++number)
        requirement.name = name + "-" + std::to_string(number);
    plan.requirements.push_back(requirement);
    commit(std::move(plan), tr("add %1").arg(ui::text(requirement.name)));
    m_window.placement()->models()->select(ui::text(requirement.name));
}

void Application::openPlan(const std::filesystem::path &file)
{
    auto plan = core::loadPlan(file);
    if (!plan)
        return m_window.setMessage(ui::sentence(plan.error()));
    m_history.open(std::move(*plan), file, ui::plain(tr("open %1").arg(ui::text(file.filename().string()))));
    refresh();
}

/// The plan the window begins with. An installed example is not the user's file: saving asks where.
void Application::openFirst(const std::filesystem::path &file, bool isExample)
{
    auto plan = core::loadPlan(file);
    if (!plan)
        return m_window.setMessage(ui::sentence(plan.error()));
    m_history = core::PlanHistory(std::move(*plan), isExample ? core::PlanHistory::File() : file);
    refresh();
}

void Application::savePlan(bool askWhere)
{
    if (askWhere || !m_history.file()) {
        auto *dialog = new QFileDialog(&m_window, tr("Save the plan"), ui::text(m_history.current().name + ".yaml"),
                                       tr("Plans (*.yaml)"));
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &file) { savePlanTo(ui::plain(file)); });
        return dialog->open();
    }
    const auto file = *m_history.file();
    savePlanTo(file);
}

void Application::savePlanTo(const std::filesystem::path &file)
{
    if (const auto saved = core::savePlan(m_history.current(), file); !saved)
        return m_window.setMessage(ui::sentence(saved.error()));
    m_history.markSaved(file);
    keepDraft();
    m_settings.setLastPlan(ui::text(file.string()));
    refresh();
    m_window.setMessage(tr("saved to %1").arg(ui::text(file.string())));
}

} // namespace app
