// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/names.h"

#include <algorithm>

namespace core {

namespace {

constexpr std::size_t labelLength = 63;
constexpr std::size_t subdomainLength = 253;
constexpr std::size_t portNameLength = 15;
constexpr std::size_t annotationsSize = std::size_t{256} * 1024;

constexpr auto labelRule =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must "
    "start and end with an alphanumeric character (e.g. 'my-name' or '123-abc')";
constexpr auto subdomainRule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com')";
constexpr auto dns1035Rule =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
    "alphabetic character, and end with an alphanumeric character (e.g. 'my-name' or 'abc-123')";
constexpr auto keyRule = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
                         "alphanumeric character (e.g. 'MyName', 'my.name' or '123-abc')";
constexpr auto valueRule =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character (e.g. 'MyValue', 'my_value' or '12345')";
constexpr auto configKeyRule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
                               "'key.name', 'KEY_NAME' or 'key-name')";
constexpr auto envVarRule =
    "a valid environment variable name must consist only of printable ASCII characters other than "
    "'='";

bool isLower(char c)
{
    return c >= 'a' && c <= 'z';
}

bool isLabelCharacter(char c)
{
    return isLowerOrDigit(c) || c == '-';
}

bool isKeyCharacter(char c)
{
    return isAsciiAlphanumeric(c) || c == '-' || c == '_' || c == '.';
}

bool isPrintable(char c)
{
    return c >= ' ' && c <= '~';
}

bool isLabelWord(std::string_view text)
{
    return isWord(text, isLabelCharacter, isLowerOrDigit);
}

bool isKeyWord(std::string_view text)
{
    return isWord(text, isKeyCharacter, isAsciiAlphanumeric);
}

NameProblems keyNameProblems(std::string_view name)
{
    NameProblems problems;
    if (name.empty())
        problems.emplace_back("name part must be non-empty");
    for (const auto &problem : lengthProblems(name, labelLength))
        problems.push_back("name part " + problem);
    if (!isKeyWord(name))
        problems.push_back(std::string("name part ") + keyRule);
    return problems;
}

/// Annotations may be written in any case. Go lowers Unicode; of what it knows only these two become ASCII letters.
std::string lowered(std::string_view key)
{
    static constexpr std::string_view kelvin = "\u212a", dottedI = "\u0130";
    std::string out;
    while (!key.empty()) {
        const auto special = key.starts_with(kelvin) ? kelvin : key.starts_with(dottedI) ? dottedI : std::string_view();
        const char c = special == kelvin ? 'k' : special == dottedI ? 'i' : key.front();
        out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
        key.remove_prefix(special.empty() ? 1 : special.size());
    }
    return out;
}

} // namespace

bool isLowerOrDigit(char c)
{
    return isLower(c) || (c >= '0' && c <= '9');
}

bool isAsciiAlphanumeric(char c)
{
    return isLowerOrDigit(c) || (c >= 'A' && c <= 'Z');
}

bool isWord(std::string_view text, bool (*inside)(char), bool (*ends)(char))
{
    return !text.empty() && ends(text.front()) && ends(text.back()) && std::ranges::all_of(text, inside);
}

bool allParts(std::string_view dotted, bool (*holds)(std::string_view part))
{
    for (auto dot = dotted.find('.'); dot != std::string_view::npos; dot = dotted.find('.')) {
        if (!holds(dotted.substr(0, dot)))
            return false;
        dotted.remove_prefix(dot + 1);
    }
    return holds(dotted);
}

NameProblems lengthProblems(std::string_view value, std::size_t most)
{
    if (value.size() <= most)
        return {};
    return {"must be no more than " + std::to_string(most) + " bytes"};
}

NameProblems dns1123LabelProblems(std::string_view value)
{
    auto problems = lengthProblems(value, labelLength);
    if (!isLabelWord(value))
        problems.emplace_back(allParts(value, isLabelWord) ? "must not contain dots" : labelRule);
    return problems;
}

NameProblems dns1123SubdomainProblems(std::string_view value)
{
    auto problems = lengthProblems(value, subdomainLength);
    if (!allParts(value, isLabelWord))
        problems.emplace_back(subdomainRule);
    return problems;
}

NameProblems dns1035LabelProblems(std::string_view value)
{
    auto problems = lengthProblems(value, labelLength);
    if (!isLabelWord(value) || !isLower(value.front()))
        problems.emplace_back(dns1035Rule);
    return problems;
}

NameProblems labelKeyProblems(std::string_view value)
{
    const auto slash = value.find('/');
    if (slash == std::string_view::npos)
        return keyNameProblems(value);
    const auto prefix = value.substr(0, slash), name = value.substr(slash + 1);
    if (name.contains('/'))
        return {std::string("a valid label key ") + keyRule
                + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"};
    NameProblems problems;
    if (prefix.empty())
        problems.emplace_back("prefix part must be non-empty");
    else
        for (const auto &problem : dns1123SubdomainProblems(prefix))
            problems.push_back("prefix part " + problem);
    for (auto &problem : keyNameProblems(name))
        problems.push_back(std::move(problem));
    return problems;
}

NameProblems labelValueProblems(std::string_view value)
{
    auto problems = lengthProblems(value, labelLength);
    if (!value.empty() && !isKeyWord(value))
        problems.emplace_back(valueRule);
    return problems;
}

NameProblems domainPrefixedKeyProblems(std::string_view value)
{
    if (value.empty())
        return {"a value is required"};
    auto problems = labelKeyProblems(value);
    if (problems.empty() && !value.contains('/'))
        problems.emplace_back("must be a domain-prefixed key (such as \"acme.io/foo\")");
    return problems;
}

NameProblems annotationsProblems(const std::map<std::string, std::string, std::less<>> &annotations)
{
    NameProblems problems;
    std::size_t size = 0;
    for (const auto &[key, value] : annotations) {
        size += key.size() + value.size();
        for (auto &problem : labelKeyProblems(lowered(key)))
            problems.push_back(std::move(problem));
    }
    if (size > annotationsSize)
        problems.push_back("may not be more than " + std::to_string(annotationsSize) + " bytes");
    return problems;
}

NameProblems configMapKeyProblems(std::string_view value)
{
    auto problems = lengthProblems(value, subdomainLength);
    if (!isWord(value, isKeyCharacter, isKeyCharacter))
        problems.emplace_back(configKeyRule);
    if (value == "." || value == "..")
        problems.push_back("must not be '" + std::string(value) + "'");
    else if (value.starts_with(".."))
        problems.emplace_back("must not start with '..'");
    return problems;
}

NameProblems envVarNameProblems(std::string_view value)
{
    if (value.empty())
        return {"environment variable name must be non-empty"};
    if (!std::ranges::all_of(value, isPrintable) || value.contains('='))
        return {envVarRule};
    return {};
}

NameProblems portNameProblems(std::string_view value)
{
    auto problems = lengthProblems(value, portNameLength);
    if (!isWord(value, isLabelCharacter, isLabelCharacter))
        problems.emplace_back("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
    if (std::ranges::none_of(value, isLower))
        problems.emplace_back("must contain at least one letter (a-z)");
    if (value.contains("--"))
        problems.emplace_back("must not contain consecutive hyphens");
    if (value.starts_with('-') || value.ends_with('-'))
        problems.emplace_back("must not begin or end with a hyphen");
    return problems;
}

NameProblems portNumberProblems(std::int64_t port)
{
    if (port >= 1 && port <= 65535)
        return {};
    return {"must be between 1 and 65535, inclusive"};
}

NameProblems pathSegmentNameProblems(std::string_view value)
{
    if (value == "." || value == "..")
        return {"may not be '" + std::string(value) + "'"};
    return pathSegmentPrefixProblems(value);
}

NameProblems pathSegmentPrefixProblems(std::string_view value)
{
    NameProblems problems;
    for (const char c : {'/', '%'})
        if (value.contains(c))
            problems.push_back(std::string("may not contain '") + c + "'");
    return problems;
}

} // namespace core
