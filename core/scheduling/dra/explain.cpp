// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/dra/search.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace core::dra {

namespace {

using Kind = Outcome::Kind;

/// How many devices of a node pass which test of a request.
struct Passed {
    std::int64_t ofClass = 0, matching = 0, tolerated = 0, free = 0;
};

Outcome no(std::string code, std::string detail)
{
    return {Kind::Impossible, std::move(code), std::move(detail), {}};
}

std::string devicesText(std::int64_t count)
{
    return count == 1 ? "1 device" : fmt::format("{} devices", count);
}

/// The first test that leaves too few devices; nullopt when all leave enough.
std::optional<Outcome> shortage(const Wanted &claim, const Request &request, const Passed &passed)
{
    const auto where = fmt::format("claim {}, request {}", claim.name, request.name);
    if (passed.ofClass == 0)
        return no("no-device", fmt::format("{}: no device of class {} here", where, request.className));
    if (passed.matching == 0)
        return no("selector",
                  fmt::format("{}: none of the {} of class {} matches its selectors", where,
                              devicesText(passed.ofClass), request.className));
    const auto needed = request.all ? passed.matching : request.count;
    if (passed.matching < needed)
        return no("too-few-devices",
                  fmt::format("{}: needs {} of class {}, {} match", where, devicesText(needed), request.className,
                              passed.matching));
    if (passed.tolerated < needed)
        return no("device-tainted",
                  fmt::format("{}: needs {} of class {}, {} of {} are without a taint that it does "
                              "not tolerate",
                              where, devicesText(needed), request.className, passed.tolerated, passed.matching));
    if (passed.free < needed)
        return no("devices-busy",
                  fmt::format("{}: needs {} of class {}, {} of {} free", where, devicesText(needed), request.className,
                              passed.free, passed.tolerated));
    return std::nullopt;
}

std::vector<std::string> constrainedAttributes(const std::vector<Wanted> &claims)
{
    std::vector<std::string> names;
    for (const auto &claim : claims)
        for (const auto &constraint : claim.spec->constraints)
            names.push_back(constraint.attribute);
    return names;
}

/// Each request could be met alone.
Outcome together(const std::vector<Wanted> &claims)
{
    const auto attributes = constrainedAttributes(claims);
    if (attributes.empty())
        return no("devices-busy", "all requests together need more than what is free here");
    return no("constraint",
              fmt::format("no choice of free devices satisfies the constraint on {}", fmt::join(attributes, ", ")));
}

std::optional<Outcome> poolProblem(const std::vector<Pool> &pools)
{
    const auto odd = std::ranges::find_if(pools, [](const Pool &p) { return p.incomplete || !p.invalid.empty(); });
    if (odd == pools.end())
        return std::nullopt;
    if (odd->incomplete)
        return no("pool-incomplete",
                  fmt::format("the pool {} of {} is being updated by its driver", odd->name, odd->driver));
    return no("pool-invalid",
              fmt::format("nothing is taken from the pool {} of {}: {}", odd->name, odd->driver, odd->invalid));
}

} // namespace

bool isTainted(const Device &device, const Request &request)
{
    return std::ranges::any_of(device.taints, [&request](const DeviceTaint &taint) {
        return (taint.effect == "NoSchedule" || taint.effect == "NoExecute")
            && std::ranges::none_of(request.tolerations,
                                    [&taint](const auto &toleration) { return tolerates(toleration, taint); });
    });
}

std::optional<Outcome> Allocator::shortageOf(const NodeIdentity &node, const std::vector<Pool> &pools,
                                             const Wanted &claim, const Request &request)
{
    const auto *deviceClass = findClass(request.className);
    if (!deviceClass)
        return no("no-such-class", fmt::format("the device class {} does not exist", request.className));
    const auto matches = [this](const auto &texts, const Device &device, const Pool &pool) {
        return m_selectors.evaluate(texts, device, pool.driver).kind == cel::Answer::Kind::Match;
    };
    Passed passed;
    for (const auto &candidate : candidatesOf(pools)) {
        const auto &device = *candidate.device;
        if (!matches(deviceClass->selectors, device, *candidate.pool)
            || (candidate.slice->perDeviceReach && !reaches(device.reach, node)))
            continue;
        ++passed.ofClass;
        if (!matches(request.selectors, device, *candidate.pool))
            continue;
        ++passed.matching;
        if (isTainted(device, request))
            continue;
        ++passed.tolerated;
        passed.free += request.adminAccess || !m_taken.contains(candidate.id()) ? 1 : 0;
    }
    return shortage(claim, request, passed);
}

std::int64_t Allocator::freeDevices(const NodeIdentity &node, std::string_view className)
{
    const auto *deviceClass = findClass(className);
    if (!deviceClass)
        return 0;
    const auto pools = m_pools.poolsFor(node);
    return std::ranges::count_if(candidatesOf(pools), [&](const Candidate &one) {
        return (!one.slice->perDeviceReach || reaches(one.device->reach, node)) && !m_taken.contains(one.id())
            && m_selectors.evaluate(deviceClass->selectors, *one.device, one.pool->driver).kind
            == cel::Answer::Kind::Match;
    });
}

Outcome Allocator::explain(const NodeIdentity &node, const std::vector<Pool> &pools, const std::vector<Wanted> &claims)
{
    for (const auto &claim : claims)
        for (const auto &request : claim.spec->requests) {
            std::optional<Outcome> first;
            const bool possible = std::ranges::any_of(request.alternatives, [&](const Request &alternative) {
                auto lack = shortageOf(node, pools, claim, alternative);
                if (lack && !first)
                    first = lack;
                return !lack;
            });
            if (possible || !first)
                continue;
            if (auto problem = poolProblem(pools); problem && first->code == "no-device")
                return *std::move(problem);
            if (request.alternatives.size() > 1)
                first->detail +=
                    fmt::format(", nor can one of the other {} alternatives be had", request.alternatives.size() - 1);
            return *std::move(first);
        }
    return together(claims);
}

} // namespace core::dra
