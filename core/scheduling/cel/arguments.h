// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What functions.cpp and methods.cpp share.

#include "core/scheduling/cel/value.h"

#include <algorithm>
#include <optional>

namespace core::cel {

using Arguments = std::vector<Value>;

/// CEL counts characters, not bytes; of texts that are not plain ASCII no position is computed here.
inline bool isAscii(const std::string &text)
{
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

inline Value beyondAscii(const std::string &function)
{
    return unknown(function + "() of a text beyond ASCII");
}

/// The one argument when there is one of that type.
template <class T>
const T *only(const Arguments &arguments)
{
    return arguments.size() == 1 ? arguments.front().as<T>() : nullptr;
}

/// size() of texts and lists.
Value sizeOf(const Arguments &arguments);

/// Failures and unknowns among operands: a failure fails the call whatever the unknown would be.
std::optional<Value> unusable(const Arguments &arguments);

} // namespace core::cel
