// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/dra/constraints.h"

#include <algorithm>

namespace core::dra {

bool ConstraintState::applies(const std::string &request, const std::string &alternative) const
{
    const auto &names = m_constraint->requests;
    return names.empty() || std::ranges::find(names, request) != names.end()
        || (!alternative.empty() && std::ranges::find(names, request + "/" + alternative) != names.end());
}

bool ConstraintState::accepts(const Attribute &attribute) const
{
    if (std::holds_alternative<OtherType>(attribute))
        return false;
    if (m_constraint->kind == Constraint::Kind::Match)
        return attribute == *m_common;
    return std::ranges::none_of(m_distinct, [&](const auto &other) { return *other.second == attribute; });
}

bool ConstraintState::add(const std::string &request, const std::string &alternative, const Device &device,
                          std::string_view driver)
{
    if (!applies(request, alternative))
        return true;
    const auto *attribute = attributeOf(device, driver, m_constraint->attribute);
    if (!attribute || (m_devices > 0 && !accepts(*attribute)))
        return false;
    if (m_constraint->kind == Constraint::Kind::Distinct)
        m_distinct[request] = attribute;
    else if (m_devices == 0)
        m_common = attribute;
    ++m_devices;
    return true;
}

void ConstraintState::remove(const std::string &request, const std::string &alternative)
{
    if (!applies(request, alternative))
        return;
    m_distinct.erase(request);
    --m_devices;
}

} // namespace core::dra
