// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/cel/semver.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace core {

namespace {

bool isNumber(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool isIdentifier(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    });
}

std::optional<std::uint64_t> number(std::string_view text)
{
    std::uint64_t value = 0;
    if (!isNumber(text) || (text.size() > 1 && text.front() == '0'))
        return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::vector<std::string> split(std::string_view text, char mark, std::size_t most = SIZE_MAX)
{
    std::vector<std::string> parts;
    for (auto at = text.find(mark); at != text.npos && parts.size() + 1 < most; at = text.find(mark)) {
        parts.emplace_back(text.substr(0, at));
        text.remove_prefix(at + 1);
    }
    parts.emplace_back(text);
    return parts;
}

/// Takes what follows `mark` off the end of `text`: nullopt without the mark.
std::optional<std::string_view> cut(std::string_view &text, char mark)
{
    const auto at = text.find(mark);
    if (at == text.npos)
        return std::nullopt;
    const auto tail = text.substr(at + 1);
    text = text.substr(0, at);
    return tail;
}

std::strong_ordering compareIdentifiers(const std::string &a, const std::string &b)
{
    const bool aNumber = isNumber(a), bNumber = isNumber(b);
    if (aNumber != bNumber)
        return aNumber ? std::strong_ordering::less : std::strong_ordering::greater;
    if (aNumber && a.size() != b.size())
        return a.size() <=> b.size(); // no leading zeros, so the longer is the larger
    return a <=> b;
}

} // namespace

std::optional<SemanticVersion> SemanticVersion::parse(std::string_view text)
{
    // The build part may contain a '-', so it goes first.
    if (const auto build = cut(text, '+'); build && !std::ranges::all_of(split(*build, '.'), isIdentifier))
        return std::nullopt;
    SemanticVersion version;
    if (const auto pre = cut(text, '-')) {
        version.preRelease = split(*pre, '.');
        for (const auto &part : version.preRelease)
            if (!isIdentifier(part) || (isNumber(part) && !number(part)))
                return std::nullopt;
    }
    const auto parts = split(text, '.');
    if (parts.size() != 3)
        return std::nullopt;
    const auto major = number(parts[0]), minor = number(parts[1]), patch = number(parts[2]);
    if (!major || !minor || !patch)
        return std::nullopt;
    version.major = *major;
    version.minor = *minor;
    version.patch = *patch;
    return version;
}

std::optional<SemanticVersion> SemanticVersion::parseTolerant(std::string_view text)
{
    if (text.starts_with('v'))
        text.remove_prefix(1);
    auto parts = split(text, '.', 3);
    for (auto &part : parts) {
        const auto digit = part.find_first_not_of('0');
        if (part.size() < 2 || digit == 0)
            continue;
        part = digit == part.npos ? std::string() : part.substr(digit);
        if (part.empty() || part.front() < '0' || part.front() > '9')
            part.insert(part.begin(), '0');
    }
    if (parts.size() < 3 && parts.back().find_first_of("+-") != std::string::npos)
        return std::nullopt;
    parts.resize(3, "0");
    return parse(parts[0] + "." + parts[1] + "." + parts[2]);
}

std::strong_ordering SemanticVersion::operator<=>(const SemanticVersion &other) const
{
    const std::array<std::uint64_t, 3> mine{major, minor, patch}, theirs{other.major, other.minor, other.patch};
    if (const auto order = mine <=> theirs; order != 0)
        return order;
    if (preRelease.empty() || other.preRelease.empty())
        return other.preRelease.size() <=> preRelease.size(); // without one is the later
    return std::lexicographical_compare_three_way(preRelease.begin(), preRelease.end(), other.preRelease.begin(),
                                                  other.preRelease.end(), compareIdentifiers);
}

} // namespace core
