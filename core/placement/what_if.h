// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/misses.h"
#include "core/placement/plan.h"

namespace core {

/// One thing that has to leave a node, and where it would go.
struct Move {
    std::string what;         ///< "namespace/name" of a pod, or the requirement of a placement
    bool isPlacement = false; ///< one replica of the plan, not a pod
    bool isCounted = false;   ///< a replica that the plan holds to a SKU alone, and that does not run yet
    bool locked = false;      ///< a placement that may not be moved
    std::string resource;     ///< of the devices; empty when it holds none
    std::int64_t devices = 0;
    std::string to = {};                  ///< node; empty when it has no place
    std::string toSku = {};               ///< what it would hold there
    Verdict verdict = Verdict::No;        ///< of the place: Unknown when `doubts` are left, No without a place
    std::vector<std::string> doubts = {}; ///< "other-sku", or rules that are not judged: "spec.volumes"
    std::vector<Miss> misses = {};        ///< without a place: why every other node says no
};

/// What draining a node does.
struct DrainAnswer {
    std::string node;
    std::vector<Move> moves; ///< that have a place, in the order they were placed: most devices first
    std::vector<Move> stuck; ///< that have none
    /// Pods that a drain leaves: those of DaemonSets, and static ones.
    std::vector<std::string> stays;
};

/// What would move where if `node` took no pods any more and gave away its own: pods by the scheduler's filters
/// (evaluatePod()) and, where they claim devices, by its allocation once all that leave have given theirs back
/// (drain_claims.h); replicas of `plan` that are pinned to the node, and those that are counted there
/// (countedReplicas(), sets resolved), by their verdicts; pods of the pinned ones go with them, the counted ones stay
/// on their SKU. Each goes where least is lost (engine::SpotCost), devices of its own SKU before others: whether a pod
/// runs on another SKU is not known. Locked placements stay stuck. Nothing is executed. Pure. Errors: no such node
/// (NotFound), pods that may not be read (Forbidden), contradictory locks (checkLocks()).
Result<DrainAnswer> whatIfDrain(const FitInput &input, const std::string &node, const Plan *plan = nullptr);

} // namespace core
