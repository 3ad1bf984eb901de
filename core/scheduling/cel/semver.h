// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// A semantic version (semver.org 2.0.0), as Kubernetes compares versions of devices. Values; any thread.
struct SemanticVersion {
    std::uint64_t major = 0, minor = 0, patch = 0;
    std::vector<std::string> preRelease; ///< "alpha", "1" of 1.0.0-alpha.1

    /// "1.2.3-rc.1+build": three numbers without leading zeros; the build part is checked and forgotten. nullopt for
    /// anything else.
    static std::optional<SemanticVersion> parse(std::string_view text);
    /// The same with a "v" before it, missing numbers taken as 0 and leading zeros dropped: semver(text, true) of CEL.
    static std::optional<SemanticVersion> parseTolerant(std::string_view text);

    /// By precedence: a pre-release is before its release, numbers before words.
    std::strong_ordering operator<=>(const SemanticVersion &other) const;
    bool operator==(const SemanticVersion &other) const { return (*this <=> other) == 0; }
};

} // namespace core
