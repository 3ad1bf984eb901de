// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// From a pattern to its tree; for regex.cpp.

#include <bitset>
#include <string_view>
#include <vector>

namespace core::cel {

/// Characters of ASCII.
using CharacterSet = std::bitset<128>;

/// Thrown by parsePattern() and caught by its caller: not understood, or no pattern.
struct NoPattern {};

constexpr int forever = -1;

/// A part of a pattern.
struct Piece {
    enum class Kind { Characters, Sequence, Choice, Repeat, Begin, End };
    Kind kind = Kind::Sequence;
    CharacterSet characters;
    std::vector<Piece> parts;
    int least = 0, most = 0; ///< of Repeat
};

/// Throws NoPattern.
Piece parsePattern(std::string_view pattern);

} // namespace core::cel
