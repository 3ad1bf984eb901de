// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/cel/expression.h"

#include "core/scheduling/cel/syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace core::cel {

namespace {

constexpr std::size_t longestExpression = 10'240;

/// "domain/id" or, in the driver's own domain, "id".
struct QualifiedName {
    std::string_view domain, id;
};
QualifiedName qualified(std::string_view name, std::string_view driver)
{
    const auto slash = name.find('/');
    return slash == name.npos ? QualifiedName{driver, name}
                              : QualifiedName{name.substr(0, slash), name.substr(slash + 1)};
}

class Evaluation {
public:
    Evaluation(const dra::Device &device, std::string_view driver) : m_device(device), m_driver(driver) {}

    Value value(const Node &node)
    {
        using enum Node::Kind;
        switch (node.kind) {
        case Literal: return node.literal;
        case Variable: return variable(node.name);
        case Field: return field(value(node.children[0]), node.name);
        case Index: return index(value(node.children[0]), value(node.children[1]));
        case Function: return callFunction(node.name, values(node.children, 0));
        case Method: return callMethod(node.name, value(node.children[0]), values(node.children, 1));
        case Sequence: return list(node);
        case Operator: return operation(node);
        case And: return logical(node, false);
        case Or: return logical(node, true);
        case Choice: return choice(node);
        case Has: return has(value(node.children[0]), node.name);
        case Bind: return bind(node);
        }
        return unknown("an expression of another kind");
    }

private:
    std::vector<Value> values(const std::vector<Node> &nodes, std::size_t from)
    {
        std::vector<Value> out;
        for (auto i = from; i < nodes.size(); ++i)
            out.push_back(value(nodes[i]));
        return out;
    }

    Value variable(const std::string &name) const
    {
        const auto bound = std::ranges::find(m_bound.rbegin(), m_bound.rend(), name,
                                             [](const auto &one) -> const std::string & { return one.first; });
        if (bound != m_bound.rend())
            return bound->second;
        return name == "device" ? Value{Place{}} : unknown("the variable " + name);
    }

    Value field(const Value &on, const std::string &name) const
    {
        if (!on.isKnown())
            return on;
        const auto *place = on.as<Place>();
        if (!place)
            return noOverload("." + name);
        return place->what == Place::What::Device ? deviceField(name) : entry(*place, name);
    }

    Value deviceField(const std::string &name) const
    {
        if (name == "driver")
            return {std::string(m_driver)};
        if (name == "attributes")
            return {Place{Place::What::Attributes, {}}};
        if (name == "capacity")
            return {Place{Place::What::Capacities, {}}};
        if (name == "allowMultipleAllocations")
            return {m_device.allowMultipleAllocations};
        return unknown("device." + name);
    }

    Value index(const Value &on, const Value &key) const
    {
        if (on.is<Failure>() || key.is<Failure>())
            return on.is<Failure>() ? on : key;
        if (!on.isKnown() || !key.isKnown())
            return on.isKnown() ? key : on;
        if (const auto *list = on.as<List>()) {
            const auto *at = key.as<std::int64_t>();
            if (!at || *at < 0 || *at >= std::ssize(*list))
                return failure("index out of range");
            return (*list)[static_cast<std::size_t>(*at)];
        }
        const auto *place = on.as<Place>();
        const auto *name = key.as<std::string>();
        if (!place || place->what == Place::What::Device)
            return noOverload("[]");
        return name ? entry(*place, *name) : failure("no such key");
    }

    /// An unknown domain is an empty map; a missing name in it is a failure.
    Value entry(const Place &place, const std::string &name) const
    {
        if (place.what == Place::What::Attributes)
            return {Place{Place::What::AttributesOf, name}};
        if (place.what == Place::What::Capacities)
            return {Place{Place::What::CapacitiesOf, name}};
        if (const auto found = lookUp(place, name))
            return *found;
        return failure(fmt::format("no such key: {} in the domain {}", name, place.domain));
    }

    std::optional<Value> lookUp(const Place &place, std::string_view name) const
    {
        if (place.what == Place::What::AttributesOf) {
            const auto *attribute = find(m_device.attributes, place.domain, name);
            return attribute ? std::optional(valueOf(*attribute)) : std::nullopt;
        }
        const auto *capacity = find(m_device.capacities, place.domain, name);
        return capacity ? std::optional(Value{*capacity}) : std::nullopt;
    }

    template <class Map>
    const Map::mapped_type *find(const Map &map, std::string_view domain, std::string_view id) const
    {
        auto found = map.find(fmt::format("{}/{}", domain, id));
        if (found == map.end() && domain == m_driver)
            found = map.find(id);
        return found == map.end() ? nullptr : &found->second;
    }

    static Value valueOf(const dra::Attribute &attribute)
    {
        if (const auto *version = std::get_if<dra::VersionText>(&attribute)) {
            auto parsed = SemanticVersion::parse(version->text);
            return parsed ? Value{std::move(*parsed)} : failure("an attribute is no semantic version");
        }
        if (const auto *text = std::get_if<std::string>(&attribute))
            return {*text};
        if (const auto *number = std::get_if<std::int64_t>(&attribute))
            return {*number};
        if (const auto *truth = std::get_if<bool>(&attribute))
            return {*truth};
        return unknown("an attribute that is a list");
    }

    Value has(const Value &on, const std::string &name) const
    {
        if (!on.isKnown())
            return on;
        const auto *place = on.as<Place>();
        if (!place)
            return noOverload("has");
        if (place->what == Place::What::AttributesOf || place->what == Place::What::CapacitiesOf)
            return {lookUp(*place, name).has_value()};
        return unknown("has() of a domain or of a field of the device");
    }

