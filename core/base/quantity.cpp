// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace core {

namespace {

using Format = Quantity::Format;

constexpr int nano = -9;
constexpr int farthestExponent = 10'000;
/// Go keeps amounts of up to this many digits in an int64, and the text with them.
constexpr int int64Digits = 18;
constexpr std::string_view digitCharacters = "0123456789";
constexpr std::string_view binaryLetters = "KMGTPE";
constexpr std::array<std::string_view, 10> decimalSuffixes{"n", "u", "m", "", "k", "M", "G", "T", "P", "E"};

struct Suffix {
    Format format = Format::DecimalSI;
    int exponent = 0; ///< of ten, or of two for BinarySI
};

/// The parts of a text, as Go's parseQuantityString splits it.
struct Parts {
    std::string_view number; ///< sign, digits, point: all before the suffix
    std::string_view whole;  ///< digits before the point without leading zeros; "0" when there are none
    std::string_view fraction;
    std::string_view suffix;
    bool negative = false;
};

std::string_view takeDigits(std::string_view text)
{
    return text.substr(0, text.find_first_not_of(digitCharacters));
}

std::unexpected<Error> refused(std::string_view text, std::string why)
{
    return fail(ErrorKind::Parse, "\"" + std::string(text) + "\" is no quantity: " + std::move(why), {},
                "write a number with an optional suffix, such as 500m, 2, 1e3 or 16Gi");
}

Parts split(std::string_view text)
{
    Parts parts;
    parts.negative = text.starts_with('-');
    auto rest = text.substr(parts.negative || text.starts_with('+') ? 1 : 0);
    rest.remove_prefix(std::min(rest.find_first_not_of('0'), rest.size()));
    parts.whole = takeDigits(rest);
    rest.remove_prefix(parts.whole.size());
    if (parts.whole.empty())
        parts.whole = "0";
    if (rest.starts_with('.')) {
        parts.fraction = takeDigits(rest.substr(1));
        rest.remove_prefix(1 + parts.fraction.size());
    }
    parts.suffix = rest;
    parts.number = text.substr(0, text.size() - rest.size());
    return parts;
}

/// "e3", "E-3", "e+3". The server holds the exponent in 32 bits and drops what is above; so does this.
std::optional<Suffix> readExponent(std::string_view suffix)
{
    if (suffix.size() < 2 || (suffix[0] != 'e' && suffix[0] != 'E'))
        return std::nullopt;
    suffix.remove_prefix(suffix[1] == '+' && suffix.size() > 2 && suffix[2] != '-' ? 2 : 1);
    std::int64_t exponent = 0;
    const auto read = std::from_chars(suffix.data(), suffix.data() + suffix.size(), exponent);
    if (read.ec != std::errc() || read.ptr != suffix.data() + suffix.size())
        return std::nullopt;
    return Suffix{Format::DecimalExponent, static_cast<std::int32_t>(exponent)};
}

std::optional<Suffix> readSuffix(std::string_view suffix)
{
    for (std::size_t i = 0; i < decimalSuffixes.size(); ++i)
        if (suffix == decimalSuffixes[i])
            return Suffix{Format::DecimalSI, 3 * static_cast<int>(i) + nano};
    if (suffix.size() == 2 && suffix[1] == 'i')
        if (const auto letter = binaryLetters.find(suffix[0]); letter != std::string_view::npos)
            return Suffix{Format::BinarySI, 10 * static_cast<int>(letter + 1)};
    return readExponent(suffix);
}

/// Would Go hold it in an int64? Decides what is rounded and which texts are kept.
bool isShort(const Parts &parts, const Suffix &suffix)
{
    const auto digits = static_cast<int>(parts.whole.size() + parts.fraction.size());
    if (suffix.format == Format::BinarySI) // 1024 has a bit more than three digits
        return parts.fraction.empty() && digits + 3 * (suffix.exponent / 10) < 15;
    return digits <= int64Digits && suffix.exponent - static_cast<int>(parts.fraction.size()) >= nano;
}

/// Is the text of a short amount kept? Go's test for "surely canonical", which lets "+7Mi" and "1.500" through.
bool isKept(const Parts &parts, const Suffix &suffix)
{
    if (suffix.format == Format::BinarySI) // a multiple of 1024 is one of 8
        return Decimal::parse(parts.whole).value_or(Decimal()).toInt64() % 8 != 0;
    const auto digits = std::string(parts.whole) + std::string(parts.fraction);
    return (suffix.exponent - static_cast<int>(parts.fraction.size())) % 3 == 0 && !digits.ends_with("000")
        && digits[0] != '0';
}

Decimal withSuffix(const Decimal &number, const Suffix &suffix)
{
    return suffix.format == Format::BinarySI ? number * (std::int64_t{1} << suffix.exponent)
                                             : number.shifted(suffix.exponent);
}

/// What reading does to an amount that is not short: nano at the finest, 2^63-1 at the most for binary suffixes.
Quantity limited(Decimal amount, Format format)
{
    const bool negative = amount.sign() < 0;
    amount = negative ? -amount : amount;
    amount = amount.rescaled(nano);
    const Decimal highest(std::numeric_limits<std::int64_t>::max());
    if (format == Format::BinarySI && amount > highest)
        amount = highest;
    if (format == Format::BinarySI && amount < Decimal(1) && !amount.isZero())
        format = Format::DecimalSI;
    return Quantity(negative ? -amount : amount, format);
}

std::string exponentText(int exponent)
{
    return exponent == 0 ? "" : "e" + std::to_string(exponent);
}

std::string decimalText(const Decimal &amount, Format format)
{
    auto digits = amount.digits();
    auto exponent = amount.exponent();
    for (; digits.ends_with('0'); ++exponent)
        digits.pop_back();
    for (; exponent % 3 != 0; --exponent)
        digits.push_back('0');
    const auto letter = static_cast<std::size_t>((exponent - nano) / 3);
    const bool hasLetter = format == Format::DecimalSI && exponent >= nano && letter < decimalSuffixes.size();
    return (amount.sign() < 0 ? "-" : "") + digits
        + (hasLetter ? std::string(decimalSuffixes[letter]) : exponentText(exponent));
}

/// Small and broken amounts are written in decimals.
bool writesBinary(const Decimal &amount, Format format)
{
    return format == Format::BinarySI && amount.isMultipleOf10To(0)
        && (amount <= Decimal(-1024) || amount >= Decimal(1024));
}

std::string binaryText(const Decimal &amount)
{
    const auto [digits, power] = amount.withoutFactorsOf1024();
    if (static_cast<std::size_t>(power) > binaryLetters.size())
        return decimalText(amount, Format::DecimalSI);
    const auto suffix = power == 0 ? "" : std::string(1, binaryLetters[static_cast<std::size_t>(power) - 1]) + "i";
    return (amount.sign() < 0 ? "-" : "") + digits + suffix;
}

/// Go's unicode.IsSpace, which strings.TrimSpace drops.
std::string_view trimmed(std::string_view text)
{
    static constexpr std::array<std::string_view, 25> spaces{
        " ",      "\t",     "\n",     "\v",     "\f",     "\r",     "\u0085", "\u00a0", "\u1680",
        "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
        "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};
    const auto dropOne = [&](std::string_view space) {
        const auto before = text.size();
        if (text.starts_with(space))
            text.remove_prefix(space.size());
        if (text.ends_with(space))
            text.remove_suffix(space.size());
        return text.size() != before;
    };
    while (std::ranges::any_of(spaces, dropOne))
        continue;
    return text;
}

} // namespace

Quantity::Quantity(Decimal amount, Format format) : m_amount(std::move(amount)), m_format(format) {}

Result<Quantity> Quantity::parse(std::string_view text)
{
    if (text.empty())
        return refused(text, "it is empty");
    const auto parts = split(text);
    const auto suffix = readSuffix(parts.suffix);
    if (!suffix)
        return refused(text, "\"" + std::string(parts.suffix) + "\" is no suffix");
    if (suffix->exponent < -farthestExponent || suffix->exponent > farthestExponent)
        return refused(text, "the exponent is out of range");
    auto number = Decimal::parse(parts.number);
    const bool isShortOne = isShort(parts, *suffix);
    if (!number && !isShortOne)
        return refused(text, "it has no digits");
    auto amount = withSuffix(number.value_or(Decimal()), *suffix);
    if (!isShortOne)
        return limited(std::move(amount), suffix->format);
    Quantity quantity(std::move(amount), suffix->format);
    if (isKept(parts, *suffix))
        quantity.m_text = text;
    return quantity;
}

Result<Quantity> Quantity::parseJson(std::string_view token)
{
    static constexpr std::string_view jsonSpaces = " \t\n\r";
    token.remove_prefix(std::min(token.find_first_not_of(jsonSpaces), token.size()));
    token.remove_suffix(token.size() - (token.find_last_not_of(jsonSpaces) + 1));
    if (token == "null")
        return Quantity();
    if (token.size() >= 2 && token.starts_with('"') && token.ends_with('"'))
        token = token.substr(1, token.size() - 2);
    return parse(trimmed(token));
}

std::string Quantity::text() const
{
    if (!m_text.empty())
        return m_text;
    if (m_amount.isZero())
        return "0";
    if (writesBinary(m_amount, m_format))
        return binaryText(m_amount);
    return decimalText(m_amount, m_format == Format::BinarySI ? Format::DecimalSI : m_format);
}

void Quantity::set(Decimal amount)
{
    m_amount = std::move(amount);
    m_text.clear();
}

void Quantity::add(const Quantity &other)
{
    if (m_amount.isZero())
        m_format = other.m_format;
    set(m_amount + other.m_amount);
}

void Quantity::subtract(const Quantity &other)
{
    if (m_amount.isZero())
        m_format = other.m_format;
    set(m_amount - other.m_amount);
}

void Quantity::negate()
{
    set(-m_amount);
}

bool Quantity::multiply(std::int64_t factor)
{
    set(m_amount * factor);
    const auto unscaled = m_amount.shifted(-m_amount.exponent());
    return Decimal(unscaled.toInt64()) == unscaled;
}

bool Quantity::roundUp(int exponent)
{
    if (m_amount.exponent() >= exponent)
        return true;
    const bool exact = m_amount.isMultipleOf10To(exponent);
    set(m_amount.rescaled(exponent));
    return exact;
}

} // namespace core
