// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo_cluster/device_claims.h"

#include "core/inventory/dra_json.h"
#include "core/scheduling/dra/allocation.h"

#include <fmt/format.h>

#include <algorithm>

namespace app {

using nlohmann::json;

namespace {

constexpr auto controllerName = "kube-controller-manager";

const ServedKind &kindOf(std::string_view plural)
{
    return *std::ranges::find(servedKinds(), plural, &ServedKind::plural);
}

std::string spaceOf(const json &object)
{
    return object["metadata"].value("namespace", "default");
}

template <class T>
std::vector<std::shared_ptr<const T>> readAll(const ObjectStore &store, const char *plural)
{
    std::vector<std::shared_ptr<const T>> out;
    for (const auto &object : store.all(plural))
        if (auto parsed = core::parseDraObject<T>(object->dump()))
            out.push_back(*std::move(parsed));
    return out;
}

/// The drivers of the demo's nodes name their node, so its labels do not matter.
core::NodeIdentity identityOf(const json &node)
{
    static const core::Labels none;
    return {node["metadata"]["name"].get_ref<const std::string &>(), none};
}

bool isOver(const json &pod)
{
    const auto phase = pod.value("/status/phase"_json_pointer, std::string());
    return phase == "Succeeded" || phase == "Failed";
}

/// The name of the claim made from a template: one for each pod.
std::string madeName(const json &pod, const json &reference)
{
    return fmt::format("{}-{}", pod["metadata"]["name"].get<std::string>(), reference.value("name", ""));
}

json claimsNamed(const json &pod)
{
    return pod["spec"].value("resourceClaims", json::array());
}

} // namespace

const core::dra::Resources &DeviceClaims::resources()
{
    if (!m_resources) {
        m_resources.emplace();
        m_resources->slices = readAll<core::dra::Slice>(m_store, "resourceslices");
        m_resources->classes = readAll<core::dra::DeviceClass>(m_store, "deviceclasses");
        m_resources->claims = readAll<core::dra::Claim>(m_store, "resourceclaims");
    }
    return *m_resources;
}

bool DeviceClaims::reconcile()
{
    bool changed = false;
    for (const auto &claim : m_store.all("resourceclaims"))
        changed |= release(*claim);
    for (const auto &pod : m_store.all("pods"))
        for (const auto &reference : claimsNamed(*pod))
            changed |= make(*pod, reference);
    return changed;
}

bool DeviceClaims::isGone(const std::string &nameSpace, const std::string &pod) const
{
    const auto found = m_store.find("pods", nameSpace, pod);
    return !found || isOver(*found);
}

/// A claim that was made for a pod goes with it; one that has a name of its own is only given back.
bool DeviceClaims::release(const json &claim)
{
    const auto nameSpace = spaceOf(claim);
    const auto name = claim["metadata"]["name"].get<std::string>();
    const auto owner = claim.value("/metadata/ownerReferences/0/name"_json_pointer, std::string());
    if (!owner.empty())
        return isGone(nameSpace, owner) && m_store.remove("resourceclaims", nameSpace, name) != nullptr;
    const auto users = claim.value("/status/reservedFor"_json_pointer, json::array());
    const bool isUsed = users.empty()
        || std::ranges::any_of(users, [&](const json &user) { return !isGone(nameSpace, user.value("name", "")); });
    return !isUsed && m_store.update(kindOf("resourceclaims"), nameSpace, name, controllerName, [](json &object) {
        object.erase("status");
    });
}

bool DeviceClaims::make(const json &pod, const json &reference)
{
    const auto nameSpace = spaceOf(pod);
    const auto from =
        m_store.find("resourceclaimtemplates", nameSpace, reference.value("resourceClaimTemplateName", ""));
    const auto name = madeName(pod, reference);
    if (!from || isOver(pod) || m_store.find("resourceclaims", nameSpace, name))
        return false;
    const json owner{{"apiVersion", "v1"},
                     {"kind", "Pod"},
                     {"name", pod["metadata"]["name"]},
                     {"uid", pod["metadata"].value("uid", "")},
                     {"controller", true}};
    m_store.put(kindOf("resourceclaims"),
                {{"metadata", {{"name", name}, {"namespace", nameSpace}, {"ownerReferences", json::array({owner})}}},
                 {"spec", from->value("/spec/spec"_json_pointer, json::object())}},
                controllerName);
    m_store.update(kindOf("pods"), nameSpace, pod["metadata"]["name"], controllerName, [&](json &object) {
        object["status"]["resourceClaimStatuses"].push_back(
            {{"name", reference.value("name", "")}, {"resourceClaimName", name}});
    });
    return true;
}

std::vector<core::dra::ClaimPtr> DeviceClaims::claimsOf(const json &pod)
{
    std::vector<core::dra::ClaimPtr> claims;
    for (const auto &reference : claimsNamed(pod)) {
        const auto name = reference.value("resourceClaimName", madeName(pod, reference));
        const auto &all = resources().claims;
        const auto found = std::ranges::find_if(
            all, [&](const auto &claim) { return claim->name == name && claim->nameSpace == spaceOf(pod); });
        claims.push_back(found == all.end() ? nullptr : *found);
    }
    return claims;
}

bool DeviceClaims::fits(const json &pod, const json &node)
{
    const auto claims = claimsOf(pod);
    if (std::ranges::find(claims, nullptr) != claims.end())
        return false; // the template, or the claim, is not there yet
    std::vector<core::dra::Wanted> wanted;
    for (const auto &claim : claims)
        if (!claim->allocation)
            wanted.push_back({claim->name, &claim->spec});
    return wanted.empty()
        || core::dra::Allocator(resources()).allocate(identityOf(node), wanted).kind
        == core::dra::Outcome::Kind::Possible;
}

void DeviceClaims::bind(const json &pod, const json &node)
{
    for (const auto &claim : claimsOf(pod)) {
        if (!claim || claim->allocation)
            continue;
        const auto outcome =
            core::dra::Allocator(resources()).allocate(identityOf(node), {{claim->name, &claim->spec}});
        auto results = json::array();
        for (const auto &device : outcome.devices)
            results.push_back({{"request", device.request},
                               {"driver", device.driver},
                               {"pool", device.pool},
                               {"device", device.device}});
        m_store.update(kindOf("resourceclaims"), claim->nameSpace, claim->name, "kube-scheduler", [&](json &object) {
            object["status"]["allocation"]["devices"]["results"] = results;
            object["status"]["reservedFor"] = json::array(
                {{{"resource", "pods"}, {"name", pod["metadata"]["name"]}, {"uid", pod["metadata"].value("uid", "")}}});
        });
        m_resources.reset(); // the next claim does not get what this one took
    }
}

} // namespace app
