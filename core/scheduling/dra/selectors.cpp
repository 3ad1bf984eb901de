// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/dra/selectors.h"

#include <fmt/format.h>

namespace core::dra {

cel::Answer Selectors::evaluate(const std::vector<std::string> &texts, const Device &device, std::string_view driver)
{
    for (const auto &text : texts) {
        auto found = m_parsed.find(text);
        if (found == m_parsed.end())
            found = m_parsed.emplace(text, cel::Expression(text)).first;
        auto answer = found->second.evaluate(device, driver);
        if (answer.kind == cel::Answer::Kind::Match)
            continue;
        // An absurd text is cut: the reason is read by people.
        answer.why = fmt::format("{}: {:.400}", answer.why, text);
        return answer;
    }
    return {cel::Answer::Kind::Match, {}};
}

} // namespace core::dra
