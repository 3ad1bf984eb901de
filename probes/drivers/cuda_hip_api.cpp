// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/drivers/cuda_hip_api.h"

#include "probes/drivers/absence.h"
#include "probes/drivers/topology.h"

#include <array>
#include <cstdio>
#include <utility>

namespace probe {
namespace {

// The numbers are shared by CUresult and hipError_t (hip_runtime_api.h says so of each), but for HIP's 101.
struct Name {
    int code;
    const char *name;
    const char *advice;
};
constexpr Name names[] = {
    {1, "INVALID_VALUE", ""},
    {2, "OUT_OF_MEMORY", "stop what runs on the device, or wait for it"},
    {3, "NOT_INITIALIZED", ""},
    {46, "DEVICE_UNAVAILABLE", "another process holds the device exclusively; stop it, or wait for it"},
    {100, "NO_DEVICE", ""},
    {101, "INVALID_DEVICE", ""},
    {200, "INVALID_IMAGE", ""},
    {201, "INVALID_CONTEXT", ""},
    {209, "NO_BINARY_FOR_GPU", ""},
    {214, "ECC_UNCORRECTABLE", "drain this GPU, read its ECC counters and reset it; if it repeats: RMA"},
    {218, "INVALID_PTX", ""},
    {220, "NVLINK_UNCORRECTABLE", "look at the NVLink counters"},
    {222, "UNSUPPORTED_PTX_VERSION", ""},
    {304, "OPERATING_SYSTEM", ""},
    {700, "ILLEGAL_ADDRESS", "look for an Xid or RAS event in the kernel log"},
    {702, "LAUNCH_TIMEOUT", ""},
    {709, "CONTEXT_DESTROYED", ""},
    {710, "DEVICE_ASSERT", ""},
    {714, "HARDWARE_STACK_ERROR", "look for an Xid or RAS event in the kernel log"},
    {715, "ILLEGAL_INSTRUCTION", "look for an Xid or RAS event in the kernel log"},
    {719, "LAUNCH_FAILED", "look for an Xid or RAS event in the kernel log"},
    {802, "SYSTEM_NOT_READY", "the NVSwitch fabric is not up: is the fabric manager running?"},
    {803, "SYSTEM_DRIVER_MISMATCH", "kernel driver and libcuda differ: reboot or reinstall the driver"},
    {999, "UNKNOWN",
     "the device may be lost: look for an Xid or RAS event in the kernel log, then reset it or restart the machine"},
};

Name nameOf(int code)
{
    for (const Name &name : names)
        if (name.code == code)
            return name;
    return {code, "DRIVER_ERROR", ""};
}

struct Entry {
    const char *cuda;
    const char *hip;
};

void findCommon(CudaHipApi &api)
{
    const auto find = [&api](auto &function, const char *cuda, const char *hip) {
        api.library.find(function, api.isHip ? hip : cuda);
    };
    find(api.init, "cuInit", "hipInit");
    find(api.driverVersion, "cuDriverGetVersion", "hipDriverGetVersion");
    find(api.deviceCount, "cuDeviceGetCount", "hipGetDeviceCount");
    find(api.deviceName, "cuDeviceGetName", "hipDeviceGetName");
    find(api.deviceAttribute, "cuDeviceGetAttribute", "hipDeviceGetAttribute");
    find(api.deviceMemory, "cuDeviceTotalMem_v2", "hipDeviceTotalMem");
    find(api.devicePciAddress, "cuDeviceGetPCIBusId", "hipDeviceGetPCIBusId");
    find(api.allocate, "cuMemAlloc_v2", "hipMalloc");
    find(api.release, "cuMemFree_v2", "hipFree");
    find(api.allocatePinned, "cuMemHostAlloc", "hipHostMalloc");
    find(api.releasePinned, "cuMemFreeHost", "hipHostFree");
    find(api.upload, "cuMemcpyHtoDAsync_v2", "hipMemcpyHtoDAsync");
    find(api.download, "cuMemcpyDtoHAsync_v2", "hipMemcpyDtoHAsync");
    find(api.clear, "cuMemsetD8_v2", "hipMemsetD8");
    find(api.memoryInfo, "cuMemGetInfo_v2", "hipMemGetInfo");
    find(api.loadImage, "cuModuleLoadData", "hipModuleLoadData");
    find(api.unloadImage, "cuModuleUnload", "hipModuleUnload");
    find(api.function, "cuModuleGetFunction", "hipModuleGetFunction");
    find(api.launch, "cuLaunchKernel", "hipModuleLaunchKernel");
    find(api.createStream, "cuStreamCreate", "hipStreamCreateWithFlags");
    find(api.destroyStream, "cuStreamDestroy_v2", "hipStreamDestroy");
    find(api.createEvent, "cuEventCreate", "hipEventCreateWithFlags");
    find(api.destroyEvent, "cuEventDestroy_v2", "hipEventDestroy");
    find(api.recordEvent, "cuEventRecord", "hipEventRecord");
    find(api.waitForEvent, "cuEventSynchronize", "hipEventSynchronize");
    find(api.elapsed, "cuEventElapsedTime", "hipEventElapsedTime");
    find(api.finish, "cuCtxSynchronize", "hipDeviceSynchronize");
    find(api.canAccessPeer, "cuDeviceCanAccessPeer", "hipDeviceCanAccessPeer");
}

void findOwn(CudaHipApi &api)
{
    if (api.isHip) {
        api.library.findOptional(api.deviceUuid, "hipDeviceGetUuid");
        api.library.find(api.setDevice, "hipSetDevice");
        api.library.find(api.enablePeerHip, "hipDeviceEnablePeerAccess");
        api.library.find(api.copyPeerHip, "hipMemcpyPeerAsync");
        api.library.find(api.errorTextHip, "hipGetErrorString");
        return;
    }
    api.library.findOptional(api.deviceUuid, "cuDeviceGetUuid_v2");
    api.library.find(api.retainContext, "cuDevicePrimaryCtxRetain");
    api.library.find(api.releaseContext, "cuDevicePrimaryCtxRelease_v2");
    api.library.find(api.currentContext, "cuCtxSetCurrent");
    api.library.find(api.enablePeerCuda, "cuCtxEnablePeerAccess");
    api.library.find(api.copyPeerCuda, "cuMemcpyPeerAsync");
    api.library.find(api.errorTextCuda, "cuGetErrorString");
}

std::string uuidText(const CudaHipApi &api, int device)
{
    std::array<unsigned char, 16> bytes{};
    if (!api.deviceUuid || api.deviceUuid(bytes.data(), device) != 0)
        return {};
    // HIP's 16 bytes are already text; CUDA's are binary, printed as nvidia-smi prints them.
    if (api.isHip)
        return "GPU-" + std::string(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    std::string text = "GPU-";
    for (std::size_t i = 0; i < bytes.size(); i++) {
        std::array<char, 3> hex{};
        std::snprintf(hex.data(), hex.size(), "%02x", bytes[i]);
        text += hex.data();
        if (i == 3 || i == 5 || i == 7 || i == 9)
            text += '-';
    }
    return text;
}

// Before an image is loaded: what the kernel driver says, else what HIP's numbers allow.
std::string amdArchitecture(int major, int minor, const std::string &pciAddress)
{
    const std::string name = amdProcessorAt(pciAddress);
    return !name.empty() ? name : major > 0 ? "gfx" + std::to_string(major) + std::to_string(minor) + "x" : "";
}

} // namespace

std::optional<int> CudaHipApi::attribute(Attribute attribute, int device) const
{
    // CUdevice_attribute and hipDeviceAttribute_t; the latter's values are equal in HIP 5.2, 6.2 and 7.0.
    constexpr int cuda[] = {16, 10, 13, 38, 32, 75, 76};
    constexpr int hip[] = {63, 87, 5, 19, 0, 23, 61};
    const auto place = static_cast<std::size_t>(attribute);
    int value = 0;
    if (deviceAttribute(&value, isHip ? hip[place] : cuda[place], device) != 0)
        return std::nullopt;
    return value;
}

Failure CudaHipApi::failure(int code, const char *call) const
{
    const char *text = nullptr;
    if (isHip)
        text = errorTextHip(code);
    else
        errorTextCuda(code, &text);
    const Name name = nameOf(code);
    std::string what =
        std::string(text ? text : "unknown error") + " (" + std::to_string(code) + ", from " + call + ")";
    if (*name.advice)
        what += std::string(": ") + name.advice;
    return {code, name.name, std::move(what)};
}

int CudaHipApi::version() const
{
    int version = 0;
    return driverVersion(&version) == 0 ? version : 0;
}

std::string versionText(bool isHip, int version)
{
    if (version <= 0)
        return {};
    if (isHip)
        return std::to_string(version / 10'000'000) + "." + std::to_string(version / 100'000 % 100);
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

Result<CudaHipApi> loadCudaHipApi(bool isHip)
{
    std::optional<Library> library = isHip ? Library::open({"libamdhip64.so.7", "libamdhip64.so.6", "libamdhip64.so.5",
                                                            "libamdhip64.so", "/opt/rocm/lib/libamdhip64.so"},
                                                           "BERTH_PROBE_HIP_LIBRARY")
                                           : Library::open({"libcuda.so.1"}, "BERTH_PROBE_CUDA_LIBRARY");
    if (!library) {
        return std::unexpected(Failure{0, "NO_DRIVER",
                                       isHip ? "no ROCm runtime: libamdhip64.so was not found (install ROCm's HIP "
                                               "runtime; in a pod, use an image that holds it)"
                                             : "no NVIDIA driver: libcuda.so.1 was not found (install the driver; in a "
                                               "pod, request the GPU)"});
    }
    CudaHipApi api = {.isHip = isHip, .library = *library};
    findCommon(api);
    findOwn(api);
    if (!api.library.missing().empty())
        return std::unexpected(
            Failure{0, "DRIVER_TOO_OLD", "driver too old: its library lacks " + api.library.missing()});
    const int code = api.init(0);
    int count = 0;
    const int counted = code == 0 ? api.deviceCount(&count) : 0;
    // hipInit answers 101 and hipGetDeviceCount 100 where there is no device (seen with HIP 5.2.3).
    if (code == 100 || counted == 100 || (isHip && (code == 101 || counted == 101))
        || (code + counted == 0 && count == 0))
        return std::unexpected(Failure{100, "NO_DEVICE", whyNoDevice(isHip)});
    if (code != 0 || counted != 0)
        return std::unexpected(code ? api.failure(code, isHip ? "hipInit" : "cuInit")
                                    : api.failure(counted, "device count"));
    return api;
}

DeviceDescription describeDevice(const CudaHipApi &api, int device)
{
    using Attribute = CudaHipApi::Attribute;
    DeviceDescription d = {.backend = api.isHip ? "hip" : "cuda", .index = device};
    std::array<char, 256> text{};
    if (api.deviceName(text.data(), 255, device) == 0)
        d.name = text.data();
    text.fill(0);
    if (api.devicePciAddress(text.data(), 64, device) == 0)
        d.pciAddress = text.data();
    std::size_t bytes = 0;
    if (api.deviceMemory(&bytes, device) == 0)
        d.memoryBytes = static_cast<std::int64_t>(bytes);
    d.vendor = api.isHip ? "AMD" : "NVIDIA";
    d.uuid = uuidText(api, device);
    d.driver = versionText(api.isHip, api.version());
    d.computeUnits = api.attribute(Attribute::ComputeUnits, device);
    d.lanes = api.attribute(Attribute::Lanes, device);
    if (const auto clock = api.attribute(Attribute::ClockKHz, device); clock && *clock > 0)
        d.clockMHz = *clock / 1000;
    if (const auto l2 = api.attribute(Attribute::L2Bytes, device); l2 && *l2 > 0)
        d.l2Bytes = *l2;
    if (const auto ecc = api.attribute(Attribute::Ecc, device); ecc && !api.isHip)
        d.ecc = *ecc != 0;
    d.migSlice = d.name.contains(" MIG ");
    const int major = api.attribute(Attribute::Major, device).value_or(0);
    const int minor = api.attribute(Attribute::Minor, device).value_or(0);
    d.architecture =
        api.isHip ? amdArchitecture(major, minor, d.pciAddress) : "sm_" + std::to_string(major) + std::to_string(minor);
    return d;
}

} // namespace probe
