// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/dra/search.h"

#include <algorithm>

namespace core::dra {

// ---- constraints and counters ---------------------------------------------------------------------------------------

bool Search::addToConstraints(const Position &at, const Device &device, std::string_view driver)
{
    const auto &asked = requestAt(at);
    const auto alternative = asked.firstAvailable ? asked.alternatives[at.alternative].name : std::string();
    auto &constraints = m_constraints[at.claim];
    for (std::size_t i = 0; i < constraints.size(); ++i)
        if (!constraints[i].add(asked.name, alternative, device, driver)) {
            removeFromConstraints(at, i);
            return false;
        }
    return true;
}

void Search::removeFromConstraints(const Position &at, std::size_t count)
{
    const auto &asked = requestAt(at);
    const auto alternative = asked.firstAvailable ? asked.alternatives[at.alternative].name : std::string();
    for (auto i = count; i > 0; --i)
        m_constraints[at.claim][i - 1].remove(asked.name, alternative);
}

/// What allocated devices of the pool, near or elsewhere, leave of its counters.
Counters &Search::available(const Pool &pool, const std::string &counterSet)
{
    const auto [entry, isNew] = m_counters.try_emplace(&pool);
    if (!isNew)
        return entry->second[counterSet];
    entry->second = pool.counterSets;
    for (const auto *slices : {&pool.slices, &pool.elsewhere})
        for (const auto *slice : *slices)
            for (const auto &device : slice->devices)
                if (m_allocator.m_taken.contains({pool.driver, pool.name, device.name}))
                    for (const auto &use : device.consumes)
                        for (const auto &[name, amount] : use.counters)
                            entry->second[use.counterSet][name].subtract(amount);
    return entry->second[counterSet];
}

bool Search::useCounters(const Candidate &candidate)
{
    if (candidate.device->consumes.empty())
        return true;
    for (const auto &use : candidate.device->consumes)
        for (const auto &[name, amount] : use.counters)
            available(*candidate.pool, use.counterSet)[name].subtract(amount);
    // All of the pool's counters are looked at, as the scheduler does: one that is overdrawn stops every partition.
    const auto &left = m_counters[candidate.pool];
    const bool enough = std::ranges::all_of(left, [](const auto &set) {
        return std::ranges::all_of(set.second, [](const auto &counter) { return counter.second.amount().sign() >= 0; });
    });
    if (!enough)
        freeCounters(candidate);
    return enough;
}

void Search::freeCounters(const Candidate &candidate)
{
    for (const auto &use : candidate.device->consumes)
        for (const auto &[name, amount] : use.counters)
            available(*candidate.pool, use.counterSet)[name].add(amount);
}

} // namespace core::dra
