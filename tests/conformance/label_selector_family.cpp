// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/conformance/families.h"

#include "core/base/names.h"
#include "core/scheduling/label_selector.h"

#include <algorithm>

namespace conformance {

using core::LabelRequirement;
using core::Labels;
using core::LabelSelector;
using core::Result;
using nlohmann::json;

namespace {

std::unexpected<core::Error> refused(std::string what)
{
    return core::fail(core::ErrorKind::Parse, std::move(what));
}

std::vector<std::string> textsOf(const json &list)
{
    return list.is_null() ? std::vector<std::string>() : list.get<std::vector<std::string>>();
}

Labels labelsIn(const json &map)
{
    return map.is_null() ? Labels() : map.get<Labels>();
}

/// Not checked: the peer's cases also print and compare requirements that are none.
Result<LabelRequirement> requirementOf(const json &one, const char *operatorMember)
{
    const auto name = one.value(operatorMember, "");
    const auto op = core::labelOperatorOf(name);
    if (!op)
        return refused("\"" + name + "\" is no operator");
    return LabelRequirement{one.value("key", ""), *op, textsOf(one.value("values", json()))};
}

/// The selector of a case: as text, as requirements in the order given, or as labels.
Result<LabelSelector> selectorIn(const json &in)
{
    if (in.contains("selector"))
        return core::parseLabelSelector(in["selector"].get<std::string>());
    if (in.contains("labelSelector"))
        return core::readLabelSelector(in["labelSelector"]);
    if (!in.contains("requirements"))
        return core::selectorOf(labelsIn(in.value("matchLabels", json())));
    LabelSelector selector;
    for (const auto &one : in["requirements"]) {
        auto requirement = requirementOf(one, "op");
        if (!requirement)
            return std::unexpected(requirement.error());
        selector.requirements.push_back(std::move(*requirement));
    }
    return selector;
}

json described(const LabelSelector &selector)
{
    auto requirements = json::array();
    for (const auto &one : selector.requirements) {
        auto values = one.values;
        std::ranges::sort(values);
        requirements.push_back({{"key", one.key}, {"op", core::labelOperatorName(one.op)}, {"values", values}});
    }
    return {{"requirements", requirements},
            {"string", core::selectorText(selector)},
            {"nothing", selector.nothing},
            {"valid", true}};
}

Result<json> question(const std::string &op, const json &in)
{
    const auto selector = selectorIn(in);
    if (!selector)
        return std::unexpected(selector.error());
    if (op == "match")
        return json{{"match", core::matches(*selector, labelsIn(in.value("labels", json())))}};
    if (op != "requiresExactMatch")
        return described(*selector);
    const auto value = core::requiredValue(*selector, in.at("label").get<std::string>());
    return json{{"found", value.has_value()}, {"value", value.value_or("")}};
}

Result<json> newRequirement(const json &in)
{
    auto requirement = requirementOf(in, "operator");
    if (!requirement)
        return std::unexpected(requirement.error());
    const auto checked = core::checkedRequirement(std::move(*requirement));
    if (!checked)
        return std::unexpected(checked.error());
    return described({false, {*checked}});
}

Result<json> validatedSelectorFromSet(const json &in)
{
    const auto selector = core::readLabelSelector({{"matchLabels", in.value("matchLabels", json())}});
    if (!selector)
        return std::unexpected(selector.error());
    return described(*selector);
}

Result<json> requirementEqual(const json &in)
{
    const auto x = requirementOf(in.at("x"), "op"), y = requirementOf(in.at("y"), "op");
    if (!x || !y)
        return std::unexpected(!x ? x.error() : y.error());
    return json{{"equal", *x == *y}};
}

Result<json> tokens(const std::string &op, const json &in)
{
    auto kinds = json::array();
    for (const auto &token : core::selectorTokens(in.at("s").get<std::string>()))
        kinds.push_back(token.kind);
    if (op == "lexAll")
        return json{{"tokens", kinds}};
    return json{{"token", kinds.empty() ? json("endOfString") : kinds.front()}};
}

Result<json> parseBinaryOperator(const json &in)
{
    const auto found = core::selectorTokens(in.at("token").get<std::string>());
    static constexpr std::string_view binary[] = {"in", "notin", "=", "==", "!=", ">", "<"};
    return json{{"ok", !found.empty() && std::ranges::find(binary, found.front().kind) != std::end(binary)}};
}

// --- Helpers of pkg/labels and metav1 that Berth has no use for ------------------------------------------------------

/// Go's strings.TrimSpace; the other spaces of Unicode are refused by the label rules either way.
std::string trimmed(const std::string &text)
{
    constexpr auto spaces = " \t\n\v\f\r";
    const auto first = text.find_first_not_of(spaces);
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

std::vector<std::string> split(const std::string &text, char separator)
{
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (auto end = text.find(separator); end != std::string::npos; end = text.find(separator, begin)) {
        parts.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    parts.push_back(text.substr(begin));
    return parts;
}

Result<json> convertSelectorToLabelsMap(const json &in)
{
    const auto selector = in.at("selector").get<std::string>();
    auto labels = json::object();
    if (selector.empty())
        return json{{"labels", labels}};
    for (const auto &term : split(selector, ',')) {
        const auto parts = split(term, '=');
        if (parts.size() != 2)
            return refused("invalid selector: " + term);
        const auto key = trimmed(parts[0]), value = trimmed(parts[1]);
        if (!core::labelKeyProblems(key).empty() || !core::labelValueProblems(value).empty())
            return refused("invalid label: " + term);
        labels[key] = value;
    }
    return json{{"labels", labels}};
}

Result<json> labelsConflict(const json &in)
{
    const auto a = labelsIn(in.value("a", json())), b = labelsIn(in.value("b", json()));
    const bool conflict = std::ranges::any_of(a, [&](const auto &label) {
        const auto other = b.find(label.first);
        return other != b.end() && other->second != label.second;
    });
    return json{{"conflict", conflict}};
}

Result<json> labelsMerge(const json &in)
{
    auto merged = labelsIn(in.value("b", json()));
    merged.merge(labelsIn(in.value("a", json())));
    return json{{"labels", merged}};
}

Result<json> labelSelectorAsMap(const json &in)
{
    const auto selector = in.value("labelSelector", json());
    if (selector.is_null())
        return json{{"labels", nullptr}};
    auto labels = labelsIn(selector.value("matchLabels", json()));
    for (const auto &one : selector.value("matchExpressions", json::array())) {
        const auto values = textsOf(one.value("values", json()));
        if (one.value("operator", "") != "In" || values.size() != 1)
            return refused("operator \"" + one.value("operator", "")
                           + "\" cannot be converted into the old label selector format");
        labels[one.value("key", "")] = values.front();
    }
    return json{{"labels", labels}};
}

} // namespace

Answer answerLabelSelector(const json &in)
{
    const auto op = in.value("op", "");
    if (op == "parse" || op == "match" || op == "toString" || op == "requiresExactMatch" || op == "matchesNothing"
        || op == "labelSelectorAsSelector")
        return question(op, in);
    if (op == "newRequirement")
        return newRequirement(in);
    if (op == "validatedSelectorFromSet")
        return validatedSelectorFromSet(in);
    if (op == "requirementEqual")
        return requirementEqual(in);
    if (op == "lexFirst" || op == "lexAll")
        return tokens(op, in);
    if (op == "parseBinaryOperator")
        return parseBinaryOperator(in);
    if (op == "convertSelectorToLabelsMap")
        return convertSelectorToLabelsMap(in);
    if (op == "labelsConflict")
        return labelsConflict(in);
    if (op == "labelsMerge")
        return labelsMerge(in);
    if (op == "labelSelectorAsMap")
        return labelSelectorAsMap(in);
    return std::nullopt;
}

} // namespace conformance
