// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "probes/drivers/device.h"
#include "probes/drivers/library.h"

#include <cstdint>

namespace probe {

// The part of OpenCL 1.2 that is used here, in our own declarations; names, signatures and numbers from Khronos, "The
// OpenCL Specification", version 1.2, and its registry of enumerants.
namespace cl {
using Object =
    void *; // cl_platform_id, cl_device_id, cl_context, cl_command_queue, cl_mem, cl_program, cl_kernel, cl_event

constexpr std::uint32_t platformName = 0x0902, platformVersion = 0x0901;
constexpr std::uint64_t typeAll = 0xFFFFFFFF, typeCpu = 1u << 1, typeGpu = 1u << 2;
constexpr std::uint32_t deviceType = 0x1000, deviceMaxComputeUnits = 0x1002, deviceMaxWorkGroupSize = 0x1004,
                        deviceMaxClockFrequency = 0x100C, deviceMaxMemAllocSize = 0x1010,
                        deviceGlobalMemCacheSize = 0x101E, deviceGlobalMemSize = 0x101F,
                        deviceErrorCorrectionSupport = 0x1024, deviceName = 0x102B, deviceVendor = 0x102C,
                        driverVersion = 0x102D, deviceExtensions = 0x1030;
constexpr std::uint64_t queueProfiling = 1u << 1;
constexpr std::uint64_t memReadWrite = 1u << 0, memAllocHostPointer = 1u << 4;
constexpr std::uint32_t programBuildLog = 0x1183, profilingCommandEnd = 0x1283;
constexpr std::uint64_t mapReadWrite = 3;
constexpr int outOfResources = -5, outOfHostMemory = -6, memoryAllocationFailure = -4, deviceNotFound = -1,
              invalidBufferSize = -61, invalidKernelName = -46, platformNotFound = -1001;
} // namespace cl

struct OpenClApi {
    Library library;

    int (*platforms)(std::uint32_t, cl::Object *, std::uint32_t *);
    int (*platformInfo)(cl::Object, std::uint32_t, std::size_t, void *, std::size_t *);
    int (*devices)(cl::Object, std::uint64_t, std::uint32_t, cl::Object *, std::uint32_t *);
    int (*deviceInfo)(cl::Object, std::uint32_t, std::size_t, void *, std::size_t *);
    cl::Object (*createContext)(const std::intptr_t *, std::uint32_t, const cl::Object *,
                                void (*)(const char *, const void *, std::size_t, void *), void *, int *);
    int (*releaseContext)(cl::Object);
    cl::Object (*createQueue)(cl::Object, cl::Object, std::uint64_t, int *);
    int (*releaseQueue)(cl::Object);
    cl::Object (*createProgram)(cl::Object, std::uint32_t, const char **, const std::size_t *, int *);
    int (*buildProgram)(cl::Object, std::uint32_t, const cl::Object *, const char *, void (*)(cl::Object, void *),
                        void *);
    int (*buildInfo)(cl::Object, cl::Object, std::uint32_t, std::size_t, void *, std::size_t *);
    int (*releaseProgram)(cl::Object);
    cl::Object (*createKernel)(cl::Object, const char *, int *);
    int (*releaseKernel)(cl::Object);
    int (*setArgument)(cl::Object, std::uint32_t, std::size_t, const void *);
    cl::Object (*createBuffer)(cl::Object, std::uint64_t, std::size_t, void *, int *);
    int (*releaseBuffer)(cl::Object);
    int (*enqueueKernel)(cl::Object, cl::Object, std::uint32_t, const std::size_t *, const std::size_t *,
                         const std::size_t *, std::uint32_t, const cl::Object *, cl::Object *);
    int (*enqueueWrite)(cl::Object, cl::Object, std::uint32_t, std::size_t, std::size_t, const void *, std::uint32_t,
                        const cl::Object *, cl::Object *);
    int (*enqueueRead)(cl::Object, cl::Object, std::uint32_t, std::size_t, std::size_t, void *, std::uint32_t,
                       const cl::Object *, cl::Object *);
    int (*enqueueFill)(cl::Object, cl::Object, const void *, std::size_t, std::size_t, std::size_t, std::uint32_t,
                       const cl::Object *, cl::Object *);
    int (*enqueueMarker)(cl::Object, std::uint32_t, const cl::Object *, cl::Object *);
    void *(*enqueueMap)(cl::Object, cl::Object, std::uint32_t, std::uint64_t, std::size_t, std::size_t, std::uint32_t,
                        const cl::Object *, cl::Object *, int *);
    int (*enqueueUnmap)(cl::Object, cl::Object, void *, std::uint32_t, const cl::Object *, cl::Object *);
    int (*flush)(cl::Object);
    int (*finish)(cl::Object);
    int (*waitForEvents)(std::uint32_t, const cl::Object *);
    int (*profilingInfo)(cl::Object, std::uint32_t, std::size_t, void *, std::size_t *);
    int (*releaseEvent)(cl::Object);
};

Result<OpenClApi> loadOpenClApi();
std::string deviceText(const OpenClApi &api, cl::Object device, std::uint32_t what);
DeviceDescription describeDevice(const OpenClApi &api, cl::Object device, int index);
Failure openClFailure(int code, const char *call);

} // namespace probe
