// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/watch_event.h"

#include <algorithm>
#include <ranges>
#include <utility>

namespace core {

namespace {

const std::string &keyOf(const NodePtr &node)
{
    return node->name;
}
std::string keyOf(const PodPtr &pod)
{
    return pod->key();
}
constexpr auto byKey = [](const auto &item) -> decltype(auto) { return keyOf(item); };

template <class T, class Key>
auto positionOf(std::vector<T> &items, const Key &key)
{
    return std::ranges::lower_bound(items, key, {}, byKey);
}

/// Puts a changed object in its place; an equal one keeps the pointer, so that views see no change.
template <class T>
void put(std::vector<T> &items, const T &incoming)
{
    const auto key = keyOf(incoming);
    const auto at = positionOf(items, key);
    if (at == items.end() || keyOf(*at) != key)
        items.insert(at, incoming);
    else if (**at != *incoming)
        *at = incoming;
}

template <class T, class Key>
void remove(std::vector<T> &items, const Key &key)
{
    const auto at = positionOf(items, key);
    if (at != items.end() && keyOf(*at) == key)
        items.erase(at);
}

/// The new list, in order, with the old pointer wherever the object is equal. Of a name that came twice, as it can over
/// the pages of a long list, the last stays.
template <class T>
std::vector<T> relisted(std::vector<T> before, std::vector<T> incoming)
{
    std::ranges::stable_sort(incoming, {}, byKey);
    incoming.erase(incoming.begin(), std::ranges::unique(std::views::reverse(incoming), {}, byKey).begin().base());
    for (auto &item : incoming) {
        const auto old = positionOf(before, keyOf(item));
        if (old != before.end() && **old == *item)
            item = *old;
    }
    return incoming;
}

struct Apply {
    ClusterSnapshot &next;
    bool draChanged = false;

    // Nodes and pods come as the server has them; those of the snapshot carry what drivers publish and claims hold.
    NodePtr dressed(const NodePtr &node) const { return next.draCards ? withDraPools(node, *next.draCards) : node; }
    PodPtr dressed(const PodPtr &pod) const { return next.draCards ? withDraRequests(pod, *next.draCards) : pod; }
    template <class T>
    std::vector<T> dressed(std::vector<T> items) const
    {
        for (auto &item : items)
            item = dressed(item);
        return items;
    }

    void forgetBlindness(std::string_view resource)
    {
        std::erase_if(next.blindSpots, [resource](const BlindSpot &spot) { return spot.resource == resource; });
    }
    void operator()(const NodesListed &event)
    {
        next.nodes = relisted(std::move(next.nodes), dressed(event.nodes));
        next.nodesSynced = true;
        forgetBlindness("nodes");
    }
    void operator()(const PodsListed &event)
    {
        next.pods = relisted(std::move(next.pods), dressed(event.pods));
        next.podsSynced = true;
        forgetBlindness("pods");
    }
    void operator()(const NodeChanged &event) { put(next.nodes, dressed(event.node)); }
    void operator()(const NodeDeleted &event) { remove(next.nodes, event.name); }
    void operator()(const PodChanged &event) { put(next.pods, dressed(event.pod)); }
    void operator()(const PodDeleted &event) { remove(next.pods, event.nameSpace + "/" + event.name); }
    void operator()(const WorkloadsListed &event)
    {
        next.workloads = event.workloads;
        forgetBlindness("deployments");
    }
    void operator()(const RuntimeClassesListed &event) { next.runtimeClasses = event.names; }
    void operator()(const DraListed &event)
    {
        auto resources = next.dra ? std::make_shared<dra::Resources>(*next.dra) : std::make_shared<dra::Resources>();
        std::visit([this, &resources](const auto &objects) { replace(*resources, objects); }, event.objects);
        resources->version = event.version;
        draChanged = true;
        next.dra = std::move(resources);
        next.draServed = true;
    }
    void replace(dra::Resources &in, const std::vector<dra::SlicePtr> &objects)
    {
        in.slices = objects;
        forgetBlindness("resourceslices");
    }
    void replace(dra::Resources &in, const std::vector<dra::DeviceClassPtr> &objects)
    {
        in.classes = objects;
        forgetBlindness("deviceclasses");
    }
    void replace(dra::Resources &in, const std::vector<dra::ClaimPtr> &objects)
    {
        in.claims = objects;
        forgetBlindness("resourceclaims");
    }
    void replace(dra::Resources &in, const std::vector<dra::ClaimTemplatePtr> &objects)
    {
        in.templates = objects;
        forgetBlindness("resourceclaimtemplates");
    }
    void operator()(const DraNotServed &)
    {
        draChanged = next.dra != nullptr;
        next.dra = nullptr;
        next.draServed = false;
    }
    void operator()(const KindBlind &event)
    {
        if (std::ranges::find(next.blindSpots, event.spot) == next.blindSpots.end())
            next.blindSpots.push_back(event.spot);
    }
};

} // namespace

const Node *findNode(const ClusterSnapshot &snapshot, std::string_view name)
{
    const auto at = std::ranges::lower_bound(snapshot.nodes, name, {}, &Node::name);
    return at != snapshot.nodes.end() && (*at)->name == name ? at->get() : nullptr;
}

SnapshotPtr apply(const SnapshotPtr &before, std::span<const WatchEvent> events, const Catalog *catalog)
{
    auto after = std::make_shared<ClusterSnapshot>(before ? *before : ClusterSnapshot());
    Apply visitor{*after};
    for (const auto &event : events)
        std::visit(visitor, event);
    if (visitor.draChanged && catalog)
        addDraCards(*after, *catalog);
    return after;
}

void addDraCards(ClusterSnapshot &snapshot, const Catalog &catalog)
{
    const auto before = std::exchange(
        snapshot.draCards, snapshot.dra ? std::make_shared<const DraCards>(draCards(*snapshot.dra, catalog)) : nullptr);
    static const DraCards none;
    const auto &old = before ? *before : none;
    const auto &now = snapshot.draCards ? *snapshot.draCards : none;
    if (old == now)
        return;
    for (auto &node : snapshot.nodes) {
        if (!old.pools.contains(node->name) && !now.pools.contains(node->name))
            continue;
        const auto next = withDraPools(withoutDraPools(node), now);
        if (*next != *node)
            node = next;
    }
    for (auto &pod : snapshot.pods) {
        const auto key = pod->key();
        if (!old.requests.contains(key) && !now.requests.contains(key))
            continue;
        const auto next = withDraRequests(withoutDraRequests(pod), now);
        if (*next != *pod)
            pod = next;
    }
}

} // namespace core
