// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace core::optimizer {

/// A whole GPU in thousandths, the unit of every share.
inline constexpr int WholeGpu = 1000;

/// A kind of GPU and its price.
struct GpuKind {
    std::string name;
    double usdPerGpuHour = 0;
};

/// A node and what is free on it now.
struct FleetNode {
    std::string name;
    std::size_t kind = 0; ///< index into FleetProblem::kinds
    std::string zone;
    std::vector<std::string> taints; ///< a model must tolerate every one
    std::vector<int> gpuFreeMilli;   ///< one a GPU, 0 … 1000; at most 64 GPUs
};

/// One way to run a replica: `gpus` whole GPUs of one node (milli 1000), or a share of one GPU (gpus 1, milli < 1000).
/// Who fills this in has already judged that the model fits there (memory, precision, features).
struct ReplicaOffer {
    std::size_t kind = 0;
    int gpus = 1;
    int milli = WholeGpu;
    double tokensPerSecond = 0; ///< of one replica
};

/// A model to be served and what is wanted of it.
struct ServedModel {
    std::string name;
    double demandTps = 0; ///< tokens per second, over all replicas
    int minReplicas = 1;
    std::vector<ReplicaOffer> offers;
    std::vector<std::string> tolerates; ///< taints
    std::vector<std::string> zones;     ///< empty: any
};

/// What the optimiser is asked: which replicas, of which model, on which GPUs. A plan costs, per hour,
///   sum over replicas of usdPerGpuHour x gpus x milli / 1000
///   + unmetUsdPerTps x tokens/s below demand + missingReplicaUsd x replicas below minReplicas,
/// and less is better. The penalties make every problem solvable: a demand that no fleet can meet shows as unmet.
struct FleetProblem {
    std::vector<GpuKind> kinds;
    std::vector<FleetNode> nodes;
    std::vector<ServedModel> models;
    double unmetUsdPerTps = 1;
    double missingReplicaUsd = 100;
};

/// One replica of a plan.
struct PlannedReplica {
    std::size_t model = 0;
    std::size_t node = 0;
    std::vector<int> gpus; ///< GPU indices of the node, ascending
    std::size_t offer = 0; ///< index into the model's offers
    bool operator==(const PlannedReplica &) const = default;
};

/// What a plan costs and leaves open.
struct PlanScore {
    double usdPerHour = 0; ///< the objective, penalties included
    double gpuUsdPerHour = 0;
    double unmetTps = 0;
    std::int64_t missingReplicas = 0;
    bool operator==(const PlanScore &) const = default;
};

/// Names are unique and not empty, prices and demands finite and not negative, at least one replica is asked for, every
/// index exists, GPUs are 0 … 1000 free. The error's place is the path of the field: `models[3] "m0003".demand`.
Result<void> validate(const FleetProblem &problem);

/// True when the model may run on the node at all: its zone is among the model's, its taints are tolerated.
bool admits(const ServedModel &model, const FleetNode &node);

/// Recounts a plan from nothing and checks every rule of the problem. Fails (Invalid) with the replica that breaks one.
Result<PlanScore> score(const FleetProblem &problem, const std::vector<PlannedReplica> &plan);

} // namespace core::optimizer
