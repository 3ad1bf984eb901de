// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/edit_set.h"

#include "core/placement/cluster_fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace core {

namespace {

bool isSameDevices(const Alternative &one, const Alternative &other)
{
    return one.skuId == other.skuId && one.kind == other.kind && one.profile == other.profile
        && one.sharesPerCard == other.sharesPerCard;
}

Alternative alternativeOf(const Target &sku, int tensorParallel)
{
    return {sku.skuId, tensorParallel, sku.kind, sku.profile, sku.replicas};
}

/// The SKU under a placement: as it says, or that of the pool on its node.
Result<Target> skuOf(const Placement &placement, const ClusterSnapshot &snapshot)
{
    const auto &target = placement.target;
    if (target.level == TargetLevel::Sku)
        return target;
    if (const auto *node = findNode(snapshot, target.node))
        for (const auto &pool : node->devices)
            if (pool.resource == target.resource)
                return Target{TargetLevel::Sku, pool.resource, skuNameOf(pool), {}, {},
                              pool.kind,        pool.profile,  pool.replicas};
    return fail(ErrorKind::NotFound, fmt::format("the cluster has no {} with {} now", target.node, target.resource),
                placement.requirement, "place the model again, then serve it on another SKU too");
}

/// One edit after the other of one plan; every function gives the plan after it.
class SetEditor {
public:
    SetEditor(const Plan &plan, const ClusterSnapshot &snapshot, const std::vector<SetResolution> &now)
        : m_plan(plan)
        , m_snapshot(snapshot)
        , m_now(now)
    {
    }

    Result<Plan> operator()(const ServeAlso &edit) const
    {
        const auto *requirement = m_plan.find(edit.requirement);
        if (!requirement)
            return fail(ErrorKind::NotFound, fmt::format("the plan has no requirement \"{}\"", edit.requirement));
        const auto other = alternativeOf(edit.sku, requirement->tensorParallel);
        auto next = m_plan.findSet(edit.requirement) ? Result<Plan>(m_plan) : withSetOfPlacements(*requirement);
        if (!next)
            return next;
        auto &set = *std::ranges::find(next->sets, edit.requirement, &PlacementSet::requirement);
        if (std::ranges::any_of(set.alternatives, [&](const auto &one) { return isSameDevices(one, other); }))
            return fail(ErrorKind::Conflict, fmt::format("{} is served on {} already", edit.requirement, other.skuId),
                        edit.requirement, "choose another SKU, or change its GPUs per replica");
        set.alternatives.push_back(other);
        return next;
    }

    Result<Plan> operator()(const SetReplicas &edit) const
    {
        return change(edit.requirement, [&](PlacementSet &set) -> Result<void> {
            set.replicas = edit.replicas;
            return {};
        });
    }

    Result<Plan> operator()(const ChangeMember &edit) const
    {
        return changeMember(edit, [&](PlacementSet &set) { set.alternatives[edit.member] = edit.changed; });
    }

    Result<Plan> operator()(const MoveMember &edit) const
    {
        return changeMember(edit, [&](PlacementSet &set) {
            const auto moved = set.alternatives[edit.member];
            const auto to = std::min(edit.to, set.alternatives.size() - 1);
            set.alternatives.erase(set.alternatives.begin() + static_cast<std::ptrdiff_t>(edit.member));
            set.alternatives.insert(set.alternatives.begin() + static_cast<std::ptrdiff_t>(to), moved);
        });
    }

    Result<Plan> operator()(const RemoveMember &edit) const
    {
        const auto *set = m_plan.findSet(edit.requirement);
        if (set && set->alternatives.size() <= 2)
            return fail(ErrorKind::Invalid, "a set of one SKU is none", edit.requirement, "dissolve the set instead");
        return changeMember(edit, [&](PlacementSet &changed) {
            changed.alternatives.erase(changed.alternatives.begin() + static_cast<std::ptrdiff_t>(edit.member));
        });
    }

    Result<Plan> operator()(const DissolveSet &edit) const
    {
        const auto *set = m_plan.findSet(edit.requirement);
        if (!set)
            return noSet(edit.requirement);
        auto next = m_plan;
        std::erase_if(next.sets, [&](const auto &one) { return one.requirement == edit.requirement; });
        const auto others = std::exchange(next.sets, {});
        std::vector<SetResolution> own;
        std::ranges::copy_if(m_now, std::back_inserter(own),
                             [&](const auto &one) { return one.requirement == edit.requirement; });
        auto placed = withSetsPlaced(next, own);
        if (!placed)
            return placed;
        placed->sets = others;
        // Its replicas may all have gone to a requirement with another tensor parallel.
        std::erase_if(placed->requirements, [](const auto &one) { return one.replicas < 1; });
        return placed;
    }

private:
    static std::unexpected<Error> noSet(const std::string &requirement)
    {
        return fail(ErrorKind::NotFound, "is not served by a placement set", requirement);
    }

