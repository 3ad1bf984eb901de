// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inventory/node.h"

namespace core {

/// What pods of ours tolerate on GPU nodes, and verdicts count on: taints whose key is a resource name of the pool's
/// vendor, the convention of ExtendedResourceToleration and of the vendors' charts ("nvidia.com/gpu", "amd.com/gpu",
/// "gpu.intel.com/xe", "gpu.intel.com/i915"), and the pool's own resource. Any value, any effect.
std::vector<Toleration> gpuTolerations(const DevicePool &pool);

} // namespace core
