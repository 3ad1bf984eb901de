// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/dra/allocation.h"

#include "core/scheduling/dra/search.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ranges>

namespace core::dra {

namespace {

using Kind = Outcome::Kind;

/// Of several classes for one resource the newest counts; of equally old ones the first by name.
bool isPreferred(const DeviceClass &one, const DeviceClass &other)
{
    return one.created != other.created ? one.created > other.created : one.name < other.name;
}

/// How one search ended.
struct Attempt {
    bool possible = false;
    std::string unknown;
    std::optional<Stopped> stopped;
    std::vector<AllocatedDevice> devices;
};

Attempt attempt(Allocator &allocator, const NodeIdentity &node, const std::vector<Pool> &pools,
                const std::vector<Wanted> &claims, bool assume)
{
    Search search(allocator, node, pools, claims, assume);
    Attempt out;
    try {
        out.possible = search.run();
        out.devices = search.result();
    } catch (const Stopped &stopped) {
        out.stopped = stopped;
    }
    out.unknown = search.unknown();
    return out;
}

std::string takenText(const std::vector<AllocatedDevice> &devices)
{
    constexpr std::size_t shown = 4;
    std::vector<std::string> names;
    for (const auto &one : devices | std::views::take(shown))
        names.push_back(fmt::format("{} of {}", one.device, one.driver));
    const auto more = devices.size() > shown ? fmt::format(" and {} more", devices.size() - shown) : "";
    return names.empty() ? "no device is needed" : fmt::format("{}{}", fmt::join(names, ", "), more);
}

} // namespace

Allocator::Allocator(const Resources &resources) : m_pools(resources.slices)
{
    for (const auto &one : resources.classes) {
        m_classes[one->name] = one.get();
        m_byResource["deviceclass.resource.kubernetes.io/" + one->name] = one.get();
        if (one->extendedResourceName.empty())
            continue;
        auto &chosen = m_byResource[one->extendedResourceName];
        if (!chosen || isPreferred(*one, *chosen))
            chosen = one.get();
    }
    for (const auto &claim : resources.claims)
        if (claim->allocation)
            take(claim->allocation->devices);
}

void Allocator::take(const std::vector<AllocatedDevice> &devices)
{
    for (const auto &one : devices)
        if (!one.adminAccess && one.shareId.empty())
            m_taken.insert({one.driver, one.pool, one.device});
}

const DeviceClass *Allocator::findClass(std::string_view name) const
{
    const auto found = m_classes.find(name);
    return found == m_classes.end() ? nullptr : found->second;
}

const DeviceClass *Allocator::classOfResource(std::string_view resource) const
{
    const auto found = m_byResource.find(resource);
    return found == m_byResource.end() ? nullptr : found->second;
}

Outcome Allocator::allocate(const NodeIdentity &node, const std::vector<Wanted> &claims)
{
    const auto pools = m_pools.poolsFor(node);
    const auto first = attempt(*this, node, pools, claims, false);
    if (!first.unknown.empty()) {
        // Were it impossible even if all that is unknown matched, it would be impossible either way.
        const bool hopeless = !first.possible && !attempt(*this, node, pools, claims, true).possible;
        if (!hopeless)
            return {Kind::Unknown, "not-judged", first.unknown, {}};
    }
    if (first.stopped)
        return {first.stopped->unknown ? Kind::Unknown : Kind::Impossible, first.stopped->code, first.stopped->why, {}};
    if (first.possible)
        return {Kind::Possible, "devices-free", takenText(first.devices), first.devices};
    return explain(node, pools, claims);
}

} // namespace core::dra
