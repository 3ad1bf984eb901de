// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/scheduler_fit.h"

#include <algorithm>

namespace core {

namespace {

constexpr std::string_view everyAddress = "0.0.0.0";

bool isEveryAddress(std::string_view ip)
{
    return ip.empty() || ip == everyAddress;
}

std::string_view protocolOf(const HostPort &port)
{
    return port.protocol.empty() ? std::string_view("TCP") : std::string_view(port.protocol);
}

bool collide(const HostPort &a, const HostPort &b)
{
    return a.port > 0 && a.port == b.port && protocolOf(a) == protocolOf(b)
        && (isEveryAddress(a.ip) || isEveryAddress(b.ip) || a.ip == b.ip);
}

bool isIgnored(const IgnoredResources &ignored, std::string_view name)
{
    if (!isExtendedResource(name))
        return false;
    return ignored.names.contains(name) || ignored.groups.contains(name.substr(0, name.find('/')));
}

/// The name of a resource as a quota names it must be a qualified name of at most 63 characters after the slash.
bool isQuotaName(std::string_view name)
{
    const auto last = name.substr(name.find('/') + 1);
    const auto alphanumeric = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    return !last.empty() && last.size() <= 63 && alphanumeric(last.front()) && alphanumeric(last.back())
        && std::ranges::all_of(last, [&](char c) { return alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

} // namespace

const HostPort *firstConflict(std::span<const HostPort> wanted, std::span<const HostPort> taken)
{
    const auto found = std::ranges::find_if(wanted, [taken](const HostPort &one) {
        return std::ranges::any_of(taken, [&](const HostPort &other) { return collide(one, other); });
    });
    return found == wanted.end() ? nullptr : &*found;
}

bool isExtendedResource(std::string_view name)
{
    return name.contains('/') && !name.contains("kubernetes.io/") && !name.starts_with("requests.")
        && isQuotaName(name);
}

bool isScalarResource(std::string_view name)
{
    return isExtendedResource(name) || name.starts_with("hugepages-") || name.contains("kubernetes.io/")
        || name.starts_with("attachable-volumes-");
}

std::vector<Shortage> shortages(const Resources &requests, const Resources &allocatable, const Resources &used,
                                const IgnoredResources &ignored)
{
    std::vector<Shortage> lacking;
    const auto look = [&](std::string_view resource, std::int64_t requested) {
        const auto taken = amountOf(used, resource), capacity = amountOf(allocatable, resource);
        // Subtracting cannot overflow the way adding could: both are amounts that fit, and capacity is not negative.
        if (requested > capacity - taken)
            lacking.push_back({std::string(resource), requested, taken, capacity});
    };
    look("pods", 1);
    for (const std::string_view resource : {"cpu", "memory", "ephemeral-storage"})
        if (const auto requested = amountOf(requests, resource); requested > 0)
            look(resource, requested);
    for (const auto &[resource, requested] : requests)
        if (requested != 0 && isScalarResource(resource) && !isIgnored(ignored, resource))
            look(resource, requested);
    return lacking;
}

bool toleratesCordon(std::span<const Toleration> tolerations)
{
    static const Taint cordon{"node.kubernetes.io/unschedulable", "", TaintEffect::NoSchedule};
    return anyTolerates(tolerations, cordon);
}

std::int64_t countUnpreferred(std::span<const Toleration> tolerations, std::span<const Taint> taints,
                              bool comparisonOperators)
{
    return std::ranges::count_if(taints, [&](const Taint &taint) {
        return taint.effect == TaintEffect::PreferNoSchedule && !anyTolerates(tolerations, taint, comparisonOperators);
    });
}

void normalise(std::span<std::int64_t> scores, bool reverse)
{
    constexpr std::int64_t best = 100;
    const auto highest = scores.empty() ? 0 : std::max<std::int64_t>(0, std::ranges::max(scores));
    for (auto &score : scores) {
        if (highest > 0)
            score = best * score / highest;
        score = reverse ? best - score : score;
    }
}

} // namespace core
