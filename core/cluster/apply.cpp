// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/dra_overlay.h"
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
template <class T>
dra::ObjectKey keyOf(const std::shared_ptr<const T> &object)
{
    return dra::keyOf(*object);
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

template <class Ptr>
std::vector<Ptr> &listOf(dra::Resources &in)
{
    if constexpr (std::is_same_v<Ptr, dra::SlicePtr>)
        return in.slices;
    else if constexpr (std::is_same_v<Ptr, dra::DeviceClassPtr>)
        return in.classes;
    else if constexpr (std::is_same_v<Ptr, dra::ClaimPtr>)
        return in.claims;
    else
        return in.templates;
}

template <class Ptr>
constexpr std::string_view pluralOf()
{
    return std::is_same_v<Ptr, dra::SlicePtr>      ? "resourceslices"
        : std::is_same_v<Ptr, dra::DeviceClassPtr> ? "deviceclasses"
        : std::is_same_v<Ptr, dra::ClaimPtr>       ? "resourceclaims"
                                                   : "resourceclaimtemplates";
}

struct Apply {
    ClusterSnapshot &next;
    bool draChanged = false;
    std::shared_ptr<dra::Resources> ownDra = nullptr; ///< that of `next`, once it is a copy of its own

    dra::Resources &draToChange()
    {
        draChanged = true;
        if (!ownDra)
            next.dra = ownDra =
                next.dra ? std::make_shared<dra::Resources>(*next.dra) : std::make_shared<dra::Resources>();
        return *ownDra;
    }

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
        draToChange().version = event.version;
        std::visit([this](const auto &objects) { replace(objects); }, event.objects);
        next.draServed = true;
    }
    template <class Ptr>
    void replace(const std::vector<Ptr> &objects)
    {
        auto &list = listOf<Ptr>(draToChange());
        list = relisted(std::move(list), objects);
        forgetBlindness(pluralOf<Ptr>());
    }
    void operator()(const DraChanged &event)
    {
        const auto change = [this]<class Ptr>(const Ptr &object) { put(listOf<Ptr>(draToChange()), object); };
        std::visit(change, event.object);
    }
    void operator()(const DraDeleted &event)
    {
        const auto forget = [this]<class Ptr>(const Ptr &object) { remove(listOf<Ptr>(draToChange()), keyOf(object)); };
        std::visit(forget, event.object);
    }
    void operator()(const DraNotServed &)
    {
        draChanged = next.dra != nullptr;
        next.dra = ownDra = nullptr;
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

} // namespace core
