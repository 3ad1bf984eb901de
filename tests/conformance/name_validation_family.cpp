// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/conformance/families.h"

#include "core/base/names.h"

#include <algorithm>
#include <map>

namespace conformance {

using core::NameProblems;
using nlohmann::json;

namespace {

using Check = NameProblems (*)(std::string_view value);

constexpr std::size_t subdomainLength = 253;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isHeaderCharacter(char c)
{
    return core::isAsciiAlphanumeric(c) || c == '-';
}

bool isIdentifierCharacter(char c)
{
    return core::isAsciiAlphanumeric(c) || c == '_';
}

bool isPathCharacter(char c)
{
    return core::isAsciiAlphanumeric(c) || std::string_view("/-._~%!$&'()*+,;=:").find(c) != std::string_view::npos;
}

bool isLabel(std::string_view text)
{
    return core::dns1123LabelProblems(text).empty();
}

NameProblems problemIf(bool wrong, const char *what)
{
    return wrong ? NameProblems{what} : NameProblems{};
}

// --- Rules that no name in Berth follows (pkg/util/validation, pkg/api/validate/content) -----------------------------

NameProblems decimalInteger(std::string_view value)
{
    const auto digits = value.substr(value.starts_with('-') ? 1 : 0);
    return problemIf(value != "0" && (!core::isWord(digits, isDigit, isDigit) || digits.front() == '0'),
                     "must be a valid decimal integer in canonical form");
}

/// Go compares the regular expression with (?i), by which these two letters are k and s as well.
std::string withoutCase(std::string_view value)
{
    static constexpr std::pair<std::string_view, char> folded[] = {{"\u212a", 'k'}, {"\u017f", 's'}};
    std::string out;
    while (!value.empty()) {
        const auto *special =
            std::ranges::find_if(folded, [&](const auto &one) { return value.starts_with(one.first); });
        const bool isSpecial = special != std::end(folded);
        const char c = isSpecial ? special->second : value.front();
        out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
        value.remove_prefix(isSpecial ? special->first.size() : 1);
    }
    return out;
}

NameProblems subdomainCaseless(std::string_view value)
{
    const bool isLong = value.size() > subdomainLength;
    return problemIf(isLong || !core::dns1123SubdomainProblems(withoutCase(value)).empty(),
                     "an RFC 1123 subdomain must consist of alphanumeric characters, '-' or '.'");
}

bool isLabelWithUnderscore(std::string_view part)
{
    part.remove_prefix(part.starts_with('_') ? 1 : 0);
    return core::isWord(
        part, [](char c) { return core::isLowerOrDigit(c) || c == '-' || c == '_'; }, core::isLowerOrDigit);
}

NameProblems subdomainWithUnderscore(std::string_view value)
{
    return problemIf(
        value.size() > subdomainLength || !core::allParts(value, isLabelWithUnderscore),
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.'");
}

NameProblems wildcardSubdomain(std::string_view value)
{
    return problemIf(value.size() > subdomainLength || !value.starts_with("*.")
                         || !core::dns1123SubdomainProblems(value.substr(2)).empty(),
                     "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain");
}

NameProblems fullyQualifiedName(std::string_view value)
{
    auto problems = core::dns1123SubdomainProblems(value);
    if (problems.empty() && std::ranges::count(value, '.') < 2)
        problems.emplace_back("should be a domain with at least three segments separated by dots");
    return problems;
}

NameProblems fullyQualifiedDomainName(std::string_view value)
{
    value.remove_suffix(value.ends_with('.') ? 1 : 0);
    auto problems = core::dns1123SubdomainProblems(value);
    if (problems.empty() && std::ranges::count(value, '.') < 1)
        problems.emplace_back("should be a domain with at least two segments separated by dots");
    if (problems.empty() && !core::allParts(value, isLabel))
        problems.emplace_back("must be no more than 63 bytes between dots");
    return problems;
}

NameProblems domainPrefixedPath(std::string_view value)
{
    const auto slash = value.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == value.size())
        return {"must be a domain-prefixed path (such as \"acme.io/foo\")"};
    auto problems = core::dns1123SubdomainProblems(value.substr(0, slash));
    if (!std::ranges::all_of(value.substr(slash + 1), isPathCharacter))
        problems.emplace_back("Invalid path");
    return problems;
}

NameProblems cIdentifier(std::string_view value)
{
    return problemIf(!core::isWord(value, isIdentifierCharacter, isIdentifierCharacter) || isDigit(value.front()),
                     "a valid C identifier must start with alphabetic character or '_'");
}

NameProblems httpHeaderName(std::string_view value)
{
    return problemIf(!core::isWord(value, isHeaderCharacter, isHeaderCharacter),
                     "a valid HTTP header must consist of alphanumeric characters or '-'");
}

NameProblems percent(std::string_view value)
{
    const auto digits = value.substr(0, value.size() - (value.ends_with('%') ? 1 : 0));
    return problemIf(digits == value || !core::isWord(digits, isDigit, isDigit),
                     "a valid percent string must be a numeric string followed by an ending '%'");
}

const std::map<std::string, Check> checks{
    {"cIdentifier", cIdentifier},
    {"configMapKey", core::configMapKeyProblems},
    {"decimalInteger", decimalInteger},
    {"dns1035Label", core::dns1035LabelProblems},
    {"dns1123Label", core::dns1123LabelProblems},
    {"dns1123Subdomain", core::dns1123SubdomainProblems},
    {"dns1123SubdomainCaseless", subdomainCaseless},
    {"dns1123SubdomainWithUnderscore", subdomainWithUnderscore},
    {"domainPrefixedKey", core::domainPrefixedKeyProblems},
    {"domainPrefixedPath", domainPrefixedPath},
    {"fullyQualifiedDomainName", fullyQualifiedDomainName},
    {"fullyQualifiedName", fullyQualifiedName},
    {"httpHeaderName", httpHeaderName},
    {"labelValue", core::labelValueProblems},
    {"pathSegmentName", core::pathSegmentNameProblems},
    {"pathSegmentPrefix", core::pathSegmentPrefixProblems},
    {"percent", percent},
    {"portName", core::portNameProblems},
    {"qualifiedName", core::labelKeyProblems},
    {"relaxedEnvVarName", core::envVarNameProblems},
    {"wildcardDns1123Subdomain", wildcardSubdomain},
};

core::Result<json> verdict(const NameProblems &problems)
{
    std::string all;
    for (const auto &problem : problems)
        all += (all.empty() ? "" : "; ") + problem;
    return json{{"valid", problems.empty()}, {"errors", problems.size()}, {"errorContains", all}};
}

} // namespace

Answer answerNameValidation(const json &in)
{
    const auto kind = in.value("kind", "");
    const auto value = in.value("value", json());
    if (kind == "portNum" && value.is_number_integer())
        return verdict(core::portNumberProblems(value.get<std::int64_t>()));
    if (kind == "annotations" && (value.is_object() || value.is_null()))
        return verdict(core::annotationsProblems(value.is_null()
                                                     ? std::map<std::string, std::string, std::less<>>()
                                                     : value.get<std::map<std::string, std::string, std::less<>>>()));
    const auto check = checks.find(kind);
    if (check == checks.end() || !value.is_string())
        return std::nullopt;
    return verdict(check->second(value.get<std::string>()));
}

} // namespace conformance
