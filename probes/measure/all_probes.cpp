// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/measure/probes.h"

namespace probe {

const std::vector<Probe> &allProbes()
{
    static const std::vector<Probe> probes = {
        {"launch", "kernel launch latency", nullptr, measureLaunch},
        {"clock", "core clock of every unit, from timers in the kernel", whyNoClock, measureClock},
        {"membw", "memory bandwidth: triad, copy, read, write", nullptr, measureMemoryBandwidth},
        {"latency", "memory latency: a pointer chase", nullptr, measureLatency},
        {"compute", "vector arithmetic: fp64 fp32 fp16 bf16 int32 int8", nullptr, measureCompute},
        {"matrix", "matrix units: fp64 bf16 fp16 fp8 int8", whyNoMatrix, measureMatrix},
        {"library", "the vendor's own matrix product (cuBLAS, rocBLAS), when it is there", whyNoLibrary,
         measureLibrary},
        {"link", "host to device and back, pinned memory", nullptr, measureLink},
        {"p2p", "device to device, every pair", whyNoPeers, measurePeers},
        {"memtest", "moving inversions over free memory", nullptr, testMemory},
        {"load", "sustained load with clock and throttle sampling", whyNoLoad, measureLoad},
    };
    return probes;
}

} // namespace probe
