// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/dra/device.h"

namespace core::dra {

bool tolerates(const DeviceToleration &toleration, const DeviceTaint &taint)
{
    if (!toleration.effect.empty() && toleration.effect != taint.effect)
        return false;
    if (!toleration.key.empty() && toleration.key != taint.key)
        return false;
    if (toleration.op.empty() || toleration.op == "Equal")
        return toleration.value == taint.value;
    return toleration.op == "Exists";
}

bool reaches(const Reach &reach, const NodeIdentity &node)
{
    if (!reach.nodeName.empty())
        return reach.nodeName == node.name;
    return reach.allNodes || (reach.selector && matches(*reach.selector, node));
}

const Attribute *attributeOf(const Device &device, std::string_view driver, std::string_view fullName)
{
    if (const auto found = device.attributes.find(fullName); found != device.attributes.end())
        return &found->second;
    const auto slash = fullName.find('/');
    if (slash == fullName.npos || fullName.substr(0, slash) != driver)
        return nullptr;
    const auto found = device.attributes.find(fullName.substr(slash + 1));
    return found == device.attributes.end() ? nullptr : &found->second;
}

} // namespace core::dra
