// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/label_selector.h"

#include "core/base/names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace core {

using nlohmann::json;

namespace {

/// In the order of LabelOperator: its name, and how it stands between key and value.
struct OperatorText {
    std::string_view name, sign;
};
constexpr std::array<OperatorText, 9> operatorTexts{{{"in", " in "},
                                                     {"notin", " notin "},
                                                     {"=", "="},
                                                     {"==", "=="},
                                                     {"!=", "!="},
                                                     {"exists", ""},
                                                     {"!", ""},
                                                     {"gt", ">"},
                                                     {"lt", "<"}}};

const OperatorText &textOf(LabelOperator op)
{
    return operatorTexts[static_cast<std::size_t>(op)];
}

bool isSet(LabelOperator op)
{
    return op == LabelOperator::In || op == LabelOperator::NotIn;
}

bool isComparison(LabelOperator op)
{
    return op == LabelOperator::GreaterThan || op == LabelOperator::LessThan;
}

bool isUnary(LabelOperator op)
{
    return op == LabelOperator::Exists || op == LabelOperator::DoesNotExist;
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

std::optional<std::string> wrongCount(const LabelRequirement &one)
{
    const auto count = one.values.size();
    if (isSet(one.op) && count == 0)
        return "values: must not be empty for in and notin";
    if (isUnary(one.op) && count != 0)
        return "values: must be empty for exists and !";
    if (!isSet(one.op) && !isUnary(one.op) && count != 1)
        return fmt::format("values: must be exactly one for {}", textOf(one.op).name);
    return std::nullopt;
}

std::vector<std::string> sorted(std::vector<std::string> values)
{
    std::ranges::sort(values);
    return values;
}

void orderByKey(std::vector<LabelRequirement> &requirements)
{
    std::ranges::stable_sort(requirements, {}, &LabelRequirement::key);
}

// --- The text -------------------------------------------------------------------------------------------------------

constexpr std::string_view blanks = " \t\r\n", marks = "=!(),><";
constexpr std::string_view wordEnds("=!(),>< \t\r\n\0", 12);
constexpr std::string_view identifier = "identifier";
constexpr std::array<std::string_view, 11> words{")", ",", "!", "==", "=", ">", "in", "<", "!=", "notin", "("};

/// The word itself, from static memory; nullopt when it is none.
std::optional<std::string_view> wordOf(std::string_view text)
{
    const auto found = std::ranges::find(words, text);
    return found == words.end() ? std::nullopt : std::optional(*found);
}

/// The longest operator that `run` (marks only) begins with; every mark is one by itself.
SelectorToken markToken(std::string_view run)
{
    const auto shorter = [run] { return wordOf(run.substr(0, 1)); };
    const auto longest = wordOf(run.substr(0, 2)).or_else(shorter).value_or(std::string_view());
    return {longest, std::string(longest)};
}

/// Reads tokens one by one; beyond the last one everything is the end.
class Parser {
public:
    explicit Parser(std::string_view text) : m_tokens(selectorTokens(text)) {}

    Result<std::vector<LabelRequirement>> requirements();

private:
    static constexpr std::string_view end = "end of text";

    std::string_view kind() const { return m_at < m_tokens.size() ? m_tokens[m_at].kind : end; }
    bool atName() const { return kind() == identifier || kind() == "in" || kind() == "notin"; }
    bool accept(std::string_view wanted);
    std::string takeName() { return m_tokens[m_at++].text; }
    std::unexpected<Error> expected(std::string_view what) const;

    Result<LabelRequirement> requirement();
    Result<LabelOperator> binaryOperator();
    Result<std::vector<std::string>> set();
    Result<std::vector<std::string>> single();

    std::vector<SelectorToken> m_tokens;
    std::size_t m_at = 0;
};

bool Parser::accept(std::string_view wanted)
{
    const bool there = kind() == wanted;
    m_at += there ? 1 : 0;
    return there;
}

std::unexpected<Error> Parser::expected(std::string_view what) const
{
    const auto found = m_at < m_tokens.size() ? "'" + m_tokens[m_at].text + "'" : std::string(end);
    return fail(ErrorKind::Parse, fmt::format("found {}, expected {}", found, what), "label selector");
}

Result<std::vector<LabelRequirement>> Parser::requirements()
{
    std::vector<LabelRequirement> out;
    if (kind() == end)
        return out;
    do {
        auto one = requirement();
        if (!one)
            return std::unexpected(one.error());
        out.push_back(std::move(*one));
    } while (accept(","));
    if (kind() != end)
        return expected("',' or the end");
    orderByKey(out);
    return out;
}

Result<LabelRequirement> Parser::requirement()
{
    LabelRequirement one;
    const bool absent = accept("!");
    if (!atName())
        return expected("a label key");
    one.key = takeName();
    if (absent || kind() == end || kind() == ",") {
        one.op = absent ? LabelOperator::DoesNotExist : LabelOperator::Exists;
        return checkedRequirement(std::move(one));
    }
    const auto op = binaryOperator();
    if (!op)
        return std::unexpected(op.error());
    one.op = *op;
    auto values = isSet(*op) ? set() : single();
    if (!values)
        return std::unexpected(values.error());
    one.values = std::move(*values);
    return checkedRequirement(std::move(one));
}

Result<LabelOperator> Parser::binaryOperator()
{
    for (const auto &[sign, op] :
         std::initializer_list<std::pair<std::string_view, LabelOperator>>{{"in", LabelOperator::In},
                                                                           {"notin", LabelOperator::NotIn},
                                                                           {"=", LabelOperator::Equals},
                                                                           {"==", LabelOperator::DoubleEquals},
                                                                           {"!=", LabelOperator::NotEquals},
                                                                           {">", LabelOperator::GreaterThan},
                                                                           {"<", LabelOperator::LessThan}})
        if (accept(sign))
            return op;
    return expected("in, notin, =, ==, !=, > or <");
}

/// "(a,b)": every gap between '(' ',' and ')' is the empty value. Sorted, each value once.
Result<std::vector<std::string>> Parser::set()
{
    if (!accept("("))
        return expected("'('");
    std::vector<std::string> values;
    do {
        values.push_back(atName() ? takeName() : "");
    } while (accept(","));
    if (!accept(")"))
        return expected("',' or ')'");
    std::ranges::sort(values);
    values.erase(std::ranges::unique(values).begin(), values.end());
    return values;
}

/// "x=" and "x=,y" compare with the empty value.
Result<std::vector<std::string>> Parser::single()
{
    if (kind() == end || kind() == ",")
        return std::vector<std::string>{""};
    if (!atName())
        return expected("a value");
    return std::vector{takeName()};
}

// --- The object -----------------------------------------------------------------------------------------------------

std::unexpected<Error> misshapen(std::string_view what)
{
    return fail(ErrorKind::Parse, std::string(what), "label selector");
}

std::optional<LabelOperator> expressionOperator(std::string_view name)
{
    using enum LabelOperator;
    return name == "In"          ? std::optional(In)
        : name == "NotIn"        ? std::optional(NotIn)
        : name == "Exists"       ? std::optional(Exists)
        : name == "DoesNotExist" ? std::optional(DoesNotExist)
                                 : std::nullopt;
}

/// A text; an absent or null one is empty, as in Go.
Result<std::string> textIn(const json &value, const char *name)
{
    if (!value.is_null() && !value.is_string())
        return misshapen(fmt::format("{} must be a text", name));
    return value.is_null() ? "" : value.get<std::string>();
}

Result<LabelRequirement> readExpression(const json &expression)
{
    if (!expression.is_object())
        return misshapen("an expression must be an object");
    LabelRequirement one;
    const auto key = textIn(expression.value("key", json()), "key");
    const auto name = textIn(expression.value("operator", json()), "operator");
    if (!key || !name)
        return std::unexpected(!key ? key.error() : name.error());
    const auto op = expressionOperator(*name);
    if (!op)
        return misshapen(fmt::format("\"{}\" is none of In, NotIn, Exists, DoesNotExist", *name));
    const auto values = expression.value("values", json());
    if (!values.is_null() && !values.is_array())
        return misshapen("values must be a list");
    for (const auto &value : values) {
        auto text = textIn(value, "a value");
        if (!text)
            return std::unexpected(text.error());
        one.values.push_back(std::move(*text));
    }
    one.key = *key;
    one.op = *op;
    return checkedRequirement(std::move(one));
}

} // namespace

std::string_view labelOperatorName(LabelOperator op)
{
    return textOf(op).name;
}

std::optional<LabelOperator> labelOperatorOf(std::string_view name)
{
    const auto found = std::ranges::find(operatorTexts, name, &OperatorText::name);
    return found == operatorTexts.end() ? std::nullopt
                                        : std::optional(static_cast<LabelOperator>(found - operatorTexts.begin()));
}

Result<LabelRequirement> checkedRequirement(LabelRequirement requirement)
{
    std::vector<std::string> problems;
    for (const auto &problem : labelKeyProblems(requirement.key))
        problems.push_back(fmt::format("key \"{}\": {}", requirement.key, problem));
    if (const auto wrong = wrongCount(requirement))
        problems.push_back(*wrong);
    for (const auto &value : requirement.values) {
        if (isComparison(requirement.op) && !integer(value))
            problems.push_back(fmt::format("value \"{}\": must be an integer for gt and lt", value));
        for (const auto &problem : labelValueProblems(value))
            problems.push_back(fmt::format("value \"{}\": {}", value, problem));
    }
    if (problems.empty())
        return requirement;
    return misshapen(fmt::format("{}", fmt::join(problems, "; ")));
}

std::string requirementText(const LabelRequirement &requirement)
{
    if (isUnary(requirement.op))
        return (requirement.op == LabelOperator::DoesNotExist ? "!" : "") + requirement.key;
    const bool inParentheses = isSet(requirement.op);
    return fmt::format("{}{}{}{}{}", requirement.key, textOf(requirement.op).sign, inParentheses ? "(" : "",
                       fmt::join(sorted(requirement.values), ","), inParentheses ? ")" : "");
}

bool matches(const LabelRequirement &requirement, const Labels &labels)
{
    const auto found = labels.find(requirement.key);
    const bool has = found != labels.end();
    const bool listed = has && std::ranges::find(requirement.values, found->second) != requirement.values.end();
    switch (requirement.op) {
    case LabelOperator::In:
    case LabelOperator::Equals:
    case LabelOperator::DoubleEquals: return listed;
    case LabelOperator::NotIn:
    case LabelOperator::NotEquals: return !listed;
    case LabelOperator::Exists: return has;
    case LabelOperator::DoesNotExist: return !has;
    case LabelOperator::GreaterThan:
    case LabelOperator::LessThan: break;
    }
    const auto value = has ? integer(found->second) : std::nullopt;
    const auto limit = requirement.values.size() == 1 ? integer(requirement.values.front()) : std::nullopt;
    return value && limit && (requirement.op == LabelOperator::GreaterThan ? *value > *limit : *value < *limit);
}

Result<LabelSelector> parseLabelSelector(std::string_view text)
{
    auto requirements = Parser(text).requirements();
    if (!requirements)
        return std::unexpected(requirements.error());
    return LabelSelector{false, std::move(*requirements)};
}

Result<LabelSelector> readLabelSelector(const json &selector)
{
    if (selector.is_null())
        return LabelSelector{true, {}};
    const auto labels = selector.is_object() ? selector.value("matchLabels", json()) : json();
    const auto expressions = selector.is_object() ? selector.value("matchExpressions", json()) : json();
    if (!selector.is_object() || !(labels.is_null() || labels.is_object())
        || !(expressions.is_null() || expressions.is_array()))
        return misshapen("must be {matchLabels: object, matchExpressions: list}");
    LabelSelector out;
    for (const auto &[key, value] : labels.items()) {
        const auto text = textIn(value, "a label");
        if (!text)
            return std::unexpected(text.error());
        auto one = checkedRequirement({key, LabelOperator::Equals, {*text}});
        if (!one)
            return std::unexpected(one.error());
        out.requirements.push_back(std::move(*one));
    }
    for (const auto &expression : expressions) {
        auto one = readExpression(expression);
        if (!one)
            return std::unexpected(one.error());
        out.requirements.push_back(std::move(*one));
    }
    orderByKey(out.requirements);
    return out;
}

LabelSelector selectorOf(const Labels &labels)
{
    LabelSelector selector;
    for (const auto &[key, value] : labels)
        selector.requirements.push_back({key, LabelOperator::Equals, {value}});
    return selector;
}

std::string selectorText(const LabelSelector &selector)
{
    std::vector<std::string> texts;
    texts.reserve(selector.requirements.size());
    for (const auto &one : selector.requirements)
        texts.push_back(requirementText(one));
    return fmt::format("{}", fmt::join(texts, ","));
}

bool matches(const LabelSelector &selector, const Labels &labels)
{
    return !selector.nothing
        && std::ranges::all_of(selector.requirements, [&](const auto &one) { return matches(one, labels); });
}

std::optional<std::string> requiredValue(const LabelSelector &selector, std::string_view label)
{
    using enum LabelOperator;
    const auto found = std::ranges::find(selector.requirements, label, &LabelRequirement::key);
    if (found == selector.requirements.end() || found->values.size() != 1)
        return std::nullopt;
    return found->op == Equals || found->op == DoubleEquals || found->op == In ? std::optional(found->values.front())
                                                                               : std::nullopt;
}

std::vector<SelectorToken> selectorTokens(std::string_view text)
{
    constexpr char nul = '\0';
    std::vector<SelectorToken> tokens;
    const auto skipBlanks = [&] { text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size())); };
    for (skipBlanks(); !text.empty() && text.front() != nul; skipBlanks()) {
        if (marks.contains(text.front())) {
            tokens.push_back(markToken(text.substr(0, text.find_first_not_of(marks))));
        } else {
            const auto word = text.substr(0, text.find_first_of(wordEnds));
            tokens.push_back({wordOf(word).value_or(identifier), std::string(word)});
        }
        text.remove_prefix(tokens.back().text.size());
        text.remove_prefix(text.starts_with(nul) ? 1 : 0); // Go's lexer swallows the one that ended the token
    }
    return tokens;
}

} // namespace core
