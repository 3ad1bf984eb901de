// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/what_if.h"

#include "core/fit/host_request.h"
#include "core/placement/auto_place.h"
#include "core/placement/drain_places.h"
#include "core/placement/locks.h"

#include <algorithm>

namespace core {

namespace {

bool isLeftByDrain(const Pod &pod)
{
    return pod.owner.starts_with("DaemonSet/") || pod.owner.starts_with("Node/");
}

class Drain {
public:
    Drain(const FitInput &input, std::size_t node, const Plan *plan, ClusterFleet fleet)
        : m_input(input)
        , m_node(*input.snapshot.nodes[node])
        , m_plan(plan)
        , m_planned(input.planned)
        , m_leaving(leavingPods())
        , m_places(input, node, std::move(fleet), m_leaving, m_going)
    {
        m_answer.node = m_node.name;
    }

    Result<DrainAnswer> run()
    {
        if (m_plan) {
            for (const auto &placement : m_plan->placements)
                if (auto moved = movePlacement(placement); !moved)
                    return std::unexpected(moved.error());
            for (const auto &replica : countedReplicas(*m_plan, m_input.snapshot, m_input.usage))
                if (replica.node == m_node.name)
                    moveCounted(m_plan->placements[replica.placement]);
        }
        for (const auto &pod : m_leaving)
            movePod(*pod);
        return std::move(m_answer);
    }

private:
    bool isOfPlan(const Pod &pod) const
    {
        return m_plan && pod.berthPlan == m_plan->name
            && std::ranges::any_of(m_plan->placements, [&](const Placement &one) {
                   return one.requirement == pod.berthModel && one.target.node == m_node.name;
               });
    }

    /// The pods that need a new place, those with most devices first, then by CPU, then by name.
    std::vector<PodPtr> leavingPods()
    {
        std::vector<PodPtr> leaving;
        for (const auto &pod : m_input.snapshot.pods) {
            if (pod->nodeName != m_node.name || !pod->holdsResources())
                continue;
            if (!isLeftByDrain(*pod) && pod->rules.value && !pod->rules.value->claims.empty())
                m_going.insert(pod->key());
            if (pod->deleting)
                continue;
            if (isLeftByDrain(*pod))
                m_answer.stays.push_back(pod->key());
            else if (!isOfPlan(*pod))
                leaving.push_back(pod);
        }
        const auto rank = [&](const PodPtr &pod) {
            return std::tuple(-devicesOf(*pod), -amountOf(pod->requests, "cpu"));
        };
        std::ranges::stable_sort(leaving, {}, rank);
        return leaving;
    }

    /// How many devices a pod holds on this node; of the first resource when there are several.
    std::int64_t devicesOf(const Pod &pod) const
    {
        for (const auto &pool : m_node.devices)
            if (const auto amount = amountOf(pod.requests, pool.resource); amount > 0)
                return amount;
        return 0;
    }

    void movePod(const Pod &pod)
    {
        const auto one = m_places.leaving(pod);
        Move move{.what = pod.key(), .resource = one.resource, .devices = one.devices};
        auto place = m_places.place(one);
        if (!place) {
            move.misses = m_places.misses(one);
            m_answer.stuck.push_back(std::move(move));
            return;
        }
        move.to = m_input.snapshot.nodes[place->node]->name;
        move.toSku = std::move(place->sku);
        move.doubts = std::move(place->doubts);
        move.verdict = move.doubts.empty() ? Verdict::Fits : Verdict::Unknown;
        m_answer.moves.push_back(std::move(move));
    }

    Result<void> movePlacement(const Placement &placement)
    {
        const auto *requirement = m_plan->find(placement.requirement);
        if (!requirement || placement.target.node != m_node.name)
            return {};
        auto one = *requirement;
        one.replicas = 1;
        const FitInput now = m_input.with(m_planned);
        for (int replica = 0; replica < placement.replicas; ++replica) {
            Move move{.what = requirement->name,
                      .isPlacement = true,
                      .locked = placement.locked,
                      .resource = placement.target.resource,
                      .devices = requirement->tensorParallel};
            if (placement.locked) {
                m_answer.stuck.push_back(std::move(move));
                continue;
            }
            const PlaceQuery query{.requirement = one, .plan = m_plan, .avoid = {m_node.name}};
            auto answer = autoPlace(now, query);
            if (!answer)
                return std::unexpected(answer.error());
            settleReplica(std::move(move), *answer, one);
        }
        return {};
    }

    void settleReplica(Move move, PlaceAnswer &answer, const Requirement &requirement)
    {
        if (!answer.best) {
            move.misses = std::move(answer.misses);
            m_answer.stuck.push_back(std::move(move));
            return;
        }
        move.toSku = answer.best->sku;
        settle(std::move(move), answer.best->candidate, requirement);
    }

    /// To the next node of its SKU.
    void moveCounted(const Placement &placement)
    {
        const auto *requirement = m_plan->find(placement.requirement);
        const auto &target = placement.target;
        Move move{.what = requirement->name,
                  .isPlacement = true,
                  .isCounted = true,
                  .resource = target.resource,
                  .devices = requirement->tensorParallel};
        auto candidates = evaluate(m_input.with(m_planned), *requirement);
        std::erase_if(candidates, [&](const Candidate &one) {
            const auto *node = findNode(m_input.snapshot, one.node);
            return one.node == m_node.name || one.resource != target.resource || !node
                || std::ranges::none_of(node->devices, [&](const auto &pool) { return isOfSku(pool, target); });
        });
        if (const auto best = bestPlace(candidates, m_input.snapshot, target)) {
            move.toSku = target.skuId;
            return settle(std::move(move), *best, *requirement);
        }
        move.misses = missesOf(candidates);
        m_answer.stuck.push_back(std::move(move));
    }

    void settle(Move move, const Candidate &place, const Requirement &requirement)
    {
        move.to = place.node;
        move.resource = place.resource;
        move.verdict = place.verdict;
        m_planned[{move.to, move.resource}] += move.devices;
        const auto host = hostRequest(m_input.catalog.findModel(requirement.modelId), requirement);
        m_places.takeReplica(move.to, move.resource, move.devices,
                             {{"cpu", host.cpuMilli}, {"memory", host.memoryBytes}});
        m_answer.moves.push_back(std::move(move));
    }

    const FitInput &m_input;
    const Node &m_node;
    const Plan *m_plan;
    DrainAnswer m_answer;
    PlannedDevices m_planned;      ///< with the replicas that have moved
    std::set<std::string> m_going; ///< keys of the pods that give up their claims
    std::vector<PodPtr> m_leaving;
    DrainPlaces m_places;
};

} // namespace

Result<DrainAnswer> whatIfDrain(const FitInput &input, const std::string &node, const Plan *plan)
{
    const auto index = indexOfNode(input.snapshot, node);
    if (!index)
        return fail(ErrorKind::NotFound, "there is no such node", node, "`berthctl inventory` lists the nodes");
    const bool blind =
        std::ranges::any_of(input.snapshot.blindSpots, [](const BlindSpot &spot) { return spot.resource == "pods"; });
    if (blind || !input.snapshot.podsSynced)
        return fail(ErrorKind::Forbidden, "pods cannot be read, so nobody knows what would have to move", node,
                    "the right to list pods in all namespaces");
    if (plan)
        if (auto good = checkLocks(*plan, input.snapshot); !good)
            return std::unexpected(good.error());
    auto fleet = ClusterFleet::make(input.snapshot, input.usage, input.planned);
    if (!fleet)
        return std::unexpected(fleet.error());
    return Drain(input, *index, plan, *std::move(fleet)).run();
}

} // namespace core
