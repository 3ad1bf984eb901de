// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/drain_places.h"

#include "core/inventory/dra_pool.h"

#include <algorithm>
#include <limits>

namespace core {

namespace {

constexpr auto claimsDoubt = "spec.resourceClaims";

Resources namedBy(const std::vector<PodPtr> &pods)
{
    Resources named;
    for (const auto &pod : pods)
        raise(named, pod->requests);
    return named;
}

const DevicePool *poolOf(const Node &node, const std::string &resource)
{
    const auto found = std::ranges::find(node.devices, resource, &DevicePool::resource);
    return found == node.devices.end() ? nullptr : &*found;
}

engine::Demand demandOf(const Resources &requests, std::int64_t devices)
{
    return ClusterFleet::demand(amountOf(requests, "cpu"), amountOf(requests, "memory"), devices);
}

bool asksTheSame(const SchedulingPod &one, const SchedulingPod &other)
{
    return one.requests == other.requests && one.affinity == other.affinity && one.tolerations == other.tolerations
        && one.hostPorts == other.hostPorts && one.claims.empty() && other.claims.empty();
}

} // namespace

DrainPlaces::DrainPlaces(const FitInput &input, std::size_t drained, ClusterFleet fleet,
                         const std::vector<PodPtr> &leaving, const std::set<std::string> &going)
    : m_input(input)
    , m_drained(*input.snapshot.nodes[drained])
    , m_fleet(std::move(fleet))
    , m_room(input.snapshot, input.usage, namedBy(leaving))
    , m_claims(input.snapshot, going)
{
    m_room.close(drained);
    for (std::size_t index = 0; index < input.snapshot.nodes.size(); ++index)
        if (!nodeAt(index).acceptsPods())
            m_room.close(index);
}

LeavingPod DrainPlaces::leaving(const Pod &pod) const
{
    LeavingPod one;
    one.wanted = schedulingPod(pod);
    for (const auto &pool : m_drained.devices)
        if (const auto amount = amountOf(pod.requests, pool.resource); amount > 0) {
            one.resource = pool.resource;
            one.devices = amount;
            break;
        }
    one.byClaims = !one.wanted.claims.empty() && m_claims.know(one.wanted);
    if (one.byClaims)
        one.wanted.requests.eraseIf([](const auto &request) { return isDraResource(request.first); });
    else if (!one.wanted.claims.empty())
        one.wanted.beyondNode.emplace_back(claimsDoubt);
    return one;
}

bool DrainPlaces::isSameKind(const std::string &resource, const DevicePool *to) const
{
    const auto *from = poolOf(m_drained, resource);
    return !from
        || (to && skuNameOf(*from) == skuNameOf(*to) && from->kind == to->kind && from->profile == to->profile);
}

const DrainPlaces::Places &DrainPlaces::placesOf(const std::string &resource)
{
    const auto [at, isNew] = m_places.try_emplace(resource);
    if (isNew)
        for (std::size_t index = 0; index < m_input.snapshot.nodes.size(); ++index) {
            at->second.place.push_back(m_fleet.find(m_input.snapshot, index, resource));
            at->second.sameKind.push_back(isSameKind(resource, poolOf(nodeAt(index), resource)));
        }
    return at->second;
}

/// Selector, taints and host ports.
bool DrainPlaces::isAllowed(const SchedulingPod &pod, std::size_t index)
{
    const auto &node = nodeAt(index);
    return matches(pod.affinity, {node.name, node.labels}) && !firstUntolerated(pod.tolerations, node.taints)
        && m_room.portsFree(pod.hostPorts, index);
}

/// nullopt where the engine finds no room. A claim may be met by other devices than those that are held here: then CPU
/// and memory are all that is compared.
std::optional<DrainPlaces::Rank> DrainPlaces::rankOf(const LeavingPod &one, const Places &places,
                                                     std::size_t index) const
{
    const auto &place = places.place[index];
    if (const auto cost = place ? m_fleet.costOf(demandOf(one.wanted.requests, one.devices), *place) : std::nullopt)
        return Rank(!places.sameKind[index], cost->total());
    const auto any = one.byClaims ? m_fleet.find(m_input.snapshot, index, {}) : std::nullopt;
    if (const auto cost = any ? m_fleet.costOf(demandOf(one.wanted.requests, 0), *any) : std::nullopt)
        return Rank(true, cost->total());
    return std::nullopt;
}

std::optional<DrainPlaces::Choice> DrainPlaces::byCount(const LeavingPod &one)
{
    const auto &places = placesOf(one.resource);
    std::optional<Choice> best;
    Rank least{true, std::numeric_limits<double>::infinity()};
    for (const auto index : m_room.nodesFor(one.wanted.requests))
        if (const auto rank = rankOf(one, places, index); rank && *rank < least && isAllowed(one.wanted, index)) {
            least = *rank;
            best = Choice{index};
        }
    return best;
}

/// The first node, from the least loss on, whose devices can be allocated to the claims; else the first of which that
/// is not known.
std::optional<DrainPlaces::Choice> DrainPlaces::byClaims(const LeavingPod &one)
{
    const auto &places = placesOf(one.resource);
    std::vector<std::pair<Rank, std::size_t>> ranked;
    for (const auto index : m_room.nodesFor(one.wanted.requests))
        if (const auto rank = rankOf(one, places, index))
            ranked.emplace_back(*rank, index);
    std::ranges::sort(ranked);
    auto claims = m_claims.of(one.wanted);
    std::optional<Choice> unclear;
    for (const auto &[rank, index] : ranked) {
        if (!isAllowed(one.wanted, index))
            continue;
        const auto verdict = DrainClaims::verdictOn(nodeAt(index), claims);
        if (verdict == Verdict::Fits)
            return Choice{index};
        if (verdict == Verdict::Unknown && !unclear)
            unclear = Choice{index, false};
    }
    return unclear;
}

std::optional<DrainPlace> DrainPlaces::place(const LeavingPod &one)
{
    const auto choice = one.byClaims ? byClaims(one) : byCount(one);
    return choice ? std::optional(take(one, *choice)) : std::nullopt;
}

DrainPlace DrainPlaces::take(const LeavingPod &one, Choice choice)
{
    const auto &node = nodeAt(choice.node);
    const auto *pool = poolOf(node, one.resource);
    if (one.byClaims && choice.isCertain)
        pool = m_claims.take(one.wanted, node);
    const auto at = m_fleet.find(m_input.snapshot, choice.node, pool ? pool->resource : std::string());
    if (at)
        m_fleet.take(demandOf(one.wanted.requests, pool ? one.devices : 0), *at);
    m_room.take(one.wanted.requests, choice.node);
    m_room.takePorts(one.wanted.hostPorts, choice.node);
    add(m_moved[node.name], one.wanted.requests);
    ++m_moved[node.name]["pods"];
    DrainPlace place{choice.node, pool ? skuNameOf(*pool) : std::string(), one.wanted.beyondNode};
    if (!choice.isCertain)
        place.doubts.emplace_back(claimsDoubt);
    if (!isSameKind(one.resource, pool))
        place.doubts.emplace_back("other-sku");
    return place;
}

std::vector<Miss> DrainPlaces::misses(const LeavingPod &one)
{
    for (const auto &[earlier, misses] : m_explained)
        if (asksTheSame(earlier, one.wanted))
            return misses;
    auto usage = m_input.usage;
    for (const auto &[node, requests] : m_moved)
        add(usage[node].requested, requests);
    auto candidates = evaluatePod(one.byClaims ? m_claims.after() : m_input.snapshot, usage, one.wanted);
    std::erase_if(candidates, [&](const Candidate &candidate) { return candidate.node == m_drained.name; });
    m_explained.emplace_back(one.wanted, missesOf(candidates));
    return m_explained.back().second;
}

void DrainPlaces::takeReplica(const std::string &node, const std::string &resource, std::int64_t devices,
                              Resources host)
{
    const auto index = indexOfNode(m_input.snapshot, node);
    if (!index)
        return;
    const auto demand = demandOf(host, devices);
    host[resource] = devices;
    m_room.take(host, *index);
    if (const auto at = m_fleet.find(m_input.snapshot, *index, resource))
        m_fleet.take(demand, *at);
    if (const auto *pool = poolOf(nodeAt(*index), resource); pool && !pool->driver.empty())
        m_claims.take(nodeAt(*index), *pool, devices);
    add(m_moved[node], host);
}

} // namespace core
