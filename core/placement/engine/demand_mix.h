// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/engine/fleet.h"

namespace core::engine {

/// A class of pods that is known to come, and its share of all pods.
struct MixClass {
    Demand demand;
    double share = 0;
};

/// What is known of the demand to come: the engine's only foresight. Empty when nothing is known.
struct DemandMix {
    std::vector<MixClass> classes;

    /// CPU milli an average pod asks for; 0 for an empty mix.
    double cpuMilliPerPod() const
    {
        double sum = 0;
        for (const auto &one : classes)
            sum += one.share * static_cast<double>(one.demand.cpuMilli);
        return sum;
    }

    /// GPU milli an average pod asks for; 0 for an empty mix.
    double gpuMilliPerPod() const
    {
        double sum = 0;
        for (const auto &one : classes)
            sum += one.share * static_cast<double>(one.demand.gpuMilli());
        return sum;
    }
};

} // namespace core::engine
