// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/drivers/cuda_hip_device.h"

#include <algorithm>
#include <array>
#include <utility>

namespace probe {

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
    for (const Module &module : m_modules)
        ignore(m_api.unloadImage(module.handle));
    if (!m_api.isHip)
        ignore(m_api.releaseContext(m_description.index));
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
    if (const auto known = m_kernels.find(name); known != m_kernels.end())
        return known->second;
    for (const Module &module : m_modules) {
        void *function = nullptr;
        if (module.image->mayHold(name) && ready() && m_api.function(&function, module.handle, name) == 0)
            return m_kernels[name] = function;
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

namespace {

class CudaHipDriver final : public Driver {
public:
    explicit CudaHipDriver(CudaHipApi api) : m_api(std::move(api)) {}
    std::vector<DeviceDescription> devices() override
    {
        int count = 0;
        m_api.deviceCount(&count);
        std::vector<DeviceDescription> all;
        all.reserve(static_cast<std::size_t>(std::max(0, count)));
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
