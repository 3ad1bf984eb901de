// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/conformance/families.h"

#include "core/inventory/dra_device.h"
#include "core/inventory/dra_json.h"

namespace conformance {

using core::Result;
using nlohmann::json;
namespace dra = core::dra;

namespace {

json attributeJson(const dra::Attribute &attribute)
{
    if (const auto *text = std::get_if<std::string>(&attribute))
        return {{"type", "string"}, {"value", *text}};
    if (const auto *number = std::get_if<std::int64_t>(&attribute))
        return {{"type", "int"}, {"value", *number}};
    if (const auto *truth = std::get_if<bool>(&attribute))
        return {{"type", "bool"}, {"value", *truth}};
    if (const auto *version = std::get_if<dra::VersionText>(&attribute))
        return {{"type", "version"}, {"value", version->text}};
    return {{"type", "other"}};
}

json capacityJson(const dra::Capacities &capacities)
{
    auto out = json::object();
    for (const auto &[name, amount] : capacities)
        out[name] = amount.text();
    return out;
}

void put(json &into, const char *key, const std::string &value)
{
    if (!value.empty())
        into[key] = value;
}

json deviceJson(const dra::Device &device)
{
    json out{{"name", device.name}, {"attributes", json::object()}, {"capacity", capacityJson(device.capacities)}};
    for (const auto &[name, attribute] : device.attributes)
        out["attributes"][name] = attributeJson(attribute);
    const auto facts = core::describeDevice(device);
    if (facts.memoryBytes)
        out["memoryBytes"] = std::to_string(*facts.memoryBytes);
    put(out, "product", facts.product);
    put(out, "type", facts.type);
    put(out, "uuid", facts.uuid);
    put(out, "architecture", facts.architecture);
    put(out, "migProfile", facts.migProfile);
    put(out, "partitionProfile", facts.partitionProfile);
    put(out, "parentUUID", facts.parentUuid);
    return out;
}

json answer(const dra::Slice &slice)
{
    json out{{"deviceCount", slice.devices.size()}, {"devices", json::array()}};
    put(out, "driver", slice.driver);
    put(out, "nodeName", slice.reach.nodeName);
    if (!slice.pool.empty())
        out["pool"] = {
            {"name", slice.pool}, {"generation", slice.generation}, {"resourceSliceCount", slice.sliceCount}};
    for (const auto &device : slice.devices)
        out["devices"].push_back(deviceJson(device));
    return out;
}

json configJson(const std::vector<dra::DeviceConfig> &configs)
{
    auto out = json::array();
    for (const auto &config : configs) {
        json one{{"requests", config.requests}, {"driver", config.driver}};
        if (!config.parameters.empty())
            one["parameters"] = json::parse(config.parameters);
        out.push_back(std::move(one));
    }
    return out;
}

json answer(const dra::DeviceClass &deviceClass)
{
    json out{{"celSelectors", deviceClass.selectors}, {"config", configJson(deviceClass.config)}};
    put(out, "extendedResourceName", deviceClass.extendedResourceName);
    return out;
}

json requestJson(const dra::Request &request)
{
    json out{{"name", request.name},
             {"deviceClassName", request.className},
             {"allocationMode", request.all ? "All" : "ExactCount"}};
    if (!request.all)
        out["count"] = request.count;
    if (!request.selectors.empty())
        out["celSelectors"] = request.selectors;
    if (request.adminAccess)
        out["adminAccess"] = true;
    if (!request.capacity.empty())
        out["capacityRequests"] = capacityJson(request.capacity);
    for (const auto &toleration : request.tolerations) {
        auto one = json::object();
        put(one, "key", toleration.key);
        put(one, "operator", toleration.op);
        put(one, "value", toleration.value);
        put(one, "effect", toleration.effect);
        out["tolerations"].push_back(std::move(one));
    }
    return out;
}

json claimJson(const dra::ClaimSpec &spec)
{
    json out{{"requests", json::array()}, {"constraints", json::array()}, {"config", configJson(spec.config)}};
    for (const auto &request : spec.requests) {
        if (!request.firstAvailable && !request.alternatives.empty()) {
            out["requests"].push_back(requestJson(request.alternatives.front()));
            continue;
        }
        json either{{"name", request.name}, {"firstAvailable", json::array()}};
        for (const auto &alternative : request.alternatives)
            either["firstAvailable"].push_back(requestJson(alternative));
        out["requests"].push_back(std::move(either));
    }
    for (const auto &constraint : spec.constraints) {
        const bool match = constraint.kind == dra::Constraint::Kind::Match;
        out["constraints"].push_back({{"requests", constraint.requests},
                                      {match ? "matchAttribute" : "distinctAttribute", constraint.attribute}});
    }
    return out;
}

json answer(const dra::Claim &claim)
{
    auto out = claimJson(claim.spec);
    if (!claim.allocation)
        return out;
    for (const auto &one : claim.allocation->devices)
        out["allocated"].push_back(
            {{"request", one.request}, {"driver", one.driver}, {"pool", one.pool}, {"device", one.device}});
    return out;
}

json answer(const dra::ClaimTemplate &claimTemplate)
{
    return claimJson(claimTemplate.spec);
}

template <class T>
Answer answerAs(const json &object)
{
    const auto parsed = core::parseDraObject<T>(object.dump());
    return parsed ? Result<json>(answer(**parsed)) : std::unexpected(parsed.error());
}

} // namespace

Answer answerDra(const json &in)
{
    const auto object = in.value("object", json::object());
    const auto kind = object.value("kind", "");
    if (kind == "ResourceSlice")
        return answerAs<dra::Slice>(object);
    if (kind == "DeviceClass")
        return answerAs<dra::DeviceClass>(object);
    if (kind == "ResourceClaim")
        return answerAs<dra::Claim>(object);
    if (kind == "ResourceClaimTemplate")
        return answerAs<dra::ClaimTemplate>(object);
    return std::nullopt;
}

} // namespace conformance
