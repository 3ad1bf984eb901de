// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

namespace app::ctl {

/// A number above zero. CLI11's own check answers a wrong one with the largest double there is, in 309 digits.
inline CLI::Validator aboveZero()
{
    return {[](std::string &text) {
                double value = 0;
                return CLI::detail::lexical_cast(text, value) && value > 0 ? std::string()
                                                                           : "\"" + text + "\" is not a number above 0";
            },
            "POSITIVE", "above zero"};
}

} // namespace app::ctl
