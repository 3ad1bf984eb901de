// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace core {

/// An exact decimal number of any size: ±digits × 10^exponent. Sums and products keep every digit. The exponent is part
/// of what is kept, not of the value: 1000 and 1 × 10^3 are equal. Values; any thread.
///
/// A sum spells out the digits between the two exponents, so whoever reads exponents from outside bounds them first.
class Decimal {
public:
    Decimal() = default;
    explicit Decimal(std::int64_t units, int exponent = 0);
    /// "-12.50", ".5", "+3.": decimal digits and at most one point, no exponent. nullopt when it is anything else.
    static std::optional<Decimal> parse(std::string_view plain);

    bool isZero() const { return m_digits.empty(); }
    /// -1, 0 or 1.
    int sign() const { return isZero() ? 0 : m_negative ? -1 : 1; }
    /// The digits without sign and leading zeros; empty when zero. value = ±digits × 10^exponent.
    const std::string &digits() const { return m_digits; }
    int exponent() const { return m_exponent; }

    Decimal operator-() const;
    /// At the smaller exponent of the two.
    friend Decimal operator+(const Decimal &a, const Decimal &b);
    friend Decimal operator-(const Decimal &a, const Decimal &b) { return a + -b; }
    friend Decimal operator*(const Decimal &a, std::int64_t factor);
    std::strong_ordering operator<=>(const Decimal &other) const;
    bool operator==(const Decimal &other) const { return (*this <=> other) == 0; }

    /// × 10^power, by moving the exponent only.
    Decimal shifted(int power) const;
    /// Held at exactly this exponent: what is finer is rounded away from zero.
    Decimal rescaled(int exponent) const;
    /// Has no digit below 10^exponent.
    bool isMultipleOf10To(int exponent) const;
    /// The whole number this is n times of 1024 to the power returned; {digits, power}. Call on whole numbers only.
    std::pair<std::string, int> withoutFactorsOf1024() const;

    /// In units of 10^exponent, rounded away from zero, saturated at the limits.
    std::int64_t toInt64(int exponent = 0) const;
    /// The nearest double; ±infinity when there is none.
    double toDouble() const;
    /// Plain: no exponent, no needless zero ("-0.05", "1200").
    std::string text() const;

private:
    Decimal(bool negative, std::string digits, int exponent);

    std::string m_digits;
    int m_exponent = 0;
    bool m_negative = false;
};

} // namespace core
