// SPDX-License-Identifier: GPL-3.0-or-later
// A look-alike of libcuda.so.1 and, with STAND_IN_HIP, of libamdhip64.so: runs the real kernels on the CPU and injects
// the faults of faults.h. Its event clock is a model, so figures do not depend on the machine; nothing here is a GPU.
#include "tests/probes/stand_in/faults.h"
#include "tests/probes/stand_in/kernels.h"
#include "tests/probes/stand_in/state.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <unistd.h>

#ifdef STAND_IN_HIP
#define NAME(cuda, hip) hip
#else
#define NAME(cuda, hip) cuda
#endif

using standin::fault;
using standin::KernelEntry;
using standin::nowNs;
using standin::sticky;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

int standin::sticky = 0;
double standin::nowNs = 0;

namespace {

constexpr u64 memoryBytes = 512ULL << 20;
constexpr u64 stuckByte = 17284;
constexpr u64 flippedWord = 4321;

std::map<u64, u64> blocks; // address to size
u64 used = 0;

u64 limit()
{
    return fault().is("oom") ? 1ULL << 20 : memoryBytes;
}

int openDevice = 0; // the one that this process works on

// BERTH_STAND_IN_FAULTY_DEVICE leaves the other devices whole.
bool isFaulty()
{
    const char *only = std::getenv("BERTH_STAND_IN_FAULTY_DEVICE");
    return !only || std::atoi(only) == openDevice;
}

[[noreturn]] void hang()
{
    for (;;)
        pause();
}

// A cell whose bit 10 is always set: one in every large block.
void applyStuckCells()
{
    if (fault().is("stuck"))
        for (const auto &[address, size] : blocks)
            if (size >= 8ULL << 20)
                reinterpret_cast<u32 *>(address)[stuckByte / 4] |= 0x400;
}

// Wrong products: every value that unit 2 (of four) computed comes out with its lowest bit turned.
void spoilUnitTwo(u64 out, u32 groups, u32 perGroup, u64 valuesPerItem)
{
    for (u32 group = 2; group < groups; group += 4)
        for (u64 i = 0; i < perGroup * valuesPerItem; i++)
            reinterpret_cast<u32 *>(out)[group * perGroup * valuesPerItem + i] ^= 1;
}

void afterKernel(const KernelEntry &kernel, u32 groups, u32 perGroup, void **arguments)
{
    const u64 target = *static_cast<u64 *>(arguments[0]);
    if (fault().is("flip", kernel.name))
        reinterpret_cast<u32 *>(target)[blocks[target] / 4 > flippedWord ? flippedWord : 0] ^= 0x400;
    if (fault().is("wrong", kernel.name))
        spoilUnitTwo(target, groups, perGroup,
                     kernel.name.starts_with("pk_wgmma")         ? 128
                         : !kernel.name.starts_with("pk_matrix") ? 1
                         : kernel.name == "pk_matrix_fp64"       ? 2
                                                                 : 4);
    applyStuckCells();
}

int copy(void *to, const void *from, size_t bytes, const char *kind)
{
    if (sticky)
        return sticky;
    if (fault().is("hang", kind))
        hang();
    std::memcpy(to, from, bytes);
    if (fault().is("flip", kind) && bytes > flippedWord * 4)
        static_cast<u32 *>(to)[flippedWord] ^= 0x400;
    nowNs += static_cast<double>(bytes) / 50; // 50 GB/s
    return 0;
}

const char *errorText(int code)
{
    static const std::map<int, const char *> texts = {
        {46, "all CUDA-capable devices are busy or unavailable"},
        {214, "uncorrectable ECC error encountered"},
        {222, "the provided PTX was compiled with an unsupported toolchain."},
        {700, "an illegal memory access was encountered"},
        {719, "unspecified launch failure"},
        {999, "unknown error"},
    };
    const auto found = texts.find(code);
    return found == texts.end() ? "stand-in error" : found->second;
}

} // namespace

