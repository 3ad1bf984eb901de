// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/edit_set.h"

#include <QString>

namespace ui {

/// A member of a placement set as a SKU shows it.
struct SetMark {
    std::string requirement;
    std::size_t member = 0, of = 0; ///< index, and how many members the set has
    std::optional<int> replicas;    ///< that have room on it now; nullopt: not resolved yet
    bool operator==(const SetMark &) const = default;
};

/// "llama · choice 1 of 3 · 2 here".
QString markWords(const SetMark &mark);
/// What an edit does, for undo: "serve llama also on nvidia-l40s".
QString editWords(const core::SetEdit &edit);
/// Of a set, or nullptr when it was not resolved.
const core::SetResolution *resolutionOf(const std::vector<core::SetResolution> &now, std::string_view requirement);

} // namespace ui
