// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/drivers/cuda_hip_api.h"
#include "probes/drivers/images.h"

#include <algorithm>
#include <array>
#include <utility>

namespace probe {
namespace {

class CudaHipDevice final : public Device {
public:
    CudaHipDevice(const CudaHipApi &api, int index) : m_api(api), m_description(describeDevice(api, index)) {}
    ~CudaHipDevice() override;

    std::optional<Failure> open();

    const DeviceDescription &description() const override { return m_description; }
    std::string image() const override { return m_image; }
    std::optional<DevicePointer> allocate(std::uint64_t bytes) override;
    void release(DevicePointer pointer) override { ignore(m_api.release(pointer)); }
    void *allocatePinned(std::uint64_t bytes) override;
    void releasePinned(void *memory) override { ignore(m_api.releasePinned(memory)); }
    std::optional<std::uint64_t> freeMemory() override;
    void upload(DevicePointer to, const void *from, std::uint64_t bytes, int queue) override;
    void download(void *to, DevicePointer from, std::uint64_t bytes, int queue, std::uint64_t offset) override;
    void clear(DevicePointer pointer, std::uint64_t bytes) override;
    void finish() override;
    std::optional<Kernel> kernel(const char *name) override;
    void launch(Kernel kernel, Grid grid, std::span<const Argument> arguments) override;
    void mark(int stamp) override;
    double milliseconds() override;
    void *nativeQueue() const override { return m_queues[0]; }
    std::optional<std::string> whyNoPeer(const Device &peer) override;
    void copyFromPeer(DevicePointer to, const Device &peer, DevicePointer from, std::uint64_t bytes) override;

private:
    static void ignore(int) {} // a release that fails after the device was lost changes nothing
    bool ready();              // false once the device is lost; else makes this device the current one
    void check(int code, const char *call)
    {
        if (code != 0)
            fail(m_api.failure(code, call));
    }
    std::optional<Failure> openContext();
    std::optional<Failure> loadImages();
    Failure imageFailure(int code) const;

