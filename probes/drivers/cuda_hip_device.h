// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "probes/drivers/cuda_hip_api.h"
#include "probes/drivers/images.h"

#include <array>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace probe {

// A device of CUDA or HIP: the two differ in how a device is made current and in little else.
class CudaHipDevice final : public Device {
public:
    CudaHipDevice(const CudaHipApi &api, int index) : m_api(api), m_description(describeDevice(api, index)) {}
    ~CudaHipDevice() override;

    std::optional<Failure> open();

    const DeviceDescription &description() const override { return m_description; }
    std::string image() const override { return m_image; }
    std::optional<DevicePointer> allocate(std::uint64_t bytes) override;
    void release(DevicePointer pointer) override
    {
        if (ready()) // another device may be the current one
            ignore(m_api.release(pointer));
    }
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
    struct Module {
        const KernelImage *image;
        void *handle;
    };
    std::vector<Module> m_modules;
    std::map<std::string, Kernel, std::less<>> m_kernels; // those found: a look-up would count as part of a launch
    std::array<void *, 2> m_queues{};
    std::array<void *, 2> m_stamps{};
};

} // namespace probe
