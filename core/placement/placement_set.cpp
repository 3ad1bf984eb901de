// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/placement_set.h"

#include "core/fit/host_request.h"
#include "core/placement/cluster_fleet.h"
#include "core/placement/edit_set.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

bool isOf(const DevicePool &pool, const Alternative &wanted)
{
    return skuNameOf(pool) == wanted.skuId && pool.kind == wanted.kind && pool.profile == wanted.profile
        && pool.replicas == wanted.sharesPerCard;
}

Target targetOf(const Alternative &wanted, const std::string &resource)
{
    return {TargetLevel::Sku, resource, wanted.skuId, {}, {}, wanted.kind, wanted.profile, wanted.sharesPerCard};
}

/// The requirement of an alternative that has another tensor parallel than the set's own.
std::string nameWith(const std::string &requirement, int tensorParallel)
{
    return fmt::format("{}-tp{}", requirement, tensorParallel);
}

class Resolver {
public:
    Resolver(const Plan &plan, const FitInput &input, ClusterFleet fleet, PlannedDevices planned)
        : m_plan(plan)
        , m_input(input)
        , m_fleet(std::move(fleet))
        , m_planned(std::move(planned))
    {
    }

    SetResolution resolve(const PlacementSet &set)
    {
        SetResolution resolution{set.requirement, {}, set.replicas};
        const auto *requirement = m_plan.find(set.requirement);
        for (const auto &alternative : set.alternatives) {
            AlternativeOutcome outcome;
            outcome.alternative = alternative;
            keepRunning(set.requirement, mostOf(alternative, resolution.missing), outcome);
            resolution.missing -= outcome.replicas;
            resolution.outcomes.push_back(std::move(outcome));
        }
        for (auto &outcome : resolution.outcomes) {
            if (resolution.missing == 0 || !requirement)
                break;
            const auto before = outcome.replicas;
            const auto most = mostOf(outcome.alternative, before + resolution.missing);
            if (most > before)
                fill(*requirement, most, outcome);
            resolution.missing -= outcome.replicas - before;
        }
        return resolution;
    }

private:
    static int mostOf(const Alternative &alternative, int wanted)
    {
        return std::min(wanted, alternative.atMost.value_or(wanted));
    }

    /// Replicas of the plan that run on the alternative already stay there, so that an applied plan resolves to itself.
    void keepRunning(const std::string &name, int atMost, AlternativeOutcome &outcome) const
    {
        const auto ownName = nameWith(name, outcome.alternative.tensorParallel);
        for (const auto &node : m_input.snapshot.nodes) {
            const auto usage = m_input.usage.find(node->name);
            if (usage == m_input.usage.end())
                continue;
            for (const auto &pod : usage->second.holders) {
                if (pod->berthPlan != m_plan.name || (pod->berthModel != name && pod->berthModel != ownName))
                    continue;
                for (const auto &pool : node->devices)
                    if (outcome.replicas < atMost && isOf(pool, outcome.alternative)
                        && amountOf(pod->requests, pool.resource) == outcome.alternative.tensorParallel)
                        count(outcome, pool.resource);
            }
        }
    }

    /// The pools of the alternative, judged; those that fit first, the fullest of them first.
    std::vector<Candidate> candidatesOf(const Requirement &requirement, const Alternative &alternative) const
    {
        const FitInput now = m_input.with(m_planned);
        auto candidates = evaluate(now, requirement);
        std::erase_if(candidates, [&](const Candidate &one) {
            const auto *node = findNode(m_input.snapshot, one.node);
            return !node || std::ranges::none_of(node->devices, [&](const DevicePool &pool) {
                return pool.resource == one.resource && isOf(pool, alternative);
            });
        });
        std::ranges::stable_sort(candidates, {}, [](const Candidate &one) {
            return std::pair(one.verdict == Verdict::Fits ? 0 : 1, one.freeDevices);
        });
        return candidates;
    }

    void fill(Requirement requirement, int replicas, AlternativeOutcome &outcome)
    {
        outcome.wasAsked = true;
        requirement.tensorParallel = outcome.alternative.tensorParallel;
        const auto candidates = candidatesOf(requirement, outcome.alternative);
        const auto host = hostRequest(m_input.catalog.findModel(requirement.modelId), requirement);
        const auto demand = ClusterFleet::demand(host.cpuMilli, host.memoryBytes, requirement.tensorParallel);
        for (const auto &candidate : candidates)
            while (isUsable(candidate) && outcome.replicas < replicas && takeOne(candidate, demand))
                count(outcome, candidate.resource);
        if (outcome.replicas == replicas)
            return;
        outcome.misses = missesOf(candidatesOf(requirement, outcome.alternative));
        if (candidates.empty())
            outcome.misses.push_back({Link::Device,
                                      Verdict::No,
                                      "no-such-sku",
                                      0,
                                      {},
                                      fmt::format("the cluster has no {}", outcome.alternative.skuId),
                                      {},
                                      {}});
    }

    bool takeOne(const Candidate &candidate, const engine::Demand &demand)
    {
        const auto node = indexOfNode(m_input.snapshot, candidate.node);
        const auto place = node ? m_fleet.find(m_input.snapshot, *node, candidate.resource) : std::nullopt;
        if (!place || !m_fleet.take(demand, *place))
            return false;
        m_planned[{candidate.node, candidate.resource}] += candidate.needed;
        return true;
    }

    static void count(AlternativeOutcome &outcome, const std::string &resource)
    {
        ++outcome.replicas;
        const auto target = targetOf(outcome.alternative, resource);
        const auto found = std::ranges::find(outcome.targets, target);
        if (found == outcome.targets.end()) {
            outcome.targets.push_back(target);
            outcome.replicasOfTarget.push_back(1);
        } else {
            ++outcome.replicasOfTarget[static_cast<std::size_t>(found - outcome.targets.begin())];
        }
    }

