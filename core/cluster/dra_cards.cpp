// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/dra_cards.h"

#include "core/cluster/differences.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace core {

namespace {

using Claims = std::vector<dra::ClaimPtr>;
constexpr auto keyOfClaim = [](const dra::Claim &claim) { return dra::keyOf(claim); };
constexpr auto byKey = [](const dra::ClaimPtr &claim) { return dra::keyOf(*claim); };
constexpr auto nodeOf = [](const NodeCards &cards) -> std::string_view { return cards.node(); };

// ---- one node -------------------------------------------------------------------------------------------------------

/// Who holds which devices of one node.
class Holders {
public:
    Holders(const NodeDevices &devices, const Claims &claims)
    {
        for (const auto &claim : claims)
            note(*claim);
        for (const auto &one : devices.devices)
            if (const auto *taker = takerOf(one))
                for (const auto &use : one.device->consumes)
                    m_usedCounters.emplace(Id{one.slice->driver, one.slice->pool, use.counterSet}, taker);
    }

    /// Key of the pod, empty for none, that holds the device, itself or by what it shares; nullptr: nobody.
    const std::string *of(const NodeDevices::Device &one) const
    {
        if (const auto *taker = takerOf(one))
            return taker;
        for (const auto &use : one.device->consumes)
            if (const auto used = m_usedCounters.find({one.slice->driver, one.slice->pool, use.counterSet});
                used != m_usedCounters.end())
                return used->second;
        return nullptr;
    }

private:
    using Id = std::tuple<std::string_view, std::string_view, std::string_view>; ///< driver, pool, device or set

    void note(const dra::Claim &claim)
    {
        if (!claim.allocation)
            return;
        const auto pod = claim.reservedFor.empty() ? std::string() : claim.nameSpace + "/" + claim.reservedFor.front();
        for (const auto &device : claim.allocation->devices)
            if (!device.adminAccess)
                m_taken.emplace(Id{device.driver, device.pool, device.device}, pod);
    }

    const std::string *takerOf(const NodeDevices::Device &one) const
    {
        const auto found = m_taken.find({one.slice->driver, one.slice->pool, one.device->name});
        return found == m_taken.end() ? nullptr : &found->second;
    }

