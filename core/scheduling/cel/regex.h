// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>

namespace core::cel {

/// Does the pattern match a part of the text, as RE2 would say? In time proportional to both, whatever the pattern.
/// Understood are characters, ., [...] with ranges, \d \w \s and their opposites, escaped marks, ^ and $, groups, |,
/// and
/// * + ? {n} {n,} {n,m} with their lazy forms, all in ASCII. nullopt for anything else, for a pattern that is none, and
/// for one that unfolds to more than 2,000 steps.
std::optional<bool> matchesPattern(std::string_view text, std::string_view pattern);

} // namespace core::cel
