// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/what_if.h"

#include "core/fit/host_request.h"
#include "core/fit/scheduling_links.h"
#include "core/placement/auto_place.h"
#include "core/placement/cluster_fleet.h"
#include "core/placement/drain_room.h"
#include "core/placement/locks.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

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
        , m_fleet(std::move(fleet))
        , m_planned(input.planned)
        , m_leaving(leavingPods())
        , m_room(input.snapshot, input.usage, namedBy(m_leaving))
    {
        m_answer.node = m_node.name;
        m_room.close(node);
        for (std::size_t index = 0; index < input.snapshot.nodes.size(); ++index)
            if (!input.snapshot.nodes[index]->acceptsPods())
                m_room.close(index);
    }

    Result<DrainAnswer> run()
    {
        if (m_plan)
            for (const auto &placement : m_plan->placements)
                if (auto moved = movePlacement(placement); !moved)
                    return std::unexpected(moved.error());
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
            if (pod->nodeName != m_node.name || !pod->holdsResources() || pod->deleting)
                continue;
            if (isLeftByDrain(*pod))
                m_answer.stays.push_back(pod->key());
            else if (!isOfPlan(*pod))
                leaving.push_back(pod);
        }
        const auto rank = [&](const PodPtr &pod) {
            return std::tuple(-devicesOf(*pod).second, -amountOf(pod->requests, "cpu"));
        };
        std::ranges::stable_sort(leaving, {}, rank);
        return leaving;
    }

    static Resources namedBy(const std::vector<PodPtr> &pods)
    {
        Resources named;
        for (const auto &pod : pods)
            raise(named, pod->requests);
        return named;
    }

    /// The accelerator resource a pod holds on this node, and how many; the first when there are several.
    std::pair<std::string, std::int64_t> devicesOf(const Pod &pod) const
    {
        for (const auto &pool : m_node.devices)
            if (const auto amount = amountOf(pod.requests, pool.resource); amount > 0)
                return {pool.resource, amount};
        return {};
    }

    static const DevicePool *poolOf(const Node &node, const std::string &resource)
    {
        const auto found = std::ranges::find(node.devices, resource, &DevicePool::resource);
        return found == node.devices.end() ? nullptr : &*found;
    }

    /// The engine's node for a resource on each node, and whether its devices are of the kind they are here.
    struct Places {
        std::vector<std::optional<std::size_t>> place;
        std::vector<bool> sameKind;
    };

    const Places &placesOf(const std::string &resource)
    {
        const auto [at, isNew] = m_places.try_emplace(resource);
        if (!isNew)
            return at->second;
        const auto *from = poolOf(m_node, resource);
        for (std::size_t index = 0; index < m_input.snapshot.nodes.size(); ++index) {
            const auto *to = poolOf(*m_input.snapshot.nodes[index], resource);
            at->second.place.push_back(m_fleet.find(m_input.snapshot, index, resource));
            at->second.sameKind.push_back(!from
                                          || (to && skuNameOf(*from) == skuNameOf(*to) && from->kind == to->kind
                                              && from->profile == to->profile));
        }
        return at->second;
    }

    /// Selector, taints and host ports.
    bool isAllowed(const SchedulingPod &pod, std::size_t index)
    {
        const auto &node = *m_input.snapshot.nodes[index];
        return matches(pod.affinity, {node.name, node.labels}) && !firstUntolerated(pod.tolerations, node.taints)
            && m_room.portsFree(pod.hostPorts, index);
    }

    /// The node of least loss, of the same kind of device when there is one.
    std::optional<std::size_t> bestNode(const SchedulingPod &wanted, const Places &places, const engine::Demand &demand)
    {
        std::optional<std::size_t> best;
        std::tuple<bool, double> least{true, std::numeric_limits<double>::infinity()};
        for (const auto index : m_room.nodesFor(wanted.requests)) {
            const auto &place = places.place[index];
            const auto cost = place ? m_fleet.costOf(demand, *place) : std::nullopt;
            if (!cost)
                continue;
            const std::tuple rank(!places.sameKind[index], cost->total());
            if (rank < least && isAllowed(wanted, index)) {
                least = rank;
                best = index;
            }
        }
        return best;
    }

    void movePod(const Pod &pod)
    {
        const auto wanted = schedulingPod(pod);
        const auto [resource, devices] = devicesOf(pod);
        const auto demand =
            ClusterFleet::demand(amountOf(pod.requests, "cpu"), amountOf(pod.requests, "memory"), devices);
        Move move{.what = pod.key(), .resource = resource, .devices = devices};
        const auto best = bestNode(wanted, placesOf(resource), demand);
        if (best)
            settle(std::move(move), wanted, demand, *best);
        else
            m_answer.stuck.push_back(withMisses(std::move(move), wanted));
    }

    void settle(Move move, const SchedulingPod &wanted, const engine::Demand &demand, std::size_t index)
    {
        const auto &node = *m_input.snapshot.nodes[index];
        const auto &places = placesOf(move.resource);
        move.to = node.name;
        if (const auto *pool = poolOf(node, move.resource))
            move.toSku = skuNameOf(*pool);
        move.doubts = wanted.beyondNode;
        if (!places.sameKind[index])
            move.doubts.emplace_back("other-sku");
        move.verdict = move.doubts.empty() ? Verdict::Fits : Verdict::Unknown;
        if (const auto &place = places.place[index])
            m_fleet.take(demand, *place);
        m_room.take(wanted.requests, index);
        m_room.takePorts(wanted.hostPorts, index);
        add(m_moved[node.name], wanted.requests);
        ++m_moved[node.name]["pods"];
        m_answer.moves.push_back(std::move(move));
    }

    /// Why each other node says no, as things stand after the moves so far. Equal pods have equal reasons.
    Move withMisses(Move move, const SchedulingPod &wanted)
    {
        for (const auto &[earlier, misses] : m_explained)
            if (earlier.requests == wanted.requests && earlier.affinity == wanted.affinity
                && earlier.tolerations == wanted.tolerations && earlier.hostPorts == wanted.hostPorts) {
                move.misses = misses;
                return move;
            }
        auto usage = m_input.usage;
        for (const auto &[node, requests] : m_moved)
            add(usage[node].requested, requests);
        auto candidates = evaluatePod(m_input.snapshot, usage, wanted);
        std::erase_if(candidates, [&](const Candidate &one) { return one.node == m_node.name; });
        move.misses = missesOf(candidates);
        m_explained.emplace_back(wanted, move.misses);
        return move;
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
        const auto &place = *answer.best;
        move.to = place.target.node;
        move.resource = place.target.resource;
        move.toSku = place.sku;
        move.verdict = place.candidate.verdict;
        m_planned[{move.to, move.resource}] += move.devices;
        const auto host = hostRequest(m_input.catalog.findModel(requirement.modelId), requirement);
        const Resources taken{
            {"cpu", host.cpuMilli}, {"memory", host.memoryBytes}, {move.resource, requirement.tensorParallel}};
        if (const auto index = indexOfNode(m_input.snapshot, move.to)) {
            m_room.take(taken, *index);
            if (const auto at = m_fleet.find(m_input.snapshot, *index, move.resource))
                m_fleet.take(ClusterFleet::demand(host.cpuMilli, host.memoryBytes, move.devices), *at);
        }
        add(m_moved[move.to], taken);
        m_answer.moves.push_back(std::move(move));
    }

    const FitInput &m_input;
    const Node &m_node;
    const Plan *m_plan;
    DrainAnswer m_answer;
    ClusterFleet m_fleet;
    PlannedDevices m_planned; ///< with the replicas that have moved
    std::vector<PodPtr> m_leaving;
    DrainRoom m_room;
    std::map<std::string, Resources> m_moved; ///< what has come to a node
    std::map<std::string, Places> m_places;
    std::vector<std::pair<SchedulingPod, std::vector<Miss>>> m_explained;
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
