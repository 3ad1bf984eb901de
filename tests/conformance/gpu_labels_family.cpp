// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/conformance/families.h"

namespace conformance {

Answer answerGpuLabels(const nlohmann::json &)
{
    return std::nullopt;
}

} // namespace conformance
