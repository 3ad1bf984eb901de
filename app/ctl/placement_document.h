// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/free_shapes.h"

#include <nlohmann/json.hpp>

namespace app::ctl {

/// [{size, places, stranded}]
nlohmann::ordered_json shapesDocument(const std::vector<core::ShapePlaces> &shapes);
/// "12.3 GiB", or "unknown".
std::string gibOrUnknown(const std::optional<std::int64_t> &bytes);

} // namespace app::ctl
