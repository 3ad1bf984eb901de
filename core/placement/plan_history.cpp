// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/plan.h"

namespace core {

PlanHistory::PlanHistory(Plan plan, File file) : m_documents{{std::move(file), plan}}, m_steps{{std::move(plan), {}, 0}}
{
}

const Plan &PlanHistory::current() const
{
    return m_steps[m_position].plan;
}

void PlanHistory::commit(Plan plan, std::string what)
{
    if (plan == current())
        return;
    push({std::move(plan), std::move(what), m_steps[m_position].document});
}

void PlanHistory::open(Plan plan, File file, std::string what)
{
    m_documents.push_back({std::move(file), plan});
    push({std::move(plan), std::move(what), m_documents.size() - 1});
}

void PlanHistory::push(Step step)
{
    m_steps.resize(m_position + 1);
    m_steps.push_back(std::move(step));
    ++m_position;
}

const PlanHistory::File &PlanHistory::file() const
{
    return document().file;
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
    return current() != document().saved;
}
void PlanHistory::markSaved(File file)
{
    m_documents[m_steps[m_position].document] = {std::move(file), current()};
}

} // namespace core
