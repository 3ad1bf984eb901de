// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimise_plan.h"

#include "core/placement/placement_set.h"
#include "core/sizing/sku_estimate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace core {

namespace {

using optimizer::FleetProblem;

/// A placement that the optimiser does not touch: it is locked, or its pods run there.
bool stays(const Placement &placement, const Plan &plan, const ClusterSnapshot &snapshot)
{
    return placement.locked || std::ranges::any_of(snapshot.pods, [&](const auto &pod) {
               return pod->berthPlan == plan.name && pod->berthModel == placement.requirement
                   && (placement.target.node.empty() || pod->nodeName == placement.target.node);
           });
}

const DevicePool *cardPool(const ClusterSnapshot &snapshot, const Candidate &candidate)
{
    const auto node = std::ranges::lower_bound(snapshot.nodes, candidate.node, {}, &Node::name);
    if (node == snapshot.nodes.end() || (*node)->name != candidate.node)
        return nullptr;
    const auto pool = std::ranges::find_if((*node)->devices, [&](const auto &each) {
        return each.resource == candidate.resource && each.kind == DeviceKind::Card && !each.skuId.empty();
    });
    return pool == (*node)->devices.end() ? nullptr : &*pool;
}

/// A pool as the optimiser sees it, and which requirements may use it.
struct Place {
    const Candidate *candidate = nullptr;
    std::string skuId;
    std::vector<std::size_t> admitted; ///< indices into Translation::asked, ascending
};

struct Asked {
    const Requirement *requirement = nullptr;
    int lacking = 0;
    std::vector<Candidate> candidates;
};

/// A plan on a cluster as a FleetProblem, and the way back.
class Translation {
public:
    Translation(const FitInput &input, const Plan &plan, const OptimiseQuery &query)
        : m_input(input)
        , m_plan(plan)
        , m_query(query)
    {
    }

    Result<FleetProblem> problem()
    {
        if (auto checked = checkDemand(); !checked)
            return std::unexpected(checked.error());
        if (auto kept = keepWhatStays(); !kept)
            return std::unexpected(kept.error());
        judge();
        if (auto added = addPlaces(); !added)
            return std::unexpected(added.error());
        for (std::size_t i = 0; i < m_asked.size(); ++i)
            addModel(i);
        m_problem.missingReplicaUsd = 100 * std::max(1.0, dearestReplica());
        return m_problem;
    }

    PlanDraft draft(const optimizer::OptimizedPlan &optimised)
    {
        PlanDraft draft{m_kept, optimised.score, optimised.progress, 0, m_notes};
        for (const auto &replica : optimised.replicas) {
            const auto &requirement = *m_served[replica.model];
            const auto &spot = *m_places[replica.node];
            Target target;
            target.resource = spot.candidate->resource;
            target.skuId = spot.skuId;
            target.node = spot.candidate->node;
            if (auto next = place(draft.plan, requirement.name, target))
                draft.plan = std::move(*next);
            draft.gpus += requirement.tensorParallel;
        }
        if (optimised.score.missingReplicas > 0)
            draft.notes.push_back(fmt::format("replicas without a place: {}", optimised.score.missingReplicas));
        if (optimised.score.unmetTps > 0)
            draft.notes.push_back(fmt::format("{:.0f} tokens/s of the demand are not met", optimised.score.unmetTps));
        return draft;
    }

    bool isEmpty() const { return m_problem.models.empty(); }

private:
    Result<void> checkDemand() const
    {
        for (const auto &[name, tps] : m_query.demandTps) {
            if (!m_plan.find(name))
                return fail(ErrorKind::Usage, fmt::format("the plan has no requirement \"{}\"", name), "demand");
            if (!std::isfinite(tps) || tps < 0)
                return fail(ErrorKind::Usage, "a demand is a number of tokens per second, not negative", name);
        }
        return {};
    }

    /// Sets stay too: they choose among their own alternatives.
    Result<void> keepWhatStays()
    {
        m_kept = m_plan;
        std::erase_if(m_kept.placements,
                      [&](const auto &placement) { return !stays(placement, m_plan, m_input.snapshot); });
        const auto placed = withSetsPlaced(m_kept, m_input);
        if (!placed)
            return std::unexpected(placed.error());
        m_planned = plannedDevices(*placed, m_input.snapshot, m_input.usage);
        return {};
    }

    void judge()
    {
        const auto input = m_input.with(m_planned);
        for (const auto &requirement : m_plan.requirements)
            if (const int lacking = requirement.replicas - m_kept.placedReplicas(requirement.name); lacking > 0)
                m_asked.push_back({&requirement, lacking, evaluate(input, requirement)});
    }

    /// Every pool of whole cards that takes at least one requirement.
    Result<void> addPlaces()
    {
        for (std::size_t i = 0; i < m_asked.size(); ++i)
            for (const auto &candidate : m_asked[i].candidates)
                if (candidate.verdict == Verdict::Fits || candidate.verdict == Verdict::Tight)
                    if (const auto *pool = cardPool(m_input.snapshot, candidate))
                        admit(candidate, pool->skuId, i);
        for (const auto &[key, place] : m_pools)
            addNode(place);
        if (!m_unpriced.empty())
            m_notes.push_back(fmt::format("without a price, and left out: {}", fmt::join(m_unpriced, ", ")));
        if (m_problem.nodes.empty() && !m_unpriced.empty())
            return fail(ErrorKind::Usage, "no SKU that could take the plan has a price", "prices",
                        "add prices to the price file, or ask for the fewest GPUs");
        return {};
    }

