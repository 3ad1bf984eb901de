// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/decimal.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace core {

namespace {

__extension__ using Wide = unsigned __int128;

using Digits = std::string;

constexpr auto highest = std::numeric_limits<std::int64_t>::max();
constexpr auto lowest = std::numeric_limits<std::int64_t>::min();

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

unsigned valueOf(char digit)
{
    return static_cast<unsigned>(digit - '0');
}

char digitOf(unsigned value)
{
    return static_cast<char>('0' + value);
}

/// |value| without the overflow of -lowest.
std::uint64_t magnitude(std::int64_t value)
{
    return value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
}

std::size_t zerosAtEnd(std::string_view digits)
{
    const auto last = digits.find_last_not_of('0');
    return last == std::string_view::npos ? digits.size() : digits.size() - last - 1;
}

Digits sum(const Digits &a, const Digits &b)
{
    Digits out;
    out.reserve(std::max(a.size(), b.size()) + 1);
    unsigned carry = 0;
    for (std::size_t i = 0; i < a.size() || i < b.size() || carry != 0; ++i) {
        carry += i < a.size() ? valueOf(a[a.size() - 1 - i]) : 0;
        carry += i < b.size() ? valueOf(b[b.size() - 1 - i]) : 0;
        out.push_back(digitOf(carry % 10));
        carry /= 10;
    }
    std::ranges::reverse(out);
    return out;
}

/// a - b, where a is not the smaller.
Digits difference(const Digits &a, const Digits &b)
{
    Digits out = a;
    unsigned borrow = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const unsigned take = borrow + (i < b.size() ? valueOf(b[b.size() - 1 - i]) : 0);
        char &digit = out[a.size() - 1 - i];
        borrow = valueOf(digit) < take ? 1 : 0;
        digit = digitOf(valueOf(digit) + 10 * borrow - take);
    }
    return out;
}

Digits product(const Digits &a, std::uint64_t factor)
{
    Digits out;
    Wide carry = 0;
    for (std::size_t i = 0; i < a.size() || carry != 0; ++i) {
        carry += i < a.size() ? Wide{valueOf(a[a.size() - 1 - i])} * factor : 0;
        out.push_back(digitOf(static_cast<unsigned>(carry % 10)));
        carry /= 10;
    }
    std::ranges::reverse(out);
    return out;
}

/// The quotient and the remainder.
std::pair<Digits, unsigned> divided(const Digits &a, unsigned divisor)
{
    Digits out;
    unsigned rest = 0;
    for (const char c : a) {
        rest = rest * 10 + valueOf(c);
        if (rest >= divisor || !out.empty())
            out.push_back(digitOf(rest / divisor));
        rest %= divisor;
    }
    return {out, rest};
}

} // namespace

Decimal::Decimal(bool negative, std::string digits, int exponent)
    : m_digits(std::move(digits))
    , m_exponent(exponent)
    , m_negative(negative)
{
    m_digits.erase(0, std::min(m_digits.find_first_not_of('0'), m_digits.size()));
    m_negative = m_negative && !m_digits.empty();
}

Decimal::Decimal(std::int64_t units, int exponent) : Decimal(units < 0, std::to_string(magnitude(units)), exponent) {}

std::optional<Decimal> Decimal::parse(std::string_view plain)
{
    const bool negative = plain.starts_with('-');
    if (negative || plain.starts_with('+'))
        plain.remove_prefix(1);
    const auto point = std::min(plain.find('.'), plain.size());
    std::string digits(plain.substr(0, point));
    const auto fraction = plain.substr(std::min(point + 1, plain.size()));
    digits += fraction;
    if (digits.empty() || !std::ranges::all_of(digits, isDigit))
        return std::nullopt;
    return Decimal(negative, std::move(digits), -static_cast<int>(fraction.size()));
}

Decimal Decimal::operator-() const
{
    return {!m_negative, m_digits, m_exponent};
}

Decimal operator+(const Decimal &a, const Decimal &b)
{
    const int exponent = std::min(a.m_exponent, b.m_exponent);
    const auto x = a.rescaled(exponent), y = b.rescaled(exponent);
    if (x.m_negative == y.m_negative)
        return {x.m_negative, sum(x.m_digits, y.m_digits), exponent};
    const bool first = std::pair(x.m_digits.size(), std::string_view(x.m_digits))
        >= std::pair(y.m_digits.size(), std::string_view(y.m_digits));
    const auto &large = first ? x : y, &small = first ? y : x;
    return {large.m_negative, difference(large.m_digits, small.m_digits), exponent};
}

