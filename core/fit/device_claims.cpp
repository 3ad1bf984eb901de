// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/device_claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace core {

namespace {

/// ResourceClaimReservedForMaxSize of the API: so many pods may share a claim.
constexpr std::size_t mostUsers = 256;

Reason deviceReason(Verdict verdict, std::string code, std::string detail, std::string remedy = {})
{
    return {Link::Device, verdict, std::move(code), std::move(detail), std::move(remedy)};
}

std::string remedyOf(const std::string &code)
{
    if (code == "devices-busy")
        return "free devices, or wait for the claims that hold them";
    if (code == "no-such-class")
        return "create the device class, or install the driver that brings it";
    if (code == "selector-failed")
        return R"(guard the selector with "name" in device.attributes["domain"])";
    if (code == "device-tainted")
        return "a toleration in the request, once the device is well";
    return {};
}

Reason reasonOf(const dra::Outcome &outcome)
{
    using enum dra::Outcome::Kind;
    const auto verdict = outcome.kind == Possible ? Verdict::Fits
        : outcome.kind == Impossible              ? Verdict::No
                                                  : Verdict::Unknown;
    return deviceReason(verdict, outcome.code, outcome.detail, remedyOf(outcome.code));
}

template <class T>
const T *findObject(const std::vector<std::shared_ptr<const T>> &objects, const std::string &nameSpace,
                    const std::string &name)
{
    const auto found = std::ranges::find_if(
        objects, [&](const auto &one) { return one->name == name && one->nameSpace == nameSpace; });
    return found == objects.end() ? nullptr : found->get();
}

} // namespace

DeviceClaims::DeviceClaims(const ClusterSnapshot &snapshot, const SchedulingPod &pod)
    : DeviceClaims(snapshot, pod, snapshot.dra ? std::make_shared<dra::Allocator>(*snapshot.dra) : nullptr)
{
}

DeviceClaims::DeviceClaims(const ClusterSnapshot &snapshot, const SchedulingPod &pod,
                           std::shared_ptr<dra::Allocator> allocator)
    : m_pod(pod)
    , m_resources(snapshot.dra.get())
    , m_allocator(std::move(allocator))
{
    if (pod.claims.empty() || isBlind(snapshot))
        return;
    for (const auto &claim : pod.claims)
        resolve(claim);
}

bool DeviceClaims::isBlind(const ClusterSnapshot &snapshot)
{
    static constexpr std::array<std::string_view, 4> kinds{"resourceslices", "deviceclasses", "resourceclaims",
                                                           "resourceclaimtemplates"};
    if (snapshot.draServed && !*snapshot.draServed) {
        refuse("no-dra", "the pod claims devices, but the cluster does not serve resource.k8s.io",
               "a cluster with Dynamic Resource Allocation, or a device plugin's resource");
        return true;
    }
    const auto spot = std::ranges::find_if(snapshot.blindSpots, [](const BlindSpot &one) {
        return std::ranges::find(kinds, one.resource) != kinds.end();
    });
    if (m_resources && spot == snapshot.blindSpots.end())
        return false;
    m_everywhere.push_back(deviceReason(
        Verdict::Unknown, "devices-unknown",
        spot == snapshot.blindSpots.end() ? "the cluster's device claims were not read"
                                          : fmt::format("{} cannot be read: {}", spot->resource, spot->reason),
        "the right to list resourceslices, deviceclasses, resourceclaims and resourceclaimtemplates"));
    return true;
}

void DeviceClaims::refuse(const char *code, std::string detail, std::string remedy)
{
    m_everywhere.push_back(deviceReason(Verdict::No, code, std::move(detail), std::move(remedy)));
}

void DeviceClaims::noteFirst(const dra::ClaimSpec &spec)
{
    for (const auto &request : spec.requests)
        if (m_firstClass.empty() && !request.alternatives.empty()) {
            const auto &first = request.alternatives.front();
            m_firstClass = first.className;
            m_firstCount = first.all ? 1 : first.count;
        }
}

