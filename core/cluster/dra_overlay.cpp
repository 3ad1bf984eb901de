// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/dra_overlay.h"

#include "core/cluster/differences.h"
#include "core/inventory/dra_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace core {

namespace {

std::string twiceText(const std::string &driver)
{
    return fmt::format("{} also publishes the cards that the device plugin counts: they are counted once, and two "
                       "allocators hand them out",
                       driver);
}

bool isOfDriver(const DevicePool &pool)
{
    return !pool.driver.empty();
}

/// Dresses the object of that key anew, when the snapshot has it.
template <class Ptr, class KeyOf, class Dress>
void redress(std::vector<Ptr> &items, std::string_view key, KeyOf keyOf, Dress dress)
{
    const auto at = std::ranges::lower_bound(items, key, {}, keyOf);
    if (at == items.end() || std::string_view(keyOf(*at)) != key)
        return;
    if (auto next = dress(*at); *next != **at)
        *at = std::move(next);
}

} // namespace

NodePtr withDraPools(const NodePtr &plain, const DraCards &cards)
{
    const auto *found = cards.findNode(plain->name);
    if (!found || found->pools.empty())
        return plain;
    auto node = std::make_shared<Node>(*plain);
    for (const auto &pool : found->pools) {
        const bool counted = std::ranges::any_of(
            plain->devices, [&pool](const DevicePool &one) { return one.vendor == pool.vendor && one.capacity > 0; });
        if (!counted) {
            node->devices.push_back(pool);
            node->capacity[pool.resource] = pool.capacity;
            node->allocatable[pool.resource] = pool.allocatable;
        } else if (std::ranges::find(node->issues, twiceText(pool.driver)) == node->issues.end()) {
            node->issues.push_back(twiceText(pool.driver));
        }
    }
    std::ranges::sort(node->devices, {}, &DevicePool::resource);
    return node;
}

NodePtr withoutDraPools(const NodePtr &node)
{
    const bool has = std::ranges::any_of(node->devices, isOfDriver)
        || std::ranges::any_of(node->issues,
                               [](const auto &text) { return text.contains(" also publishes the cards "); });
    if (!has)
        return node;
    auto plain = std::make_shared<Node>(*node);
    for (const auto &pool : node->devices)
        if (isOfDriver(pool)) {
            plain->capacity.erase(pool.resource);
            plain->allocatable.erase(pool.resource);
        }
    std::erase_if(plain->devices, isOfDriver);
    std::erase_if(plain->issues, [](const auto &text) { return text.contains(" also publishes the cards "); });
    return plain;
}

PodPtr withDraRequests(const PodPtr &plain, const DraCards &cards)
{
    const auto *found = cards.findPod(plain->key());
    if (!found)
        return plain;
    auto pod = std::make_shared<Pod>(*plain);
    add(pod->requests, found->holds);
    return pod;
}

PodPtr withoutDraRequests(const PodPtr &pod)
{
    const auto isDra = [](const auto &request) { return isDraResource(request.first); };
    if (std::ranges::none_of(pod->requests, isDra))
        return pod;
    auto plain = std::make_shared<Pod>(*pod);
    plain->requests.eraseIf(isDra);
    return plain;
}

void addDraCards(ClusterSnapshot &snapshot, const Catalog &catalog)
{
    auto made = snapshot.dra ? draCards(snapshot.dra, catalog, snapshot.draCards.get()) : nullptr;
    const auto before = std::exchange(snapshot.draCards, std::move(made));
    static const DraCards none;
    const auto &old = before ? *before : none;
    const auto &now = snapshot.draCards ? *snapshot.draCards : none;
    forEachDifference(
        old.nodes, now.nodes, [](const NodeCards &one) -> std::string_view { return one.node(); },
        [&](const NodeCardsPtr &was, const NodeCardsPtr &is) {
            redress(
                snapshot.nodes, (is ? is : was)->node(),
                [](const NodePtr &one) -> std::string_view { return one->name; },
                [&now](const NodePtr &node) { return withDraPools(withoutDraPools(node), now); });
        });
    forEachDifference(
        old.pods, now.pods, [](const PodCards &one) -> std::string_view { return one.pod; },
        [&](const PodCardsPtr &was, const PodCardsPtr &is) {
            redress(
                snapshot.pods, (is ? is : was)->pod, [](const PodPtr &one) { return one->key(); },
                [&now](const PodPtr &pod) { return withDraRequests(withoutDraRequests(pod), now); });
        });
}

} // namespace core
