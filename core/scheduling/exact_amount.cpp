// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/exact_amount.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace core {

namespace {

__extension__ using Wide = __int128;

constexpr Wide billion = 1'000'000'000;
/// Leaves room for the last digit of any step.
constexpr Wide most = Wide{1} << 120;
constexpr std::string_view decimalLetters = "num kMGTPE"; // 10^-9, 10^-6 ... 10^18
constexpr std::string_view binaryLetters = "KMGTPE";

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

std::string digitsOf(Wide value)
{
    const bool negative = value < 0;
    std::string text;
    do {
        const int digit = static_cast<int>(value % 10);
        text.push_back(static_cast<char>('0' + (digit < 0 ? -digit : digit)));
        value /= 10;
    } while (value != 0);
    if (negative)
        text.push_back('-');
    std::ranges::reverse(text);
    return text;
}

/// The power of ten that "m", "k" or "e-3" stands for.
std::optional<int> powerOfTen(std::string_view suffix)
{
    if (suffix.empty())
        return 0;
    const auto letter = decimalLetters.find(suffix.front());
    if (suffix.size() == 1 && suffix != " " && letter != std::string_view::npos)
        return 3 * static_cast<int>(letter) - 9;
    if (suffix.front() != 'e' && suffix.front() != 'E')
        return std::nullopt;
    suffix.remove_prefix(suffix.starts_with("e+") || suffix.starts_with("E+") ? 2 : 1);
    int power = 0;
    const auto [end, failed] = std::from_chars(suffix.data(), suffix.data() + suffix.size(), power);
    if (failed != std::errc() || end != suffix.data() + suffix.size() || suffix.empty())
        return std::nullopt;
    return power;
}

std::optional<int> powerOf1024(std::string_view suffix)
{
    const auto letter = suffix.size() == 2 && suffix[1] == 'i' ? binaryLetters.find(suffix[0]) : std::string_view::npos;
    return letter == std::string_view::npos ? std::nullopt : std::optional(static_cast<int>(letter) + 1);
}

/// value × 10^power, rounded up; nullopt when too large.
std::optional<Wide> timesPowerOfTen(Wide value, int power)
{
    for (; power > 0 && value != 0; --power) {
        if (value > most / 10)
            return std::nullopt;
        value *= 10;
    }
    bool rest = false;
    for (; power < 0 && value != 0; ++power) {
        rest = rest || value % 10 != 0;
        value /= 10;
    }
    return value + (rest ? 1 : 0);
}

} // namespace

std::optional<ExactAmount> ExactAmount::parse(std::string_view text)
{
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+'))
        text.remove_prefix(1);
    Wide digits = 0;
    int fraction = 0;
    bool any = false, point = false;
    std::size_t i = 0;
    for (; i < text.size() && (isDigit(text[i]) || (text[i] == '.' && !point)); ++i) {
        if (text[i] == '.') {
            point = true;
            continue;
        }
        if (digits > most / 10)
            return std::nullopt;
        any = true;
        digits = digits * 10 + (text[i] - '0');
        fraction += point ? 1 : 0;
    }
    const auto suffix = text.substr(i);
    const auto binary = powerOf1024(suffix);
    const auto ten = binary ? std::optional(0) : powerOfTen(suffix);
    if (!any || !ten)
        return std::nullopt;
    for (int power = binary.value_or(0); power > 0; --power) {
        if (digits > most / 1024)
            return std::nullopt;
        digits *= 1024;
    }
    const auto billionths = timesPowerOfTen(digits, *ten + 9 - fraction);
    if (!billionths)
        return std::nullopt;
    ExactAmount amount;
    amount.m_billionths = negative ? -*billionths : *billionths;
    amount.m_notation = binary ? Notation::Binary : suffix.size() > 1 ? Notation::Exponent : Notation::Decimal;
    return amount;
}

std::string ExactAmount::decimalText() const
{
    auto value = m_billionths;
    std::size_t letter = 0;
    for (; value % 1000 == 0 && letter + 1 < decimalLetters.size(); ++letter)
        value /= 1000;
    const int power = 3 * static_cast<int>(letter) - 9;
    if (power == 0)
        return digitsOf(value);
    return digitsOf(value)
        + (m_notation == Notation::Exponent ? "e" + std::to_string(power) : std::string(1, decimalLetters[letter]));
}

std::string ExactAmount::text() const
{
    if (m_billionths == 0)
        return "0";
    // Small and broken amounts read better, and exactly, in decimals.
    const auto small = m_billionths > -1024 * billion && m_billionths < 1024 * billion;
    if (m_notation != Notation::Binary || small || m_billionths % billion != 0)
        return decimalText();
    auto value = m_billionths / billion;
    std::size_t power = 0;
    for (; value % 1024 == 0 && power < binaryLetters.size(); ++power)
        value /= 1024;
    return digitsOf(value) + (power == 0 ? std::string() : std::string(1, binaryLetters[power - 1]) + "i");
}

void addTo(ExactAmount &sum, const ExactAmount &amount)
{
    if (sum.m_billionths == 0)
        sum.m_notation = amount.m_notation;
    // parse() keeps below 2^120, so that hundreds of containers cannot overflow.
    sum.m_billionths += amount.m_billionths;
}

} // namespace core
