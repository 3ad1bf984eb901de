// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inventory/node.h"

#include <string>
#include <vector>

namespace core {

/// What the facts of a node come to, and what a person can do about it: short sentences, the worst first. `todo` is
/// empty when there is nothing to do.
struct Meaning {
    std::vector<std::string> means, todo;
};

/// For one pool of the node. `requested` is what pods asked of it; `holders` names them ("team-chat/llama-0"), empty =
/// nobody. Says nothing that the node does not: why a device was withdrawn is not in a Node. Pure; any thread.
Meaning explain(const Node &node, const DevicePool &pool, std::int64_t requested, const std::string &holders);

} // namespace core
