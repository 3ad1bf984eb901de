// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/yaml_json.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <set>

namespace core {

using nlohmann::json;

namespace {

bool isOneOf(std::string_view text, std::initializer_list<std::string_view> words)
{
    return std::ranges::find(words, text) != words.end();
}

template <class T>
std::optional<T> number(std::string_view text)
{
    T value{};
    const auto *first = text.data() + (text.starts_with('+') ? 1 : 0);
    const auto [end, status] = std::from_chars(first, text.data() + text.size(), value);
    return status == std::errc{} && end == text.data() + text.size() && first != end ? std::optional(value)
                                                                                     : std::nullopt;
}

/// 0x1F, 0o17, 0b11 and 017 of YAML 1.1; a name that looks like one is a number to kubectl, too.
std::optional<std::int64_t> prefixedNumber(std::string_view text)
{
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+'))
        text.remove_prefix(1);
    if (text.size() < 2 || text[0] != '0')
        return std::nullopt;
    const int base = text[1] == 'x' ? 16 : text[1] == 'b' ? 2 : 8;
    text.remove_prefix(text[1] == 'x' || text[1] == 'b' || text[1] == 'o' ? 2 : 1);
    std::int64_t value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (status != std::errc{} || end != text.data() + text.size() || text.front() == '-')
        return std::nullopt;
    return negative ? -value : value;
}

json plainScalar(const std::string &text)
{
    if (text.empty() || isOneOf(text, {"~", "null", "Null", "NULL"}))
        return nullptr;
    if (isOneOf(text, {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"}))
        return true;
    if (isOneOf(text, {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"}))
        return false;
    if (!std::string_view("+-.0123456789").contains(text.front()))
        return text;
    auto digits = text;
    std::erase(digits, '_');
    if (const auto prefixed = prefixedNumber(digits))
        return *prefixed;
    if (const auto whole = number<std::int64_t>(digits))
        return *whole;
    if (const auto real = number<double>(digits); real && std::isfinite(*real))
        return *real;
    return text;
}

/// Quoted scalars and those tagged !!str are text whatever they look like.
json scalar(const YAML::Node &node)
{
    const bool isText = node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str";
    return isText ? json(node.Scalar()) : plainScalar(node.Scalar());
}

/// Aliases can make a small file huge. A kubeconfig of a thousand clusters has some ten thousand nodes.
constexpr int maxNodes = 500'000;

Result<json> convert(const YAML::Node &node, const std::string &place, int depth, int &nodes);

Result<json> convertList(const YAML::Node &node, const std::string &place, int depth, int &nodes)
{
    auto out = json::array();
    for (const auto &item : node) {
        auto value = convert(item, place, depth + 1, nodes);
        if (!value)
            return value;
        out.push_back(std::move(*value));
    }
    return out;
}

Result<json> convertMap(const YAML::Node &node, const std::string &place, int depth, int &nodes)
{
    const auto where = fmt::format("{} line {}", place, node.Mark().line + 1);
    auto out = json::object();
    for (const auto &member : node) {
        const auto key = member.first.IsScalar() ? scalar(member.first) : json();
        if (!key.is_string() && !key.is_boolean())
            return fail(
                ErrorKind::Parse,
                fmt::format("the key \"{}\" is no string", member.first.IsScalar() ? member.first.Scalar() : "?"),
                where);
        if (out.contains(member.first.Scalar()))
            return fail(ErrorKind::Parse, fmt::format("the key \"{}\" stands twice", member.first.Scalar()), where);
        auto value = convert(member.second, place, depth + 1, nodes);
        if (!value)
            return value;
        out[member.first.Scalar()] = std::move(*value);
    }
    return out;
}

Result<json> convert(const YAML::Node &node, const std::string &place, int depth, int &nodes)
{
    const auto where = fmt::format("{} line {}", place, node.Mark().line + 1);
    if (depth > 100 || ++nodes > maxNodes)
        return fail(ErrorKind::Parse, depth > 100 ? "nested too deeply" : "too large", where);
    if (node.IsNull() || !node.IsDefined())
        return json(nullptr);
    if (node.IsScalar())
        return scalar(node);
    return node.IsSequence() ? convertList(node, place, depth, nodes) : convertMap(node, place, depth, nodes);
}

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

} // namespace

Result<json> yamlToJson(std::string_view text, const std::string &place)
{
    try {
        int nodes = 0;
        return convert(YAML::Load(std::string(text)), place, 0, nodes);
    } catch (const YAML::Exception &error) {
        const auto line = error.mark.is_null() ? std::string() : fmt::format(" line {}", error.mark.line + 1);
        return fail(ErrorKind::Parse, "is not YAML: " + error.msg, place + line);
    }
}

std::optional<std::string> decodeBase64(std::string_view text)
{
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    std::size_t padding = 0;
    for (const char c : text) {
        if (c == '\n' || c == '\r')
            continue;
        if (c == '=') {
            ++padding;
            continue;
        }
        const auto value = alphabet.find(c);
        if (value == std::string_view::npos || padding > 0)
            return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        if (++count == 4) {
            out += {static_cast<char>(bits >> 16 & 0xff), static_cast<char>(bits >> 8 & 0xff),
                    static_cast<char>(bits & 0xff)};
            bits = 0;
            count = 0;
        }
    }
    if (count == 1 || padding > 2 || (count != 0 && padding != static_cast<std::size_t>(4 - count))
        || (count == 0 && padding != 0))
        return std::nullopt;
    if (count >= 2)
        out += static_cast<char>(bits >> (count == 2 ? 4 : 10) & 0xff);
    if (count == 3)
        out += static_cast<char>(bits >> 2 & 0xff);
    return out;
}

std::string encodeBase64(std::string_view bytes)
{
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t bits = 0;
        const auto left = std::min<std::size_t>(3, bytes.size() - i);
        for (std::size_t j = 0; j < 3; ++j)
            bits = bits << 8 | (j < left ? static_cast<unsigned char>(bytes[i + j]) : 0U);
        for (std::size_t j = 0; j < 4; ++j)
            out += j <= left ? alphabet[bits >> (18 - 6 * j) & 0x3f] : '=';
    }
    return out;
}

} // namespace core
