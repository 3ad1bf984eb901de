// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/published_devices.h"

#include "core/inventory/dra_pool.h"
#include "core/scheduling/dra/selectors.h"

#include <algorithm>
#include <set>

namespace core {

namespace {

PoolId poolOf(const dra::Slice &slice)
{
    return {slice.driver, slice.pool};
}

/// The newest generation of each pool, and whether all of it is there.
class Generations {
public:
    explicit Generations(const std::vector<dra::SlicePtr> &slices)
    {
        for (const auto &slice : slices) {
            auto &newest = m_newest[poolOf(*slice)];
            if (newest.slices == 0 || slice->generation > newest.generation)
                newest = {slice->generation, 0, slice->sliceCount};
            if (slice->generation == newest.generation)
                ++newest.slices;
        }
    }
    /// nullopt for a slice of an older generation, else whether the pool is complete.
    std::optional<bool> completeOf(const dra::Slice &slice) const
    {
        const auto &newest = m_newest.at(poolOf(slice));
        if (slice.generation != newest.generation)
            return std::nullopt;
        return newest.slices >= newest.expected;
    }

private:
    struct Newest {
        std::int64_t generation = 0, slices = 0, expected = 0;
    };
    std::map<PoolId, Newest> m_newest;
};

/// Reads the devices of one node after the other.
class DeviceReader {
public:
    DeviceReader(const std::vector<dra::DeviceClassPtr> &classes, const Catalog &catalog)
        : m_classes(classes)
        , m_catalog(catalog)
    {
    }

    NodeDevicesPtr read(std::string node, std::vector<NodeDevices::Read> slices)
    {
        NodeDevices made{std::move(node), std::move(slices), {}, {}};
        for (const auto &[slice, complete] : made.slices)
            for (const auto &device : slice->devices)
                add(*slice, device, complete, made);
        sortPools(made);
        return std::make_shared<const NodeDevices>(std::move(made));
    }

private:
    void add(const dra::Slice &slice, const dra::Device &device, bool complete, NodeDevices &made)
    {
        auto pool = draPool(device, slice.driver, m_catalog);
        // What is no card may still be cut out of one.
        if (!pool && device.consumes.empty())
            return;
        std::optional<std::size_t> number;
        if (pool)
            number = numberOf(*std::move(pool), device, made.pools);
        made.devices.push_back({&slice, &device, number, complete, keepsClaimsAway(device)});
    }

    std::size_t numberOf(DevicePool made, const dra::Device &device, std::vector<DevicePool> &pools)
    {
        auto pool = std::ranges::find(pools, made.resource, &DevicePool::resource);
        if (pool == pools.end()) {
            made.deviceClass = classOf(made, device);
            pool = pools.insert(pools.end(), std::move(made));
        } else if (made.memoryBytes < pool->memoryBytes) {
            pool->memoryBytes = made.memoryBytes; // a promise that each of them keeps; unknown is less than known
        }
        ++pool->capacity;
        if (pool->kind == DeviceKind::Card)
            pool->physicalCards = pool->capacity;
        return static_cast<std::size_t>(pool - pools.begin());
    }

    /// The driver's own class where it selects the device, else the first by name that does.
    std::string classOf(const DevicePool &pool, const dra::Device &device)
    {
        const auto own = pool.kind == DeviceKind::MigSlice ? "mig.nvidia.com" : pool.driver;
        std::set<std::pair<bool, std::string_view>> fitting;
        for (const auto &one : m_classes)
            if (m_selectors.evaluate(one->selectors, device, pool.driver).kind == cel::Answer::Kind::Match)
                fitting.emplace(one->name != own, one->name);
        return fitting.empty() ? std::string() : std::string(fitting.begin()->second);
    }

    static void sortPools(NodeDevices &made)
    {
        auto sorted = made.pools;
        std::ranges::sort(sorted, {}, &DevicePool::resource);
        for (auto &device : made.devices)
            if (device.pool) {
                const auto &resource = made.pools[*device.pool].resource;
                const auto at = std::ranges::lower_bound(sorted, resource, {}, &DevicePool::resource);
                device.pool = static_cast<std::size_t>(at - sorted.begin());
            }
        made.pools = std::move(sorted);
    }

    const std::vector<dra::DeviceClassPtr> &m_classes;
    const Catalog &m_catalog;
    dra::Selectors m_selectors;
};

using SlicesByNode = std::map<std::string_view, std::vector<NodeDevices::Read>>;

SlicesByNode slicesByNode(const std::vector<dra::SlicePtr> &slices)
{
    const Generations generations(slices);
    SlicesByNode out;
    for (const auto &slice : slices) {
        if (slice->reach.nodeName.empty() || !vendorOfDriver(slice->driver))
            continue;
        if (const auto complete = generations.completeOf(*slice))
            out[slice->reach.nodeName].push_back({slice, *complete});
    }
    for (auto &[node, read] : out)
        std::ranges::stable_sort(read, {}, [](const NodeDevices::Read &one) {
            return std::pair<std::string_view, std::string_view>(one.slice->driver, one.slice->name);
        });
    return out;
}

NodeDevicesPtr known(const PublishedDevices &before, std::string_view node)
{
    const auto at =
        std::ranges::lower_bound(before.nodes, node, {}, [](const auto &one) -> std::string_view { return one->node; });
    return at != before.nodes.end() && (*at)->node == node ? *at : nullptr;
}

} // namespace

PublishedDevicesPtr publishedDevices(const dra::Resources &resources, const Catalog &catalog,
                                     const PublishedDevices *before)
{
    const bool sameClasses = before && before->classes == resources.classes;
    auto made = std::make_shared<PublishedDevices>();
    made->classes = resources.classes;
    DeviceReader reader(made->classes, catalog);
    auto all = slicesByNode(resources.slices);
    made->nodes.reserve(all.size());
    for (auto &[node, slices] : all) {
        auto old = sameClasses ? known(*before, node) : nullptr;
        made->nodes.push_back(old && old->slices == slices ? std::move(old)
                                                           : reader.read(std::string(node), std::move(slices)));
    }
    for (const auto &node : made->nodes)
        for (const auto &read : node->slices)
            if (auto &of = made->ofPool[poolOf(*read.slice)]; of.empty() || of.back() != node.get())
                of.push_back(node.get());
    return made;
}

} // namespace core