    std::map<Id, std::string> m_taken;
    std::map<Id, const std::string *> m_usedCounters;
};

NodeCardsPtr counted(NodeDevicesPtr devices, Claims claims)
{
    auto made = std::make_shared<NodeCards>();
    made->devices = std::move(devices);
    made->claims = std::move(claims);
    made->pools = made->devices->pools;
    const Holders holders(*made->devices, made->claims);
    for (const auto &one : made->devices->devices) {
        if (!one.pool)
            continue;
        auto &pool = made->pools[*one.pool];
        const auto *holder = holders.of(one);
        // A tainted device that is in use is held, not free: it stays among those offered until it is given back.
        if (one.complete && (holder || !one.tainted))
            ++pool.allocatable;
        if (holder)
            made->held.push_back({pool.resource, pool.vendor, *holder});
    }
    return made;
}

// ---- all nodes ------------------------------------------------------------------------------------------------------

using ClaimsByNode = std::map<const NodeDevices *, Claims>;

/// Adds the claim to each node of which it holds a device, once.
void addTo(ClaimsByNode &nodes, const dra::ClaimPtr &claim, const PublishedDevices &published)
{
    if (!claim || !claim->allocation)
        return;
    std::set<PoolId> pools;
    for (const auto &device : claim->allocation->devices)
        if (!device.adminAccess)
            pools.emplace(device.driver, device.pool);
    for (const auto &pool : pools)
        if (const auto found = published.ofPool.find(pool); found != published.ofPool.end())
            for (const auto *node : found->second)
                if (auto &claims = nodes[node]; claims.empty() || claims.back() != claim)
                    claims.push_back(claim);
}

const NodeCardsPtr *findIn(const std::vector<NodeCardsPtr> &nodes, std::string_view name)
{
    const auto at = std::ranges::lower_bound(nodes, name, {}, [](const auto &one) { return nodeOf(*one); });
    return at != nodes.end() && (*at)->node() == name ? &*at : nullptr;
}

/// Every node, with those of `before` where neither devices nor claims have changed.
std::vector<NodeCardsPtr> allNodes(const DraCards &made, const DraCards *before)
{
    ClaimsByNode claims;
    for (const auto &claim : made.resources->claims)
        addTo(claims, claim, *made.published);
    std::vector<NodeCardsPtr> nodes;
    nodes.reserve(made.published->nodes.size());
    for (const auto &devices : made.published->nodes) {
        auto &own = claims[devices.get()];
        std::ranges::stable_sort(own, {}, byKey);
        const auto *old = before ? findIn(before->nodes, devices->node) : nullptr;
        const bool same = old && (*old)->devices == devices && (*old)->claims == own;
        nodes.push_back(same ? *old : counted(devices, own));
    }
    return nodes;
}

/// The nodes of `before`; those that hold a claim which changed are counted again.
std::vector<NodeCardsPtr> recountedNodes(const DraCards &made, const DraCards &before)
{
    ClaimsByNode gone, come;
    forEachDifference(before.resources->claims, made.resources->claims, keyOfClaim, [&](auto &old, auto &now) {
        addTo(gone, old, *made.published);
        addTo(come, now, *made.published);
    });
    auto nodes = before.nodes;
    const auto recount = [&](const NodeDevices *devices) {
        const auto at = std::ranges::lower_bound(nodes, std::string_view(devices->node), {},
                                                 [](const auto &one) { return nodeOf(*one); });
        auto claims = (*at)->claims;
        std::erase_if(claims,
                      [&](const auto &one) { return std::ranges::find(gone[devices], one) != gone[devices].end(); });
        for (const auto &one : come[devices])
            claims.insert(std::ranges::upper_bound(claims, dra::keyOf(*one), {}, byKey), one);
        *at = counted((*at)->devices, std::move(claims));
    };
    std::set<const NodeDevices *> touched;
    for (const auto *side : {&gone, &come})
        for (const auto &[devices, claims] : *side)
            touched.insert(devices);
    std::ranges::for_each(touched, recount);
    return nodes;
}

// ---- pods -----------------------------------------------------------------------------------------------------------

using Deltas = std::map<std::string, Resources, std::less<>>; ///< by key of the pod

void addHeld(const NodeCardsPtr &cards, std::int64_t sign, Deltas &deltas)
{
    if (!cards)
        return;
    for (const auto &held : cards->held)
        if (!held.pod.empty())
            deltas[held.pod][held.resource] += sign;
}

std::vector<PodCardsPtr> podsAfter(const DraCards *before, const std::vector<NodeCardsPtr> &nodes)
{
    static const DraCards none;
    const auto &old = before ? *before : none;
    Deltas deltas;
    forEachDifference(old.nodes, nodes, nodeOf, [&deltas](auto &was, auto &is) {
        addHeld(was, -1, deltas);
        addHeld(is, +1, deltas);
    });
    std::vector<PodCardsPtr> pods;
    pods.reserve(old.pods.size() + deltas.size());
    auto next = old.pods.begin();
    for (auto &[key, holds] : deltas) {
        while (next != old.pods.end() && (*next)->pod < key)
            pods.push_back(*next++);
        holds.eraseIf([](const auto &one) { return one.second == 0; });
        const bool had = next != old.pods.end() && (*next)->pod == key;
        if (had && holds.empty()) {
            pods.push_back(*next++);
            continue;
        }
        if (had)
            add(holds, (*next++)->holds);
        holds.eraseIf([](const auto &one) { return one.second == 0; });
        if (!holds.empty())
            pods.push_back(std::make_shared<const PodCards>(PodCards{key, std::move(holds)}));
    }
    pods.insert(pods.end(), next, old.pods.end());
    return pods;
}

} // namespace

const NodeCards *DraCards::findNode(std::string_view name) const
{
    const auto *found = findIn(nodes, name);
    return found ? found->get() : nullptr;
}

const PodCards *DraCards::findPod(std::string_view key) const
{
    const auto at =
        std::ranges::lower_bound(pods, key, {}, [](const auto &one) -> std::string_view { return one->pod; });
    return at != pods.end() && (*at)->pod == key ? at->get() : nullptr;
}

DraCardsPtr draCards(const std::shared_ptr<const dra::Resources> &resources, const Catalog &catalog,
                     const DraCards *before)
{
    const bool samePublished =
        before && before->resources->slices == resources->slices && before->resources->classes == resources->classes;
    auto made = std::make_shared<DraCards>();
    made->resources = resources;
    made->published = samePublished ? before->published
                                    : publishedDevices(*resources, catalog, before ? before->published.get() : nullptr);
    made->nodes = samePublished ? recountedNodes(*made, *before) : allNodes(*made, before);
    made->pods = podsAfter(before, made->nodes);
    return made;
}

} // namespace core
