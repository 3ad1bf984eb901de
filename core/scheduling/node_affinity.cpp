// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/node_affinity.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace core {

namespace {

using Problems = std::vector<std::string>;

constexpr std::array<std::string_view, 6> operators{"In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"};

bool isAlphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// 1 to 63 of [A-Za-z0-9_.-], alphanumeric at both ends.
bool isLabelName(std::string_view text)
{
    return !text.empty() && text.size() <= 63 && isAlphanumeric(text.front()) && isAlphanumeric(text.back())
        && std::ranges::all_of(text, [](char c) { return isAlphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

/// dns1123Subdomain.
bool isSubdomain(std::string_view text)
{
    if (text.empty() || text.size() > 253)
        return false;
    const auto lower = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find('.', begin), text.size());
        const auto part = text.substr(begin, end - begin);
        if (part.empty() || !lower(part.front()) || !lower(part.back())
            || !std::ranges::all_of(part, [&](char c) { return lower(c) || c == '-'; }))
            return false;
        begin = end + 1;
    }
    return true;
}

bool isLabelKey(std::string_view key)
{
    const auto slash = key.find('/');
    if (slash == std::string_view::npos)
        return isLabelName(key);
    return isSubdomain(key.substr(0, slash)) && isLabelName(key.substr(slash + 1));
}

/// Go's strconv.ParseInt(text, 10, 64).
std::optional<std::int64_t> integer(std::string_view text)
{
    if (text.starts_with('+') && !text.starts_with("+-"))
        text.remove_prefix(1);
    std::int64_t value = 0;
    const auto [rest, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    return failed == std::errc() && rest == text.data() + text.size() && !text.empty() ? std::optional(value)
                                                                                       : std::nullopt;
}

void checkValues(const NodeSelectorRequirement &one, const std::string &path, Problems &problems)
{
    const auto count = one.values.size();
    if ((one.op == "In" || one.op == "NotIn") && count == 0)
        problems.push_back(path + ".values: must not be empty for In and NotIn");
    if ((one.op == "Exists" || one.op == "DoesNotExist") && count != 0)
        problems.push_back(path + ".values: must be empty for Exists and DoesNotExist");
    if (one.op == "Gt" || one.op == "Lt") {
        if (count != 1)
            problems.push_back(path + ".values: must be exactly one for Gt and Lt");
        for (std::size_t i = 0; i < count; ++i)
            if (!integer(one.values[i]))
                problems.push_back(fmt::format("{}.values[{}]: must be an integer for Gt and Lt", path, i));
    }
    for (std::size_t i = 0; i < count; ++i)
        if (!one.values[i].empty() && !isLabelName(one.values[i]))
            problems.push_back(fmt::format("{}.values[{}]: \"{}\" is no label value", path, i, one.values[i]));
}

void checkExpression(const NodeSelectorRequirement &one, const std::string &path, Problems &problems)
{
    if (std::ranges::find(operators, one.op) == operators.end()) {
        problems.push_back(fmt::format("{}.operator: \"{}\" is none of {}", path, one.op, fmt::join(operators, ", ")));
        return;
    }
    if (!isLabelKey(one.key))
        problems.push_back(fmt::format("{}.key: \"{}\" is no label key", path, one.key));
    checkValues(one, path, problems);
}

void checkField(const NodeSelectorRequirement &one, const std::string &path, Problems &problems)
{
    if (one.op != "In" && one.op != "NotIn")
        problems.push_back(fmt::format("{}.operator: \"{}\" is neither In nor NotIn", path, one.op));
    else if (one.values.size() != 1)
        problems.push_back(path + ".values: must have one element");
}

void checkTerm(const NodeSelectorTerm &term, const std::string &path, Problems &problems)
{
    for (std::size_t i = 0; i < term.matchExpressions.size(); ++i)
        checkExpression(term.matchExpressions[i], fmt::format("{}.matchExpressions[{}]", path, i), problems);
    for (std::size_t i = 0; i < term.matchFields.size(); ++i)
        checkField(term.matchFields[i], fmt::format("{}.matchFields[{}]", path, i), problems);
}

bool isEmpty(const NodeSelectorTerm &term)
{
    return term.matchExpressions.empty() && term.matchFields.empty();
}

Result<void> outcome(const Problems &problems)
{
    if (problems.empty())
        return {};
    return fail(ErrorKind::Parse, fmt::format("{}", fmt::join(problems, "; ")), "node selector");
}

/// One checked requirement against a label's or field's value; nullptr = the node has none.
bool holds(const NodeSelectorRequirement &one, const std::string_view *value)
{
    if (one.op == "Exists" || one.op == "DoesNotExist")
        return (value != nullptr) == (one.op == "Exists");
    const bool listed = value != nullptr && std::ranges::find(one.values, *value) != one.values.end();
    if (one.op == "In" || one.op == "NotIn")
        return listed == (one.op == "In");
    const auto has = value == nullptr ? std::nullopt : integer(*value);
    const auto limit = integer(one.values.front());
    return has && limit && (one.op == "Gt" ? *has > *limit : *has < *limit);
}

bool labelHolds(const NodeSelectorRequirement &one, const Labels &labels)
{
    const auto found = labels.find(one.key);
    if (found == labels.end())
        return holds(one, nullptr);
    const std::string_view value = found->second;
    return holds(one, &value);
}

/// A field that no node has reads as the empty text (fields.Set.Get).
bool fieldHolds(const NodeSelectorRequirement &one, std::string_view nodeName)
{
    const std::string_view value = one.key == "metadata.name" ? nodeName : std::string_view();
    return holds(one, &value);
}

} // namespace

Result<std::vector<NodeSelectorRequirement>> checkedRequirements(std::span<const NodeSelectorRequirement> requirements,
                                                                 std::string_view path)
{
    Problems problems;
    for (std::size_t i = 0; i < requirements.size(); ++i)
        checkExpression(requirements[i], fmt::format("{}[{}]", path, i), problems);
    if (const auto wrong = outcome(problems); !wrong)
        return std::unexpected(wrong.error());
    std::vector<NodeSelectorRequirement> ordered(requirements.begin(), requirements.end());
    std::ranges::stable_sort(ordered, {}, &NodeSelectorRequirement::key);
    for (auto &one : ordered)
        std::ranges::sort(one.values);
    return ordered;
}

Result<void> check(std::span<const NodeSelectorTerm> terms, std::string_view path)
{
    Problems problems;
    for (std::size_t i = 0; i < terms.size(); ++i)
        checkTerm(terms[i], fmt::format("{}[{}]", path, i), problems);
    return outcome(problems);
}

bool matches(const NodeSelectorTerm &term, const NodeIdentity &node)
{
    if (isEmpty(term) || !check(std::span(&term, 1)))
        return false;
    const auto byLabel = [&](const auto &one) { return labelHolds(one, node.labels); };
    const auto byField = [&](const auto &one) { return node.name.empty() || fieldHolds(one, node.name); };
    return std::ranges::all_of(term.matchExpressions, byLabel) && std::ranges::all_of(term.matchFields, byField);
}

bool matches(std::span<const NodeSelectorTerm> terms, const NodeIdentity &node)
{
    return std::ranges::any_of(terms, [&](const auto &term) { return matches(term, node); });
}

bool matches(const RequiredNodeAffinity &required, const NodeIdentity &node)
{
    // nodeSelector is compared as it stands: the scheduler does not check its syntax.
    const bool labelled = std::ranges::all_of(required.nodeSelector, [&](const auto &wanted) {
        const auto found = node.labels.find(wanted.first);
        return found != node.labels.end() && found->second == wanted.second;
    });
    return labelled && (!required.terms || matches(*required.terms, node));
}

Result<std::int64_t> preferredScore(std::span<const PreferredTerm> terms, const NodeIdentity &node)
{
    Problems problems;
    std::int64_t score = 0;
    for (std::size_t i = 0; i < terms.size(); ++i) {
        if (terms[i].weight == 0 || isEmpty(terms[i].preference))
            continue;
        checkTerm(terms[i].preference, fmt::format("[{}]", i), problems);
        score += matches(terms[i].preference, node) ? terms[i].weight : 0;
    }
    if (const auto wrong = outcome(problems); !wrong)
        return std::unexpected(wrong.error());
    return score;
}

} // namespace core
