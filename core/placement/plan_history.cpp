// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/plan.h"

namespace core {

PlanHistory::PlanHistory(Plan plan) : m_steps{{plan, {}}}, m_saved(std::move(plan)) {}

const Plan &PlanHistory::current() const
{
    return m_steps[m_position].plan;
}

void PlanHistory::commit(Plan plan, std::string what)
{
    if (plan == current())
        return;
    m_steps.resize(m_position + 1);
    m_steps.push_back({std::move(plan), std::move(what)});
    ++m_position;
}

bool PlanHistory::canUndo() const
{
    return m_position > 0;
}
bool PlanHistory::canRedo() const
{
    return m_position + 1 < m_steps.size();
}
std::string PlanHistory::undoText() const
{
    return canUndo() ? m_steps[m_position].what : std::string();
}
std::string PlanHistory::redoText() const
{
    return canRedo() ? m_steps[m_position + 1].what : std::string();
}

void PlanHistory::undo()
{
    if (canUndo())
        --m_position;
}

void PlanHistory::redo()
{
    if (canRedo())
        ++m_position;
}

bool PlanHistory::isModified() const
{
    return current() != m_saved;
}
void PlanHistory::markSaved()
{
    m_saved = current();
}

} // namespace core
