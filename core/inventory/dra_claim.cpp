// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/dra_fields.h"

namespace core::fields {

namespace {

/// The text of a CEL selector; an unknown kind of selector is one that nobody computes.
std::vector<std::string> selectors(const Object &parent)
{
    std::vector<std::string> out;
    for (const auto &item : objects(parent, "selectors")) {
        const auto cel = object(item, "cel");
        out.emplace_back(cel ? text(*cel, "expression") : "");
    }
    return out;
}

std::vector<dra::DeviceConfig> configs(const Object &parent)
{
    std::vector<dra::DeviceConfig> out;
    for (const auto &json : objects(parent, "config")) {
        dra::DeviceConfig config{texts(json, "requests"), {}, {}};
        if (const auto opaque = object(json, "opaque")) {
            config.driver = text(*opaque, "driver");
            if (const auto parameters = member(*opaque, "parameters"))
                config.parameters = simdjson::minify(*parameters);
        }
        out.push_back(std::move(config));
    }
    return out;
}

dra::Request request(const Object &json, std::string_view name)
{
    dra::Request out;
    out.name = name;
    out.className = text(json, "deviceClassName");
    out.selectors = selectors(json);
    const auto mode = text(json, "allocationMode");
    out.all = mode == "All";
    if (!mode.empty() && !out.all && mode != "ExactCount")
        out.oddMode = mode;
    // The server fills in 1; files that people write leave it out.
    out.count = member(json, "count") ? whole(json, "count") : 1;
    out.adminAccess = flag(json, "adminAccess");
    for (const auto &toleration : objects(json, "tolerations")) {
        out.tolerations.push_back({std::string(text(toleration, "key")), std::string(text(toleration, "operator")),
                                   std::string(text(toleration, "value")), std::string(text(toleration, "effect"))});
    }
    if (const auto capacity = object(json, "capacity"))
        out.capacity = quantities(*capacity, "requests");
    return out;
}

dra::ClaimRequest claimRequest(const Object &json)
{
    dra::ClaimRequest out{std::string(text(json, "name")), false, {}};
    if (const auto list = array(json, "firstAvailable")) {
        out.firstAvailable = true;
        for (const auto element : *list) {
            const auto alternative = asObject(element, "firstAvailable");
            out.alternatives.push_back(request(alternative, text(alternative, "name")));
        }
    } else if (const auto exactly = object(json, "exactly")) {
        out.alternatives.push_back(request(*exactly, out.name));
    } else if (member(json, "deviceClassName")) { // v1beta1
        out.alternatives.push_back(request(json, out.name));
    }
    return out;
}

dra::Constraint constraint(const Object &json)
{
    using enum dra::Constraint::Kind;
    const auto match = text(json, "matchAttribute"), distinct = text(json, "distinctAttribute");
    return {!match.empty()          ? Match
                : !distinct.empty() ? Distinct
                                    : Unknown,
            texts(json, "requests"), std::string(match.empty() ? distinct : match)};
}

dra::ClaimSpec claimSpec(const Object &parent)
{
    dra::ClaimSpec out;
    const auto spec = object(parent, "spec");
    const auto devices = spec ? object(*spec, "devices") : std::nullopt;
    if (!devices)
        return out;
    for (const auto &item : objects(*devices, "requests"))
        out.requests.push_back(claimRequest(item));
    for (const auto &item : objects(*devices, "constraints"))
        out.constraints.push_back(constraint(item));
    out.config = configs(*devices);
    return out;
}

dra::Allocation allocation(const Object &json)
{
    dra::Allocation out;
    if (const auto devices = object(json, "devices"))
        for (const auto &one : objects(*devices, "results")) {
            out.devices.push_back({std::string(text(one, "request")), std::string(text(one, "driver")),
                                   std::string(text(one, "pool")), std::string(text(one, "device")),
                                   flag(one, "adminAccess"), std::string(text(one, "shareID"))});
        }
    out.nodeSelector = nodeSelector(json, "nodeSelector");
    return out;
}

std::string nameSpaceOf(const Object &json)
{
    const auto metadata = object(json, "metadata");
    return metadata ? std::string(text(*metadata, "namespace")) : std::string();
}

} // namespace

void readDra(const Object &json, dra::DeviceClass &deviceClass)
{
    if (const auto metadata = object(json, "metadata"))
        deviceClass.created = text(*metadata, "creationTimestamp");
    const auto spec = object(json, "spec");
    if (!spec)
        return;
    deviceClass.selectors = selectors(*spec);
    deviceClass.extendedResourceName = text(*spec, "extendedResourceName");
    deviceClass.config = configs(*spec);
}

void readDra(const Object &json, dra::Claim &claim)
{
    claim.nameSpace = nameSpaceOf(json);
    claim.spec = claimSpec(json);
    if (const auto metadata = object(json, "metadata"))
        claim.deleting = member(*metadata, "deletionTimestamp").has_value();
    const auto status = object(json, "status");
    if (!status)
        return;
    if (const auto allocated = object(*status, "allocation"))
        claim.allocation = allocation(*allocated);
    for (const auto &item : objects(*status, "reservedFor"))
        claim.reservedFor.emplace_back(text(item, "name"));
}

void readDra(const Object &json, dra::ClaimTemplate &claimTemplate)
{
    claimTemplate.nameSpace = nameSpaceOf(json);
    if (const auto spec = object(json, "spec"))
        claimTemplate.spec = claimSpec(*spec);
}

} // namespace core::fields
