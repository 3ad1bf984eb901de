// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/drivers/opencl_api.h"

namespace probe {

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
        return std::unexpected(Failure{0, "NO_DRIVER", "no OpenCL: libOpenCL.so.1 was not found"});
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

} // namespace probe
