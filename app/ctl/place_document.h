// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/auto_place.h"
#include "core/placement/what_if.h"

#include <nlohmann/json.hpp>

namespace app::ctl {

nlohmann::ordered_json missesDocument(const std::vector<core::Miss> &misses);
nlohmann::ordered_json answerDocument(const core::PlaceAnswer &answer);
nlohmann::ordered_json drainDocument(const core::DrainAnswer &answer);

/// "gpu-03 rather than gpu-07: 2 devices stay free there, 7 on gpu-07"; the first criterion that differs.
std::string whySentence(const core::PlaceOption &best, const core::PlaceOption &other,
                        const std::vector<core::PlaceDifference> &differences);
/// "12 places: memory: needs 56.7 GiB, 43.1 usable (nearest gpu-03; tensor parallel 2)".
std::string missSentence(const core::Miss &miss);

} // namespace app::ctl
