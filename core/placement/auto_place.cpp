// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/auto_place.h"

#include "core/cluster/inventory_lines.h"
#include "core/fit/host_request.h"
#include "core/placement/cluster_fleet.h"
#include "core/placement/place_criteria.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace core {

namespace {

using Counts = std::map<std::string, int, std::less<>>;

/// Replicas of the requirement that stand, are planned, or have just been `placed`, by node.
Counts replicasByNode(const FitInput &input, const PlaceQuery &query, const Counts &placed)
{
    Counts running, planned;
    for (const auto &[node, usage] : input.usage)
        for (const auto &pod : usage.holders)
            if (pod->berthModel == query.requirement.name && (!query.plan || pod->berthPlan == query.plan->name))
                ++running[node];
    if (query.plan)
        for (const auto &placement : query.plan->placements)
            if (placement.requirement == query.requirement.name && !placement.target.node.empty())
                planned[placement.target.node] += placement.replicas;
    for (const auto &[node, count] : planned)
        running[node] = std::max(running[node], count); // what runs of a placement is not counted twice
    for (const auto &[node, count] : placed)
        running[node] += count;
    return running;
}

std::optional<double> valueFor(const std::map<std::string, double, std::less<>> &bySku, const std::string &sku)
{
    const auto found = bySku.find(sku);
    return found == bySku.end() ? std::nullopt : std::optional(found->second);
}

/// Turns the usable candidates into options.
class Options {
public:
    Options(const FitInput &input, const PlaceQuery &query, const ClusterFleet &fleet, const Counts &placed)
        : m_input(input)
        , m_query(query)
        , m_fleet(fleet)
        , m_onNode(replicasByNode(input, query, placed))
    {
        const auto host = hostRequest(input.catalog.findModel(query.requirement.modelId), query.requirement);
        m_demand = ClusterFleet::demand(host.cpuMilli, host.memoryBytes, query.requirement.tensorParallel);
        for (const auto &[name, count] : m_onNode)
            if (const auto *node = findNode(input.snapshot, name))
                m_inZone[zoneOf(*node)] += count;
    }

    std::optional<PlaceOption> option(const Candidate &candidate) const
    {
        const auto index = indexOfNode(m_input.snapshot, candidate.node);
        const auto place = index ? m_fleet.find(m_input.snapshot, *index, candidate.resource) : std::nullopt;
        if (!place)
            return std::nullopt;
        const auto &node = *m_input.snapshot.nodes[*index];
        const auto pool = std::ranges::find(node.devices, candidate.resource, &DevicePool::resource);
        PlaceOption one;
        one.candidate = candidate;
        one.target = {TargetLevel::Node, candidate.resource, {}, candidate.node, {}};
        one.sku = skuNameOf(*pool);
        one.zone = zoneOf(node);
        one.fragmentation = m_fleet.costOf(m_demand, *place);
        if (const auto price = valueFor(m_query.pricePerHour, one.sku))
            one.price = *price * static_cast<double>(candidate.needed);
        if (const auto speed = valueFor(m_query.tokensPerSecond, one.sku))
            one.speed = *speed * measuredShare(candidate.node);
        one.replicasOnNode = countIn(m_onNode, candidate.node);
        one.replicasInZone = countIn(m_inZone, one.zone);
        return one;
    }

private:
    /// Share of the SKU's speed that probes saw on the node; 1 where nothing was measured.
    double measuredShare(const std::string &node) const
    {
        if (!m_input.probed)
            return 1;
        const auto found = m_input.probed->find(node);
        return found == m_input.probed->end() ? 1 : found->second.speed;
    }
    static int countIn(const Counts &counts, const std::string &key)
    {
        const auto found = counts.find(key);
        return found == counts.end() ? 0 : found->second;
    }

