// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/optimizer/fleet_problem.h"

namespace core::optimizer {

/// What a replica takes of a node.
struct Shape {
    int gpus = 1;
    int milli = WholeGpu;
    bool isShare() const { return milli < WholeGpu; }
    /// In whole GPUs.
    double size() const { return static_cast<double>(gpus) * milli / WholeGpu; }
    auto operator<=>(const Shape &) const = default;
};

/// Nodes that no model can tell apart but by what is free on them: same kind of GPU, zone and taints.
struct Pool {
    std::size_t kind = 0;
    std::vector<std::size_t> nodes; ///< indices into the problem
};

/// One way to run a model in one pool.
struct PoolOption {
    std::size_t offer = 0;
    std::size_t pool = 0;
    Shape shape;
    double usd = 0; ///< per hour, of one replica
    double tps = 0;
};

/// A model with every pool that takes it.
struct PooledModel {
    double demandTps = 0;
    int minReplicas = 0;
    std::vector<PoolOption> options; ///< by kind, so that equal options lie together
};

/// The problem with nodes gathered into pools: ten thousand nodes become tens of pools, and nothing is lost, because
/// what tells two nodes of a pool apart (their free GPUs) is kept by FleetPacking.
struct FleetPools {
    std::vector<Pool> pools;
    std::vector<PooledModel> models;
};

FleetPools gatherPools(const FleetProblem &problem);

} // namespace core::optimizer
