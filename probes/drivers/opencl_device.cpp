// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/drivers/images.h"
#include "probes/drivers/opencl_api.h"

#include <array>
#include <map>
#include <utility>

namespace probe {
namespace {

class OpenClDevice final : public Device {
public:
    OpenClDevice(const OpenClApi &api, cl::Object device, int index)
        : m_api(api)
        , m_device(device)
        , m_description(describeDevice(api, device, index))
    {
    }
    ~OpenClDevice() override;

    std::optional<Failure> open();

    const DeviceDescription &description() const override { return m_description; }
    std::string image() const override { return "opencl"; }
    std::optional<DevicePointer> allocate(std::uint64_t bytes) override;
    void release(DevicePointer pointer) override { m_api.releaseBuffer(object(pointer)); }
    void *allocatePinned(std::uint64_t bytes) override;
    void releasePinned(void *memory) override;
    std::optional<std::uint64_t> freeMemory() override { return std::nullopt; } // OpenCL has no such question
    void upload(DevicePointer to, const void *from, std::uint64_t bytes, int queue) override;
    void download(void *to, DevicePointer from, std::uint64_t bytes, int queue, std::uint64_t offset) override;
    void clear(DevicePointer pointer, std::uint64_t bytes) override;
    void finish() override;
    std::optional<Kernel> kernel(const char *name) override;
    void launch(Kernel kernel, Grid grid, std::span<const Argument> arguments) override;
    void mark(int stamp) override;
    double milliseconds() override;

private:
    static cl::Object object(DevicePointer pointer) { return reinterpret_cast<cl::Object>(pointer); }
    void check(int code, const char *call)
    {
        if (code != 0)
            fail(openClFailure(code, call));
    }
    std::optional<Failure> build();
    std::string buildOptions() const;