    const CudaHipApi &m_api;
    DeviceDescription m_description;
    std::string m_image;
    void *m_context = nullptr;
    std::vector<void *> m_modules;
    std::array<void *, 2> m_queues{};
    std::array<void *, 2> m_stamps{};
};

CudaHipDevice::~CudaHipDevice()
{
    if (!m_context && !m_api.isHip)
        return;
    if (!m_api.isHip)
        m_api.currentContext(m_context);
    for (void *stamp : m_stamps)
        if (stamp)
            ignore(m_api.destroyEvent(stamp));
    for (void *queue : m_queues)
        if (queue)
            ignore(m_api.destroyStream(queue));
    for (void *module : m_modules)
        ignore(m_api.unloadImage(module));
    if (!m_api.isHip)
        ignore(m_api.releaseContext(m_description.index));
}

std::optional<Failure> CudaHipDevice::open()
{
    if (auto failure = openContext())
        return failure;
    if (auto failure = loadImages())
        return failure;
    for (void *&queue : m_queues)
        check(m_api.createStream(&queue, 1), "stream create"); // 1: not ordered with the default stream
    for (void *&stamp : m_stamps)
        check(m_api.createEvent(&stamp, 0), "event create");
    return failure();
}

std::optional<Failure> CudaHipDevice::openContext()
{
    if (m_api.isHip) {
        check(m_api.setDevice(m_description.index), "hipSetDevice");
        return failure();
    }
    check(m_api.retainContext(&m_context, m_description.index), "cuDevicePrimaryCtxRetain");
    if (works())
        check(m_api.currentContext(m_context), "cuCtxSetCurrent");
    return failure();
}

// CUDA: the fat binary, and beside it images of one architecture for what only that has (wgmma). HIP: code objects are
// tried in turn, because the architecture's name is only to be had from a struct that changed between releases.
std::optional<Failure> CudaHipDevice::loadImages()
{
    const auto images = m_api.isHip ? hipImages() : cudaImages();
    if (images.empty())
        return Failure{0, "NO_KERNELS",
                       std::string("this build carries no kernels for this device: ")
                           + std::string(whatThisBuildLacks())};
    int last = 0;
    for (const KernelImage &image : images) {
        void *module = nullptr;
        const int code = m_api.loadImage(&module, image.begin);
        if (code != 0) {
            last = code;
            if (!m_api.isHip && m_modules.empty())
                return imageFailure(code);
            continue;
        }
        m_modules.push_back(module);
        m_image += (m_image.empty() ? "" : "+") + std::string(image.target);
        if (m_api.isHip)
            break;
    }
    if (m_modules.empty())
        return imageFailure(last);
    if (m_api.isHip)
        m_description.architecture = m_image;
    return std::nullopt;
}

Failure CudaHipDevice::imageFailure(int code) const
{
    Failure failure = m_api.failure(code, "module load");
    const bool unknown = code == 200 || code == 209 || code == 218 || code == 222;
    if (!unknown)
        return failure;
    const std::string has = versionText(m_api.isHip, m_api.version());
    const std::string built = versionText(false, cudaImageVersion());
    if (!m_api.isHip && m_api.version() < cudaImageVersion())
        return {code, "DRIVER_TOO_OLD",
                "driver too old for this build: it offers CUDA " + has + ", the kernels were compiled with CUDA "
                    + built + "; update the driver or build berth-probe with an older nvcc"};
    return {code, "NO_BINARY_FOR_GPU",
            "this build has no kernels for " + m_description.architecture + ": " + failure.what};
}

bool CudaHipDevice::ready()
{
    if (!works())
        return false;
    check(m_api.isHip ? m_api.setDevice(m_description.index) : m_api.currentContext(m_context), "select device");
    return works();
}

std::optional<DevicePointer> CudaHipDevice::allocate(std::uint64_t bytes)
{
    DevicePointer pointer = 0;
    if (!ready())
        return std::nullopt;
    const int code = m_api.allocate(&pointer, bytes);
    if (code != 0 && code != 2) // 2: out of memory, for the caller to judge
        check(code, "memory allocation");
    return code == 0 ? std::optional(pointer) : std::nullopt;
}

void *CudaHipDevice::allocatePinned(std::uint64_t bytes)
{
    void *memory = nullptr;
    return ready() && m_api.allocatePinned(&memory, bytes, 0) == 0 ? memory : nullptr;
}

std::optional<std::uint64_t> CudaHipDevice::freeMemory()
{
    std::size_t free = 0, total = 0;
    if (!ready() || m_api.memoryInfo(&free, &total) != 0)
        return std::nullopt;
    return free;
}

void CudaHipDevice::upload(DevicePointer to, const void *from, std::uint64_t bytes, int queue)
{
    if (ready())
        check(m_api.upload(to, from, bytes, m_queues[static_cast<std::size_t>(queue)]), "copy to the device");
}

void CudaHipDevice::download(void *to, DevicePointer from, std::uint64_t bytes, int queue, std::uint64_t offset)
{
    if (ready())
        check(m_api.download(to, from + offset, bytes, m_queues[static_cast<std::size_t>(queue)]), "copy to the host");
}

void CudaHipDevice::clear(DevicePointer pointer, std::uint64_t bytes)
{
    if (ready())
        check(m_api.clear(pointer, 0, bytes), "memset");
    finish(); // the memset runs on the default stream, the kernels on ours
}

void CudaHipDevice::finish()
{
    if (ready())
        check(m_api.finish(), "synchronize");
}

std::optional<Kernel> CudaHipDevice::kernel(const char *name)
{
    for (void *module : m_modules) {
        void *function = nullptr;
        if (ready() && m_api.function(&function, module, name) == 0)
            return function;
    }
    return std::nullopt;
}

void CudaHipDevice::launch(Kernel kernel, Grid grid, std::span<const Argument> arguments)
{
    std::array<void *, 16> values{};
    std::ranges::transform(arguments, values.begin(), [](const Argument &a) { return const_cast<void *>(a.value); });
    if (ready())
        check(m_api.launch(kernel, grid.groups, 1, 1, grid.perGroup, 1, 1, 0, m_queues[0], values.data(), nullptr),
              "kernel launch");
}

void CudaHipDevice::mark(int stamp)
{
    if (ready())
        check(m_api.recordEvent(m_stamps[static_cast<std::size_t>(stamp)], m_queues[0]), "event record");
}

double CudaHipDevice::milliseconds()
{
    float result = 0;
    if (ready())
        check(m_api.waitForEvent(m_stamps[1]), "event wait");
    if (works())
        check(m_api.elapsed(&result, m_stamps[0], m_stamps[1]), "event time");
    return static_cast<double>(result);
}

std::optional<std::string> CudaHipDevice::whyNoPeer(const Device &peer)
{
    const auto *other = dynamic_cast<const CudaHipDevice *>(&peer);
    if (!other || other->m_api.isHip != m_api.isHip)
        return "devices of two backends";
    int can = 0;
    if (!ready() || m_api.canAccessPeer(&can, m_description.index, other->m_description.index) != 0 || can == 0)
        return "the driver says these devices cannot reach each other";
    const int code =
        m_api.isHip ? m_api.enablePeerHip(other->m_description.index, 0) : m_api.enablePeerCuda(other->m_context, 0);
    if (code != 0 && code != 704) // 704: already enabled
        return m_api.failure(code, "enable peer access").what;
    return std::string();
}

void CudaHipDevice::copyFromPeer(DevicePointer to, const Device &peer, DevicePointer from, std::uint64_t bytes)
{
    const auto *other = dynamic_cast<const CudaHipDevice *>(&peer);
    if (!other || !ready())
        return;
    check(m_api.isHip ? m_api.copyPeerHip(to, m_description.index, from, other->m_description.index, bytes, m_queues[0])
                      : m_api.copyPeerCuda(to, m_context, from, other->m_context, bytes, m_queues[0]),
          "peer copy");
}

class CudaHipDriver final : public Driver {
public:
    explicit CudaHipDriver(CudaHipApi api) : m_api(std::move(api)) {}
    std::vector<DeviceDescription> devices() override
    {
        int count = 0;
        m_api.deviceCount(&count);
        std::vector<DeviceDescription> all;
        for (int i = 0; i < count; i++)
            all.push_back(describeDevice(m_api, i));
        return all;
    }
    Result<std::unique_ptr<Device>> open(int index) override
    {
        auto device = std::make_unique<CudaHipDevice>(m_api, index);
        if (auto failure = device->open())
            return std::unexpected(*failure);
        return device;
    }

private:
    CudaHipApi m_api;
};

Result<std::unique_ptr<Driver>> load(bool isHip)
{
    Result<CudaHipApi> api = loadCudaHipApi(isHip);
    if (!api)
        return std::unexpected(api.error());
    return std::make_unique<CudaHipDriver>(std::move(*api));
}

} // namespace

Result<std::unique_ptr<Driver>> loadCuda()
{
    return load(false);
}

Result<std::unique_ptr<Driver>> loadHip()
{
    return load(true);
}

} // namespace probe
