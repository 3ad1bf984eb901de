// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "probes/measure/session.h"

#include <array>

namespace probe {

// One matrix kernel and the shape of its instruction (kernels/matrix.inc).
struct MatrixKernel {
    const char *metric; // "bf16", or "bf16_wgmma" for Hopper's own way
    const char *name;
    const char *unit;
    std::uint32_t m = 0, n = 0, k = 0, lanes = 0;
    double multipliesPerStep = 16; // of one wave
    double multipliesAfter = 8;
    [[nodiscard]] bool isWarpGroup() const { return lanes == 128; }
};

// The matrix kernels of this device's image.
std::vector<MatrixKernel> matrixKernels(Session &session);

// The values a wave must hold in the end, sorted: 36 times each element of A B.
std::vector<std::int32_t> expectedProducts(const MatrixKernel &kernel, std::uint32_t seed);

// One matrix kernel ready to run: memory for its results, and the check of them.
class MatrixWork {
public:
    MatrixWork(Session &session, const MatrixKernel &kernel);
    [[nodiscard]] bool usable() const { return m_out && m_where && m_table; }
    void launch(std::uint32_t steps);
    std::uint32_t stepsFor(double ms);
    [[nodiscard]] double operations(std::uint32_t steps) const;
    [[nodiscard]] std::uint64_t waves() const { return m_grid.items() / m_kernel.lanes; }
    // Compares every wave. False when no wave anywhere holds the product: then the kernel is unproven on this device,
    // and neither a figure nor wrong data may be claimed.
    bool check(Metric &metric);

private:
    std::optional<std::vector<std::uint32_t>> tableOf(const std::vector<std::int32_t> &products);

    Session &m_session;
    MatrixKernel m_kernel;
    Grid m_grid;
    std::uint32_t m_valuesPerWave;
    std::optional<Buffer> m_out, m_where, m_table;
};

} // namespace probe
