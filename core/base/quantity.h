// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/decimal.h"
#include "core/base/error.h"

namespace core {

/// An amount as Kubernetes writes it ("16Gi", "250m", "1e3"), by the rules of apimachinery v0.36 pkg/api/resource: the
/// same texts are accepted, and printed the same. Exact; any thread.
///
/// Reading rounds what is finer than a billionth (nano) away from zero, and lowers amounts with a binary suffix to
/// 2^63-1. Sums and products do neither. Where Go loses the unit Berth does not: an amount without a letter of its own
/// (1000E) is printed with an exponent (1e21), not as "1".
class Quantity {
public:
    enum class Format {
        DecimalSI,      ///< n u m "" k M G T P E
        BinarySI,       ///< Ki Mi Gi Ti Pi Ei
        DecimalExponent ///< e3
    };

    /// 0
    Quantity() = default;
    explicit Quantity(Decimal amount, Format format = Format::DecimalSI);

    /// A sign, digits with a point, a suffix; no spaces. Odd but true: missing digits count as 0 (".", "-", "Ki").
    /// Parse error otherwise, and for exponents beyond ±10000, which Go takes and then computes for minutes.
    static Result<Quantity> parse(std::string_view text);
    /// A JSON token, as the server decodes it: a string (spaces around it are dropped), a number, or null for 0.
    static Result<Quantity> parseJson(std::string_view token);

    const Decimal &amount() const { return m_amount; }
    Format format() const { return m_format; }
    /// The canonical text: the largest suffix that leaves a whole number. A text that was canonical enough when read is
    /// kept as it was ("+8k", "10.035M"), as the server keeps it.
    std::string text() const;

    /// Units, or thousandths with -3: rounded away from zero, saturated.
    std::int64_t value(int exponent = 0) const { return m_amount.toInt64(exponent); }

    /// A zero takes the format of what is added to or taken from it.
    void add(const Quantity &other);
    void subtract(const Quantity &other);
    void negate();
    /// False when the digits of the product no longer fit an int64 (the product is exact all the same).
    bool multiply(std::int64_t factor);
    /// Rounds away from zero to a multiple of 10^exponent; false when that changed the amount.
    bool roundUp(int exponent);

    /// By amount; the format does not count.
    std::strong_ordering operator<=>(const Quantity &other) const { return m_amount <=> other.m_amount; }
    bool operator==(const Quantity &other) const { return m_amount == other.m_amount; }

private:
    void set(Decimal amount);

    Decimal m_amount;
    Format m_format = Format::DecimalSI;
    std::string m_text; ///< as read, when that is to be kept
};

} // namespace core
