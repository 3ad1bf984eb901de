// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/plan.h"

namespace core {

/// Can all locked placements hold at once? Two locks on one card, or locks that together take more devices than their
/// node offers, or more locked replicas than the requirement has, contradict each other: an error (Conflict) that names
/// both. Nodes that the snapshot does not have are left to checkPlan().
Result<void> checkLocks(const Plan &plan, const ClusterSnapshot &snapshot);
/// The part that needs no cluster: cards and replicas.
Result<void> checkLocks(const Plan &plan);

} // namespace core
