// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/measure/matrix_work.h"

#include "probes/measure/reference.h"

#include <algorithm>
#include <cmath>

namespace probe {
namespace {

// Waves whose result is looked at on the host for the table; the rest are compared on the device.
constexpr std::uint64_t examined = 64;

} // namespace

std::vector<MatrixKernel> matrixKernels(Session &session)
{
    static constexpr struct {
        const char *metric, *name, *unit;
    } formats[] = {{"fp64", "pk_matrix_fp64", "TFLOP/s"},
                   {"bf16", "pk_matrix_bf16", "TFLOP/s"},
                   {"fp16", "pk_matrix_fp16", "TFLOP/s"},
                   {"fp8", "pk_matrix_fp8", "TFLOP/s"},
                   {"int8", "pk_matrix_int8", "TOP/s"}};
    std::array<std::uint32_t, 20> shapes{};
    auto buffer = Buffer::make(session.device, 4096);
    if (!buffer || !run(session, "pk_matrix_shape", {1, 32}, {buffer->argument()}))
        return {};
    session.device.download(shapes.data(), buffer->pointer(), sizeof(shapes), 0, 0);
    session.device.finish();
    std::vector<MatrixKernel> kernels;
    for (std::size_t i = 0; i < std::size(formats); i++)
        if (shapes[4 * i] > 0 && hasKernel(session, formats[i].name))
            kernels.push_back({formats[i].metric, formats[i].name, formats[i].unit, shapes[4 * i], shapes[4 * i + 1],
                               shapes[4 * i + 2], shapes[4 * i + 3]});
    // A wave of these is a warp group of 128; two instructions make one product, four products one step.
    for (const MatrixKernel &kernel : {MatrixKernel{"bf16_wgmma", "pk_wgmma_bf16", "TFLOP/s", 64, 256, 32, 128, 4, 1},
                                       MatrixKernel{"fp8_wgmma", "pk_wgmma_fp8", "TFLOP/s", 64, 256, 64, 128, 4, 1},
                                       MatrixKernel{"int8_wgmma", "pk_wgmma_int8", "TOP/s", 64, 256, 64, 128, 4, 1}})
        if (hasKernel(session, kernel.name))
            kernels.push_back(kernel);
    return kernels;
}

std::vector<std::int32_t> expectedProducts(const MatrixKernel &kernel, std::uint32_t seed)
{
    std::vector<std::int32_t> products;
    for (std::uint32_t row = 0; row < kernel.m; row++)
        for (std::uint32_t column = 0; column < kernel.n; column++) {
            std::int32_t sum = 0;
            for (std::uint32_t k = 0; k < kernel.k; k++)
                sum += matrixOperand(row, k, seed) * matrixOperand(64 + column, k, seed);
            products.push_back(36 * sum);
        }
    std::ranges::sort(products);
    return products;
}

MatrixWork::MatrixWork(Session &session, const MatrixKernel &kernel)
    : m_session(session)
    , m_kernel(kernel)
    , m_grid(session.grid(kernel.isWarpGroup() ? 1 : 4)) // one group of 256 fills an SM's registers
    , m_valuesPerWave(kernel.m * kernel.n)
    , m_out(Buffer::make(session.device, m_grid.items() / kernel.lanes * m_valuesPerWave * 4))
    , m_where(Buffer::make(session.device, std::uint64_t{m_grid.groups} * 4))
    , m_table(Buffer::make(session.device, std::uint64_t{m_valuesPerWave} * 4))
{
}

void MatrixWork::launch(std::uint32_t steps)
{
    run(m_session, m_kernel.name, m_grid,
        {m_out->argument(), m_where->argument(), valueOf(steps), valueOf(m_session.seed)});
}

std::uint32_t MatrixWork::stepsFor(double ms)
{
    std::uint32_t steps = ms <= 0 ? 64 : 1024;
    for (int round = 0; ms > 0 && round < 6 && m_session.goesOn(); round++) {
        launch(steps);
        m_session.device.mark(0);
        launch(steps);
        m_session.device.mark(1);
        const double took = m_session.device.milliseconds();
        if (took >= ms * 0.8 || steps >= 1U << 22)
            break;
        const double more = std::clamp(ms / std::max(took, 1e-3), 1.1, 16.0);
        steps = static_cast<std::uint32_t>(std::min(static_cast<double>(steps) * more, 4.2e6));
    }
    return steps;
}

double MatrixWork::operations(std::uint32_t steps) const
{
    const double multiplies = m_kernel.multipliesPerStep * steps + m_kernel.multipliesAfter;
    return 2.0 * m_kernel.m * m_kernel.n * m_kernel.k * multiplies * static_cast<double>(waves());
}

// The values of the first wave that holds exactly the product, in its own order.
std::optional<std::vector<std::uint32_t>> MatrixWork::tableOf(const std::vector<std::int32_t> &products)
{
    const std::uint64_t count = std::min(examined, waves());
    std::vector<std::uint32_t> values(count * m_valuesPerWave);
    m_session.device.download(values.data(), m_out->pointer(), values.size() * 4, 0, 0);
    m_session.device.finish();
    for (std::uint64_t wave = 0; wave < count && m_session.device.works(); wave++) {
        const auto begin = values.begin() + static_cast<std::ptrdiff_t>(wave * m_valuesPerWave);
        std::vector<std::uint32_t> table(begin, begin + m_valuesPerWave);
        std::vector<std::int32_t> sorted(table.begin(), table.end());
        std::ranges::sort(sorted);
        if (sorted == products)
            return table;
    }
    return std::nullopt;
}

bool MatrixWork::check(Metric &metric)
{
    const auto table = tableOf(expectedProducts(m_kernel, m_session.seed));
    FindingList findings(m_session);
    if (!table || !findings.usable())
        return false;
    m_session.device.upload(m_table->pointer(), table->data(), table->size() * 4, 0);
    m_session.device.finish();
    const std::uint64_t values = waves() * m_valuesPerWave;
    const std::uint32_t perGroup = m_grid.perGroup / m_kernel.lanes * m_valuesPerWave;
    run(m_session, "pk_compare", m_session.grid(16),
        {findings.argument(), m_out->argument(), m_table->argument(), m_where->argument(), valueOf(values),
         valueOf(m_valuesPerWave), valueOf(perGroup)});
    findings.collect(
        metric,
        [&](std::uint64_t index) {
            return std::string(m_kernel.metric) + " product, value " + std::to_string(index % m_valuesPerWave)
                + " of wave " + std::to_string(index / m_valuesPerWave);
        },
        4, m_out->pointer());
    return true;
}

} // namespace probe