    const FitInput &m_input;
    const PlaceQuery &m_query;
    const ClusterFleet &m_fleet;
    Counts m_onNode, m_inZone;
    engine::Demand m_demand;
};

bool isKnownSku(const FitInput &input, const std::string &sku)
{
    const auto has = [&](const NodePtr &node) {
        return std::ranges::any_of(node->devices, [&](const auto &pool) { return skuNameOf(pool) == sku; });
    };
    return input.catalog.findSku(sku) || std::ranges::any_of(input.snapshot.nodes, has);
}

Result<void> checkFigures(const std::map<std::string, double, std::less<>> &bySku, std::string_view what)
{
    for (const auto &[sku, value] : bySku)
        if (!std::isfinite(value) || value < 0)
            return fail(ErrorKind::Invalid, fmt::format("the {} of {} is {}", what, sku, value), sku,
                        "a number that is not negative");
    return {};
}

Result<void> check(const FitInput &input, const PlaceQuery &query)
{
    if (query.requirement.replicas < 1)
        return fail(ErrorKind::Invalid, fmt::format("{} replicas cannot be placed", query.requirement.replicas),
                    "replicas", "at least 1");
    if (query.objective == Objective::KeepFree && query.keepFree.empty())
        return fail(ErrorKind::Usage, "the objective keep-free names no SKU", {}, "name the SKU to keep free");
    for (const auto &sku : query.keepFree)
        if (!isKnownSku(input, sku))
            return fail(ErrorKind::Usage,
                        fmt::format("neither the catalogue nor the cluster knows the SKU \"{}\"", sku), {},
                        "`berthctl inventory` lists those of the cluster");
    if (auto good = checkFigures(query.pricePerHour, "price"); !good)
        return good;
    return checkFigures(query.tokensPerSecond, "speed");
}

/// Keeps the best and the next best.
struct Podium {
    const std::vector<Criterion> criteria;
    std::optional<PlaceOption> first = {}, second = {};

    void offer(const PlaceOption &option)
    {
        if (!first || isBetter(option, *first, criteria)) {
            second = std::exchange(first, option);
        } else if (!second || isBetter(option, *second, criteria)) {
            second = option;
        }
    }
};

bool holds(const std::vector<std::string> &names, const std::string &name)
{
    return std::ranges::find(names, name) != names.end();
}

PlaceAnswer answer(const FitInput &input, const PlaceQuery &query, const ClusterFleet &fleet, const Counts &placed)
{
    auto candidates = evaluate(input, query.requirement);
    std::erase_if(candidates, [&](const Candidate &one) { return holds(query.avoid, one.node); });
    const Options options(input, query, fleet, placed);
    const auto criteria = criteriaOf(query.objective);
    Podium all{criteria}, kept{criteria};
    std::map<std::string, PlaceOption> bestOfSku;
    PlaceAnswer answer;
    answer.misses = missesOf(candidates);
    for (const auto &candidate : candidates) {
        const auto option = isUsable(candidate) ? options.option(candidate) : std::nullopt;
        if (!option)
            continue;
        if (holds(query.keepFree, option->sku)) {
            kept.offer(*option);
            continue;
        }
        ++answer.usable;
        all.offer(*option);
        const auto [at, isNew] = bestOfSku.emplace(option->sku, *option);
        if (!isNew && isBetter(*option, at->second, criteria))
            at->second = *option;
    }
    answer.best = std::move(all.first);
    answer.runnerUp = std::move(all.second);
    answer.keptFree = std::move(kept.first);
    Podium others{criteria};
    for (const auto &[sku, option] : bestOfSku)
        if (answer.best && sku != answer.best->sku)
            others.offer(option);
    answer.otherSku = std::move(others.first);
    if (answer.best && answer.runnerUp)
        answer.versus = differences(*answer.best, *answer.runnerUp, query.objective);
    if (answer.best && answer.otherSku)
        answer.versusSku = differences(*answer.best, *answer.otherSku, query.objective);
    return answer;
}

Result<PlaceAnswer> placeOne(const FitInput &input, const PlaceQuery &query, const Counts &placed)
{
    if (auto good = check(input, query); !good)
        return std::unexpected(good.error());
    const auto fleet = ClusterFleet::make(input.snapshot, input.usage, input.planned);
    if (!fleet)
        return std::unexpected(fleet.error());
    return answer(input, query, *fleet, placed);
}

} // namespace

Result<PlaceAnswer> autoPlace(const FitInput &input, const PlaceQuery &query)
{
    return placeOne(input, query, {});
}

Result<std::vector<PlaceAnswer>> autoPlaceAll(const FitInput &input, const PlaceQuery &query)
{
    auto planned = input.planned;
    Counts placed;
    const FitInput now = input.with(planned);
    std::vector<PlaceAnswer> answers;
    do {
        auto one = placeOne(now, query, placed);
        if (!one)
            return std::unexpected(one.error());
        answers.push_back(*std::move(one));
        const auto &best = answers.back().best;
        if (!best)
            break;
        const auto &target = best->target;
        planned[{target.node, target.resource}] += query.requirement.tensorParallel;
        ++placed[target.node];
    } while (std::ssize(answers) < query.requirement.replicas);
    return answers;
}

} // namespace core
