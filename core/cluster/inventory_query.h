// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// What a row of the inventory answers a query with: a SKU, or one node of it.
struct InventoryFacts {
    std::string sku;                      ///< id and printed name, one after the other
    std::string vendor;                   ///< "nvidia", "amd", "intel"
    std::string node, zone, driver, pods; ///< empty on a SKU's row
    std::string words;                    ///< whatever else is printed in the row
    std::int64_t capacity = 0, allocatable = 0, requested = 0, free = 0, withdrawn = 0;
};

/// A filter as people type it: "sku:h100 free>=4 zone:eu-1a llama". Terms are separated by blanks and all have to hold.
/// `key:text` looks for the text in that fact (sku, vendor, node, zone, driver, pod); `figure<number` compares (free,
/// capacity, allocatable, requested, withdrawn; < <= = >= >); any other word may stand anywhere in the row. Upper and
/// lower case are the same. Values; any thread.
class InventoryQuery {
public:
    /// Errors (Parse, place: the term): a key or figure that does not exist, a term without a value, what is compared
    /// is no whole number.
    static Result<InventoryQuery> parse(std::string_view text);

    bool isEmpty() const { return m_terms.empty(); }
    bool matches(const InventoryFacts &facts) const;

private:
    enum class Compare { Less, LessOrEqual, Equal, GreaterOrEqual, Greater };
    struct Term {
        std::string InventoryFacts::*fact = nullptr;    ///< of `key:text`
        std::int64_t InventoryFacts::*figure = nullptr; ///< of a comparison; neither: a plain word
        std::string text;                               ///< in lower case
        Compare compare = Compare::Equal;
        std::int64_t number = 0;
    };
    static Result<Term> parseTerm(const std::string &term);
    static Result<Term> parseFact(const std::string &term, std::size_t colon);
    static Result<Term> parseFigure(const std::string &term, std::size_t sign);
    static bool holds(const Term &term, const InventoryFacts &facts);

    std::vector<Term> m_terms;
};

} // namespace core
