// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/compare_plans.h"

#include "core/placement/placement_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

namespace core {

namespace {

using Key = std::pair<std::string, std::string>; ///< node, resource

int badness(Verdict verdict)
{
    return verdict == Verdict::Fits ? 0 : verdict == Verdict::Tight ? 1 : verdict == Verdict::Unknown ? 2 : 3;
}

/// One plan on the cluster: its figures, and a line for each line of the inventory.
class PlanLook {
public:
    PlanLook(const FitInput &input, const Prices &prices, Plan plan)
        : m_input(input)
        , m_prices(prices)
        , m_plan(std::move(plan))
    {
    }

    Result<void> look()
    {
        if (auto placed = placeSets(); !placed)
            return placed;
        m_planned = plannedDevices(m_plan, m_input.snapshot, m_input.usage);
        auto shapes = freeShapes({m_input.snapshot, m_input.usage, m_input.catalog, m_planned});
        if (!shapes)
            return std::unexpected(shapes.error());
        for (auto &line : *shapes)
            addLine(std::move(line));
        countDevices();
        addCosts();
        addFragmentation();
        for (const auto &requirement : m_plan.requirements)
            addModel(requirement);
        figures.name = m_plan.name;
        std::ranges::move(checkPlan(m_plan, m_input.snapshot, m_input.usage), std::back_inserter(figures.findings));
        return {};
    }

    PlanFigures figures;
    std::vector<PlanOnSku> skus;     ///< as the inventory orders them
    std::vector<PlanOnModel> models; ///< as the plan orders them

private:
    /// Sets count as what they come to on this cluster; replicas of theirs without a place are findings.
    Result<void> placeSets()
    {
        const auto resolutions = resolveSets(m_plan, m_input);
        if (!resolutions)
            return std::unexpected(resolutions.error());
        auto placed = withSetsPlaced(m_plan, *resolutions);
        if (!placed)
            return std::unexpected(placed.error());
        m_plan = *std::move(placed);
        figures.findings = setFindings(*resolutions);
        return {};
    }

    void addLine(SkuShapes line)
    {
        for (const auto &node : line.nodes)
            m_lineOf[{node.node, line.row.resource}] = skus.size();
        PlanOnSku sku;
        sku.sku = line.row.sku;
        sku.displayName = line.row.displayName;
        sku.resource = line.row.resource;
        sku.kind = line.row.kind;
        sku.free = line.free;
        sku.shapes = std::move(line.shapes);
        skus.push_back(std::move(sku));
    }

    void count(const Key &key, std::int64_t devices, std::int64_t PlanOnSku::*where)
    {
        if (devices <= 0)
            return;
        figures.devices += devices;
        if (const auto line = m_lineOf.find(key); line != m_lineOf.end())
            skus[line->second].*where += devices;
        else // a node that is gone, or does not offer the resource: no SKU, so no price
            m_unpriced.insert(fmt::format("{} on {}", key.second, key.first));
    }

    void countDevices()
    {
        for (const auto &[key, devices] : m_planned)
            count(key, devices, &PlanOnSku::planned);
        for (const auto &pod : m_input.snapshot.pods)
            if (pod->holdsResources() && pod->berthPlan == m_plan.name && m_plan.find(pod->berthModel) != nullptr)
                for (const auto &[resource, amount] : pod->requests)
                    if (m_lineOf.contains({pod->nodeName, resource}))
                        count({pod->nodeName, resource}, amount, &PlanOnSku::held);
    }

    /// Prices are of whole cards; what a slice or share costs is not derived from them.
    void addCosts()
    {
        double sum = 0;
        for (auto &sku : skus) {
            const auto devices = sku.planned + sku.held;
            const auto *price = sku.kind == DeviceKind::Card ? m_prices.find(sku.sku) : nullptr;
            if (price != nullptr)
                sku.costPerHour = price->perHour * static_cast<double>(devices);
            else if (devices > 0)
                m_unpriced.insert(sku.displayName);
            sum += sku.costPerHour.value_or(0);
        }
        figures.unpriced.assign(m_unpriced.begin(), m_unpriced.end());
        if (m_unpriced.empty())
            figures.costPerHour = sum;
    }

    void addFragmentation()
    {
        for (const int size : usualShapes) {
            if (size == 1)
                continue;
            std::int64_t free = 0, stranded = 0;
            for (const auto &sku : skus)
                if (const auto shape = std::ranges::find(sku.shapes, size, &ShapePlaces::size);
                    shape != sku.shapes.end()) {
                    free += sku.free;
                    stranded += shape->stranded;
                }
            figures.fragmentation.emplace_back(
                size, free == 0 ? 0.0 : static_cast<double>(stranded) / static_cast<double>(free));
            figures.stranded = stranded; // of the largest size in the end
        }
    }

