// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/drivers/opencl_api.h"

namespace probe {
namespace {

template <typename T>
std::optional<T> numberInfo(const OpenClApi &api, cl::Object device, std::uint32_t what)
{
    T value = 0;
    if (api.deviceInfo(device, what, sizeof(value), &value, nullptr) != 0)
        return std::nullopt;
    return value;
}

} // namespace

Failure openClFailure(int code, const char *call)
{
    const char *name = "DRIVER_ERROR";
    switch (code) {
    case cl::memoryAllocationFailure:
    case cl::outOfHostMemory: name = "OUT_OF_MEMORY"; break;
    case cl::outOfResources: // what several drivers answer after a fault on the device
        name = "LAUNCH_FAILED";
        break;
    case -2: name = "DEVICE_UNAVAILABLE"; break;
    case -11: name = "KERNELS_NOT_COMPILED"; break;
    default: break;
    }
    return {code, name, "OpenCL error " + std::to_string(code) + " from " + call};
}

Result<OpenClApi> loadOpenClApi()
{
    const auto library = Library::open({"libOpenCL.so.1", "libOpenCL.so"}, "BERTH_PROBE_OPENCL_LIBRARY");
    if (!library)
        return std::unexpected(Failure{0, "NO_DRIVER", "no OpenCL: libOpenCL.so.1 was not found (install ocl-icd)"});
    OpenClApi api = {.library = *library};
    Library &l = api.library;
    l.find(api.platforms, "clGetPlatformIDs");
    l.find(api.platformInfo, "clGetPlatformInfo");
    l.find(api.devices, "clGetDeviceIDs");
    l.find(api.deviceInfo, "clGetDeviceInfo");
    l.find(api.createContext, "clCreateContext");
    l.find(api.releaseContext, "clReleaseContext");
    l.find(api.createQueue, "clCreateCommandQueue");
    l.find(api.releaseQueue, "clReleaseCommandQueue");
    l.find(api.createProgram, "clCreateProgramWithSource");
    l.find(api.buildProgram, "clBuildProgram");
    l.find(api.buildInfo, "clGetProgramBuildInfo");
    l.find(api.releaseProgram, "clReleaseProgram");
    l.find(api.createKernel, "clCreateKernel");
    l.find(api.releaseKernel, "clReleaseKernel");
    l.find(api.setArgument, "clSetKernelArg");
    l.find(api.createBuffer, "clCreateBuffer");
    l.find(api.releaseBuffer, "clReleaseMemObject");
    l.find(api.enqueueKernel, "clEnqueueNDRangeKernel");
    l.find(api.enqueueWrite, "clEnqueueWriteBuffer");
    l.find(api.enqueueRead, "clEnqueueReadBuffer");
    l.find(api.enqueueFill, "clEnqueueFillBuffer");
    l.find(api.enqueueMarker, "clEnqueueMarkerWithWaitList");
    l.find(api.enqueueMap, "clEnqueueMapBuffer");
    l.find(api.enqueueUnmap, "clEnqueueUnmapMemObject");
    l.find(api.flush, "clFlush");
    l.find(api.finish, "clFinish");
    l.find(api.waitForEvents, "clWaitForEvents");
    l.find(api.profilingInfo, "clGetEventProfilingInfo");
    l.find(api.releaseEvent, "clReleaseEvent");
    if (!l.missing().empty())
        return std::unexpected(
            Failure{0, "DRIVER_TOO_OLD", "OpenCL library too old (1.2 is needed): it lacks " + l.missing()});
    return api;
}

std::string deviceText(const OpenClApi &api, cl::Object device, std::uint32_t what)
{
    std::size_t size = 0;
    if (api.deviceInfo(device, what, 0, nullptr, &size) != 0 || size == 0)
        return {};
    std::string text(size, '\0');
    api.deviceInfo(device, what, size, text.data(), nullptr);
    text.resize(text.find_last_not_of(std::string_view(" \0", 2)) + 1);
    return text;
}

DeviceDescription describeDevice(const OpenClApi &api, cl::Object device, int index)
{
    DeviceDescription d = {.backend = "opencl", .index = index};
    d.name = deviceText(api, device, cl::deviceName);
    d.vendor = deviceText(api, device, cl::deviceVendor);
    d.driver = deviceText(api, device, cl::driverVersion);
    const auto type = numberInfo<std::uint64_t>(api, device, cl::deviceType).value_or(0);
    d.type = type & cl::typeCpu ? "cpu" : type & cl::typeGpu ? "gpu" : "accelerator";
    if (const auto units = numberInfo<std::uint32_t>(api, device, cl::deviceMaxComputeUnits))
        d.computeUnits = static_cast<int>(*units);
    if (const auto clock = numberInfo<std::uint32_t>(api, device, cl::deviceMaxClockFrequency); clock && *clock > 0)
        d.clockMHz = static_cast<int>(*clock);
    if (const auto bytes = numberInfo<std::uint64_t>(api, device, cl::deviceGlobalMemSize))
        d.memoryBytes = static_cast<std::int64_t>(*bytes);
    if (const auto bytes = numberInfo<std::uint64_t>(api, device, cl::deviceMaxMemAllocSize))
        d.largestAllocation = static_cast<std::int64_t>(*bytes);
    if (const auto bytes = numberInfo<std::uint64_t>(api, device, cl::deviceGlobalMemCacheSize); bytes && *bytes > 0)
        d.l2Bytes = static_cast<std::int64_t>(*bytes);
    if (const auto ecc = numberInfo<std::uint32_t>(api, device, cl::deviceErrorCorrectionSupport))
        d.ecc = *ecc != 0;
    return d;
}

} // namespace probe
