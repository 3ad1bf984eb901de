// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimizer/unique_json.h"

#include <fmt/format.h>

#include <set>

namespace core::optimizer {

Result<nlohmann::json> parseUniqueJson(std::string_view text, const std::string &place)
{
    using Json = nlohmann::json;
    std::vector<std::set<std::string>> open;
    std::string twice;
    const auto watch = [&](int, Json::parse_event_t event, Json &parsed) {
        if (event == Json::parse_event_t::object_start)
            open.emplace_back();
        else if (event == Json::parse_event_t::object_end)
            open.pop_back();
        else if (event == Json::parse_event_t::key && !open.back().insert(parsed.get<std::string>()).second
                 && twice.empty())
            twice = parsed.get<std::string>();
        return true;
    };
    auto document = Json::parse(text, watch, false);
    if (document.is_discarded())
        return fail(ErrorKind::Parse, "is not JSON, or is cut short", place);
    if (!twice.empty())
        return fail(ErrorKind::Parse, fmt::format("\"{}\" is there twice in one object", twice), place);
    return document;
}

} // namespace core::optimizer
