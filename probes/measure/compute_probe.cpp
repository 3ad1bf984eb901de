// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/measure/probes.h"
#include "probes/measure/reference.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace probe {
namespace {

bool is(const VectorWork::Format &format, const char *name)
{
    return std::strcmp(format.metric, name) == 0;
}

} // namespace

// Sixteen operations a step (kernels/compute.inc): a fma counts two, packed formats two values, int8 four products.
const std::vector<VectorWork::Format> &VectorWork::formats()
{
    static const std::vector<Format> formats = {
        {"fp64", "pk_fp64", 32, "TFLOP/s", "2 a fma"},
        {"fp32", "pk_fp32", 32, "TFLOP/s", "2 a fma"},
        {"fp16", "pk_fp16", 64, "TFLOP/s", "2 a fma, packed pairs"},
        {"bf16", "pk_bf16", 64, "TFLOP/s", "2 a fma, packed pairs"},
        {"int32", "pk_int32", 32, "TOP/s", "2 a multiply-add"},
        {"int8", "pk_int8", 128, "TOP/s", "8 a dot product of four"},
    };
    return formats;
}

VectorWork::VectorWork(Session &session, const Format &format)
    : m_session(session)
    , m_format(format)
    , m_grid(session.grid(16))
    , m_out(Buffer::make(session.device, m_grid.items() * 4))
    , m_where(Buffer::make(session.device, std::uint64_t{m_grid.groups} * 4))
    , m_table(Buffer::make(session.device, std::uint64_t{laneCount} * 4))
{
}

void VectorWork::launch(std::uint32_t steps)
{
    const std::uint32_t seed = m_session.seed;
    const auto go = [&](const auto &m1, const auto &c1, const auto &m2, const auto &c2) {
        run(m_session, m_format.kernel, m_grid,
            {m_out->argument(), m_where->argument(), valueOf(steps), valueOf(seed), valueOf(m1), valueOf(c1),
             valueOf(m2), valueOf(c2)});
    };
    if (is(m_format, "fp64")) {
        const ChainOperands o = chainOperands64(seed);
        go(o.m1, o.c1, o.m2, o.c2);
    } else if (is(m_format, "fp32")) {
        const ChainOperands o = chainOperands32(seed);
        go(static_cast<float>(o.m1), static_cast<float>(o.c1), static_cast<float>(o.m2), static_cast<float>(o.c2));
    } else {
        const bool packed = is(m_format, "fp16") || is(m_format, "bf16");
        if (packed && !m_packed)
            m_packed = std::make_shared<PackedReference>(
                is(m_format, "fp16") ? PackedReference::Format::Fp16 : PackedReference::Format::Bf16, seed);
        const WordOperands o = packed ? m_packed->operands() : integerOperands(seed);
        go(o.m1, o.c1, o.m2, o.c2);
    }
}

std::vector<std::uint32_t> VectorWork::expected(std::uint32_t steps) const
{
    const std::uint32_t seed = m_session.seed;
    if (is(m_format, "fp64"))
        return expectedFp64(steps, seed, chainOperands64(seed));
    if (is(m_format, "fp32"))
        return expectedFp32(steps, seed, chainOperands32(seed));
    if (m_packed)
        return m_packed->expected(steps);
    return is(m_format, "int8") ? expectedInt8(steps, seed, integerOperands(seed))
                                : expectedInt32(steps, seed, integerOperands(seed));
}

void VectorWork::check(Metric &metric, std::uint32_t steps)
{
    const std::vector<std::uint32_t> table = expected(steps);
    const std::uint64_t items = m_grid.items();
    FindingList findings(m_session);
    if (!findings.usable())
        return;
    m_session.device.upload(m_table->pointer(), table.data(), table.size() * 4, 0);
    m_session.device.finish();
    run(m_session, "pk_compare", m_grid,
        {findings.argument(), m_out->argument(), m_table->argument(), m_where->argument(), valueOf(items),
         valueOf(laneCount), valueOf(m_grid.perGroup)});
    findings.collect(
        metric,
        [&](std::uint64_t index) {
            return std::string(m_format.metric) + " lane " + std::to_string(index % laneCount)
                + " (digest of 8 chains)";
        },
        4, m_out->pointer());
}

std::uint32_t VectorWork::stepsFor(double ms)
{
    std::uint32_t steps = ms > 0 ? 512 : m_session.isCpu() ? 64 : 16;
    for (int round = 0; ms > 0 && round < 6 && m_session.goesOn(); round++) {
        launch(steps);
        m_session.device.mark(0);
        launch(steps);
        m_session.device.mark(1);
        const double took = m_session.device.milliseconds();
        if (took >= ms * 0.8 || steps >= 1U << 22)
            break;
        steps = static_cast<std::uint32_t>(
            std::min(static_cast<double>(steps) * std::clamp(ms / std::max(took, 1e-3), 1.1, 16.0), 4.2e6));
    }
    return steps;
}

double VectorWork::operations(std::uint32_t steps) const
{
    return m_format.operationsPerStep * steps * static_cast<double>(m_grid.items());
}

// Arithmetic rates without memory, one format after another; every work-item's result is compared bit for bit.
void measureCompute(Session &session)
{
    for (const VectorWork::Format &format : VectorWork::formats()) {
        if (!session.goesOn())
            return;
        if (!session.wants(format.metric))
            continue;
        if (!hasKernel(session, format.kernel)) {
            session.report.skip("compute",
                                std::string(format.metric) + ": this device or its image has no such arithmetic");
            continue;
        }
        VectorWork work(session, format);
        if (!work.usable()) {
            session.report.inconclusive("compute", outOfMemory);
            return;
        }
        const std::uint32_t steps = work.stepsFor(session.profile.computeMs);
        const Timing timing = timeOf(session, [&] { work.launch(steps); });
        Metric metric = {
            .probe = "compute", .name = format.metric, .unit = format.unit, .counts = format.counts, .timing = timing};
        metric.value = timing.medianMs > 0 ? work.operations(steps) / timing.medianMs * 1e-9 : 0;
        metric.numbers = {{"steps", static_cast<double>(steps)}, {"items", static_cast<double>(work.grid().items())}};
        work.check(metric, steps);
        session.publish(metric);
    }
}

} // namespace probe
