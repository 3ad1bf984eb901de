// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/host_request.h"

#include "core/sizing/weights.h"

#include <algorithm>

namespace core {

HostRequest hostRequest(const Model *model, const Requirement &requirement)
{
    constexpr std::int64_t gib = 1LL << 30;
    const std::int64_t workers = std::max(1, requirement.tensorParallel);
    // Detectors and embedding models are small programs; a language model's workers also keep pinned buffers.
    const auto params = model ? model->params.value_or(0) : 0;
    const bool small = model && !model->isLlm && params > 0 && params < 1'000'000'000;
    HostRequest host{1000, 2 * gib, {}};
    if (!small)
        host = {1000 + 1000 * workers, 4 * gib + 4 * gib * workers, {}};
    if (!model)
        return host;
    if (const auto weights = weightBytes(*model, requirement.weights))
        host.ephemeralBytes = weights->total;
    return host;
}

} // namespace core
