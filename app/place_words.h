// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/auto_place.h"

#include <string>

// The engine's choices as sentences, for the window and the command line alike.

namespace app {

/// "gpu-03 rather than gpu-07: 2 devices stay free there, 7 on gpu-07"; the first criterion that differs.
std::string whySentence(const core::PlaceOption &best, const core::PlaceOption &other,
                        const std::vector<core::PlaceDifference> &differences);
/// "12 places: memory: needs 56.7 GiB, 43.1 usable (nearest gpu-03; tensor parallel 2)".
std::string missSentence(const core::Miss &miss);

/// Why there, against the runner-up; or why nowhere, by the commonest reason.
std::string answerSentence(const core::PlaceAnswer &answer);

} // namespace app
