// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/hole_search.h"

#include <limits>
#include <set>

namespace core {

/// A HoleProblem while pods are moved about: what is free where, and the moves so far. Not for several threads.
class HoleBoard {
public:
    using Amounts = HoleProblem::Amounts;
    static constexpr int never = std::numeric_limits<int>::max();

    explicit HoleBoard(const HoleProblem &problem); ///< a loan

    const HoleProblem &problem() const { return m_problem; }
    const HoleProblem::Pod &pod(std::size_t pod) const { return m_problem.pods[pod]; }
    std::int64_t devices(std::size_t pod) const { return m_problem.pods[pod].needs[0]; }
    const Amounts &free(std::size_t node) const { return m_free[node]; }
    std::size_t nodeOf(std::size_t pod) const { return m_at[pod]; }
    const std::vector<std::size_t> &podsOn(std::size_t node) const { return m_podsOn[node]; }
    /// Every node by its free devices.
    const std::set<std::pair<std::int64_t, std::size_t>> &byFree() const { return m_byFree; }
    /// The nodes with at least as many free devices as the pod needs.
    auto roomy(std::size_t pod) const { return m_byFree.lower_bound({devices(pod), 0}); }

    bool fits(std::size_t pod, std::size_t node) const;
    /// Devices that are not free yet; below 1 when the hole is there.
    std::int64_t missing(std::size_t node) const { return m_problem.size - m_free[node][0]; }
    /// Pods that must leave the node at least: its largest ones, until they make up what is missing; `never` when all
    /// of them do not.
    int movesAtLeast(std::size_t node) const;

    void move(std::size_t pod, std::size_t node);
    void undo();
    void forget() { m_steps.clear(); } ///< the moves so far, without undoing them
    const std::vector<HoleStep> &steps() const { return m_steps; }

    /// Equal for pods that need the same and may go to the same nodes.
    Amounts alike(std::size_t pod) const;
    /// Equal for nodes with the same room and taints.
    Amounts roomOf(std::size_t node) const;
    /// Equal for nodes that are the same to any plan: room, taints and pods.
    Amounts lookOf(std::size_t node) const;

private:
    void shift(std::size_t node, const Amounts &amounts, int sign);
    void put(std::size_t pod, std::size_t node);

    const HoleProblem &m_problem;
    std::vector<Amounts> m_free;
    std::vector<std::size_t> m_at;
    std::vector<std::vector<std::size_t>> m_podsOn;
    std::set<std::pair<std::int64_t, std::size_t>> m_byFree;
    std::vector<HoleStep> m_steps;
};

} // namespace core