    Value list(const Node &node)
    {
        auto items = values(node.children, 0);
        for (const auto &item : items)
            if (!item.isKnown())
                return item;
        return {std::move(items)};
    }

    Value operation(const Node &node)
    {
        const auto left = value(node.children[0]);
        if (node.children.size() == 1)
            return prefixed(node.name, left);
        const auto right = value(node.children[1]);
        if (left.is<Failure>() || right.is<Failure>())
            return left.is<Failure>() ? left : right;
        if (!left.isKnown() || !right.isKnown())
            return left.isKnown() ? right : left;
        return binary(node.name, left, right);
    }

    static Value prefixed(const std::string &op, const Value &on)
    {
        if (!on.isKnown())
            return on;
        const auto *truth = on.as<bool>();
        if (op == "!")
            return truth ? Value{!*truth} : noOverload("!");
        return on.is<double>() ? Value{-*on.as<double>()} : arithmetic('-', {std::int64_t{0}}, on);
    }

    Value binary(const std::string &op, const Value &left, const Value &right) const
    {
        if (op == "==" || op == "!=") {
            auto same = equal(left, right);
            return same.is<bool>() && op == "!=" ? Value{!*same.as<bool>()} : same;
        }
        if (op == "in")
            return contains(right, left);
        return op.front() == '<' || op.front() == '>' ? ordered(op, left, right) : arithmetic(op.front(), left, right);
    }

    Value contains(const Value &whole, const Value &part) const
    {
        if (const auto *list = whole.as<List>())
            return {std::ranges::any_of(*list, [&part](const Value &item) {
                const auto same = equal(item, part);
                return same.is<bool>() && *same.as<bool>();
            })};
        const auto *place = whole.as<Place>();
        if (!place || place->what == Place::What::Device)
            return noOverload("in");
        const auto *name = part.as<std::string>();
        if (!name)
            return {false};
        if (place->what == Place::What::Attributes)
            return {hasDomain(m_device.attributes, *name)};
        if (place->what == Place::What::Capacities)
            return {hasDomain(m_device.capacities, *name)};
        return {lookUp(*place, *name).has_value()};
    }

    template <class Map>
    bool hasDomain(const Map &map, std::string_view domain) const
    {
        return std::ranges::any_of(
            map, [&](const auto &entry) { return qualified(entry.first, m_driver).domain == domain; });
    }

    /// && (decided by false) and || (decided by true): the deciding value absorbs failures and unknowns beside it; an
    /// unknown hides a failure, because it could have decided.
    Value logical(const Node &node, bool decides)
    {
        Value result{!decides};
        for (const auto &child : node.children) {
            auto one = value(child);
            if (one.isKnown() && !one.is<bool>())
                one = noOverload(node.name);
            if (one.is<bool>() && *one.as<bool>() == decides)
                return one;
            if (one.is<Unknown>() || (one.is<Failure>() && result.is<bool>()))
                result = std::move(one);
        }
        return result;
    }

    Value choice(const Node &node)
    {
        auto condition = value(node.children[0]);
        if (!condition.isKnown())
            return condition;
        const auto *yes = condition.as<bool>();
        return yes ? value(node.children[*yes ? 1 : 2]) : noOverload("?:");
    }

    Value bind(const Node &node)
    {
        m_bound.emplace_back(node.name, value(node.children[0]));
        auto result = value(node.children[1]);
        m_bound.pop_back();
        return result;
    }

    const dra::Device &m_device;
    std::string_view m_driver;
    std::vector<std::pair<std::string, Value>> m_bound; ///< by cel.bind(), the innermost last
};

/// The scheduler turns every attribute into a value before it looks at the expression.
std::optional<Answer> answerWithoutExpression(const dra::Device &device)
{
    for (const auto &[name, attribute] : device.attributes) {
        if (std::holds_alternative<dra::OtherType>(attribute))
            return Answer{Answer::Kind::Unknown, fmt::format("the attribute {} is a list or of an unknown type", name)};
        const auto *version = std::get_if<dra::VersionText>(&attribute);
        if (version && !SemanticVersion::parse(version->text))
            return Answer{Answer::Kind::Failed, fmt::format("the attribute {} is no semantic version", name)};
    }
    return std::nullopt;
}

} // namespace

Expression::Expression(std::string_view text)
{
    if (text.size() > longestExpression) {
        m_notUnderstood = "it is longer than 10 KiB";
        return;
    }
    try {
        m_tree = std::make_shared<const Node>(parse(text));
    } catch (const NotUnderstood &odd) {
        m_notUnderstood = "Berth does not compute " + odd.what;
    }
}

Answer Expression::evaluate(const dra::Device &device, std::string_view driver) const
{
    if (!m_tree)
        return {Answer::Kind::Unknown, m_notUnderstood};
    if (auto answer = answerWithoutExpression(device))
        return *std::move(answer);
    const auto result = Evaluation(device, driver).value(*m_tree);
    if (const auto *truth = result.as<bool>())
        return {*truth ? Answer::Kind::Match : Answer::Kind::NoMatch, {}};
    if (const auto *odd = result.as<Unknown>())
        return {Answer::Kind::Unknown, "Berth does not compute " + odd->what};
    const auto *failed = result.as<Failure>();
    return {Answer::Kind::Failed, failed ? failed->why : "the result is no boolean"};
}

} // namespace core::cel