    /// The placements of a requirement as the first alternatives of a set, with all their replicas.
    Result<Plan> withSetOfPlacements(const Requirement &requirement) const
    {
        PlacementSet set{requirement.name, {}, 0};
        for (const auto &placement : m_plan.placements) {
            if (placement.requirement != requirement.name)
                continue;
            if (placement.locked)
                return fail(ErrorKind::Conflict,
                            fmt::format("{} is locked to its place, a set chooses places", requirement.name),
                            requirement.name, "unlock it first");
            const auto sku = skuOf(placement, m_snapshot);
            if (!sku)
                return std::unexpected(sku.error());
            const auto one = alternativeOf(*sku, requirement.tensorParallel);
            if (std::ranges::find(set.alternatives, one) == set.alternatives.end())
                set.alternatives.push_back(one);
            set.replicas += placement.replicas;
        }
        if (set.alternatives.empty())
            return fail(ErrorKind::Invalid, "has no place yet, and a set of one SKU is none", requirement.name,
                        "place it on one SKU first, then serve it on another too");
        auto next = m_plan;
        std::erase_if(next.placements, [&](const auto &one) { return one.requirement == requirement.name; });
        next.sets.push_back(std::move(set));
        return next;
    }

    template <class Change>
    Result<Plan> change(const std::string &requirement, Change apply) const
    {
        auto next = m_plan;
        const auto set = std::ranges::find(next.sets, requirement, &PlacementSet::requirement);
        if (set == next.sets.end())
            return noSet(requirement);
        if (auto good = apply(*set); !good)
            return std::unexpected(good.error());
        if (auto good = checkSet(*set); !good)
            return std::unexpected(good.error());
        return next;
    }

    template <class Edit, class Change>
    Result<Plan> changeMember(const Edit &edit, Change apply) const
    {
        return change(edit.requirement, [&](PlacementSet &set) -> Result<void> {
            if (edit.member >= set.alternatives.size())
                return fail(ErrorKind::NotFound, fmt::format("the set has no member {}", edit.member + 1),
                            edit.requirement);
            apply(set);
            return {};
        });
    }

    const Plan &m_plan;
    const ClusterSnapshot &m_snapshot;
    const std::vector<SetResolution> &m_now;
};

/// The replicas that all members together may take; nullopt: one of them has no limit.
std::optional<std::int64_t> mostReplicas(const PlacementSet &set)
{
    std::int64_t sum = 0; // a file may say any number
    for (const auto &one : set.alternatives) {
        if (!one.atMost)
            return std::nullopt;
        sum += *one.atMost;
    }
    return sum;
}

Result<void> checkMember(const PlacementSet &set, const Alternative &one)
{
    if (one.tensorParallel < 1)
        return fail(ErrorKind::Invalid, fmt::format("{} devices of {} serve nothing", one.tensorParallel, one.skuId),
                    set.requirement, "give each replica at least one");
    if (one.atMost && *one.atMost < 1)
        return fail(ErrorKind::Invalid, fmt::format("{} would take {} replicas", one.skuId, *one.atMost),
                    set.requirement, "remove it from the set instead");
    if (std::ranges::count_if(set.alternatives, [&](const auto &other) { return isSameWay(one, other); }) > 1)
        return fail(ErrorKind::Conflict, fmt::format("{} × {} stands twice in the set", one.tensorParallel, one.skuId),
                    set.requirement, "remove one of them");
    return {};
}

} // namespace

Result<Plan> editSet(const Plan &plan, const SetEdit &edit, const ClusterSnapshot &snapshot,
                     const std::vector<SetResolution> &now)
{
    return std::visit(SetEditor(plan, snapshot, now), edit);
}

Result<void> checkSet(const PlacementSet &set)
{
    if (set.replicas < 1)
        return fail(ErrorKind::Invalid, fmt::format("a set of {} replicas serves nothing", set.replicas),
                    set.requirement, "keep at least one replica, or dissolve the set");
    for (const auto &one : set.alternatives)
        if (auto good = checkMember(set, one); !good)
            return good;
    if (const auto most = mostReplicas(set); most && *most < set.replicas)
        return fail(ErrorKind::Conflict,
                    fmt::format("its members take {} replicas at most, the set has {}", *most, set.replicas),
                    set.requirement, "raise a member's limit, or lower the replicas");
    return {};
}

bool isSameWay(const Alternative &one, const Alternative &other)
{
    return isSameDevices(one, other) && one.tensorParallel == other.tensorParallel;
}

bool isOf(const Target &sku, const Alternative &alternative)
{
    return isSameDevices(alternativeOf(sku, 1), alternative);
}

} // namespace core
