// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/cel/arguments.h"

#include <charconv>
#include <map>

namespace core::cel {

namespace {

Value quantityOf(const Arguments &arguments)
{
    const auto *text = only<std::string>(arguments);
    if (!text)
        return noOverload("quantity");
    auto parsed = Quantity::parse(*text);
    return parsed ? Value{std::move(*parsed)} : failure("quantity(\"" + *text + "\"): " + parsed.error().message);
}

Value isQuantity(const Arguments &arguments)
{
    const auto *text = only<std::string>(arguments);
    return text ? Value{Quantity::parse(*text).has_value()} : noOverload("isQuantity");
}

/// nullopt when the arguments are none of semver(text) and semver(text, normalize).
std::optional<std::optional<SemanticVersion>> versionOf(const Arguments &arguments)
{
    const auto *text = arguments.empty() ? nullptr : arguments.front().as<std::string>();
    const auto *tolerant = arguments.size() == 2 ? arguments.back().as<bool>() : nullptr;
    if (!text || arguments.size() > 2 || (arguments.size() == 2 && !tolerant))
        return std::nullopt;
    return tolerant && *tolerant ? SemanticVersion::parseTolerant(*text) : SemanticVersion::parse(*text);
}

Value semverOf(const Arguments &arguments)
{
    const auto version = versionOf(arguments);
    if (!version)
        return noOverload("semver");
    return *version ? Value{**version} : failure("semver(): no semantic version");
}

Value isSemver(const Arguments &arguments)
{
    const auto version = versionOf(arguments);
    return version ? Value{version->has_value()} : noOverload("isSemver");
}

Value wholeOf(const Arguments &arguments)
{
    if (const auto *number = only<std::int64_t>(arguments))
        return {*number};
    const auto *text = only<std::string>(arguments);
    if (!text)
        return arguments.size() == 1 && arguments.front().is<double>() ? unknown("int() of a number with a point")
                                                                       : noOverload("int");
    std::int64_t number = 0;
    // Go takes a plus sign, from_chars does not.
    const char *begin = text->data() + (text->starts_with('+') ? 1 : 0), *end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(begin, end, number);
    return error == std::errc() && stop == end && !text->starts_with("+-") ? Value{number}
                                                                           : failure("int(): no whole number");
}

Value textOf(const Arguments &arguments)
{
    if (const auto *text = only<std::string>(arguments))
        return {*text};
    if (const auto *number = only<std::int64_t>(arguments))
        return {std::to_string(*number)};
    if (const auto *truth = only<bool>(arguments))
        return {std::string(*truth ? "true" : "false")};
    return unknown("string() of something else than a text, whole number or boolean");
}

} // namespace

Value sizeOf(const Arguments &arguments)
{
    if (const auto *text = only<std::string>(arguments))
        return isAscii(*text) ? Value{static_cast<std::int64_t>(text->size())} : beyondAscii("size");
    if (const auto *list = only<List>(arguments))
        return {static_cast<std::int64_t>(list->size())};
    return arguments.size() == 1 && arguments.front().is<Place>() ? unknown("size() of a map") : noOverload("size");
}

std::optional<Value> unusable(const Arguments &arguments)
{
    for (const auto &argument : arguments)
        if (argument.is<Failure>())
            return argument;
    const auto odd = std::ranges::find_if(arguments, [](const Value &one) { return one.is<Unknown>(); });
    return odd == arguments.end() ? std::nullopt : std::optional(*odd);
}

Value callFunction(const std::string &name, const Arguments &arguments)
{
    using Function = Value (*)(const Arguments &);
    static const std::map<std::string, Function, std::less<>> functions{
        {"quantity", quantityOf}, {"isQuantity", isQuantity}, {"semver", semverOf}, {"isSemver", isSemver},
        {"int", wholeOf},         {"string", textOf},         {"size", sizeOf}};
    const auto function = functions.find(name);
    if (function == functions.end())
        return unknown("the function " + name + "()");
    const auto problem = unusable(arguments);
    return problem ? *problem : function->second(arguments);
}

} // namespace core::cel
