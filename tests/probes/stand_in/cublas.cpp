// SPDX-License-Identifier: GPL-3.0-or-later
// A look-alike of cuBLAS inside the stand-in of libcuda: BERTH_PROBE_CUBLAS_LIBRARY names that same file.
#include "tests/probes/stand_in/faults.h"
#include "tests/probes/stand_in/state.h"

#include <cstdint>
#include <cstring>

using standin::fault;
using standin::nowNs;
using standin::sticky;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

extern "C" {
int cublasCreate_v2(void **handle)
{
    *handle = &nowNs;
    return 0;
}
int cublasDestroy_v2(void *)
{
    return 0;
}
int cublasGetVersion_v2(void *, int *version)
{
    *version = 130000;
    return 0;
}
int cublasSetStream_v2(void *, void *)
{
    return 0;
}
int cublasSetMathMode(void *, int)
{
    return 0;
}
int cublasGemmEx(void *, int, int, int m, int n, int k, const void *, u64 a, int, int lda, u64 b, int, int ldb,
                 const void *, u64 c, int, int ldc, int, int)
{
    const auto value = [](u64 matrix, int index) {
        const u32 bits = static_cast<u32>(reinterpret_cast<const std::uint16_t *>(matrix)[index]) << 16;
        float result = 0;
        std::memcpy(&result, &bits, 4);
        return result;
    };
    auto *product = reinterpret_cast<std::uint16_t *>(c);
    for (int column = 0; column < n; column++)
        for (int row = 0; row < m; row++) {
            float sum = 0;
            for (int i = 0; i < k; i++)
                sum += value(a, row + i * lda) * value(b, i + column * ldb);
            u32 bits = 0;
            std::memcpy(&bits, &sum, 4);
            product[row + column * ldc] = static_cast<std::uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
        }
    nowNs += 2e-6 * m * n * k;
    if (fault().is("wrong", "librarycolumn"))
        for (int row = 0; row < m; row++)
            product[row + 7 * ldc] ^= 4;
    return sticky;
}
}