extern "C" {
int NAME(cuInit, hipInit)(unsigned)
{
    if (fault().is("hang", "init"))
        hang();
    return fault().is("nodevice") ? NAME(100, 101) : fault().is("fail", "init") ? fault().code() : 0;
}
int NAME(cuDriverGetVersion, hipDriverGetVersion)(int *version)
{
    *version = fault().is("olddriver") ? NAME(12040, 50221153) : NAME(13000, 60243483);
    return 0;
}
int NAME(cuDeviceGetCount, hipGetDeviceCount)(int *count)
{
    *count = fault().is("mig") ? 0 : standin::deviceCount();
    return 0;
}
int NAME(cuDeviceGetName, hipDeviceGetName)(char *text, int size, int)
{
    std::strncpy(text, NAME("Stand-in H200 (CPU)", "Stand-in MI300X (CPU)"), static_cast<size_t>(size));
    return 0;
}
int NAME(cuDeviceGetAttribute, hipDeviceGetAttribute)(int *value, int attribute, int)
{
#ifdef STAND_IN_HIP
    const std::map<int, int> known = {{63, 4}, {87, 64}, {5, 2'100'000}, {19, 4 << 20}, {23, 9}, {61, 4}};
#else
    const std::map<int, int> known = {{16, 4}, {10, 32}, {13, 1'980'000}, {38, 50 << 20}, {32, 1}, {75, 9}, {76, 0}};
#endif
    const auto found = known.find(attribute);
    *value = found == known.end() ? 0 : found->second;
    return found == known.end() ? 1 : 0;
}
int NAME(cuDeviceTotalMem_v2, hipDeviceTotalMem)(size_t *bytes, int)
{
    *bytes = memoryBytes;
    return 0;
}
int NAME(cuDeviceGetPCIBusId, hipDeviceGetPCIBusId)(char *text, int size, int device)
{
    const std::string address = std::string("0000:0") + NAME("a", "b") + ":0" + std::to_string(device) + ".0";
    std::strncpy(text, address.c_str(), static_cast<size_t>(size));
    return 0;
}
int NAME(cuDeviceGetUuid_v2, hipDeviceGetUuid)(unsigned char *bytes, int device)
{
    std::memset(bytes, NAME(0xA0, '0'), 16);
    bytes[15] = static_cast<unsigned char>(NAME(0, '0') + device);
    return 0;
}
int NAME(cuMemAlloc_v2, hipMalloc)(u64 *address, size_t bytes)
{
    if (sticky)
        return sticky;
    if (used + bytes > limit())
        return 2;
    *address = reinterpret_cast<u64>(std::aligned_alloc(4096, (bytes + 4095) & ~size_t{4095}));
    blocks[*address] = bytes;
    used += bytes;
    return 0;
}
int NAME(cuMemFree_v2, hipFree)(u64 address)
{
    used -= blocks[address];
    blocks.erase(address);
    std::free(reinterpret_cast<void *>(address));
    return sticky;
}
int NAME(cuMemHostAlloc, hipHostMalloc)(void **memory, size_t bytes, unsigned)
{
    *memory = std::aligned_alloc(4096, (bytes + 4095) & ~size_t{4095});
    return 0;
}
int NAME(cuMemFreeHost, hipHostFree)(void *memory)
{
    std::free(memory);
    return 0;
}
int NAME(cuMemcpyHtoDAsync_v2, hipMemcpyHtoDAsync)(u64 to, const void *from, size_t bytes, void *)
{
    return copy(reinterpret_cast<void *>(to), from, bytes, "upload");
}
int NAME(cuMemcpyDtoHAsync_v2, hipMemcpyDtoHAsync)(void *to, u64 from, size_t bytes, void *)
{
    return copy(to, reinterpret_cast<void *>(from), bytes, "download");
}
#ifdef STAND_IN_HIP
int hipMemcpyPeerAsync(u64 to, int, u64 from, int, size_t bytes, void *)
#else
int cuMemcpyPeerAsync(u64 to, void *, u64 from, void *, size_t bytes, void *)
#endif
{
    return copy(reinterpret_cast<void *>(to), reinterpret_cast<void *>(from), bytes, "peer");
}
int NAME(cuMemsetD8_v2, hipMemsetD8)(u64 address, unsigned char value, size_t bytes)
{
    std::memset(reinterpret_cast<void *>(address), value, bytes);
    return sticky;
}
int NAME(cuMemGetInfo_v2, hipMemGetInfo)(size_t *free, size_t *total)
{
    *free = limit() - std::min(used, limit());
    *total = memoryBytes;
    return sticky;
}
// Checks what a driver checks first: that the image is a fat binary, or an AMD GPU code object of the right processor.
int NAME(cuModuleLoadData, hipModuleLoadData)(void **module, const void *image)
{
    const auto *bytes = static_cast<const unsigned char *>(image);
    if (fault().is("olddriver"))
        return NAME(222, 209);
#ifdef STAND_IN_HIP
    // ELF64, EM_AMDGPU (224), e_flags' low byte EF_AMDGPU_MACH_AMDGCN_GFX942 (0x4c), as LLVM's AMDGPU usage document
    // says.
    const bool fits = std::memcmp(bytes, "\177ELF", 4) == 0 && bytes[18] == 224 && bytes[48] == 0x4c;
#else
    const bool fits = std::memcmp(bytes, "\x50\xed\x55\xba", 4) == 0;
#endif
    static int loaded;
    *module = &loaded;
    return fits ? 0 : 209;
}
int NAME(cuModuleUnload, hipModuleUnload)(void *)
{
    return sticky;
}
int NAME(cuModuleGetFunction, hipModuleGetFunction)(void **function, void *, const char *name)
{
    const auto found = standin::kernels().find(name);
    if (found == standin::kernels().end())
        return 500;
    *function = const_cast<KernelEntry *>(&found->second);
    return 0;
}
int NAME(cuLaunchKernel, hipModuleLaunchKernel)(void *function, unsigned groups, unsigned, unsigned, unsigned perGroup,
                                                unsigned, unsigned, unsigned, void *, void **arguments, void **)
{
    const auto &kernel = *static_cast<const KernelEntry *>(function);
    if (sticky)
        return sticky;
    if (fault().is("refuse", kernel.name))
        return sticky = fault().code();
    if (fault().is("hang", kernel.name))
        hang();
    if (fault().is("exit", kernel.name))
        _exit(fault().code());
    if (fault().is("crash", kernel.name))
        raise(fault().code());
    if (fault().is("fail", kernel.name) && isFaulty()) {
        sticky = fault().code(); // seen by the next call, as after a real asynchronous launch
        return 0;
    }
    if (fault().is("pause", kernel.name))
        usleep(static_cast<useconds_t>(fault().value * 1000));
    standin::runKernel(kernel, groups, perGroup, arguments);
    const double cost = kernel.nanoseconds(arguments, u64{groups} * perGroup);
    nowNs += (2000 + cost) / (fault().is("slow", kernel.name) ? fault().value : 1);
    afterKernel(kernel, groups, perGroup, arguments);
    return 0;
}
int NAME(cuStreamCreate, hipStreamCreateWithFlags)(void **stream, unsigned)
{
    *stream = &nowNs;
    return sticky;
}
int NAME(cuStreamDestroy_v2, hipStreamDestroy)(void *)
{
    return 0;
}
int NAME(cuEventCreate, hipEventCreateWithFlags)(void **event, unsigned)
{
    *event = new double(0);
    return sticky;
}
int NAME(cuEventDestroy_v2, hipEventDestroy)(void *event)
{
    delete static_cast<double *>(event);
    return 0;
}
int NAME(cuEventRecord, hipEventRecord)(void *event, void *)
{
    *static_cast<double *>(event) = nowNs;
    return sticky;
}
int NAME(cuEventSynchronize, hipEventSynchronize)(void *)
{
    return sticky;
}
int NAME(cuEventElapsedTime, hipEventElapsedTime)(float *ms, void *from, void *to)
{
    *ms = static_cast<float>((*static_cast<double *>(to) - *static_cast<double *>(from)) * 1e-6);
    return sticky;
}
int NAME(cuCtxSynchronize, hipDeviceSynchronize)()
{
    return sticky;
}
int NAME(cuDeviceCanAccessPeer, hipDeviceCanAccessPeer)(int *can, int, int)
{
    *can = fault().is("nopeer") ? 0 : 1;
    return 0;
}
#ifdef STAND_IN_HIP
int hipSetDevice(int device)
{
    openDevice = device;
    return fault().is("fail", "open") ? fault().code() : sticky;
}
int hipDeviceEnablePeerAccess(int, unsigned)
{
    return 0;
}
const char *hipGetErrorString(int code)
{
    return errorText(code);
}
#else
int cuDevicePrimaryCtxRetain(void **context, int device)
{
    static int contexts[16];
    *context = &contexts[device];
    openDevice = device;
    return fault().is("fail", "open") ? fault().code() : 0;
}
int cuDevicePrimaryCtxRelease_v2(int)
{
    return 0;
}
int cuCtxSetCurrent(void *)
{
    return sticky;
}
int cuCtxEnablePeerAccess(void *, unsigned)
{
    return 0;
}
int cuGetErrorString(int code, const char **text)
{
    *text = errorText(code);
    return 0;
}
#endif
}
