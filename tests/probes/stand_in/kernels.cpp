// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/probes/stand_in/kernels.h"

#include <algorithm>
#include <tuple>
#include <type_traits>
#include <utility>

#define PK_HOST
#include "probes/kernels/language.h"

#include "probes/kernels/memory.inc"

#include "probes/kernels/compute.inc"

#include "probes/kernels/packed.inc"

#include "probes/kernels/clock.inc"

#include "probes/kernels/product.inc"

#include "probes/kernels/matrix_host.inc"

thread_local HostWorkItem hostWorkItem = {0, 1, 1};

// 1,980 cycles a microsecond, a microsecond a step; unit 3 runs at half speed when asked to.
u64 hostCycles(u32 unit, u32 steps)
{
    const char *fault = std::getenv("BERTH_STAND_IN_FAULT");
    const bool slow = fault && std::string(fault) == "slowunit" && unit == 3;
    return static_cast<u64>(steps) * (slow ? 990 : 1980);
}

namespace standin {
namespace {

template <typename... A, std::size_t... I>
void call(void (*function)(A...), void **values, std::index_sequence<I...>)
{
    function(*static_cast<std::remove_cv_t<std::remove_reference_t<A>> *>(values[I])...);
}

template <typename... A>
std::function<void(void **)> wrap(void (*function)(A...))
{
    return [function](void **values) { call(function, values, std::index_sequence_for<A...>{}); };
}

u64 wide(void *value)
{
    return *static_cast<u64 *>(value);
}
u32 word(void *value)
{
    return *static_cast<u32 *>(value);
}

// 4,000 GB/s for streams.
auto stream(int place, double bytes)
{
    return [place, bytes](void **a, std::uint64_t) { return static_cast<double>(wide(a[place])) * bytes / 4000.0; };
}
// Sixteen operations a step and work-item at this many operations a nanosecond.
auto chain(double perNanosecond)
{
    return [perNanosecond](void **a, std::uint64_t items) {
        return 16.0 * word(a[2]) * static_cast<double>(items) / perNanosecond;
    };
}
auto matrix(double perNanosecond)
{
    return [perNanosecond](void **a, std::uint64_t items) {
        return static_cast<double>(word(a[2])) * static_cast<double>(items) / perNanosecond;
    };
}
auto fixed(double ns)
{
    return [ns](void **, std::uint64_t) { return ns; };
}

} // namespace

const std::map<std::string, KernelEntry> &kernels()
{
    static const std::map<std::string, KernelEntry> all = [] {
        std::map<std::string, KernelEntry> m;
        const auto add = [&m](const char *name, std::function<void(void **)> run, auto cost) {
            m[name] = {name, run, cost};
        };
        add("pk_fill", wrap(pk_fill), stream(1, 16));
        add("pk_verify", wrap(pk_verify), stream(2, 16));
        add("pk_invert", wrap(pk_invert), stream(2, 32));
        add("pk_read", wrap(pk_read), stream(2, 16));
        add("pk_copy", wrap(pk_copy), stream(2, 32));
        add("pk_operands", wrap(pk_operands), stream(2, 32));
        add("pk_triad", wrap(pk_triad), stream(4, 48));
        add("pk_triad_check", wrap(pk_triad_check), stream(3, 16));
        add("pk_chain", wrap(pk_chain), stream(1, 128));
        add("pk_chase", wrap(pk_chase), [](void **a, std::uint64_t) { return 500.0 * word(a[2]); });
        add("pk_nothing", wrap(pk_nothing), fixed(2000));
        add("pk_compare", wrap(pk_compare), fixed(5000));
        add("pk_clock", wrap(pk_clock), fixed(1e6));
        add("pk_fp64", wrap(pk_fp64), chain(15'000));
        add("pk_fp32", wrap(pk_fp32), chain(30'000));
        add("pk_fp16", wrap(pk_fp16), chain(30'000));
        add("pk_bf16", wrap(pk_bf16), chain(30'000));
        add("pk_int32", wrap(pk_int32), chain(15'000));
        add("pk_int8", wrap(pk_int8), chain(15'000));
#ifdef PK_HAS_MATRIX
        add("pk_product_fill", wrap(pk_product_fill), stream(1, 4));
        add("pk_product_check", wrap(pk_product_check), fixed(5000));
        add("pk_matrix_shape", wrap(pk_matrix_shape), fixed(2000));
        add("pk_matrix_fp64", wrap(pk_matrix_fp64), matrix(10));
        add("pk_matrix_bf16", wrap(pk_matrix_bf16), matrix(100));
        add("pk_matrix_fp16", wrap(pk_matrix_fp16), matrix(100));
        add("pk_matrix_fp8", wrap(pk_matrix_fp8), matrix(100));
        add("pk_matrix_int8", wrap(pk_matrix_int8), matrix(100));
        add("pk_wgmma_bf16", wrap(pk_wgmma_bf16), matrix(10));
        add("pk_wgmma_fp8", wrap(pk_wgmma_fp8), matrix(10));
        add("pk_wgmma_int8", wrap(pk_wgmma_int8), matrix(10));
#endif
        return m;
    }();
    return all;
}

void runKernel(const KernelEntry &kernel, std::uint32_t groups, std::uint32_t perGroup, void **arguments)
{
    const std::uint64_t items = std::uint64_t{groups} * perGroup;
    // A launch of very many work-items that only stream: the first ones own all elements, the rest find none.
    for (std::uint64_t i = 0; i < items; i++) {
        hostWorkItem = {i, items, perGroup};
        kernel.run(arguments);
    }
}

} // namespace standin