    const OpenClApi &m_api;
    cl::Object m_device;
    DeviceDescription m_description;
    cl::Object m_context = nullptr;
    cl::Object m_program = nullptr;
    std::array<cl::Object, 2> m_queues{};
    std::array<cl::Object, 2> m_stamps{};
    std::map<std::string, cl::Object> m_kernels;
    std::map<void *, cl::Object> m_pinned;
};

OpenClDevice::~OpenClDevice()
{
    for (cl::Object stamp : m_stamps)
        if (stamp)
            m_api.releaseEvent(stamp);
    for (const auto &[name, kernel] : m_kernels)
        m_api.releaseKernel(kernel);
    if (m_program)
        m_api.releaseProgram(m_program);
    for (cl::Object queue : m_queues)
        if (queue)
            m_api.releaseQueue(queue);
    if (m_context)
        m_api.releaseContext(m_context);
}

std::optional<Failure> OpenClDevice::open()
{
    int code = 0;
    m_context = m_api.createContext(nullptr, 1, &m_device, nullptr, nullptr, &code);
    check(code, "clCreateContext");
    for (std::size_t i = 0; i < m_queues.size() && works(); i++) {
        m_queues[i] = m_api.createQueue(m_context, m_device, cl::queueProfiling, &code);
        check(code, "clCreateCommandQueue");
    }
    return works() ? build() : failure();
}

std::string OpenClDevice::buildOptions() const
{
    std::string options = "-cl-std=CL1.2";
    const std::string extensions = deviceText(m_api, m_device, cl::deviceExtensions);
    if (extensions.contains("cl_khr_fp64"))
        options += " -DPK_FP64";
    if (extensions.contains("cl_khr_fp16"))
        options += " -DPK_FP16";
    if (m_description.type == "cpu")
        options += " -DPK_CPU";
    return options;
}

std::optional<Failure> OpenClDevice::build()
{
    int code = 0;
    const KernelImage &image = openClImages().front();
    const char *text = image.begin;
    const std::size_t size = image.size();
    m_program = m_api.createProgram(m_context, 1, &text, &size, &code);
    check(code, "clCreateProgramWithSource");
    if (!works())
        return failure();
    code = m_api.buildProgram(m_program, 1, &m_device, buildOptions().c_str(), nullptr, nullptr);
    if (code == 0)
        return std::nullopt;
    std::string log(4096, '\0');
    m_api.buildInfo(m_program, m_device, cl::programBuildLog, log.size() - 1, log.data(), nullptr);
    Failure failure = openClFailure(code, "clBuildProgram");
    failure.what += ": " + log.substr(0, log.find('\0'));
    return failure;
}

std::optional<DevicePointer> OpenClDevice::allocate(std::uint64_t bytes)
{
    if (!works()
        || (m_description.largestAllocation && bytes > static_cast<std::uint64_t>(*m_description.largestAllocation)))
        return std::nullopt;
    int code = 0;
    cl::Object buffer = m_api.createBuffer(m_context, cl::memReadWrite, bytes, nullptr, &code);
    if (code == cl::memoryAllocationFailure || code == cl::outOfHostMemory || code == cl::outOfResources
        || code == cl::invalidBufferSize)
        return std::nullopt;
    check(code, "clCreateBuffer");
    return works() ? std::optional(reinterpret_cast<DevicePointer>(buffer)) : std::nullopt;
}

// Pinned memory in OpenCL is a host-side buffer that stays mapped.
void *OpenClDevice::allocatePinned(std::uint64_t bytes)
{
    int code = 0;
    if (!works())
        return nullptr;
    cl::Object buffer =
        m_api.createBuffer(m_context, cl::memReadWrite | cl::memAllocHostPointer, bytes, nullptr, &code);
    if (code != 0)
        return nullptr;
    void *memory = m_api.enqueueMap(m_queues[0], buffer, 1, cl::mapReadWrite, 0, bytes, 0, nullptr, nullptr, &code);
    if (code != 0 || !memory) {
        m_api.releaseBuffer(buffer);
        return nullptr;
    }
    m_pinned[memory] = buffer;
    return memory;
}

void OpenClDevice::releasePinned(void *memory)
{
    if (const auto place = m_pinned.find(memory); place != m_pinned.end()) {
        m_api.enqueueUnmap(m_queues[0], place->second, memory, 0, nullptr, nullptr);
        m_api.finish(m_queues[0]);
        m_api.releaseBuffer(place->second);
        m_pinned.erase(place);
    }
}

void OpenClDevice::upload(DevicePointer to, const void *from, std::uint64_t bytes, int queue)
{
    if (works())
        check(m_api.enqueueWrite(m_queues[static_cast<std::size_t>(queue)], object(to), 0, 0, bytes, from, 0, nullptr,
                                 nullptr),
              "clEnqueueWriteBuffer");
}

void OpenClDevice::download(void *to, DevicePointer from, std::uint64_t bytes, int queue, std::uint64_t offset)
{
    if (works())
        check(m_api.enqueueRead(m_queues[static_cast<std::size_t>(queue)], object(from), 0, offset, bytes, to, 0,
                                nullptr, nullptr),
              "clEnqueueReadBuffer");
}

void OpenClDevice::clear(DevicePointer pointer, std::uint64_t bytes)
{
    const std::uint32_t zero = 0;
    if (works())
        check(m_api.enqueueFill(m_queues[0], object(pointer), &zero, sizeof(zero), 0, bytes, 0, nullptr, nullptr),
              "clEnqueueFillBuffer");
}

void OpenClDevice::finish()
{
    for (cl::Object queue : m_queues)
        if (works())
            check(m_api.flush(queue), "clFlush");
    for (cl::Object queue : m_queues)
        if (works())
            check(m_api.finish(queue), "clFinish");
}

std::optional<Kernel> OpenClDevice::kernel(const char *name)
{
    if (const auto known = m_kernels.find(name); known != m_kernels.end())
        return known->second;
    int code = 0;
    cl::Object made = works() ? m_api.createKernel(m_program, name, &code) : nullptr;
    if (code != 0 && code != cl::invalidKernelName)
        check(code, "clCreateKernel");
    if (!made || code != 0)
        return std::nullopt;
    m_kernels[name] = made;
    return made;
}

void OpenClDevice::launch(Kernel kernel, Grid grid, std::span<const Argument> arguments)
{
    for (std::uint32_t i = 0; i < arguments.size() && works(); i++)
        check(m_api.setArgument(kernel, i, arguments[i].size, arguments[i].value), "clSetKernelArg");
    const std::size_t all = grid.items(), group = grid.perGroup;
    if (works())
        check(m_api.enqueueKernel(m_queues[0], kernel, 1, nullptr, &all, &group, 0, nullptr, nullptr),
              "clEnqueueNDRangeKernel");
}

void OpenClDevice::mark(int stamp)
{
    cl::Object &event = m_stamps[static_cast<std::size_t>(stamp)];
    if (event)
        m_api.releaseEvent(std::exchange(event, nullptr));
    if (works())
        check(m_api.enqueueMarker(m_queues[0], 0, nullptr, &event), "clEnqueueMarkerWithWaitList");
}

double OpenClDevice::milliseconds()
{
    std::array<std::uint64_t, 2> end{};
    if (works())
        check(m_api.waitForEvents(2, m_stamps.data()), "clWaitForEvents");
    for (std::size_t i = 0; i < end.size() && works(); i++)
        check(m_api.profilingInfo(m_stamps[i], cl::profilingCommandEnd, sizeof(end[i]), &end[i], nullptr),
              "clGetEventProfilingInfo");
    return works() ? static_cast<double>(end[1] - end[0]) * 1e-6 : 0;
}

class OpenClDriver final : public Driver {
public:
    OpenClDriver(OpenClApi api, std::vector<cl::Object> devices) : m_api(std::move(api)), m_devices(std::move(devices))
    {
    }
    std::vector<DeviceDescription> devices() override
    {
        std::vector<DeviceDescription> all;
        all.reserve(m_devices.size());
        for (cl::Object device : m_devices)
            all.push_back(describeDevice(m_api, device, static_cast<int>(all.size())));
        return all;
    }
    Result<std::unique_ptr<Device>> open(int index) override
    {
        auto device = std::make_unique<OpenClDevice>(m_api, m_devices.at(static_cast<std::size_t>(index)), index);
        if (auto failure = device->open())
            return std::unexpected(*failure);
        return device;
    }

private:
    OpenClApi m_api;
    std::vector<cl::Object> m_devices;
};

} // namespace

Result<std::unique_ptr<Driver>> loadOpenCl()
{
    Result<OpenClApi> api = loadOpenClApi();
    if (!api)
        return std::unexpected(api.error());
    std::uint32_t count = 0;
    std::vector<cl::Object> platforms(16), devices;
    const int code = api->platforms(16, platforms.data(), &count);
    if (code != 0 && code != cl::platformNotFound)
        return std::unexpected(openClFailure(code, "clGetPlatformIDs"));
    for (std::uint32_t p = 0; code == 0 && p < count && p < platforms.size(); p++) {
        std::array<cl::Object, 64> found{};
        std::uint32_t n = 0;
        if (api->devices(platforms[p], cl::typeAll, 64, found.data(), &n) == 0)
            devices.insert(devices.end(), found.begin(), found.begin() + (n < 64 ? n : 64));
    }
    if (devices.empty())
        return std::unexpected(
            Failure{cl::deviceNotFound, "NO_DEVICE",
                    "no OpenCL device: the loader is there, but no vendor's driver (ICD) is installed"});
    return std::make_unique<OpenClDriver>(std::move(*api), std::move(devices));
}

} // namespace probe
