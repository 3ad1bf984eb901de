// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/measure/probes.h"

namespace probe {

std::optional<std::string> whyNoMatrix(Session &session)
{
    (void)session;
    return "no matrix kernels in this image";
}

void measureMatrix(Session &session)
{
    (void)session;
}

} // namespace probe
