// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/plan.h"

#include "core/placement/cluster_fleet.h"
#include "core/placement/locks.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace core {

namespace {

/// Devices that running pods of this very placement already hold on a node: they are counted as requested there.
std::int64_t heldByPlan(const Plan &plan, const Placement &placement, const ClusterUsage &usage,
                        const std::string &node)
{
    const auto found = usage.find(node);
    std::int64_t held = 0;
    if (found != usage.end())
        for (const auto &pod : found->second.holders)
            if (pod->berthPlan == plan.name && pod->berthModel == placement.requirement)
                held += amountOf(pod->requests, placement.target.resource);
    return held;
}

std::int64_t freeOn(const Node &node, const DevicePool &pool, const ClusterUsage &usage, const PlannedDevices &planned)
{
    const auto taken = planned.find({node.name, pool.resource});
    return pool.allocatable - requestedOn(usage, node.name, pool.resource)
        - (taken == planned.end() ? 0 : taken->second);
}

/// Of one of its replicas.
std::int64_t devicesOf(const Plan &plan, const Placement &placement)
{
    const auto *requirement = plan.find(placement.requirement);
    return requirement ? std::max(1, requirement->tensorParallel) : 1;
}

/// What placements on nodes take there.
PlannedDevices pinnedDevices(const Plan &plan, const ClusterUsage &usage)
{
    PlannedDevices planned;
    for (const auto &placement : plan.placements)
        if (placement.target.level != TargetLevel::Sku) {
            const auto held = heldByPlan(plan, placement, usage, placement.target.node);
            planned[{placement.target.node, placement.target.resource}] +=
                std::max<std::int64_t>(0, devicesOf(plan, placement) * placement.replicas - held);
        }
    return planned;
}

/// Replicas of a Sku-level placement that do not run yet.
std::int64_t waitingReplicas(const Plan &plan, const Placement &placement, const ClusterSnapshot &snapshot,
                             const ClusterUsage &usage)
{
    std::int64_t held = 0;
    for (const auto &node : snapshot.nodes) // pods on another SKU are another placement's
        if (std::ranges::any_of(node->devices, [&](const auto &pool) { return isOfSku(pool, placement.target); }))
            held += heldByPlan(plan, placement, usage, node->name);
    return placement.replicas - held / devicesOf(plan, placement);
}

/// The node that a replica leaves fullest; null without room.
const Node *fullestWithRoom(const Target &target, std::int64_t devices, const ClusterSnapshot &snapshot,
                            const ClusterUsage &usage, const PlannedDevices &planned)
{
    const Node *best = nullptr;
    std::int64_t bestFree = 0;
    for (const auto &node : snapshot.nodes)
        for (const auto &pool : node->devices) {
            if (!node->acceptsPods() || !isOfSku(pool, target))
                continue;
            const auto free = freeOn(*node, pool, usage, planned);
            if (free >= devices && (!best || free < bestFree)) {
                best = node.get();
                bestFree = free;
            }
        }
    return best;
}

/// With what countedReplicas() counts.
PlannedDevices plannedWith(const std::vector<CountedReplica> &counted, const Plan &plan, const ClusterUsage &usage)
{
    auto planned = pinnedDevices(plan, usage);
    for (const auto &replica : counted) {
        const auto &placement = plan.placements[replica.placement];
        planned[{replica.node, placement.target.resource}] += devicesOf(plan, placement);
    }
    return planned;
}

/// Sku-level placements that find room for less than all.
std::vector<PlanFinding> withoutRoom(const Plan &plan, const ClusterSnapshot &snapshot, const ClusterUsage &usage,
                                     const std::vector<CountedReplica> &counted)
{
    std::vector<PlanFinding> findings;
    for (std::size_t index = 0; index < plan.placements.size(); ++index) {
        const auto &placement = plan.placements[index];
        if (placement.target.level != TargetLevel::Sku || !plan.find(placement.requirement))
            continue;
        const auto missing = waitingReplicas(plan, placement, snapshot, usage)
            - std::ranges::count(counted, index, &CountedReplica::placement);
        if (missing > 0)
            findings.push_back({placement.requirement,
                                fmt::format("{} of {} replicas have no room on {}", missing, placement.replicas,
                                            placement.target.skuId),
                                true});
    }
    return findings;
}

} // namespace

