// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/optimizer/fleet_problem.h"

#include <string_view>

namespace core::optimizer {

/// Reads a whole-plan instance (JSON): `skus` {name: mem_gib, usd_per_gpu_hour, precisions}, `usable_memory`,
/// `unmet_usd_per_tps`, `missing_replica_usd`, `nodes` [{name, sku, zone, taint, gpus_free}], `models` [{name,
/// precision, mem_gib, tp, shareable, min_replicas, demand_tps, tps, tolerates, zones}]. A model is offered a SKU that
/// has its precision and a throughput in `tps`, when mem_gib / tp is at most the usable memory of a GPU: tp whole GPUs,
/// or, shareable and tp 1, ceil(1000 x mem_gib / usable memory) milli of one. Errors (Parse) name the field: `models[3]
/// "m0003".tps.H200: is not a SKU of this instance`.
Result<FleetProblem> readPlanInstance(std::string_view json);

/// One line a replica: ["model","node",[gpu, …]].
std::string writePlanLines(const FleetProblem &problem, const std::vector<PlannedReplica> &plan);

} // namespace core::optimizer
