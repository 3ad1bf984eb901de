// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/drain_claims.h"

#include <algorithm>
#include <utility>

namespace core {

namespace {

/// Claims without users that go, and without an allocation when nobody stays that uses it: then the claim controller
/// takes the devices back.
dra::ClaimPtr givenBack(const dra::ClaimPtr &claim, const std::set<std::string> &going)
{
    const auto goes = [&](const std::string &pod) { return going.contains(claim->nameSpace + "/" + pod); };
    if (!claim->allocation || std::ranges::none_of(claim->reservedFor, goes))
        return claim;
    auto after = std::make_shared<dra::Claim>(*claim);
    std::erase_if(after->reservedFor, goes);
    if (after->reservedFor.empty())
        after->allocation.reset();
    return after;
}

/// Holds devices of that node alone.
dra::Allocation allocationOn(const Node &node, std::vector<dra::AllocatedDevice> devices)
{
    const NodeSelectorTerm named{{}, {{"metadata.name", "In", {node.name}}}};
    return {std::move(devices), std::vector{named}};
}

dra::ClaimPtr *findClaim(std::vector<dra::ClaimPtr> &claims, const std::string &nameSpace, const std::string &name)
{
    const auto found =
        std::ranges::find_if(claims, [&](const auto &one) { return one->name == name && one->nameSpace == nameSpace; });
    return found == claims.end() ? nullptr : &*found;
}

} // namespace

DrainClaims::DrainClaims(const ClusterSnapshot &snapshot, const std::set<std::string> &going) : m_snapshot(snapshot)
{
    if (going.empty() || !snapshot.dra)
        return;
    m_resources = std::make_shared<dra::Resources>(*snapshot.dra);
    for (auto &claim : m_resources->claims)
        claim = givenBack(claim, going);
    m_after = std::make_shared<ClusterSnapshot>(snapshot);
    m_after->dra = m_resources;
    m_allocator = std::make_shared<dra::Allocator>(*m_resources);
}

bool DrainClaims::know(const SchedulingPod &pod) const
{
    const auto isDra = [](const BlindSpot &spot) {
        return spot.resource == "resourceslices" || spot.resource == "deviceclasses"
            || spot.resource == "resourceclaims";
    };
    return m_after && std::ranges::none_of(m_snapshot.blindSpots, isDra)
        && std::ranges::all_of(pod.claims, [&](const PodClaim &claim) {
               return !claim.claimName.empty() && findClaim(m_resources->claims, pod.nameSpace, claim.claimName);
           });
}

Verdict DrainClaims::verdictOn(const Node &node, DeviceClaims &claims)
{
    auto verdict = Verdict::Fits;
    for (const auto &reason : claims.judge(node, {}))
        if (reason.verdict == Verdict::No || (reason.verdict == Verdict::Unknown && verdict == Verdict::Fits))
            verdict = reason.verdict;
    return verdict;
}

const DevicePool *DrainClaims::take(const SchedulingPod &pod, const Node &node)
{
    auto devices = of(pod).devicesOn(node);
    m_allocator->take(devices);
    const DevicePool *pool = nullptr;
    for (const auto &device : devices)
        pool = pool ? pool : poolOf(node.name, device);
    for (const auto &one : pod.claims) {
        auto *claim = findClaim(m_resources->claims, pod.nameSpace, one.claimName);
        if (!claim)
            continue;
        auto after = std::make_shared<dra::Claim>(**claim);
        after->reservedFor.push_back(pod.name);
        // All devices stand in the first claim that has none: which are whose does not matter to others.
        if (!after->allocation)
            after->allocation = allocationOn(node, std::exchange(devices, {}));
        *claim = std::move(after);
    }
    return pool;
}

void DrainClaims::take(const Node &node, const DevicePool &pool, std::int64_t count)
{
    if (!m_after || pool.deviceClass.empty())
        return;
    dra::Request request;
    request.className = pool.deviceClass;
    request.selectors = {pool.selector};
    request.count = count;
    auto claim = std::make_shared<dra::Claim>();
    claim->spec.requests.push_back({{}, false, {std::move(request)}});
    auto devices = m_allocator->allocate({node.name, node.labels}, {{claim->name, &claim->spec}}).devices;
    m_allocator->take(devices);
    claim->allocation = allocationOn(node, std::move(devices));
    m_resources->claims.push_back(std::move(claim));
}

const DevicePool *DrainClaims::poolOf(const std::string &node, const dra::AllocatedDevice &device) const
{
    const auto *cards = m_snapshot.draCards ? m_snapshot.draCards->findNode(node) : nullptr;
    if (!cards)
        return nullptr;
    for (const auto &one : cards->devices->devices)
        if (one.pool && one.device->name == device.device && one.slice->pool == device.pool
            && one.slice->driver == device.driver)
            return &cards->pools[*one.pool];
    return nullptr;
}

} // namespace core
