// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace probe {

// What a driver answered when it refused. `code` is the driver's own number; `name` says it in a word tests and tables
// can rely on (ECC_UNCORRECTABLE, LAUNCH_FAILED, DEVICE_LOST, OUT_OF_MEMORY, NO_DEVICE, ...); `what` is for people.
struct Failure {
    int code = 0;
    std::string name;
    std::string what;
};

template <typename T>
using Result = std::expected<T, Failure>;

// What is known of a device before anything ran on it. Absent means the driver did not say.
struct DeviceDescription {
    std::string backend; // "cuda", "hip", "opencl"
    int index = 0;
    std::string name;
    std::string type = "gpu"; // or "cpu", "accelerator"
    std::string architecture; // "sm_90", "gfx942"; empty when the driver has no word for it
    std::string pciAddress;   // "0000:18:00.0"
    std::string uuid;
    std::string driver;
    std::optional<int> computeUnits; // SMs or CUs
    std::optional<int> lanes;        // warp or wavefront
    std::optional<int> clockMHz;
    std::optional<std::int64_t> memoryBytes;
    std::optional<std::int64_t> largestAllocation;
    std::optional<std::int64_t> l2Bytes;
    std::optional<bool> ecc;
    bool migSlice = false;
    std::string vendor;

    [[nodiscard]] std::string id() const { return backend + ":" + std::to_string(index); }
};

using DevicePointer = std::uint64_t; // a device address, or an OpenCL memory object's handle
using Kernel = void *;

// One kernel argument: a device pointer or a plain value. Refers to the caller's variable until launch() returns.
struct Argument {
    const void *value;
    std::size_t size;
    bool isPointer;
};
inline Argument pointerTo(const DevicePointer &pointer)
{
    return {&pointer, sizeof(pointer), true};
}
template <typename T>
Argument valueOf(const T &value)
{
    return {&value, sizeof(T), false};
}

struct Grid {
    std::uint32_t groups = 1;
    std::uint32_t perGroup = 1;
    [[nodiscard]] std::uint64_t items() const { return std::uint64_t{groups} * perGroup; }
};

// An opened device. After an error the vendors' contexts are lost for the process ("sticky"); this class keeps to that:
// the first failure is remembered, every later call does nothing, and whoever measures asks failure() before believing
// a figure. Running out of memory is no failure. One thread. Everything is released on destruction.
class Device {
public:
    virtual ~Device() = default;
    Device() = default;
    Device(const Device &) = delete;
    Device &operator=(const Device &) = delete;

    [[nodiscard]] const std::optional<Failure> &failure() const { return m_failure; }
    [[nodiscard]] bool works() const { return !m_failure.has_value(); }
    [[nodiscard]] virtual const DeviceDescription &description() const = 0;
    [[nodiscard]] virtual std::string image() const = 0; // which of the embedded images was loaded

    [[nodiscard]] virtual std::optional<DevicePointer> allocate(std::uint64_t bytes) = 0; // nullopt: out of memory
    virtual void release(DevicePointer pointer) = 0;
    [[nodiscard]] virtual void *allocatePinned(std::uint64_t bytes) = 0; // nullptr: not to be had
    virtual void releasePinned(void *memory) = 0;
    [[nodiscard]] virtual std::optional<std::uint64_t> freeMemory() = 0;

    // Queue 0 runs kernels and copies; queue 1 copies beside it. upload() and download() return when queued if the host
    // memory is pinned; finish() waits for both.
    virtual void upload(DevicePointer to, const void *from, std::uint64_t bytes, int queue) = 0;
    virtual void download(void *to, DevicePointer from, std::uint64_t bytes, int queue, std::uint64_t offset) = 0;
    virtual void clear(DevicePointer pointer, std::uint64_t bytes) = 0;
    virtual void finish() = 0;

    [[nodiscard]] virtual std::optional<Kernel> kernel(const char *name) = 0; // nullopt: not in this device's image
    virtual void launch(Kernel kernel, Grid grid, std::span<const Argument> arguments) = 0;

    // The device's own clock: mark() sets time stamp 0 or 1 on queue 0, milliseconds() waits for both.
    virtual void mark(int stamp) = 0;
    [[nodiscard]] virtual double milliseconds() = 0;

    // The driver's own handle of queue 0, for a vendor's library that shares the device; nullptr when there is none.
    [[nodiscard]] virtual void *nativeQueue() const { return nullptr; }

    // Peer to peer: nullopt when this backend cannot; otherwise why not, or empty when it can.
    [[nodiscard]] virtual std::optional<std::string> whyNoPeer(const Device &) { return std::nullopt; }
    virtual void copyFromPeer(DevicePointer, const Device &, DevicePointer, std::uint64_t) {}

protected:
    void fail(Failure failure)
    {
        if (!m_failure)
            m_failure = std::move(failure);
    }

private:
    std::optional<Failure> m_failure;
};

// A driver library of this machine, found at run time.
class Driver {
public:
    virtual ~Driver() = default;
    [[nodiscard]] virtual std::vector<DeviceDescription> devices() = 0;
    [[nodiscard]] virtual Result<std::unique_ptr<Device>> open(int index) = 0;
};

// Each loads its vendor's library; the failure says in plain words what is missing and, where known, what to do.
// BERTH_PROBE_CUDA_LIBRARY, BERTH_PROBE_HIP_LIBRARY and BERTH_PROBE_OPENCL_LIBRARY name another library (tests do).
Result<std::unique_ptr<Driver>> loadCuda();
Result<std::unique_ptr<Driver>> loadHip();
Result<std::unique_ptr<Driver>> loadOpenCl();

} // namespace probe
