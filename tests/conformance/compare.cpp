// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/conformance/compare.h"

#include <cmath>
#include <cstdint>
#include <string_view>

namespace conformance {

using nlohmann::json;

namespace {

/// The one key that holds a part of what is to be got.
constexpr std::string_view errorContains = "errorContains";

int sextet(char c)
{
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const auto at = alphabet.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::string decoded(std::string_view base64)
{
    std::string bytes;
    unsigned buffer = 0;
    int bits = 0;
    for (const char c : base64) {
        const int value = sextet(c);
        if (value < 0)
            continue;
        buffer = (buffer << 6U) | static_cast<unsigned>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<char>((buffer >> static_cast<unsigned>(bits)) & 0xffU));
        }
    }
    return bytes;
}

std::string repeated(const json &textAndCount)
{
    std::string out;
    for (auto i = textAndCount.at(1).get<std::int64_t>(); i > 0; --i)
        out += textAndCount.at(0).get_ref<const std::string &>();
    return out;
}

std::optional<std::string> differ(const json &expected, const json &got, const std::string &path);

std::optional<std::string> objectsDiffer(const json &expected, const json &got, const std::string &path)
{
    for (const auto &[key, value] : expected.items()) {
        const auto found = got.find(key);
        if (found == got.end() && value.is_null())
            continue;
        if (found == got.end())
            return path + "." + key + " is missing";
        if (key == errorContains && value.is_string() && found->is_string()) {
            if (found->get_ref<const std::string &>().find(value.get_ref<const std::string &>()) == std::string::npos)
                return path + "." + key + " is not in the error";
        } else if (auto inside = differ(value, *found, path + "." + key)) {
            return inside;
        }
    }
    return std::nullopt;
}

std::optional<std::string> listsDiffer(const json &expected, const json &got, const std::string &path)
{
    if (expected.size() != got.size())
        return path + " has another length";
    for (std::size_t i = 0; i < expected.size(); ++i)
        if (auto inside = differ(expected[i], got[i], path + "[" + std::to_string(i) + "]"))
            return inside;
    return std::nullopt;
}

bool numbersEqual(double a, double b)
{
    return a == b || std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

std::optional<std::string> differ(const json &expected, const json &got, const std::string &path)
{
    if (expected.is_object() && got.is_object())
        return objectsDiffer(expected, got, path);
    if (expected.is_array() && got.is_array())
        return listsDiffer(expected, got, path);
    if (expected.is_number() && got.is_number())
        return numbersEqual(expected.get<double>(), got.get<double>()) ? std::nullopt
                                                                       : std::optional(path + " is another number");
    return expected == got ? std::nullopt : std::optional(path + " differs");
}

} // namespace

json expanded(const json &value)
{
    if (value.is_object() && value.size() == 1 && value.contains("$bytes_b64"))
        return decoded(value["$bytes_b64"].get<std::string>());
    if (value.is_object() && value.size() == 1 && value.contains("repeat") && value["repeat"].is_array())
        return repeated(value["repeat"]);
    if (!value.is_structured())
        return value;
    json out = value;
    for (json &part : out)
        part = expanded(part);
    return out;
}

std::optional<std::string> difference(const json &expected, const json &got)
{
    return differ(expected, got, "out");
}

} // namespace conformance
