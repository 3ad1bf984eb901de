// SPDX-License-Identifier: GPL-3.0-or-later
// A look-alike of libnvidia-ml.so.1: one card, 40 C, 300 W, no throttling unless a fault says so.
#include "tests/probes/stand_in/faults.h"

#include <cstring>

using standin::fault;

namespace {
struct Process {
    unsigned pid;
    unsigned long long memory;
    unsigned gpuInstance, computeInstance;
};
int card;
} // namespace

extern "C" {
int nvmlInit_v2()
{
    return 0;
}
int nvmlDeviceGetCount_v2(unsigned *count)
{
    *count = 1;
    return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned, void **handle)
{
    *handle = &card;
    return 0;
}
int nvmlDeviceGetHandleByPciBusId_v2(const char *, void **handle)
{
    *handle = &card;
    return 0;
}
int nvmlDeviceGetName(void *, char *text, unsigned size)
{
    std::strncpy(text, "Stand-in H200", size);
    return 0;
}
int nvmlDeviceGetClockInfo(void *, int, unsigned *mhz)
{
    *mhz = 1980;
    return 0;
}
int nvmlDeviceGetTemperature(void *, int, unsigned *celsius)
{
    *celsius = 40;
    return 0;
}
int nvmlDeviceGetPowerUsage(void *, unsigned *milliwatt)
{
    *milliwatt = 300'000;
    return 0;
}
int nvmlDeviceGetEnforcedPowerLimit(void *, unsigned *milliwatt)
{
    *milliwatt = 700'000;
    return 0;
}
// Counts since the driver was loaded: some from before the run, and three more of the faulty kind at every look.
int nvmlDeviceGetTotalEccErrors(void *, int kind, int, unsigned long long *count)
{
    static unsigned long long counts[2] = {40, 0};
    if (fault().is("ecc", kind == 0 ? "corrected" : "uncorrected"))
        counts[kind] += 3;
    *count = counts[kind];
    return 0;
}
int nvmlDeviceGetCurrentClocksThrottleReasons(void *, unsigned long long *bits)
{
    *bits = fault().is("throttle") ? 0x40 : 0x1;
    return 0;
}
int nvmlDeviceGetMigMode(void *, unsigned *current, unsigned *pending)
{
    *current = *pending = fault().is("mig") ? 1 : 0;
    return 0;
}
int nvmlDeviceGetComputeRunningProcesses_v3(void *, unsigned *count, Process *processes)
{
    *count = fault().is("busy") ? 1 : 0;
    if (*count)
        processes[0] = {4711, 1 << 30, 0, 0};
    return 0;
}
int nvmlDeviceGetCurrPcieLinkGeneration(void *, unsigned *generation)
{
    *generation = fault().is("link") ? 4 : 5;
    return 0;
}
int nvmlDeviceGetMaxPcieLinkGeneration(void *, unsigned *generation)
{
    *generation = 5;
    return 0;
}
int nvmlDeviceGetCurrPcieLinkWidth(void *, unsigned *width)
{
    *width = fault().is("link") ? 8 : 16;
    return 0;
}
int nvmlDeviceGetMaxPcieLinkWidth(void *, unsigned *width)
{
    *width = 16;
    return 0;
}
}