    const Plan &m_plan;
    const FitInput &m_input;
    ClusterFleet m_fleet;
    PlannedDevices m_planned;
};

std::string whyNot(const SetResolution &resolution)
{
    std::string why;
    for (const auto &outcome : resolution.outcomes) {
        why += fmt::format("{}{} × {}: ", why.empty() ? "" : "; ", outcome.alternative.tensorParallel,
                           outcome.alternative.skuId);
        why += !outcome.misses.empty()                       ? outcome.misses.front().detail
            : outcome.alternative.atMost == outcome.replicas ? fmt::format("takes {} at most", outcome.replicas)
                                                             : fmt::format("room for {}", outcome.replicas);
    }
    return why;
}

/// The requirement an alternative's replicas belong to: the set's own, or one of its own with another tensor parallel.
Result<std::string> requirementFor(Plan &plan, const std::string &name, int tensorParallel, int replicas)
{
    const auto original = std::ranges::find(plan.requirements, name, &Requirement::name);
    if (original == plan.requirements.end() || original->tensorParallel == tensorParallel)
        return name;
    auto own = *original;
    own.name = nameWith(name, tensorParallel);
    own.tensorParallel = tensorParallel;
    own.replicas = replicas;
    if (plan.find(own.name))
        return fail(ErrorKind::Conflict, fmt::format("the plan has a requirement \"{}\" already", own.name), name,
                    "give it another name");
    original->replicas = std::max(0, original->replicas - replicas);
    plan.requirements.push_back(own);
    return own.name;
}

Result<void> addPlacements(Plan &plan, const SetResolution &resolution)
{
    for (const auto &outcome : resolution.outcomes) {
        if (outcome.replicas == 0)
            continue;
        const auto name =
            requirementFor(plan, resolution.requirement, outcome.alternative.tensorParallel, outcome.replicas);
        if (!name)
            return std::unexpected(name.error());
        for (std::size_t index = 0; index < outcome.targets.size(); ++index) {
            auto placed = place(plan, *name, outcome.targets[index], outcome.replicasOfTarget[index]);
            if (!placed)
                return std::unexpected(placed.error());
            plan = *std::move(placed);
        }
    }
    return {};
}

} // namespace

Result<std::vector<SetResolution>> resolveSets(const Plan &plan, const FitInput &input)
{
    if (plan.sets.empty())
        return std::vector<SetResolution>(); // most plans: nothing is to be read of the cluster
    auto planned = plannedDevices(plan, input.snapshot, input.usage);
    auto fleet = ClusterFleet::make(input.snapshot, input.usage, planned);
    if (!fleet)
        return std::unexpected(fleet.error());
    Resolver resolver(plan, input, *std::move(fleet), std::move(planned));
    std::vector<SetResolution> resolutions;
    resolutions.reserve(plan.sets.size());
    for (const auto &set : plan.sets)
        resolutions.push_back(resolver.resolve(set));
    return resolutions;
}

Result<Plan> withSetsPlaced(const Plan &plan, const std::vector<SetResolution> &resolutions)
{
    auto placed = plan;
    placed.sets.clear();
    for (const auto &resolution : resolutions)
        if (auto added = addPlacements(placed, resolution); !added)
            return std::unexpected(added.error());
    return placed;
}

Result<Plan> withSetsPlaced(const Plan &plan, const FitInput &input)
{
    const auto resolutions = resolveSets(plan, input);
    return resolutions ? withSetsPlaced(plan, *resolutions) : std::unexpected(resolutions.error());
}

std::vector<PlanFinding> setFindings(const std::vector<SetResolution> &resolutions)
{
    std::vector<PlanFinding> findings;
    for (const auto &resolution : resolutions) {
        if (resolution.missing == 0)
            continue;
        int all = resolution.missing;
        for (const auto &outcome : resolution.outcomes)
            all += outcome.replicas;
        findings.push_back({resolution.requirement,
                            fmt::format("{} of {} replicas of the placement set have no place: {}", resolution.missing,
                                        all, whyNot(resolution)),
                            true});
    }
    return findings;
}

Result<Plan> withSetsResolved(const Plan &plan, const FitInput &input)
{
    const auto resolutions = resolveSets(plan, input);
    return resolutions ? withSetsResolved(plan, *resolutions) : std::unexpected(resolutions.error());
}

Result<Plan> withSetsResolved(const Plan &plan, const std::vector<SetResolution> &resolutions)
{
    if (const auto findings = setFindings(resolutions); !findings.empty())
        return fail(ErrorKind::Invalid, findings.front().message, findings.front().place,
                    "another alternative, or fewer replicas");
    return withSetsPlaced(plan, resolutions);
}

const PlacementSet *setBehind(const Plan &plan, std::string_view resolvedRequirement)
{
    for (const auto &set : plan.sets) {
        const auto isOwn = [&](const Alternative &one) {
            return nameWith(set.requirement, one.tensorParallel) == resolvedRequirement;
        };
        if (set.requirement == resolvedRequirement
            || (!plan.find(resolvedRequirement) && std::ranges::any_of(set.alternatives, isOwn)))
            return &set;
    }
    return nullptr;
}

std::string describe(const PlacementSet &set)
{
    std::string text;
    for (const auto &one : set.alternatives)
        text += fmt::format("{}{} × {}{}", text.empty() ? "" : ", else ", one.tensorParallel, one.skuId,
                            one.atMost ? fmt::format(" (at most {})", *one.atMost) : std::string());
    return text;
}

} // namespace core
