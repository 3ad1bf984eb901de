// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/optimizer/fleet_pools.h"

#include <memory>

namespace core::optimizer {

/// What every plan keeps in every pool: rows  sum over replicas of weight(kind, shape) <= capacity.
///   * all      size in GPUs                                     <= free milli / 1000
///   * half     whole GPUs, shares over half a GPU as 1, of exactly half as 1/2, smaller ones as 0
///                                                               <= GPUs counted by their free milli in the same way
///   * group g  floor(gpus / g) of whole GPUs                    <= sum over nodes of floor(whole GPUs of the node / g)
/// "half" holds because two shares over a half never share a GPU; "group" because floor(·/g) is superadditive: a node
/// with 7 free GPUs holds one group of four, not 1.75. One group row for each group size that is asked for, and for 1.
class CapacityRows {
public:
    CapacityRows(const FleetProblem &problem, const FleetPools &pools);

    std::size_t kinds() const { return 2 + m_groups.size(); }
    std::size_t size() const { return m_capacity.size(); }
    /// Row of a pool.
    std::size_t row(std::size_t pool, std::size_t kind) const { return pool * kinds() + kind; }
    double capacity(std::size_t row) const { return m_capacity[row]; }
    double weight(std::size_t kind, Shape shape) const;

private:
    void addNode(std::size_t pool, const std::vector<int> &gpuFreeMilli);

    std::vector<int> m_groups;
    std::vector<double> m_capacity;
};

/// Prices of the rows, and what they prove (see PriceBound). A value: a search keeps its copy while better ones are
/// sought.
struct CapacityPrices {
    std::shared_ptr<const CapacityRows> rows;
    std::vector<double> each;      ///< one a row, >= 0
    std::vector<double> leastCost; ///< one a model: no replicas serve it for less at these prices
    double bound = 0;              ///< $/h: no plan costs less

    /// What a replica of the shape pays for the room it takes in the pool, beside its price per hour.
    double of(std::size_t pool, Shape shape) const;
};

} // namespace core::optimizer
