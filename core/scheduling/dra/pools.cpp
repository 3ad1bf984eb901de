// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/dra/pools.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace core::dra {

namespace {

/// Shared counters belong to every node; a slice that says nothing of nodes is of some future kind.
bool reachable(const Slice &slice, const NodeIdentity &node)
{
    if (!slice.sharedCounters.empty())
        return true;
    const bool says = !slice.reach.nodeName.empty() || slice.reach.allNodes || slice.reach.selector;
    if (says || !slice.perDeviceReach)
        return reaches(slice.reach, node);
    return std::ranges::any_of(slice.devices, [&](const Device &device) { return reaches(device.reach, node); });
}

std::string duplicateName(const std::vector<const Slice *> &slices)
{
    std::set<std::string_view> names;
    for (const auto *slice : slices)
        for (const auto &device : slice->devices)
            if (!names.insert(device.name).second)
                return fmt::format("the device {} is published twice", device.name);
    return {};
}

std::string addCounterSets(const std::vector<const Slice *> &slices, Pool &pool)
{
    for (const auto *slice : slices)
        for (const auto &set : slice->sharedCounters)
            if (!pool.counterSets.emplace(set.name, set.counters).second)
                return fmt::format("the counter set {} is published twice", set.name);
    return {};
}

std::string missingCounter(const Device &device, const Pool &pool)
{
    for (const auto &use : device.consumes) {
        const auto set = pool.counterSets.find(use.counterSet);
        if (set == pool.counterSets.end())
            return fmt::format("the device {} uses the counter set {}, which is not there", device.name,
                               use.counterSet);
        for (const auto &[name, amount] : use.counters)
            if (!set->second.contains(name))
                return fmt::format("the device {} uses the counter {}, which is not there", device.name, name);
    }
    return {};
}

std::string missingCounters(const std::vector<const Slice *> &slices, const Pool &pool)
{
    for (const auto *slice : slices)
        for (const auto &device : slice->devices)
            if (auto missing = missingCounter(device, pool); !missing.empty())
                return missing;
    return {};
}

/// What is wrong with a complete pool; fills in its slices and counter sets.
std::string problemOf(Pool &pool, const std::vector<const Slice *> &near, const std::vector<const Slice *> &all)
{
    for (const auto *slice : near)
        if (slice->sharedCounters.empty())
            pool.slices.push_back(slice);
    std::ranges::sort(pool.slices, {}, &Slice::name);
    for (const auto *slice : all)
        if (std::ranges::find(near, slice) == near.end())
            pool.elsewhere.push_back(slice);
    if (auto twice = duplicateName(pool.slices); !twice.empty())
        return twice;
    if (auto twice = addCounterSets(near, pool); !twice.empty())
        return twice;
    auto missing = missingCounters(near, pool);
    return missing.empty() ? missingCounters(pool.elsewhere, pool) : missing;
}

/// Of the newest generation among `slices`.
std::vector<const Slice *> newest(std::vector<const Slice *> slices)
{
    if (slices.empty())
        return slices;
    const auto generation = (*std::ranges::max_element(slices, {}, &Slice::generation))->generation;
    std::erase_if(slices, [generation](const Slice *slice) { return slice->generation != generation; });
    return slices;
}

bool hasBindingConditions(const Pool &pool)
{
    return std::ranges::any_of(pool.slices, [](const Slice *slice) {
        return std::ranges::any_of(slice->devices, &Device::hasBindingConditions);
    });
}

} // namespace

PoolIndex::PoolIndex(std::span<const SlicePtr> slices)
{
    for (const auto &slice : slices) {
        const Key key{slice->driver, slice->pool};
        m_pools[key].push_back(slice.get());
        if (slice->reach.nodeName.empty() || !slice->sharedCounters.empty())
            m_shared.insert(key);
        else
            m_ofNode[slice->reach.nodeName].insert(key);
    }
}

std::optional<Pool> PoolIndex::poolFor(const Key &key, const Slices &slices, const NodeIdentity &node) const
{
    auto near = slices;
    std::erase_if(near, [&node](const Slice *slice) { return !reachable(*slice, node); });
    near = newest(std::move(near));
    if (near.empty())
        return std::nullopt;
    const auto wanted = near.front()->sliceCount;
    auto all = std::ssize(near) == wanted ? near : newest(slices);
    // A newer generation without anything for this node: the driver is taking the devices back.
    if (all.front()->generation != near.front()->generation)
        return std::nullopt;
    Pool pool{key.first, key.second, std::ssize(all) != wanted, {}, {}, {}, {}};
    if (!pool.incomplete)
        pool.invalid = problemOf(pool, near, all);
    return pool;
}

std::vector<Pool> PoolIndex::poolsFor(const NodeIdentity &node) const
{
    auto keys = m_shared;
    if (const auto own = m_ofNode.find(node.name); own != m_ofNode.end())
        keys.insert(own->second.begin(), own->second.end());
    std::vector<Pool> pools;
    for (const auto &key : keys)
        if (auto pool = poolFor(key, m_pools.at(key), node))
            pools.push_back(*std::move(pool));
    std::ranges::stable_partition(pools, [](const Pool &pool) { return !hasBindingConditions(pool); });
    return pools;
}

} // namespace core::dra