std::int64_t DeviceClaims::freeOfFirstClass(const Node &node)
{
    return m_allocator && !m_firstClass.empty() ? m_allocator->freeDevices({node.name, node.labels}, m_firstClass) : 0;
}

void DeviceClaims::resolve(const PodClaim &claim)
{
    const auto nameSpace = m_pod.nameSpace.empty() ? std::string("default") : m_pod.nameSpace;
    if (!claim.claimName.empty()) {
        if (const auto *found = findObject(m_resources->claims, nameSpace, claim.claimName))
            useClaim(claim, *found);
        else
            refuse("no-such-claim", fmt::format("the claim {}/{} does not exist", nameSpace, claim.claimName),
                   "create the ResourceClaim");
        return;
    }
    const auto *found = findObject(m_resources->templates, nameSpace, claim.templateName);
    if (!found)
        return refuse("no-such-claim",
                      fmt::format("the claim template {}/{} does not exist", nameSpace, claim.templateName),
                      "create the ResourceClaimTemplate");
    m_wanted.push_back({claim.name, &found->spec});
    noteFirst(found->spec);
}

void DeviceClaims::useClaim(const PodClaim &claim, const dra::Claim &found)
{
    noteFirst(found.spec);
    if (found.deleting)
        return refuse("claim-deleted", fmt::format("the claim {} is being deleted", found.key()));
    if (!found.allocation) {
        m_wanted.push_back({claim.name, &found.spec});
        return;
    }
    const bool own = std::ranges::find(found.reservedFor, m_pod.name) != found.reservedFor.end();
    if (found.reservedFor.size() >= mostUsers && !own)
        return refuse("claim-in-use",
                      fmt::format("{} pods use the claim {}, no more may", found.reservedFor.size(), found.key()));
    m_allocated.emplace_back(found.key(), &*found.allocation);
}

std::vector<std::string> DeviceClaims::delegated(const Node &node) const
{
    std::vector<std::string> names;
    if (!m_allocator)
        return names;
    for (const auto &[name, amount] : m_pod.requests)
        if (amount > 0 && amountOf(node.allocatable, name) == 0 && m_allocator->classOfResource(name))
            names.push_back(name);
    return names;
}

std::vector<dra::Wanted> DeviceClaims::wanted() const
{
    std::vector<dra::Wanted> out;
    out.reserve(m_wanted.size() + 1);
    for (const auto &one : m_wanted)
        out.push_back({one.name, one.spec});
    return out;
}

std::vector<dra::AllocatedDevice> DeviceClaims::devicesOn(const Node &node)
{
    return m_wanted.empty() ? std::vector<dra::AllocatedDevice>()
                            : m_allocator->allocate({node.name, node.labels}, wanted()).devices;
}

std::vector<Reason> DeviceClaims::judge(const Node &node, const std::vector<std::string> &delegated)
{
    if (!m_everywhere.empty())
        return m_everywhere;
    const NodeIdentity identity{node.name, node.labels};
    std::vector<Reason> reasons;
    for (const auto &[key, allocation] : m_allocated)
        if (allocation->nodeSelector && !matches(*allocation->nodeSelector, identity))
            reasons.push_back(deviceReason(Verdict::No, "claim-elsewhere",
                                           fmt::format("the claim {} holds devices of other nodes", key),
                                           "a claim of its own for this pod"));
    // One claim with all of them: containers that run one after the other share devices, as the pod's sum counts them.
    dra::ClaimSpec made;
    for (const auto &name : delegated) {
        dra::Request request;
        request.name = name;
        request.className = m_allocator->classOfResource(name)->name;
        request.count = amountOf(m_pod.requests, name);
        made.requests.push_back({name, false, {std::move(request)}});
    }
    auto wanted = this->wanted();
    if (!delegated.empty())
        wanted.push_back({"for extended resources", &made});
    if (!wanted.empty())
        reasons.push_back(reasonOf(m_allocator->allocate(identity, wanted)));
    else if (reasons.empty() && !m_allocated.empty())
        reasons.push_back(
            deviceReason(Verdict::Fits, "devices-free", "its claims hold devices that this node reaches"));
    return reasons;
}

} // namespace core
