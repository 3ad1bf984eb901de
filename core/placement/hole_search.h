// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace core {

/// Pods on nodes, as numbers: which of them would have to go elsewhere so that one node has `size` devices free?
struct HoleProblem {
    using Amounts = std::vector<std::int64_t>; ///< [0] devices, behind them host resources; the same order everywhere
    struct Node {
        Amounts free;         ///< may be negative (overcommitted): then nothing goes there
        std::size_t kind = 0; ///< row and column of `tolerated`: nodes with the same taints
    };
    struct Pod {
        std::size_t node = 0;
        Amounts needs;
    };
    std::vector<Node> nodes;
    std::vector<Pod> pods; ///< those that may be moved; what others hold is not in Node::free
    /// May a pod that runs on a node of kind [a] run on one of kind [b]? Every kind on itself.
    std::vector<std::vector<bool>> tolerated;
    std::int64_t size = 8;
};

struct HoleLimits {
    int moves = 6;                ///< longest plan looked for
    std::int64_t steps = 400'000; ///< places tried before the search gives up on a proof: about 0.2 s
};

/// One pod goes to another node. Each step finds room for its pod when those before it are done.
struct HoleStep {
    std::size_t pod = 0, from = 0, to = 0;
    bool operator==(const HoleStep &) const = default;
};

struct HoleAnswer {
    std::optional<std::size_t> node; ///< where the hole opens; nullopt when no plan was found
    std::vector<HoleStep> steps;     ///< empty when the hole is there already
    int atLeast = 0;                 ///< no plan is shorter (it may be that none exists at all)
    /// With a node: no plan is shorter than this one. Without: there is none of up to HoleLimits::moves moves.
    bool proven = false;
};

/// The fewest moves, by iterative deepening with a lower bound (pods that must leave the node); exact until `limits`
/// are reached, which `proven` says. A best-fit plan found first bounds it from above, so a large cluster with room to
/// spare is answered without any search. The same problem always gets the same answer. Pure.
HoleAnswer findHole(const HoleProblem &given, const HoleLimits &limits = {});

} // namespace core
