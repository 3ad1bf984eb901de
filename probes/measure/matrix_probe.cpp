// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/measure/matrix_work.h"
#include "probes/measure/probes.h"

namespace probe {

namespace {

// No wave anywhere holds the product. All units of a card rarely fail alike, so a kernel that no GPU has confirmed yet
// (wgmma) is only left out; for the others the card stays in doubt.
void sayUnproven(Session &session, const MatrixKernel &kernel)
{
    const std::string why = std::string(kernel.metric)
        + ": no unit anywhere answers what the host expects, so this kernel is unproven on this architecture; no "
          "figure, "
          "and no verdict on the card";
    if (kernel.isWarpGroup())
        session.report.skip("matrix", why);
    else
        session.report.inconclusive("matrix", why);
}

} // namespace

std::optional<std::string> whyNoMatrix(Session &session)
{
    if (hasKernel(session, "pk_matrix_shape"))
        return std::nullopt;
    return "no matrix kernels for this device";
}

// Rates of the matrix units, register to register (wgmma: from shared memory), every wave's result checked exactly.
void measureMatrix(Session &session)
{
    const std::vector<MatrixKernel> kernels = matrixKernels(session);
    if (kernels.empty() && session.device.works())
        session.report.skip("matrix", "this device has no matrix units that this program knows");
    for (const MatrixKernel &kernel : kernels) {
        if (!session.goesOn())
            return;
        if (!session.wants(kernel.metric))
            continue;
        MatrixWork work(session, kernel);
        if (!work.usable()) {
            session.report.inconclusive("matrix", outOfMemory);
            return;
        }
        const std::uint32_t steps = work.stepsFor(session.profile.computeMs);
        const Timing timing = timeOf(session, [&] { work.launch(steps); });
        Metric metric = {.probe = "matrix",
                         .name = kernel.metric,
                         .unit = kernel.unit,
                         .counts = "2 a multiply-add, dense, small random integers",
                         .timing = timing};
        metric.value = timing.medianMs > 0 ? work.operations(steps) / timing.medianMs * 1e-9 : 0;
        metric.numbers = {{"m", kernel.m}, {"n", kernel.n}, {"k", kernel.k}, {"steps", static_cast<double>(steps)}};
        if (work.check(metric))
            session.publish(metric);
        else if (session.device.works())
            sayUnproven(session, kernel);
    }
}

} // namespace probe
