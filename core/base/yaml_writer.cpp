// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/yaml_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace core {

namespace {

/// Words that YAML 1.1 reads as booleans or null (yaml.org/type/bool.html, null.html), in lower case.
constexpr std::array<std::string_view, 10> reserved{"y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"};

std::string lower(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

/// Letters first, then only characters that mean nothing to YAML in any place. A first letter also excludes every
/// number, time and sexagesimal form; "e", "inf" and "nan" alone are words to both versions unless a dot or sign leads.
bool isPlain(std::string_view text)
{
    if (text.empty() || (!std::isalpha(static_cast<unsigned char>(text.front())) && text.front() != '/'))
        return false;
    const auto harmless = [](unsigned char c) {
        return std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == '/' || c == '+';
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool innerColon =
            text[i] == ':' && i + 1 < text.size() && harmless(static_cast<unsigned char>(text[i + 1]));
        if (!harmless(static_cast<unsigned char>(text[i])) && !innerColon)
            return false;
    }
    return std::ranges::find(reserved, lower(text)) == reserved.end();
}

} // namespace

std::string yamlScalar(std::string_view text)
{
    if (isPlain(text))
        return std::string(text);
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\t': out += "\\t"; break;
        case '\r': out += "\\r"; break;
        default:
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
                out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
            else
                out += c;
        }
    }
    return out + '"';
}

} // namespace core