Decimal operator*(const Decimal &a, std::int64_t factor)
{
    return {a.m_negative != (factor < 0), product(a.m_digits, magnitude(factor)), a.m_exponent};
}

std::strong_ordering Decimal::operator<=>(const Decimal &other) const
{
    if (sign() != other.sign() || isZero())
        return sign() <=> other.sign();
    const auto &larger = m_negative ? other : *this, &smaller = m_negative ? *this : other;
    const auto length = [](const Decimal &d) { return static_cast<std::int64_t>(d.m_digits.size()) + d.m_exponent; };
    if (const auto order = length(larger) <=> length(smaller); order != 0)
        return order;
    // Same power of ten in front: trailing zeros say nothing, so the texts without them compare like fractions.
    const auto fraction = [](const Decimal &d) {
        return std::string_view(d.m_digits).substr(0, d.m_digits.size() - zerosAtEnd(d.m_digits));
    };
    return fraction(larger) <=> fraction(smaller);
}

Decimal Decimal::shifted(int power) const
{
    return {m_negative, m_digits, m_exponent + power};
}

Decimal Decimal::rescaled(int exponent) const
{
    if (isZero() || exponent <= m_exponent) {
        const auto zeros = isZero() ? 0 : static_cast<std::size_t>(m_exponent - exponent);
        return {m_negative, m_digits + std::string(zeros, '0'), exponent};
    }
    const auto dropped = std::min(static_cast<std::size_t>(exponent - m_exponent), m_digits.size());
    const auto kept = m_digits.substr(0, m_digits.size() - dropped);
    return {m_negative, isMultipleOf10To(exponent) ? kept : sum(kept, "1"), exponent};
}

bool Decimal::isMultipleOf10To(int exponent) const
{
    return isZero() || static_cast<std::int64_t>(zerosAtEnd(m_digits)) + m_exponent >= exponent;
}

std::pair<std::string, int> Decimal::withoutFactorsOf1024() const
{
    auto whole = rescaled(0).m_digits;
    int power = 0;
    for (auto next = divided(whole, 1024); next.second == 0 && !next.first.empty(); next = divided(whole, 1024)) {
        whole = std::move(next.first);
        ++power;
    }
    return {whole, power};
}

std::int64_t Decimal::toInt64(int exponent) const
{
    const auto limit = m_negative ? lowest : highest;
    const auto length = static_cast<std::int64_t>(m_digits.size()) + m_exponent - exponent;
    if (isZero() || length > 19)
        return isZero() ? 0 : limit;
    if (length <= 0)
        return m_negative ? -1 : 1;
    const auto whole = static_cast<std::size_t>(length);
    std::uint64_t value = 0; // at most 10^19, which fits
    for (std::size_t i = 0; i < whole; ++i)
        value = value * 10 + (i < m_digits.size() ? valueOf(m_digits[i]) : 0);
    value += isMultipleOf10To(exponent) ? 0 : 1;
    if (value > magnitude(limit))
        return limit;
    return static_cast<std::int64_t>(m_negative ? ~value + 1 : value);
}

double Decimal::toDouble() const
{
    if (isZero())
        return 0;
    const auto text = (m_negative ? "-" : "") + m_digits + "e" + std::to_string(m_exponent);
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec == std::errc())
        return value;
    const bool large = static_cast<std::int64_t>(m_digits.size()) + m_exponent > 0;
    const double edge = large ? std::numeric_limits<double>::infinity() : 0;
    return m_negative ? -edge : edge;
}

std::string Decimal::text() const
{
    if (isZero())
        return "0";
    const auto zeros = zerosAtEnd(m_digits);
    auto out = m_digits.substr(0, m_digits.size() - zeros);
    const auto exponent = m_exponent + static_cast<int>(zeros);
    if (exponent >= 0) {
        out.append(static_cast<std::size_t>(exponent), '0');
    } else {
        const auto places = static_cast<std::size_t>(-exponent);
        if (out.size() <= places)
            out.insert(0, places + 1 - out.size(), '0');
        out.insert(out.size() - places, ".");
    }
    return m_negative ? "-" + out : out;
}

} // namespace core
