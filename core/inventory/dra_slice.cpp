// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/dra_fields.h"
#include "core/scheduling/pod_spec.h"

#include <nlohmann/json.hpp>

namespace core::fields {

namespace {

Quantity quantity(const Element &element, std::string_view name)
{
    std::string_view written;
    std::string printed;
    if (element.get(written) != simdjson::SUCCESS) {
        if (!element.is_number())
            throw WrongType{std::string(name), "a quantity"};
        printed = simdjson::minify(element);
        written = printed;
    }
    auto parsed = Quantity::parse(written);
    if (!parsed)
        throw WrongType{std::string(name), fmt::format("a quantity, not \"{:.80}\"", written)};
    return *std::move(parsed);
}

dra::Attribute attribute(const Object &json, std::string_view name)
{
    bool truth = false;
    std::int64_t number = 0;
    std::string_view written;
    for (const auto &[type, value] : json) {
        if (value.is_null())
            continue;
        if (type == "bool" && value.get(truth) == simdjson::SUCCESS)
            return truth;
        if (type == "int" && value.get(number) == simdjson::SUCCESS)
            return number;
        const bool isText = value.get(written) == simdjson::SUCCESS;
        if (type == "string" && isText)
            return std::string(written);
        if (type == "version" && isText)
            return dra::VersionText{std::string(written)};
        if (type == "bool" || type == "int" || type == "string" || type == "version")
            throw WrongType{fmt::format("attributes.{}.{}", name, type), "of that type"};
    }
    return dra::OtherType{};
}

dra::Attributes attributes(const Object &parent)
{
    dra::Attributes out;
    if (const auto map = object(parent, "attributes"))
        for (const auto &[name, value] : *map)
            out.emplace(name, attribute(asObject(value, fmt::format("attributes.{}", name)), name));
    return out;
}

std::vector<dra::DeviceTaint> taints(const Object &device)
{
    std::vector<dra::DeviceTaint> out;
    for (const auto &taint : objects(device, "taints")) {
        out.push_back(
            {std::string(text(taint, "key")), std::string(text(taint, "value")), std::string(text(taint, "effect"))});
    }
    return out;
}

dra::Reach reach(const Object &json)
{
    return {std::string(text(json, "nodeName")), flag(json, "allNodes"), nodeSelector(json, "nodeSelector")};
}

dra::Device device(const Object &json)
{
    // v1beta1 nests everything but the name.
    const auto basic = object(json, "basic").value_or(json);
    dra::Device out;
    out.name = text(json, "name");
    if (out.name.empty())
        throw WrongType{"devices.name", "a name"};
    out.attributes = attributes(basic);
    out.capacities = quantities(basic, "capacity");
    for (const auto &use : objects(basic, "consumesCounters")) {
        out.consumes.push_back({std::string(text(use, "counterSet")), quantities(use, "counters")});
    }
    out.taints = taints(basic);
    out.reach = reach(basic);
    out.hasBindingConditions = !texts(basic, "bindingConditions").empty();
    out.allowMultipleAllocations = flag(basic, "allowMultipleAllocations");
    return out;
}

} // namespace

dra::Capacities quantities(const Object &parent, std::string_view key)
{
    dra::Capacities out;
    const auto map = object(parent, key);
    if (!map)
        return out;
    for (const auto &[name, value] : *map) {
        const auto where = fmt::format("{}.{}", key, name);
        Object nested;
        if (value.get(nested) != simdjson::SUCCESS) {
            out.emplace(name, quantity(value, where));
            continue;
        }
        const auto amount = member(nested, "value");
        if (!amount)
            throw WrongType{where + ".value", "a quantity"};
        out.emplace(name, quantity(*amount, where));
    }
    return out;
}

std::optional<std::vector<NodeSelectorTerm>> nodeSelector(const Object &parent, std::string_view key)
{
    const auto found = member(parent, key);
    if (!found)
        return std::nullopt;
    // Rare and small, so the scheduler's own reader takes it as text.
    auto terms = readNodeSelector(nlohmann::json::parse(std::string(simdjson::minify(*found))));
    if (!terms)
        throw WrongType{fmt::format("{}: {}", key, terms.error().message), "a node selector"};
    return *std::move(terms);
}

void readDra(const Object &json, dra::Slice &slice)
{
    const auto spec = object(json, "spec");
    if (!spec)
        throw WrongType{"spec", "an object"};
    slice.driver = text(*spec, "driver");
    if (const auto pool = object(*spec, "pool")) {
        slice.pool = text(*pool, "name");
        slice.generation = whole(*pool, "generation");
        slice.sliceCount = whole(*pool, "resourceSliceCount");
    }
    slice.reach = reach(*spec);
    slice.perDeviceReach = flag(*spec, "perDeviceNodeSelection");
    for (const auto &item : objects(*spec, "devices"))
        slice.devices.push_back(device(item));
    for (const auto &set : objects(*spec, "sharedCounters")) {
        slice.sharedCounters.push_back({std::string(text(set, "name")), quantities(set, "counters")});
    }
}

} // namespace core::fields
