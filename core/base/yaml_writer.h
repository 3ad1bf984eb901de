// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace core {

/// A string as a YAML scalar: plain when YAML 1.1 and 1.2 both read it back as this very string, else double-quoted
/// with escapes. `no`, `1e3`, `0x1`, `12:30`, `~`, "", leading or trailing blanks and anything with a control character
/// are quoted.
std::string yamlScalar(std::string_view text);

} // namespace core
