// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inventory/node.h"

namespace core {

/// A node's accelerators in a few words. Everything that the object alone does not settle is left open: a resource
/// count without labels may be cards, slices or shares.
struct NodeSummary {
    /// "exclusive", "time-slicing", "mps", "mig-single", "mig-mixed", "mixed" (whole cards beside slices), "vgpu",
    /// "shared" (renamed shares of a kind the node does not tell), "amd-partition", "volcano-vgpu"; empty = open
    std::string sharing;
    std::optional<std::int64_t> physicalGpus;
    std::optional<std::int64_t> schedulableUnits; ///< sum of allocatable devices; nullopt when none are listed
    /// "allocatable-below-capacity:<resource>", "labelled-but-no-schedulable-gpu"
    std::vector<std::string> issues;
    std::vector<std::string> vendors; ///< by name, from labels and resources
};
NodeSummary summariseNode(const Node &node);

} // namespace core
