// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/cel/value.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace core::cel {

namespace {

/// Longer texts than a selector can be are not built.
constexpr std::size_t longestText = 10'240;

std::optional<double> asDouble(const Value &value)
{
    if (const auto *real = value.as<double>())
        return *real;
    if (const auto *whole = value.as<std::int64_t>())
        return static_cast<double>(*whole);
    return std::nullopt;
}

template <class T>
std::optional<std::partial_ordering> compareAs(const Value &a, const Value &b)
{
    const auto *left = a.as<T>();
    const auto *right = b.as<T>();
    return left && right ? std::optional<std::partial_ordering>(*left <=> *right) : std::nullopt;
}

/// nullopt when the two are not of kinds that are ordered.
std::optional<std::partial_ordering> compare(const Value &a, const Value &b)
{
    if (const auto order = compareAs<std::int64_t>(a, b))
        return order;
    if (const auto order = compareAs<std::string>(a, b))
        return order;
    if (const auto order = compareAs<bool>(a, b))
        return order;
    const auto left = asDouble(a), right = asDouble(b);
    return left && right ? std::optional(*left <=> *right) : std::nullopt;
}

Value equalLists(const List &a, const List &b)
{
    if (a.size() != b.size())
        return {false};
    for (std::size_t i = 0; i < a.size(); ++i) {
        auto same = equal(a[i], b[i]);
        if (!same.is<bool>() || !*same.as<bool>())
            return same;
    }
    return {true};
}

Value wholeArithmetic(char op, std::int64_t a, std::int64_t b)
{
    std::int64_t result = 0;
    if ((op == '/' || op == '%') && b == 0)
        return failure(op == '/' ? "division by zero" : "modulus by zero");
    if ((op == '/' || op == '%') && a == INT64_MIN && b == -1)
        return failure("integer overflow");
    bool overflow = false;
    switch (op) {
    case '+': overflow = __builtin_add_overflow(a, b, &result); break;
    case '-': overflow = __builtin_sub_overflow(a, b, &result); break;
    case '*': overflow = __builtin_mul_overflow(a, b, &result); break;
    case '/': result = a / b; break;
    case '%': result = a % b; break;
    default: return noOverload(std::string(1, op));
    }
    return overflow ? failure("integer overflow") : Value{result};
}

} // namespace

Value equal(const Value &a, const Value &b)
{
    if (a.is<Place>() || b.is<Place>())
        return unknown("the comparison of a whole map");
    if (const auto order = compare(a, b))
        return {*order == 0};
    if (const auto *version = a.as<SemanticVersion>()) {
        const auto *other = b.as<SemanticVersion>();
        return other ? Value{*version == *other} : noOverload("==");
    }
    if (const auto *quantity = a.as<Quantity>()) {
        const auto *other = b.as<Quantity>();
        return other ? Value{*quantity == *other} : noOverload("==");
    }
    if (a.is<List>() && b.is<List>())
        return equalLists(*a.as<List>(), *b.as<List>());
    return {a.is<Null>() && b.is<Null>()};
}

Value ordered(const std::string &op, const Value &a, const Value &b)
{
    const auto order = compare(a, b);
    if (!order)
        return noOverload(op);
    if (op == "<")
        return {*order < 0};
    if (op == "<=")
        return {*order <= 0};
    return {op == ">" ? *order > 0 : *order >= 0};
}

Value arithmetic(char op, const Value &a, const Value &b)
{
    const auto *left = a.as<std::int64_t>(), *right = b.as<std::int64_t>();
    if (left && right)
        return wholeArithmetic(op, *left, *right);
    if (a.is<std::string>() && b.is<std::string>() && op == '+') {
        if (a.as<std::string>()->size() + b.as<std::string>()->size() > longestText)
            return unknown("a text longer than an expression may be");
        return {*a.as<std::string>() + *b.as<std::string>()};
    }
    if (a.is<double>() || b.is<double>() || a.is<List>() || b.is<List>())
        return unknown(std::string("arithmetic on numbers with a point or on lists (") + op + ")");
    return noOverload(std::string(1, op));
}

} // namespace core::cel
