// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "probes/drivers/device.h"
#include "probes/drivers/monitor.h"
#include "probes/measure/profile.h"
#include "probes/report/reporter.h"

#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace probe {

// Why a probe with too little device memory gave no figure, and the way out.
inline constexpr const char *outOfMemory = "out of memory: the device is in use; stop what runs there, or wait for it";

// What a probe measures with. One per device; lives as long as the device is open.
struct Session {
    Device &device;
    Driver &driver;
    const Profile &profile;
    Reporter &report;
    Monitor &monitor;
    std::uint32_t seed; // new in every run: operands are random, and every result still has one right value
    std::function<bool()> stopRequested;
    int metrics = 0;
    std::uint64_t wrong = 0;

    // Reports a figure, unless the device was lost on the way to it.
    void publish(const Metric &metric);
    [[nodiscard]] bool goesOn() const { return device.works() && !stopRequested(); }
    // False in profile ci: figures mean nothing there, the pipeline is under test.
    [[nodiscard]] bool wantsSpeed() const { return profile.sampleMs > 0 && !isCpu(); }
    [[nodiscard]] bool wants(std::string_view format) const;
    [[nodiscard]] bool isCpu() const { return device.description().type == "cpu"; }
    [[nodiscard]] std::uint32_t units() const;
    // A grid that fills the device; `waves` groups a unit.
    [[nodiscard]] Grid grid(std::uint32_t waves) const;
};

// One kind of measurement: says first whether it can run here, then runs.
struct Probe {
    const char *name;
    const char *measures;
    std::optional<std::string> (*whyNot)(Session &); // nullptr: always can
    void (*run)(Session &);
};
// All probes in the order they run, cheap ones first.
const std::vector<Probe> &allProbes();

// Device memory, released with its owner.
class Buffer {
public:
    static std::optional<Buffer> make(Device &device, std::uint64_t bytes);
    Buffer(Buffer &&other) noexcept;
    Buffer(const Buffer &) = delete;
    Buffer &operator=(const Buffer &) = delete;
    Buffer &operator=(Buffer &&) = delete;
    ~Buffer();
    [[nodiscard]] const DevicePointer &pointer() const { return m_pointer; }
    [[nodiscard]] std::uint64_t bytes() const { return m_bytes; }
    [[nodiscard]] Argument argument() const { return pointerTo(m_pointer); }

private:
    Buffer(Device &device, DevicePointer pointer, std::uint64_t bytes)
        : m_device(&device)
        , m_pointer(pointer)
        , m_bytes(bytes)
    {
    }
    Device *m_device;
    DevicePointer m_pointer;
    std::uint64_t m_bytes;
};

// Host memory the device can reach by itself.
class PinnedMemory {
public:
    PinnedMemory(Device &device, std::uint64_t bytes) : m_device(device), m_memory(device.allocatePinned(bytes)) {}
    PinnedMemory(const PinnedMemory &) = delete;
    PinnedMemory &operator=(const PinnedMemory &) = delete;
    ~PinnedMemory()
    {
        if (m_memory)
            m_device.releasePinned(m_memory);
    }
    [[nodiscard]] std::uint32_t *words() const { return static_cast<std::uint32_t *>(m_memory); }

private:
    Device &m_device;
    void *m_memory;
};

// The list of wrong values that a checking kernel writes (layout in kernels/memory.inc, pk_finding).
class FindingList {
public:
    explicit FindingList(Session &session);
    [[nodiscard]] bool usable() const { return m_buffer.has_value(); }
    [[nodiscard]] Argument argument() const { return m_buffer->argument(); }
    void clear();
    // Adds what the kernels found since clear() to the metric. `wordBytes` turns an index into an offset; `base` is the
    // checked buffer's address; `describe` words the place.
    void collect(Metric &metric, const std::function<std::string(std::uint64_t index)> &describe,
                 std::uint64_t wordBytes, std::optional<DevicePointer> base);

private:
    Session &m_session;
    std::optional<Buffer> m_buffer;
};

// A kernel by name with its arguments; false when the image lacks it.
bool run(Session &session, const char *kernel, Grid grid, std::initializer_list<Argument> arguments);
bool hasKernel(Session &session, const char *kernel);

// Times `work` on the device's clock: once to warm up, then samples of as many repetitions as make one sample last the
// profile's minimum. Milliseconds are for one repetition.
Timing timeOf(Session &session, const std::function<void()> &work);

// The shape whose launches are fastest here, each tried in two rounds of three; a single one is not tried. The first
// round also wakes a card that was idle.
Grid fastestOf(Session &session, std::span<const Grid> shapes, const std::function<void(const Grid &)> &work);

// The largest size up to `wanted` for one of `parts` equal buffers that memory has room for; a multiple of 64 KiB; 0:
// none.
std::uint64_t affordable(Session &session, std::uint64_t wanted, int parts);

// "SM 57", "XCC 1 SE 2 SH 0 CU 5" or "work-group 3" of a kernel's PK_UNIT.
std::string unitName(const DeviceDescription &device, std::uint32_t unit);

} // namespace probe
