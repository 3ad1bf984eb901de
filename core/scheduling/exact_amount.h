// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace core {

/// An amount whose sums are exact and print as the API server prints them. Holds billionths in 128 bits: more than
/// 10^29 units. Where only the scheduler's units matter, std::int64_t is enough (resources.h).
class ExactAmount {
public:
    ExactAmount() = default;
    /// "1500m", "0.5Gi", "1e3"; finer than a billionth is rounded away from zero. nullopt when it is no quantity or too
    /// large (grammar: apimachinery pkg/api/resource).
    static std::optional<ExactAmount> parse(std::string_view text);
    /// The canonical form of the notation it came in: 1024Mi is "1Gi", 0.5 is "500m", 1.5Gi is "1536Mi".
    std::string text() const;

    /// Exact; a zero takes the notation of what is added to it.
    friend void addTo(ExactAmount &sum, const ExactAmount &amount);
    friend bool isZero(const ExactAmount &amount) { return amount.m_billionths == 0; }
    bool operator==(const ExactAmount &other) const { return m_billionths == other.m_billionths; }
    std::strong_ordering operator<=>(const ExactAmount &other) const { return m_billionths <=> other.m_billionths; }

private:
    __extension__ using Wide = __int128;
    enum class Notation { Decimal, Exponent, Binary };

    std::string decimalText() const;

    Wide m_billionths = 0;
    Notation m_notation = Notation::Decimal;
};

} // namespace core
