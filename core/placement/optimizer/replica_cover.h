// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace core::optimizer {

/// One way to serve a model: what a replica costs (prices of scarce capacity included), what it serves, how many there
/// may be.
struct CoverItem {
    double price = 0;
    double tps = 0;
    std::int64_t limit = 0;
};

/// What must be served, and what it costs to fall short.
struct CoverNeed {
    double tps = 0;
    std::int64_t replicas = 0;
    double unmetUsdPerTps = 0;
    double missingReplicaUsd = 0;
};

/// Solves, for one model, in whole replicas x:
///   min sum price·x + unmetUsdPerTps·max(0, tps − sum tps·x) + missingReplicaUsd·max(0, replicas − sum x), 0 <= x <=
///   limit
/// by depth-first branch and bound, items by price per token. Whatever is cut off without being searched (node limit,
/// tolerance) was cut at a value that nothing below it can undercut, and the least of those values is kept:
/// `lowerBound` is therefore never above the optimum, and equals `value` when the search was complete.
class ReplicaCover {
public:
    struct Answer {
        double value = 0;
        double lowerBound = 0;
    };

    /// `counts` gets one number an item. Nodes searched are bounded by `nodeLimit`.
    Answer solve(std::span<const CoverItem> items, const CoverNeed &need, std::vector<std::int64_t> &counts,
                 int nodeLimit = 400);

private:
    void search(std::size_t depth, double spent, double tps, double replicas);
    bool cutsOff(double bound);
    void leaf(double spent, double tps, double replicas);
    double atLeast(std::size_t depth, double tps, double replicas) const;
    void prepare(std::span<const CoverItem> items);

    struct Ranked {
        CoverItem item;
        double ratio = 0;      ///< price per token, capped at the unmet price
        double leastPrice = 0; ///< of this and all later items, capped at the missing price
        std::size_t index = 0;
    };

    CoverNeed m_need;
    std::vector<Ranked> m_ranked;
    std::vector<std::int64_t> m_current, m_best;
    double m_value = 0, m_cut = 0;
    int m_nodesLeft = 0;
};

} // namespace core::optimizer
