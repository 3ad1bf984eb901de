// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/inventory_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

namespace core {

namespace {

/// ASCII only: what is typed in another script is compared as it stands.
std::string lower(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

constexpr std::pair<std::string_view, std::string InventoryFacts::*> factNames[] = {
    {"sku", &InventoryFacts::sku},   {"vendor", &InventoryFacts::vendor}, {"node", &InventoryFacts::node},
    {"zone", &InventoryFacts::zone}, {"driver", &InventoryFacts::driver}, {"pod", &InventoryFacts::pods}};

constexpr std::pair<std::string_view, std::int64_t InventoryFacts::*> figureNames[] = {
    {"capacity", &InventoryFacts::capacity},
    {"allocatable", &InventoryFacts::allocatable},
    {"requested", &InventoryFacts::requested},
    {"free", &InventoryFacts::free},
    {"withdrawn", &InventoryFacts::withdrawn}};

bool contains(const std::string &text, const std::string &lowered)
{
    return lower(text).contains(lowered);
}

} // namespace

Result<InventoryQuery> InventoryQuery::parse(std::string_view text)
{
    InventoryQuery query;
    std::istringstream words{std::string(text)};
    for (std::string word; words >> word;) {
        auto term = parseTerm(lower(word));
        if (!term)
            return std::unexpected(term.error());
        query.m_terms.push_back(*std::move(term));
    }
    return query;
}

Result<InventoryQuery::Term> InventoryQuery::parseTerm(const std::string &term)
{
    if (const auto sign = term.find_first_of("<>="); sign != std::string::npos)
        return parseFigure(term, sign);
    if (const auto colon = term.find(':'); colon != std::string::npos)
        return parseFact(term, colon);
    Term word;
    word.text = term;
    return word;
}

Result<InventoryQuery::Term> InventoryQuery::parseFact(const std::string &term, std::size_t colon)
{
    const auto key = std::string_view(term).substr(0, colon);
    const auto *found = std::ranges::find(factNames, key, [](const auto &each) { return each.first; });
    if (found == std::end(factNames))
        return fail(ErrorKind::Parse, fmt::format("there is no \"{}\"", key), term,
                    "use sku, vendor, node, zone, driver or pod");
    if (colon + 1 == term.size())
        return fail(ErrorKind::Parse, fmt::format("\"{}\" needs a text after the colon", key), term);
    Term out;
    out.fact = found->second;
    out.text = term.substr(colon + 1);
    return out;
}

Result<InventoryQuery::Term> InventoryQuery::parseFigure(const std::string &term, std::size_t sign)
{
    const auto key = std::string_view(term).substr(0, sign);
    const auto *found = std::ranges::find(figureNames, key, [](const auto &each) { return each.first; });
    if (found == std::end(figureNames))
        return fail(ErrorKind::Parse, fmt::format("there is no figure \"{}\"", key), term,
                    "use free, capacity, allocatable, requested or withdrawn");
    Term out;
    out.figure = found->second;
    const bool orEqual = term[sign] != '=' && sign + 1 < term.size() && term[sign + 1] == '=';
    if (term[sign] == '<')
        out.compare = orEqual ? Compare::LessOrEqual : Compare::Less;
    else if (term[sign] == '>')
        out.compare = orEqual ? Compare::GreaterOrEqual : Compare::Greater;
    const auto number = std::string_view(term).substr(sign + (orEqual ? 2 : 1));
    const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), out.number);
    if (number.empty() || problem != std::errc() || end != number.data() + number.size())
        return fail(ErrorKind::Parse, fmt::format("\"{}\" is no whole number", number), term);
    return out;
}

bool InventoryQuery::holds(const Term &term, const InventoryFacts &facts)
{
    if (term.fact)
        return contains(facts.*term.fact, term.text);
    if (!term.figure) {
        const std::initializer_list<const std::string *> texts{&facts.sku,    &facts.vendor, &facts.node, &facts.zone,
                                                               &facts.driver, &facts.pods,   &facts.words};
        return std::ranges::any_of(texts, [&term](const auto *text) { return contains(*text, term.text); });
    }
    const auto figure = facts.*term.figure;
    switch (term.compare) {
    case Compare::Less: return figure < term.number;
    case Compare::LessOrEqual: return figure <= term.number;
    case Compare::Equal: return figure == term.number;
    case Compare::GreaterOrEqual: return figure >= term.number;
    case Compare::Greater: break;
    }
    return figure > term.number;
}

bool InventoryQuery::matches(const InventoryFacts &facts) const
{
    return std::ranges::all_of(m_terms, [&facts](const auto &term) { return holds(term, facts); });
}

} // namespace core