TargetLevel enforceableLevel(const Target &target)
{
    return target.level == TargetLevel::Card ? TargetLevel::Node : target.level;
}

Target enforced(Target target)
{
    target.level = enforceableLevel(target);
    target.card.reset();
    return target;
}

const Requirement *Plan::find(std::string_view requirement) const
{
    const auto found =
        std::ranges::find_if(requirements, [requirement](const auto &r) { return r.name == requirement; });
    return found == requirements.end() ? nullptr : &*found;
}

const PlacementSet *Plan::findSet(std::string_view requirement) const
{
    const auto found = std::ranges::find(sets, requirement, &PlacementSet::requirement);
    return found == sets.end() ? nullptr : &*found;
}

int Plan::placedReplicas(std::string_view requirement) const
{
    int sum = 0;
    for (const auto &placement : placements)
        sum += placement.requirement == requirement ? placement.replicas : 0;
    for (const auto &set : sets)
        sum += set.requirement == requirement ? set.replicas : 0;
    return sum;
}

Result<Plan> place(const Plan &plan, const std::string &requirement, const Target &target, int replicas)
{
    if (!plan.find(requirement))
        return fail(ErrorKind::NotFound, fmt::format("the plan has no requirement \"{}\"", requirement));
    if (replicas < 1)
        return fail(ErrorKind::Invalid, fmt::format("{} replicas cannot be placed", replicas), requirement);
    if (target.resource.empty())
        return fail(ErrorKind::Invalid, "the target names no resource", requirement);
    auto next = plan;
    const auto same = std::ranges::find_if(next.placements, [&](const auto &p) {
        return p.requirement == requirement && enforced(p.target) == enforced(target);
    });
    if (same != next.placements.end()) {
        same->replicas += replicas;
        same->target = enforced(target);
    } else {
        next.placements.push_back({requirement, target, replicas, false});
    }
    return next;
}

Result<Plan> takeOff(const Plan &plan, const std::string &requirement, const Target &target)
{
    auto next = plan;
    const auto taken = std::erase_if(next.placements, [&](const auto &p) {
        return p.requirement == requirement && enforced(p.target) == enforced(target) && !p.locked;
    });
    if (taken == 0)
        return fail(ErrorKind::NotFound, "there is no such placement, or it is locked", requirement);
    return next;
}

Result<Plan> setLocked(const Plan &plan, const std::string &requirement, const Target &target, bool locked)
{
    auto next = plan;
    const auto found = std::ranges::find_if(next.placements, [&](const auto &p) {
        return p.requirement == requirement && enforced(p.target) == enforced(target);
    });
    if (found == next.placements.end())
        return fail(ErrorKind::NotFound, "there is no such placement", requirement);
    found->locked = locked;
    return next;
}

Result<Plan> removeRequirement(const Plan &plan, const std::string &requirement)
{
    auto next = plan;
    if (std::erase_if(next.requirements, [&](const auto &r) { return r.name == requirement; }) == 0)
        return fail(ErrorKind::NotFound, fmt::format("the plan has no requirement \"{}\"", requirement));
    std::erase_if(next.placements, [&](const auto &p) { return p.requirement == requirement; });
    std::erase_if(next.sets, [&](const auto &s) { return s.requirement == requirement; });
    return next;
}