    void admit(const Candidate &candidate, const std::string &skuId, std::size_t asked)
    {
        auto &place = m_pools[{candidate.node, candidate.resource}];
        place.candidate = &candidate;
        place.skuId = skuId;
        place.admitted.push_back(asked);
    }

    void addNode(const Place &place)
    {
        const auto kind = kindOf(place.skuId);
        if (!kind)
            return;
        optimizer::FleetNode node;
        node.name = place.candidate->node + "/" + place.candidate->resource;
        node.kind = *kind;
        // Who may run here is already judged: nodes that take the same requirements share a taint that only those
        // tolerate.
        const auto taint = fmt::format("takes {}", fmt::join(place.admitted, ","));
        node.taints = {taint};
        for (const auto asked : place.admitted)
            m_tolerated[asked].insert(taint);
        node.gpuFreeMilli.assign(static_cast<std::size_t>(std::min<std::int64_t>(place.candidate->freeDevices, 64)),
                                 optimizer::WholeGpu);
        m_problem.nodes.push_back(std::move(node));
        m_places.push_back(&place);
    }

    std::optional<std::size_t> kindOf(const std::string &skuId)
    {
        if (const auto found = m_kinds.find(skuId); found != m_kinds.end())
            return found->second;
        const auto *price = m_query.prices ? m_query.prices->find(skuId) : nullptr;
        const bool byPrice = m_query.goal == OptimiseGoal::Cost;
        if (byPrice && !price) {
            m_unpriced.insert(skuId);
            return std::nullopt;
        }
        m_problem.kinds.push_back({skuId, byPrice ? price->perHour : 1.0});
        return m_kinds.emplace(skuId, m_problem.kinds.size() - 1).first->second;
    }

    void addModel(std::size_t asked)
    {
        const auto &[requirement, lacking, candidates] = m_asked[asked];
        const auto demand = m_query.demandTps.find(requirement->name);
        optimizer::ServedModel model;
        model.name = requirement->name;
        model.minReplicas = lacking;
        model.demandTps = demand == m_query.demandTps.end() ? 0 : demand->second;
        const auto &tolerated = m_tolerated[asked];
        model.tolerates.assign(tolerated.begin(), tolerated.end());
        std::set<std::size_t> kinds;
        for (const auto *place : m_places)
            if (std::ranges::binary_search(place->admitted, asked))
                kinds.insert(m_kinds.at(place->skuId));
        for (const auto kind : kinds)
            model.offers.push_back({kind, requirement->tensorParallel, optimizer::WholeGpu,
                                    model.demandTps > 0 ? speedOn(*requirement, m_problem.kinds[kind].name) : 0.0});
        if (model.offers.empty())
            return m_notes.push_back(fmt::format("{} has no place on whole cards; replicas: {}", model.name, lacking));
        m_problem.models.push_back(std::move(model));
        m_served.push_back(requirement);
    }

    /// Answer tokens per second of one replica, by estimate; 0, and a note, when there is none.
    double speedOn(const Requirement &requirement, const std::string &skuId)
    {
        const auto *model = m_input.catalog.findModel(requirement.modelId);
        const auto *sku = m_input.catalog.findSku(skuId);
        if (model && sku) {
            const auto estimate = estimateOn(*model, requirement, *sku, requirement.tensorParallel,
                                             evenShape(requirement), nullptr, m_input.calibrations, m_input.speeds);
            if (estimate.speed)
                return estimate.speed->output.value.likely;
        }
        m_notes.push_back(
            fmt::format("the speed of {} on {} is not known and counts as none", requirement.name, skuId));
        return 0;
    }

    double dearestReplica() const
    {
        double dearest = 0;
        for (const auto &model : m_problem.models)
            for (const auto &offer : model.offers)
                dearest = std::max(dearest, offer.gpus * m_problem.kinds[offer.kind].usdPerGpuHour);
        return dearest;
    }

    const FitInput &m_input;
    const Plan &m_plan;
    const OptimiseQuery &m_query;
    Plan m_kept;
    PlannedDevices m_planned;
    std::vector<Asked> m_asked;
    std::map<std::pair<std::string, std::string>, Place> m_pools;
    std::map<std::size_t, std::set<std::string>> m_tolerated; ///< by index into m_asked
    std::map<std::string, std::size_t> m_kinds;
    std::set<std::string> m_unpriced;
    std::vector<const Place *> m_places;       ///< beside FleetProblem::nodes
    std::vector<const Requirement *> m_served; ///< beside FleetProblem::models
    FleetProblem m_problem;
    std::vector<std::string> m_notes;
};

} // namespace

Result<PlanDraft> optimisePlan(const FitInput &input, const Plan &plan, const OptimiseQuery &query,
                               const optimizer::OptimizeOptions &options,
                               const std::function<void(const optimizer::Progress &)> &onProgress,
                               const std::stop_token &stop)
{
    Translation translation(input, plan, query);
    const auto problem = translation.problem();
    if (!problem)
        return std::unexpected(problem.error());
    if (translation.isEmpty())
        return translation.draft({}); // nothing is left to choose
    const auto optimised = optimizer::optimizeFleet(
        *problem, options,
        [&onProgress](const optimizer::Progress &progress, const auto &) {
            if (onProgress)
                onProgress(progress);
        },
        stop);
    if (!optimised)
        return std::unexpected(optimised.error());
    return translation.draft(*optimised);
}

} // namespace core
