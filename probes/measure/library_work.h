// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "probes/drivers/device.h"

#include <memory>
#include <string>

namespace probe {

// The vendor's own matrix product, opened at run time: cuBLAS or rocBLAS. Never shipped, never needed. Declarations are
// our own: NVIDIA, "cuBLAS" 13.0, cublasGemmEx; AMD, "rocBLAS" 6.2, rocblas_gemm_ex.
class LibraryProduct {
public:
    // The failure says which library was not found or what it answered.
    static Result<std::unique_ptr<LibraryProduct>> load(const Device &device);
    virtual ~LibraryProduct() = default;
    [[nodiscard]] virtual std::string version() const = 0;
    // C = A B, size x size, column-major, bf16 in and out, sums in fp32 (as PyTorch calls it), queued on the device's
    // queue 0. False: it was refused.
    [[nodiscard]] virtual bool multiply(int size, DevicePointer a, DevicePointer b, DevicePointer c) = 0;
};

} // namespace probe