    /// The nodes of a target: one, or all that offer the SKU.
    std::span<const NodePtr> nodesOf(const Target &target) const
    {
        const auto &nodes = m_input.snapshot.nodes;
        if (target.level == TargetLevel::Sku)
            return nodes;
        const auto named = [](const NodePtr &node) -> const std::string & { return node->name; };
        const auto [from, to] = std::ranges::equal_range(nodes, target.node, {}, named);
        return {from, to};
    }

    /// The pools a model is placed on, and their nodes; of the many a Sku-level target names, one of each kind.
    std::set<Key> targetsOf(const Requirement &requirement, PlanOnModel &model, ClusterSnapshot &nodes) const
    {
        std::set<Key> keys;
        std::set<std::tuple<std::string, std::string, std::int64_t, std::int64_t>> kinds;
        const auto isNew = [&](const DevicePool &pool) {
            return kinds
                .emplace(pool.skuId + pool.productLabel, pool.resource + pool.profile, pool.memoryBytes.value_or(-1),
                         pool.capacity)
                .second;
        };
        for (const auto &placement : m_plan.placements) {
            const auto &target = placement.target;
            if (placement.requirement != requirement.name)
                continue;
            const bool bySku = target.level == TargetLevel::Sku;
            model.targets.push_back(fmt::format("{} ×{}", bySku ? target.skuId : target.node, placement.replicas));
            for (const auto &node : nodesOf(target))
                for (const auto &pool : node->devices)
                    if (bySku ? isOfSku(pool, target) && isNew(pool) : pool.resource == target.resource) {
                        keys.emplace(node->name, pool.resource);
                        nodes.nodes.push_back(node);
                    }
        }
        return keys;
    }

    void addModel(const Requirement &requirement)
    {
        PlanOnModel model;
        model.requirement = requirement.name;
        model.inPlan = true;
        model.wanted = requirement.replicas;
        model.placed = m_plan.placedReplicas(requirement.name);
        figures.wanted += model.wanted;
        figures.placed += model.placed;
        ClusterSnapshot nodes;
        nodes.podsSynced = true;
        const auto keys = targetsOf(requirement, model, nodes);
        const PlannedDevices nothing;
        for (const auto &candidate : evaluate(m_input.on(nodes, m_input.usage, nothing), requirement))
            if (keys.contains({candidate.node, candidate.resource}))
                judge(candidate, model);
        if (model.headroomBytes && (!figures.headroomBytes || *model.headroomBytes < *figures.headroomBytes)) {
            figures.headroomBytes = model.headroomBytes;
            figures.tightest = model.requirement;
        }
        models.push_back(std::move(model));
    }

    static void judge(const Candidate &candidate, PlanOnModel &model)
    {
        if (candidate.headroomBytes)
            model.headroomBytes =
                std::min(model.headroomBytes.value_or(*candidate.headroomBytes), *candidate.headroomBytes);
        for (const auto &reason : candidate.chain)
            if ((reason.link == Link::Memory || reason.link == Link::Shape)
                && (!model.verdict || badness(reason.verdict) > badness(*model.verdict)))
                model.verdict = reason.verdict;
    }

    const FitInput &m_input;
    const Prices &m_prices;
    Plan m_plan; ///< its sets as placements
    PlannedDevices m_planned;
    std::map<Key, std::size_t> m_lineOf;
    std::set<std::string> m_unpriced;
};

PlanOnModel find(const std::vector<PlanOnModel> &models, const std::string &name)
{
    const auto found = std::ranges::find(models, name, &PlanOnModel::requirement);
    if (found != models.end())
        return *found;
    PlanOnModel none;
    none.requirement = name;
    return none;
}

} // namespace

Result<PlanComparison> comparePlans(const FitInput &input, const Prices &prices, const Plan &a, const Plan &b)
{
    PlanLook one(input, prices, a), other(input, prices, b);
    for (auto *look : {&one, &other})
        if (const auto looked = look->look(); !looked)
            return std::unexpected(looked.error());
    PlanComparison out{prices.currency, {std::move(one.figures), std::move(other.figures)}, {}, {}};
    for (const auto &model : one.models)
        out.models.push_back({model, find(other.models, model.requirement)});
    for (const auto &model : other.models)
        if (!find(one.models, model.requirement).inPlan)
            out.models.push_back({find({}, model.requirement), model});
    for (std::size_t i = 0; i < one.skus.size(); ++i) { // both are the lines of the same inventory
        const auto &first = one.skus[i], &second = other.skus[i];
        const auto used = [](const PlanOnSku &sku) { return sku.planned + sku.held > 0; };
        if (used(first) || used(second) || first != second)
            out.skus.push_back({first, second});
    }
    return out;
}

} // namespace core
