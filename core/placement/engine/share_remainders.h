// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/engine/demand_mix.h"

#include <array>

namespace core::engine {

/// What the known shares of a device cannot fill: 470 and 320 milli fill 790 of 810, so 20 are lost. An unbounded
/// knapsack over the common shares; a share that is less than CommonShare of all shares comes too seldom to wait for.
class ShareRemainders {
public:
    static constexpr double CommonShare = 0.03;

    explicit ShareRemainders(const DemandMix &mix);

    /// Milli of `freeMilli` (0 … 1000) that no combination of common shares takes; all of it when none is known.
    int unfillable(int freeMilli) const { return m_lost[static_cast<std::size_t>(freeMilli)]; }

private:
    std::array<int, WholeGpu + 1> m_lost{};
};

} // namespace core::engine