std::vector<CountedReplica> countedReplicas(const Plan &plan, const ClusterSnapshot &snapshot,
                                            const ClusterUsage &usage)
{
    auto planned = pinnedDevices(plan, usage);
    std::vector<CountedReplica> counted;
    for (std::size_t index = 0; index < plan.placements.size(); ++index) {
        const auto &placement = plan.placements[index];
        if (placement.target.level != TargetLevel::Sku || !plan.find(placement.requirement))
            continue;
        const auto devices = devicesOf(plan, placement);
        for (auto left = waitingReplicas(plan, placement, snapshot, usage); left > 0; --left) {
            const auto *node = fullestWithRoom(placement.target, devices, snapshot, usage, planned);
            if (!node)
                break; // checkPlan() reports it
            planned[{node->name, placement.target.resource}] += devices;
            counted.push_back({index, node->name});
        }
    }
    return counted;
}

PlannedDevices plannedDevices(const Plan &plan, const ClusterSnapshot &snapshot, const ClusterUsage &usage)
{
    return plannedWith(countedReplicas(plan, snapshot, usage), plan, usage);
}

bool isOfSku(const DevicePool &pool, const Target &target)
{
    return skuNameOf(pool) == target.skuId && pool.resource == target.resource && pool.kind == target.kind
        && pool.profile == target.profile && pool.replicas == target.replicas;
}

Target skuTarget(const SkuRow &row)
{
    return {TargetLevel::Sku, row.resource, row.sku, {}, {}, row.kind, row.profile, row.replicas};
}

std::optional<Candidate> bestPlace(const std::vector<Candidate> &candidates, const ClusterSnapshot &snapshot,
                                   const Target &target)
{
    const auto isTarget = [&](const Candidate &candidate) {
        const auto *node = candidate.resource == target.resource ? findNode(snapshot, candidate.node) : nullptr;
        return node && std::ranges::any_of(node->devices, [&](const auto &pool) { return isOfSku(pool, target); });
    };
    const Candidate *best = nullptr;
    const auto rank = [](const Candidate &c) {
        return std::tuple(c.verdict == Verdict::Fits ? 0 : 1, c.freeDevices - c.needed, c.node);
    };
    for (const auto &candidate : candidates) {
        const bool usable = candidate.verdict == Verdict::Fits || candidate.verdict == Verdict::Tight;
        if (!usable || !isTarget(candidate))
            continue;
        if (!best || rank(candidate) < rank(*best))
            best = &candidate;
    }
    return best ? std::optional(*best) : std::nullopt;
}

std::vector<PlanFinding> checkPlan(const Plan &plan, const ClusterSnapshot &snapshot, const ClusterUsage &usage)
{
    std::vector<PlanFinding> findings;
    if (const auto locks = checkLocks(plan, snapshot); !locks)
        findings.push_back({locks.error().place, locks.error().message, true});
    for (const auto &requirement : plan.requirements) {
        const int placed = plan.placedReplicas(requirement.name);
        if (placed < requirement.replicas)
            findings.push_back(
                {requirement.name,
                 fmt::format("{} of {} replicas have no place", requirement.replicas - placed, requirement.replicas),
                 false});
    }
    for (const auto &placement : plan.placements) {
        if (placement.target.level == TargetLevel::Sku)
            continue;
        if (!findNode(snapshot, placement.target.node))
            findings.push_back(
                {placement.requirement, fmt::format("the node {} is gone", placement.target.node), true});
    }
    const auto counted = countedReplicas(plan, snapshot, usage);
    for (const auto &finding : withoutRoom(plan, snapshot, usage, counted))
        findings.push_back(finding);
    for (const auto &[key, devices] : plannedWith(counted, plan, usage)) {
        const auto *node = findNode(snapshot, key.first);
        if (!node)
            continue;
        const auto free = amountOf(node->allocatable, key.second) - requestedOn(usage, key.first, key.second);
        if (devices > free)
            findings.push_back({key.first,
                                fmt::format("{} devices of {} are planned, {} are free", devices, key.second,
                                            std::max<std::int64_t>(0, free)),
                                true});
    }
    return findings;
}

} // namespace core
