// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/list_meta.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace core {

namespace {

/// The position after the string that begins at `quote`.
std::size_t afterString(std::string_view json, std::size_t quote)
{
    auto i = quote + 1;
    for (; i < json.size() && json[i] != '"'; ++i)
        if (json[i] == '\\')
            ++i;
    return std::min(i + 1, json.size());
}

int depthChange(char c)
{
    if (c == '{' || c == '[')
        return 1;
    return c == '}' || c == ']' ? -1 : 0;
}

/// Walks the top level of a JSON object and returns the raw text of member `name`; strings and nesting are respected.
Result<std::string_view> topLevelMember(std::string_view json, std::string_view name)
{
    const auto quoted = fmt::format("\"{}\"", name);
    int depth = 0;
    for (std::size_t i = 0; i < json.size();) {
        if (json[i] != '"') {
            depth += depthChange(json[i++]);
            continue;
        }
        const auto key = json.substr(i, afterString(json, i) - i);
        i += key.size();
        if (depth != 1 || key != quoted)
            continue;
        i = std::min(json.find_first_not_of(" \n\r\t", i), json.size());
        if (json.substr(i).starts_with(':'))
            return json.substr(i + 1);
    }
    return fail(ErrorKind::Parse, fmt::format("the answer has no \"{}\"", name));
}

/// The end of the JSON object at the front of `text`.
std::string_view firstObject(std::string_view text)
{
    int depth = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (inString) {
            if (text[i] == '\\')
                ++i;
            else if (text[i] == '"')
                inString = false;
        } else if (text[i] == '"') {
            inString = true;
        } else if (text[i] == '{') {
            ++depth;
        } else if (text[i] == '}' && --depth == 0) {
            return text.substr(0, i + 1);
        }
    }
    return text;
}

} // namespace

Result<ListMeta> listMeta(std::string_view page, const std::string &place)
{
    const auto member = topLevelMember(page, "metadata");
    if (!member)
        return fail(ErrorKind::Parse, "the answer is no list: it has no metadata", place);
    const auto start = member->find_first_not_of(" \t\r\n");
    const auto json = start != std::string_view::npos && (*member)[start] == '{'
        ? nlohmann::json::parse(firstObject(*member), nullptr, false)
        : nlohmann::json();
    if (!json.is_object())
        return fail(ErrorKind::Parse, "the list's metadata is not JSON; the answer may have been cut short", place);
    const auto text = [&json](const char *key) {
        return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : std::string();
    };
    const auto remaining = json.find("remainingItemCount");
    return ListMeta{text("continue"), text("resourceVersion"),
                    remaining != json.end() && remaining->is_number_unsigned() ? remaining->get<std::int64_t>() : 0};
}

} // namespace core
