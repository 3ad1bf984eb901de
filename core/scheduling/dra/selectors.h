// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheduling/cel/expression.h"

#include <unordered_map>

namespace core::dra {

/// What selectors say of devices; each text is parsed once. Not for several threads.
class Selectors {
public:
    /// All of `texts` must match: the first that does not decides, and `why` names its text.
    cel::Answer evaluate(const std::vector<std::string> &texts, const Device &device, std::string_view driver);

private:
    std::unordered_map<std::string, cel::Expression> m_parsed;
};

} // namespace core::dra
