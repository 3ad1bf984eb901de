// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/measure/library_work.h"

#include "probes/drivers/library.h"
#include "probes/measure/probes.h"

#include <algorithm>
#include <utility>

namespace probe {
namespace {

class Cublas final : public LibraryProduct {
public:
    explicit Cublas(Library library) : m_library(std::move(library))
    {
        m_library.find(m_create, "cublasCreate_v2");
        m_library.find(m_destroy, "cublasDestroy_v2");
        m_library.find(m_version, "cublasGetVersion_v2");
        m_library.find(m_setStream, "cublasSetStream_v2");
        m_library.find(m_mathMode, "cublasSetMathMode");
        m_library.find(m_gemm, "cublasGemmEx");
    }
    ~Cublas() override
    {
        if (m_handle)
            m_destroy(m_handle);
    }
    bool open(void *queue)
    {
        constexpr int sumsStayFp32 = 16; // CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION
        return m_library.missing().empty() && m_create(&m_handle) == 0 && m_setStream(m_handle, queue) == 0
            && m_mathMode(m_handle, sumsStayFp32) == 0;
    }
    std::string version() const override
    {
        int version = 0;
        return m_version(m_handle, &version) == 0 ? "cuBLAS " + std::to_string(version) : "cuBLAS";
    }
    bool multiply(int n, DevicePointer a, DevicePointer b, DevicePointer c) override
    {
        constexpr int none = 0, bf16 = 14, computeFp32 = 68, defaultAlgorithm = -1;
        const float one = 1, zero = 0;
        return m_gemm(m_handle, none, none, n, n, n, &one, a, bf16, n, b, bf16, n, &zero, c, bf16, n, computeFp32,
                      defaultAlgorithm)
            == 0;
    }

private:
    Library m_library;
    void *m_handle = nullptr;
    int (*m_create)(void **);
    int (*m_destroy)(void *);
    int (*m_version)(void *, int *);
    int (*m_setStream)(void *, void *);
    int (*m_mathMode)(void *, int);
    int (*m_gemm)(void *, int, int, int, int, int, const void *, DevicePointer, int, int, DevicePointer, int, int,
                  const void *, DevicePointer, int, int, int, int);
};

class Rocblas final : public LibraryProduct {
public:
    explicit Rocblas(Library library) : m_library(std::move(library))
    {
        m_library.find(m_create, "rocblas_create_handle");
        m_library.find(m_destroy, "rocblas_destroy_handle");
        m_library.find(m_version, "rocblas_get_version_string");
        m_library.find(m_setStream, "rocblas_set_stream");
        m_library.find(m_gemm, "rocblas_gemm_ex");
    }
    ~Rocblas() override
    {
        if (m_handle)
            m_destroy(m_handle);
    }
    bool open(void *queue)
    {
        return m_library.missing().empty() && m_create(&m_handle) == 0 && m_setStream(m_handle, queue) == 0;
    }
    std::string version() const override
    {
        char text[128] = {};
        return m_version(text, sizeof(text) - 1) == 0 ? std::string("rocBLAS ") + text : "rocBLAS";
    }
    bool multiply(int n, DevicePointer a, DevicePointer b, DevicePointer c) override
    {
        constexpr int none = 111, bf16 = 168, fp32 = 151, standard = 0;
        const float one = 1, zero = 0;
        return m_gemm(m_handle, none, none, n, n, n, &one, a, bf16, n, b, bf16, n, &zero, c, bf16, n, c, bf16, n, fp32,
                      standard, 0, 0)
            == 0;
    }

private:
    Library m_library;
    void *m_handle = nullptr;
    int (*m_create)(void **);
    int (*m_destroy)(void *);
    int (*m_version)(char *, std::size_t);
    int (*m_setStream)(void *, void *);
    int (*m_gemm)(void *, int, int, int, int, int, const void *, DevicePointer, int, int, DevicePointer, int, int,
                  const void *, DevicePointer, int, int, DevicePointer, int, int, int, int, int, unsigned);
};

template <typename Blas>
Result<std::unique_ptr<LibraryProduct>> openBlas(std::optional<Library> library, const Device &device, const char *name)
{
    if (!library)
        return std::unexpected(Failure{0, "NO_LIBRARY", std::string(name) + " was not found on this machine"});
    auto blas = std::make_unique<Blas>(*library);
    if (!blas->open(device.nativeQueue()))
        return std::unexpected(Failure{0, "NO_LIBRARY", std::string(name) + " is there but does not start"});
    return blas;
}

} // namespace

Result<std::unique_ptr<LibraryProduct>> LibraryProduct::load(const Device &device)
{
    if (device.description().backend == "cuda")
        return openBlas<Cublas>(Library::open({"libcublas.so.13", "libcublas.so.12", "libcublas.so.11",
                                               "/usr/local/cuda/lib64/libcublas.so"},
                                              "BERTH_PROBE_CUBLAS_LIBRARY"),
                                device, "cuBLAS");
    if (device.description().backend == "hip")
        return openBlas<Rocblas>(Library::open({"librocblas.so.5", "librocblas.so.4", "/opt/rocm/lib/librocblas.so"},
                                               "BERTH_PROBE_ROCBLAS_LIBRARY"),
                                 device, "rocBLAS");
    return std::unexpected(Failure{0, "NO_LIBRARY", "OpenCL has no vendor's matrix library"});
}

std::optional<std::string> whyNoLibrary(Session &session)
{
    if (!hasKernel(session, "pk_product_check"))
        return "no kernel to check a product with";
    const auto product = LibraryProduct::load(session.device);
    return product ? std::nullopt : std::optional(product.error().what);
}

// A second figure beside our own kernels: what the vendor's library reaches for a large bf16 product, sampled elements
// checked exactly.
void measureLibrary(Session &session)
{
    const auto product = LibraryProduct::load(session.device);
    const auto size = static_cast<std::uint32_t>(session.profile.productSize);
    const std::uint64_t elements = std::uint64_t{size} * size, samples = std::min<std::uint64_t>(65'536, elements);
    auto a = Buffer::make(session.device, elements * 2), b = Buffer::make(session.device, elements * 2),
         c = Buffer::make(session.device, elements * 2);
    FindingList findings(session);
    if (!product || !a || !b || !c || !findings.usable()) {
        if (session.device.works())
            session.report.inconclusive("library", outOfMemory);
        return;
    }
    const std::uint32_t first = 1, second = 2;
    const Grid grid = session.grid(32);
    run(session, "pk_product_fill", grid,
        {a->argument(), valueOf(elements / 2), valueOf(session.seed), valueOf(first)});
    run(session, "pk_product_fill", grid,
        {b->argument(), valueOf(elements / 2), valueOf(session.seed), valueOf(second)});
    bool refused = false;
    const Timing timing = timeOf(session, [&] {
        refused = !(*product)->multiply(static_cast<int>(size), a->pointer(), b->pointer(), c->pointer()) || refused;
    });
    if (refused) {
        session.report.skip("library", (*product)->version() + " refused a bf16 product");
        return;
    }
    Metric metric = {.probe = "library",
                     .name = "bf16",
                     .value = timing.medianMs > 0 ? 2.0 * size * size * size / timing.medianMs * 1e-9 : 0,
                     .unit = "TFLOP/s",
                     .counts = "2 a multiply-add, dense, random integers -15..15",
                     .timing = timing};
    metric.numbers = {{"size", size}, {"checked", static_cast<double>(samples)}};
    metric.words = {{"library", (*product)->version()}};
    run(session, "pk_product_check", grid,
        {findings.argument(), c->argument(), valueOf(samples), valueOf(size), valueOf(session.seed)});
    findings.collect(
        metric,
        [size](std::uint64_t index) {
            return "product row " + std::to_string(index % size) + " column " + std::to_string(index / size)
                + ", bf16 bits";
        },
        2, c->pointer());
    session.publish(metric);
}

} // namespace probe
