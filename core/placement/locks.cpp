// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/locks.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

std::string nameOf(const Placement &placement)
{
    const auto &target = placement.target;
    const auto where = target.node.empty() ? target.skuId : target.node;
    const auto card = target.card ? fmt::format(" card {}", *target.card) : std::string();
    return fmt::format("{} ×{} on {}{}", placement.requirement, placement.replicas, where, card);
}

std::unexpected<Error> contradiction(const Placement &one, const Placement &other, const std::string &why)
{
    return fail(ErrorKind::Conflict,
                fmt::format("the locks of {} and {} contradict each other: {}", nameOf(one), nameOf(other), why),
                one.target.node, "unlock one of them");
}

std::int64_t devicesOf(const Plan &plan, const Placement &placement)
{
    const auto *requirement = plan.find(placement.requirement);
    return std::int64_t{requirement ? std::max(1, requirement->tensorParallel) : 1} * placement.replicas;
}

bool isSamePool(const Placement &one, const Placement &other)
{
    return one.target.node == other.target.node && one.target.resource == other.target.resource;
}

/// Calls `check(one, earlier)` for every locked placement with the locked ones before it; stops at the first error.
template <class Check>
Result<void> eachLocked(const Plan &plan, Check check)
{
    std::vector<const Placement *> earlier;
    for (const auto &placement : plan.placements) {
        if (!placement.locked)
            continue;
        if (auto good = check(placement, earlier); !good)
            return good;
        earlier.push_back(&placement);
    }
    return {};
}

Result<void> checkCards(const Placement &one, const std::vector<const Placement *> &earlier)
{
    for (const auto *other : earlier)
        if (one.target.card && one.target.card == other->target.card && isSamePool(one, *other))
            return contradiction(*other, one, "both hold the same card");
    return {};
}

Result<void> checkReplicas(const Plan &plan, const Placement &one, const std::vector<const Placement *> &earlier)
{
    const auto *requirement = plan.find(one.requirement);
    int locked = one.replicas;
    for (const auto *other : earlier) {
        if (other->requirement != one.requirement)
            continue;
        locked += other->replicas;
        if (requirement && locked > requirement->replicas)
            return contradiction(
                *other, one,
                fmt::format("{} replicas are locked, {} has {}", locked, one.requirement, requirement->replicas));
    }
    return {};
}

} // namespace

Result<void> checkLocks(const Plan &plan)
{
    return eachLocked(plan, [&](const Placement &one, const auto &earlier) {
        auto good = checkCards(one, earlier);
        return good ? checkReplicas(plan, one, earlier) : good;
    });
}

Result<void> checkLocks(const Plan &plan, const ClusterSnapshot &snapshot)
{
    if (auto good = checkLocks(plan); !good)
        return good;
    return eachLocked(plan, [&](const Placement &one, const auto &earlier) -> Result<void> {
        const auto *node = one.target.node.empty() ? nullptr : findNode(snapshot, one.target.node);
        if (!node)
            return {};
        const auto offered = amountOf(node->allocatable, one.target.resource);
        auto wanted = devicesOf(plan, one);
        for (const auto *other : earlier) {
            if (!isSamePool(one, *other))
                continue;
            wanted += devicesOf(plan, *other);
            if (wanted > offered)
                return contradiction(*other, one,
                                     fmt::format("they hold {} devices of {}, the node offers {}", wanted,
                                                 one.target.resource, offered));
        }
        return {};
    });
}

} // namespace core
