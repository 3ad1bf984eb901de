// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/resources.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace core {

namespace {

constexpr auto highest = std::numeric_limits<std::int64_t>::max();
__extension__ using Wide = __int128;

struct Scale {
    int binary = 0;  ///< power of two
    int decimal = 0; ///< power of ten
};

std::optional<Scale> parseSuffix(std::string_view text)
{
    static constexpr std::string_view binary = "KMGTPE";
    static constexpr std::pair<char, int> decimal[] = {{'n', -9}, {'u', -6}, {'m', -3}, {'k', 3}, {'M', 6},
                                                       {'G', 9},  {'T', 12}, {'P', 15}, {'E', 18}};
    if (text.empty())
        return Scale{};
    if (text.size() == 2 && text[1] == 'i' && binary.contains(text[0]))
        return Scale{10 * static_cast<int>(binary.find(text[0]) + 1), 0};
    if (text.size() == 1)
        for (const auto &[letter, power] : decimal)
            if (text[0] == letter)
                return Scale{0, power};
    if (text.size() < 2 || (text[0] != 'e' && text[0] != 'E'))
        return std::nullopt;
    int exponent = 0;
    const auto *first = text.data() + (text[1] == '+' ? 2 : 1);
    const auto [end, status] = std::from_chars(first, text.data() + text.size(), exponent);
    if (status != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return Scale{0, std::clamp(exponent, -60, 60)};
}

/// digits × 10^decimal × 2^binary, rounded up, saturated.
std::int64_t scaled(Wide digits, int decimal, int binary)
{
    if (digits == 0)
        return 0;
    for (; binary > 0 && digits <= highest; --binary)
        digits *= 2;
    if (binary > 0)
        return highest;
    Wide divisor = 1;
    for (; decimal > 0 && digits <= highest; --decimal)
        digits *= 10;
    if (decimal > 0)
        return highest;
    for (; decimal < 0 && divisor <= digits; ++decimal)
        divisor *= 10;
    if (decimal < 0)
        return 1;
    const Wide whole = (digits + divisor - 1) / divisor;
    return whole > highest ? highest : static_cast<std::int64_t>(whole);
}

/// The number before a suffix: digits × 10^decimal.
struct Number {
    Wide digits = 0;
    int decimal = 0;
    std::size_t length = 0; ///< of its text
    bool any = false;       ///< it has a digit
};

/// Thirty digits are exact; what follows can only push the rounding up, and does when it is not zero.
void addDigit(Number &number, char digit, bool afterPoint)
{
    number.any = true;
    if (number.digits < static_cast<Wide>(highest) * 1'000'000'000) {
        number.digits = number.digits * 10 + (digit - '0');
        number.decimal -= afterPoint ? 1 : 0;
    } else {
        number.digits += digit != '0' ? 1 : 0;
        number.decimal += afterPoint ? 0 : 1;
    }
}

/// Digits and at most one point at the front of the text. A second point ends it, and is no suffix.
Number parseNumber(std::string_view text)
{
    Number number;
    bool point = false;
    for (const char c : text) {
        if (c == '.' && !point)
            point = true;
        else if (c >= '0' && c <= '9')
            addDigit(number, c, point);
        else
            break;
        ++number.length;
    }
    return number;
}

} // namespace

std::optional<std::int64_t> parseAmount(std::string_view resource, std::string_view quantity)
{
    const bool negative = quantity.starts_with('-');
    if (negative || quantity.starts_with('+'))
        quantity.remove_prefix(1);
    const auto number = parseNumber(quantity);
    const auto suffix = parseSuffix(quantity.substr(number.length));
    if (!number.any || !suffix)
        return std::nullopt;
    const auto decimal = number.decimal + suffix->decimal + (resource == "cpu" ? 3 : 0);
    const auto value = scaled(number.digits, decimal, suffix->binary);
    return negative ? -value : value;
}

void add(Resources &into, const Resources &from)
{
    for (const auto &[name, amount] : from)
        if (auto &sum = into[name]; __builtin_add_overflow(sum, amount, &sum))
            sum = highest;
}

void raise(Resources &into, const Resources &from)
{
    for (const auto &[name, amount] : from)
        into[name] = std::max(into[name], amount);
}

std::int64_t amountOf(const Resources &resources, std::string_view resource)
{
    const auto found = resources.find(resource);
    return found == resources.end() ? 0 : found->second;
}

} // namespace core
