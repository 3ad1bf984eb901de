// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <string_view>

namespace core::optimizer {

/// JSON whose objects name nothing twice; a parser that keeps the last of two would drop a SKU silently. `place` is
/// named in the error.
Result<nlohmann::json> parseUniqueJson(std::string_view text, const std::string &place);

} // namespace core::optimizer
