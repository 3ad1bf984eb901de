// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/optimizer/gpu_mix.h"

namespace core::optimizer {

/// For gpu_mix.cpp only: the cheapest mix of a problem that has been checked, as cheapestMix() promises it.
std::optional<GpuMix> searchMix(const MixProblem &problem, int nodeLimit);

} // namespace core::optimizer
