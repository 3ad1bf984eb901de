// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/cel/arguments.h"
#include "core/scheduling/cel/regex.h"

#include <fmt/format.h>

#include <array>
#include <map>

namespace core::cel {

namespace {

/// A method of another kind of value fails, as it does in the scheduler; one that is not known here may exist.
Value noSuchMethod(const std::string &name)
{
    static constexpr std::array<std::string_view, 21> known{"add",           "asApproximateFloat",
                                                            "asInteger",     "compareTo",
                                                            "contains",      "endsWith",
                                                            "indexOf",       "isInteger",
                                                            "isGreaterThan", "isLessThan",
                                                            "lowerAscii",    "major",
                                                            "minor",         "patch",
                                                            "sign",          "size",
                                                            "startsWith",    "sub",
                                                            "substring",     "upperAscii"};
    return std::ranges::find(known, name) == known.end() ? unknown("the method " + name + "()") : noOverload(name);
}

// ---- methods of texts -----------------------------------------------------------------------------------------------

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
char upper(char c)
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

Value mapped(const std::string &text, char (*change)(char))
{
    std::string out = text;
    std::ranges::transform(out, out.begin(), change);
    return {std::move(out)};
}

Value substring(const std::string &text, const Arguments &arguments)
{
    if (!isAscii(text))
        return beyondAscii("substring");
    if (arguments.empty() || arguments.size() > 2)
        return noOverload("substring");
    const auto *from = arguments.front().as<std::int64_t>();
    const auto *to = arguments.back().as<std::int64_t>();
    if (!from || !to)
        return noOverload("substring");
    const auto size = static_cast<std::int64_t>(text.size());
    const auto end = arguments.size() == 2 ? *to : size;
    if (*from < 0 || *from > end || end > size)
        return failure("substring(): index out of range");
    return {text.substr(static_cast<std::size_t>(*from), static_cast<std::size_t>(end - *from))};
}

Value indexOf(const std::string &text, const Arguments &arguments)
{
    const auto *part = only<std::string>(arguments);
    if (!part)
        return arguments.size() == 2 ? unknown("indexOf() with an offset") : noOverload("indexOf");
    if (!isAscii(text))
        return beyondAscii("indexOf");
    const auto at = text.find(*part);
    return {at == std::string::npos ? std::int64_t{-1} : static_cast<std::int64_t>(at)};
}

Value matchesText(const std::string &text, const Arguments &arguments)
{
    const auto *pattern = only<std::string>(arguments);
    if (!pattern)
        return noOverload("matches");
    const auto matched = matchesPattern(text, *pattern);
    return matched ? Value{*matched} : unknown(fmt::format("the pattern {:.80}", *pattern));
}

Value onText(const std::string &name, const std::string &text, const Arguments &arguments)
{
    using Test = bool (*)(const std::string &, const std::string &);
    static const std::map<std::string, Test, std::less<>> tests{
        {"contains", [](const auto &whole, const auto &part) { return whole.contains(part); }},
        {"startsWith", [](const auto &whole, const auto &part) { return whole.starts_with(part); }},
        {"endsWith", [](const auto &whole, const auto &part) { return whole.ends_with(part); }},
    };
    if (const auto test = tests.find(name); test != tests.end()) {
        const auto *part = only<std::string>(arguments);
        return part ? Value{test->second(text, *part)} : noOverload(name);
    }
    if (name == "matches")
        return matchesText(text, arguments);
    if (name == "substring")
        return substring(text, arguments);
    if (name == "indexOf")
        return indexOf(text, arguments);
    if (!arguments.empty())
        return noSuchMethod(name);
    if (name == "lowerAscii" || name == "upperAscii")
        return mapped(text, name == "lowerAscii" ? lower : upper);
    return name == "size" ? sizeOf({{text}}) : noSuchMethod(name);
}

// ---- methods of quantities and versions
// -------------------------------------------------------------------------------

/// nullopt for a method that compares nothing.
std::optional<Value> comparison(const std::string &name, std::strong_ordering order)
{
    if (name == "isGreaterThan")
        return Value{order > 0};
    if (name == "isLessThan")
        return Value{order < 0};
    if (name == "compareTo")
        return Value{std::int64_t{order < 0 ? -1 : order > 0 ? 1 : 0}};
    return std::nullopt;
}

bool isComparison(const std::string &name)
{
    return comparison(name, std::strong_ordering::equal).has_value();
}

bool isWhole(const Quantity &quantity)
{
    static const Decimal most(INT64_MAX), least(INT64_MIN);
    const auto &amount = quantity.amount();
    return amount.isMultipleOf10To(0) && amount <= most && amount >= least;
}

Value sum(const std::string &name, Quantity quantity, const Arguments &arguments)
{
    const auto *other = only<Quantity>(arguments);
    const auto *number = only<std::int64_t>(arguments);
    if (!other && !number)
        return noOverload(name);
    const auto change = other ? *other : Quantity(Decimal(*number));
    if (name == "add")
        quantity.add(change);
    else
        quantity.subtract(change);
    return {std::move(quantity)};
}

Value onQuantity(const std::string &name, const Quantity &quantity, const Arguments &arguments)
{
    if (isComparison(name)) {
        const auto *other = only<Quantity>(arguments);
        return other ? comparison(name, quantity <=> *other).value_or(noSuchMethod(name)) : noOverload(name);
    }
    if (name == "add" || name == "sub")
        return sum(name, quantity, arguments);
    if (!arguments.empty())
        return noSuchMethod(name);
    if (name == "isInteger")
        return {isWhole(quantity)};
    if (name == "asInteger")
        return isWhole(quantity) ? Value{quantity.value()} : failure("asInteger(): no whole number");
    if (name == "sign")
        return {std::int64_t{quantity.amount().sign()}};
    return name == "asApproximateFloat" ? Value{quantity.amount().toDouble()} : noSuchMethod(name);
}

Value onVersion(const std::string &name, const SemanticVersion &version, const Arguments &arguments)
{
    if (isComparison(name)) {
        const auto *other = only<SemanticVersion>(arguments);
        return other ? comparison(name, version <=> *other).value_or(noSuchMethod(name)) : noOverload(name);
    }
    using Part = std::uint64_t SemanticVersion::*;
    static const std::map<std::string, Part, std::less<>> parts{
        {"major", &SemanticVersion::major}, {"minor", &SemanticVersion::minor}, {"patch", &SemanticVersion::patch}};
    if (const auto part = parts.find(name); part != parts.end() && arguments.empty())
        return {static_cast<std::int64_t>(version.*part->second)};
    return noSuchMethod(name);
}

} // namespace

Value callMethod(const std::string &name, const Value &on, const Arguments &arguments)
{
    if (on.is<Failure>())
        return on;
    if (auto problem = unusable(arguments); problem && (problem->is<Failure>() || !on.is<Unknown>()))
        return *problem;
    if (on.is<Unknown>())
        return on;
    if (const auto *text = on.as<std::string>())
        return onText(name, *text, arguments);
    if (const auto *quantity = on.as<Quantity>())
        return onQuantity(name, *quantity, arguments);
    if (const auto *version = on.as<SemanticVersion>())
        return onVersion(name, *version, arguments);
    if (name == "size")
        return sizeOf({on});
    return noSuchMethod(name);
}

} // namespace core::cel
