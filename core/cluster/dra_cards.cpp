// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/dra_cards.h"

#include "core/inventory/dra_pool.h"
#include "core/scheduling/dra/selectors.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace core {

namespace {

using CounterSetId = std::tuple<std::string_view, std::string_view, std::string_view>; ///< driver, pool, set

class CardReader {
public:
    CardReader(const dra::Resources &resources, const Catalog &catalog) : m_resources(resources), m_catalog(catalog) {}

    DraCards read()
    {
        for (const auto &slice : m_resources.slices)
            noteGeneration(*slice);
        noteClaims();
        for (const auto &slice : m_resources.slices)
            if (isRead(*slice))
                for (const auto &device : slice->devices)
                    noteCounters(*slice, device);
        for (const auto &slice : m_resources.slices)
            if (isRead(*slice))
                for (const auto &device : slice->devices)
                    add(*slice, device);
        for (auto &[node, pools] : m_cards.pools)
            std::ranges::sort(pools, {}, &DevicePool::resource);
        return std::move(m_cards);
    }

private:
    struct Newest {
        std::int64_t generation = 0, slices = 0, expected = 0;
    };

    void noteGeneration(const dra::Slice &slice)
    {
        auto &newest = m_newest[{slice.driver, slice.pool}];
        if (newest.slices == 0 || slice.generation > newest.generation)
            newest = {slice.generation, 0, slice.sliceCount};
        if (slice.generation == newest.generation)
            ++newest.slices;
    }

    const Newest &newestOf(const dra::Slice &slice) const { return m_newest.at({slice.driver, slice.pool}); }

    bool isRead(const dra::Slice &slice) const
    {
        return vendorOfDriver(slice.driver) && !slice.reach.nodeName.empty()
            && slice.generation == newestOf(slice).generation;
    }

    void noteClaims()
    {
        for (const auto &claim : m_resources.claims) {
            if (!claim->allocation)
                continue;
            const auto pod =
                claim->reservedFor.empty() ? std::string() : claim->nameSpace + "/" + claim->reservedFor.front();
            for (const auto &device : claim->allocation->devices)
                if (!device.adminAccess)
                    m_taken.emplace(dra::DeviceId{device.driver, device.pool, device.device}, pod);
        }
    }

    const std::string *takerOf(const dra::Slice &slice, const dra::Device &device) const
    {
        const auto found = m_taken.find({slice.driver, slice.pool, device.name});
        return found == m_taken.end() ? nullptr : &found->second;
    }

    void noteCounters(const dra::Slice &slice, const dra::Device &device)
    {
        if (const auto *taker = takerOf(slice, device))
            for (const auto &use : device.consumes)
                m_usedCounters.emplace(CounterSetId{slice.driver, slice.pool, use.counterSet}, taker);
    }

    /// Who holds the device, itself or by what it shares.
    const std::string *holderOf(const dra::Slice &slice, const dra::Device &device) const
    {
        if (const auto *taker = takerOf(slice, device))
            return taker;
        for (const auto &use : device.consumes)
            if (const auto used = m_usedCounters.find({slice.driver, slice.pool, use.counterSet});
                used != m_usedCounters.end())
                return used->second;
        return nullptr;
    }

    void add(const dra::Slice &slice, const dra::Device &device)
    {
        auto made = draPool(device, slice.driver, m_catalog);
        if (!made)
            return;
        auto &pools = m_cards.pools[slice.reach.nodeName];
        auto pool = std::ranges::find(pools, made->resource, &DevicePool::resource);
        if (pool == pools.end()) {
            made->deviceClass = classOf(*made, device);
            pool = pools.insert(pools.end(), *std::move(made));
        } else if (made->memoryBytes < pool->memoryBytes) {
            pool->memoryBytes = made->memoryBytes; // a promise that each of them keeps; unknown is less than known
        }
        ++pool->capacity;
        const auto &newest = newestOf(slice);
        const auto *holder = holderOf(slice, device);
        // A tainted device that is in use is held, not free: it stays among those offered until it is given back.
        if (newest.slices >= newest.expected && (holder || !keepsClaimsAway(device)))
            ++pool->allocatable;
        if (pool->kind == DeviceKind::Card)
            pool->physicalCards = pool->capacity;
        if (holder)
            hold(slice.reach.nodeName, *pool, *holder);
    }

    void hold(const std::string &node, const DevicePool &pool, const std::string &pod)
    {
        m_cards.held.push_back({node, pool.resource, pool.vendor, pod});
        if (!pod.empty())
            ++m_cards.requests[pod][pool.resource];
    }

    /// The driver's own class where it selects the device, else the first by name that does.
    std::string classOf(const DevicePool &pool, const dra::Device &device)
    {
        if (const auto known = m_classes.find(pool.resource); known != m_classes.end())
            return known->second;
        const auto own = pool.kind == DeviceKind::MigSlice ? "mig.nvidia.com" : pool.driver;
        std::set<std::pair<bool, std::string>> fitting;
        for (const auto &one : m_resources.classes)
            if (m_selectors.evaluate(one->selectors, device, pool.driver).kind == cel::Answer::Kind::Match)
                fitting.emplace(one->name != own, one->name);
        const auto name = fitting.empty() ? std::string() : fitting.begin()->second;
        m_classes.emplace(pool.resource, name);
        return name;
    }

    const dra::Resources &m_resources;
    const Catalog &m_catalog;
    DraCards m_cards;
    std::map<std::pair<std::string_view, std::string_view>, Newest> m_newest; ///< by driver and pool
    std::map<dra::DeviceId, std::string> m_taken;                             ///< the pod, "" for none
    std::map<CounterSetId, const std::string *> m_usedCounters;
    std::map<std::string, std::string> m_classes; ///< by resource
    dra::Selectors m_selectors;
};

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

} // namespace

DraCards draCards(const dra::Resources &resources, const Catalog &catalog)
{
    return CardReader(resources, catalog).read();
}

NodePtr withDraPools(const NodePtr &plain, const DraCards &cards)
{
    const auto found = cards.pools.find(plain->name);
    if (found == cards.pools.end())
        return plain;
    auto node = std::make_shared<Node>(*plain);
    for (const auto &pool : found->second) {
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
    const auto found = cards.requests.find(plain->key());
    if (found == cards.requests.end())
        return plain;
    auto pod = std::make_shared<Pod>(*plain);
    add(pod->requests, found->second);
    return pod;
}

PodPtr withoutDraRequests(const PodPtr &pod)
{
    const auto isDra = [](const auto &request) { return isDraResource(request.first); };
    if (std::ranges::none_of(pod->requests, isDra))
        return pod;
    auto plain = std::make_shared<Pod>(*pod);
    std::erase_if(plain->requests, isDra);
    return plain;
}

} // namespace core
