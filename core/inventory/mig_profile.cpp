// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/mig_profile.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

namespace core {

namespace {

/// "5gb" with unit "gb" -> 5.
std::optional<int> field(std::string_view text, std::string_view unit)
{
    if (!text.ends_with(unit))
        return std::nullopt;
    text.remove_suffix(unit.size());
    int value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    return status == std::errc{} && end == text.data() + text.size() && value >= 0 ? std::optional(value)
                                                                                   : std::nullopt;
}

bool isAttribute(std::string_view text)
{
    return !text.empty() && std::isalpha(static_cast<unsigned char>(text.front()))
        && std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) != 0 || c == '.'; });
}

std::optional<std::vector<std::string>> attributes(std::string_view list)
{
    std::vector<std::string> out;
    for (std::size_t from = 0; from <= list.size();) {
        const auto comma = std::min(list.find(',', from), list.size());
        const auto one = list.substr(from, comma - from);
        if (!isAttribute(one) || std::ranges::find(out, one) != out.end())
            return std::nullopt;
        out.emplace_back(one);
        from = comma + 1;
    }
    return out;
}

/// "1g.5gb" or "1c.1g.5gb".
std::optional<MigProfile> sizes(std::string_view text)
{
    const auto last = text.rfind('.');
    if (last == std::string_view::npos)
        return std::nullopt;
    auto slices = text.substr(0, last);
    const auto dot = slices.find('.');
    const auto compute = dot == std::string_view::npos ? std::string_view() : slices.substr(0, dot);
    if (dot != std::string_view::npos)
        slices.remove_prefix(dot + 1);
    const auto g = field(slices, "g");
    const auto gb = field(text.substr(last + 1), "gb");
    const auto c = dot == std::string_view::npos ? g : field(compute, "c");
    return g && gb && c ? std::optional(MigProfile{*c, *g, *gb, {}, {}}) : std::nullopt;
}

} // namespace

std::optional<MigProfile> parseMigProfile(std::string_view name)
{
    const auto sign = name.find_first_of("+-");
    auto profile = sizes(name.substr(0, sign));
    if (!profile || sign == std::string_view::npos)
        return profile;
    auto list = attributes(name.substr(sign + 1));
    if (!list)
        return std::nullopt;
    (name[sign] == '+' ? profile->with : profile->without) = std::move(*list);
    return profile;
}

std::optional<MigProfile> migProfileOfResource(std::string_view resource)
{
    constexpr std::string_view prefix = "nvidia.com/mig-";
    if (!resource.starts_with(prefix))
        return std::nullopt;
    std::string name(resource.substr(prefix.size()));
    if (name.ends_with(".shared"))
        name.resize(name.size() - 7);
    const auto gb = name.find("gb.");
    if (gb != std::string::npos)
        name[gb + 2] = '+';
    return parseMigProfile(name);
}

std::optional<std::int64_t> migGigabytes(std::uint64_t cardBytes, std::uint64_t migMiB)
{
    if (cardBytes == 0)
        return std::nullopt;
    constexpr double eighths = 8, mebibyte = 1 << 20, gibibyte = 1 << 30;
    const double share = std::ceil(static_cast<double>(migMiB) * mebibyte / static_cast<double>(cardBytes) * eighths);
    const auto cardGigabytes = std::ceil(static_cast<double>(cardBytes) / gibibyte);
    return std::llround(share / eighths * cardGigabytes);
}

} // namespace core
