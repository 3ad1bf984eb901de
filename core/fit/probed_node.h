// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>

namespace core {

/// What probes say of a node, as far as it still counts.
struct ProbedNode {
    double speed = 1;    ///< share of the usual speed that its slowest measured card reaches, 0.5 … 1
    bool failed = false; ///< a card computed wrong data or failed: the node should take no new work
    std::string reason;  ///< in words; empty when nothing speaks against it
    bool operator==(const ProbedNode &) const = default;
};
/// By node name; a node that is not there was not measured.
using ProbedNodes = std::map<std::string, ProbedNode, std::less<>>;

} // namespace core
