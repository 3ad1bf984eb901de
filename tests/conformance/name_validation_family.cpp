// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/conformance/families.h"

namespace conformance {

Answer answerNameValidation(const nlohmann::json &)
{
    return std::nullopt;
}

} // namespace conformance
