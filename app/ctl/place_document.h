// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/auto_place.h"
#include "core/placement/what_if.h"

#include <nlohmann/json.hpp>

namespace app::ctl {

nlohmann::ordered_json missesDocument(const std::vector<core::Miss> &misses);
nlohmann::ordered_json answerDocument(const core::PlaceAnswer &answer);
nlohmann::ordered_json drainDocument(const core::DrainAnswer &answer);

} // namespace app::ctl
