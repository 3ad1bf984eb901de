// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/free_shapes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

namespace core {

namespace {

constexpr std::size_t longestList = 5; ///< names in a note

/// The nodes and pods of one line of the inventory, numbered for the search.
class HoleBuilder {
public:
    HoleBuilder(const ShapeInput &input, const SkuRow &row, const HoleOptions &options)
        : m_input(input)
        , m_resource(row.resource)
        , m_options(options)
    {
        const auto target = skuTarget(row);
        for (const auto &name : row.nodes) {
            const auto *node = findNode(input.snapshot, name);
            if (node != nullptr && node->acceptsPods()
                && std::ranges::any_of(node->devices, [&](const auto &pool) { return isOfSku(pool, target); }))
                m_nodes.push_back(node);
        }
        for (std::size_t node = 0; node < m_nodes.size(); ++node)
            collectPods(node);
        nameResources();
        for (const auto *node : m_nodes)
            addNode(*node);
        for (std::size_t pod = 0; pod < m_pods.size(); ++pod)
            m_problem.pods[pod].needs = amounts(m_pods[pod]->requests, 1);
        m_problem.tolerated.assign(m_taints.size(), std::vector<bool>(m_taints.size()));
        for (std::size_t from = 0; from < m_taints.size(); ++from)
            for (std::size_t to = 0; to < m_taints.size(); ++to)
                m_problem.tolerated[from][to] = std::ranges::includes(m_taints[from], m_taints[to]);
    }

    HoleProblem &problem() { return m_problem; }
    const std::vector<const Node *> &nodes() const { return m_nodes; }
    const std::vector<std::string> &staying() const { return m_staying; }

    PodMove move(const HoleStep &step) const
    {
        const auto &pod = *m_pods[step.pod];
        return {pod.key(), pod.owner, m_nodes[step.from]->name, m_nodes[step.to]->name,
                amountOf(pod.requests, m_resource)};
    }

private:
    using Taints = std::vector<std::string>; ///< ordered

    void collectPods(std::size_t node)
    {
        const auto usage = m_input.usage.find(m_nodes[node]->name);
        if (usage == m_input.usage.end())
            return;
        for (const auto &pod : usage->second.holders) {
            if (amountOf(pod->requests, m_resource) <= 0)
                continue;
            if (staysPut(*pod)) {
                m_staying.push_back(pod->key());
            } else {
                m_pods.push_back(pod.get());
                m_problem.pods.push_back({node, {}});
            }
        }
    }

    bool staysPut(const Pod &pod) const
    {
        return pod.deleting || pod.owner.starts_with("DaemonSet/") || pod.owner.starts_with("Node/")
            || !pod.hostPorts.empty() || m_options.stay.contains(pod.key());
    }

    /// Devices first, then whatever a pod that may move asks for.
    void nameResources()
    {
        std::set<std::string> names{"pods"};
        for (const auto *pod : m_pods)
            for (const auto &[name, amount] : pod->requests)
                if (amount > 0)
                    names.insert(name);
        names.erase(m_resource);
        m_names.assign(names.begin(), names.end());
    }

    HoleProblem::Amounts amounts(const Resources &resources, std::int64_t pods) const
    {
        HoleProblem::Amounts out{amountOf(resources, m_resource)};
        for (const auto &name : m_names)
            out.push_back(name == "pods" ? pods : amountOf(resources, name));
        return out;
    }

    void addNode(const Node &node)
    {
        constexpr std::int64_t plenty = 1'000'000; // a node that does not say how many pods it takes
        const auto most = node.allocatable.contains("pods") ? amountOf(node.allocatable, "pods") : plenty;
        auto free = amounts(node.allocatable, most);
        if (const auto usage = m_input.usage.find(node.name); usage != m_input.usage.end()) {
            const auto used = amounts(usage->second.requested, amountOf(usage->second.requested, "pods"));
            std::ranges::transform(free, used, free.begin(), std::minus{});
        }
        if (const auto planned = m_input.planned.find({node.name, m_resource}); planned != m_input.planned.end())
            free[0] -= planned->second;
        m_problem.nodes.push_back({std::move(free), kindOf(node)});
    }

    std::size_t kindOf(const Node &node)
    {
        Taints taints;
        for (const auto &taint : node.taints)
            if (taint.effect != TaintEffect::PreferNoSchedule)
                taints.push_back(taintText(taint));
        std::ranges::sort(taints);
        const auto [found, isNew] = m_kinds.emplace(taints, m_taints.size());
        if (isNew)
            m_taints.push_back(std::move(taints));
        return found->second;
    }

    const ShapeInput &m_input;
    const std::string &m_resource;
    const HoleOptions &m_options;
    std::vector<const Node *> m_nodes;
    std::vector<const Pod *> m_pods;
    std::vector<std::string> m_names, m_staying;
    std::vector<Taints> m_taints;
    std::map<Taints, std::size_t> m_kinds;
    HoleProblem m_problem;
};

std::string counted(std::size_t pods)
{
    return pods == 1 ? "1 pod" : fmt::format("{} pods", pods);
}

std::string listed(const std::vector<std::string> &names)
{
    if (names.size() <= longestList)
        return fmt::format("{}", fmt::join(names, ", "));
    return fmt::format("{} and {} more", fmt::join(names.begin(), names.begin() + longestList, ", "),
                       names.size() - longestList);
}

std::vector<std::string> notesOf(const HoleBuilder &builder, const std::vector<PodMove> &moves)
{
    std::vector<std::string> notes;
    if (!builder.staying().empty())
        notes.push_back(fmt::format("{} stay where they are (DaemonSet, static, host ports, being deleted or "
                                    "locked): {}",
                                    counted(builder.staying().size()), listed(builder.staying())));
    if (moves.empty())
        return notes;
    notes.emplace_back(
        "node selectors, affinity and disruption budgets of the pods are not known here: look before you "
        "move one");
    for (const auto &move : moves)
        if (move.owner.empty())
            notes.push_back(fmt::format("{} has no owner: nothing makes it again", move.pod));
    return notes;
}

std::int64_t freeIn(const HoleProblem &problem)
{
    std::int64_t free = 0;
    for (const auto &node : problem.nodes)
        free += std::max<std::int64_t>(0, node.free[0]);
    return free;
}

HoleState stateOf(const HoleAnswer &answer)
{
    if (answer.node)
        return answer.steps.empty() ? HoleState::Open : HoleState::Moves;
    return answer.proven && answer.atLeast == 0 ? HoleState::Impossible : HoleState::NotFound;
}

std::string whyOf(const HolePlan &plan, const HoleProblem &problem, const HoleLimits &limits)
{
    switch (plan.state) {
    case HoleState::Open: return fmt::format("{} devices are free on {}", plan.size, plan.node);
    case HoleState::Moves:
        return fmt::format("{} moved: {} devices are free on {} then{}", counted(plan.moves.size()), plan.size,
                           plan.node,
                           plan.proven ? "; no plan is shorter"
                                       : fmt::format("; not proven minimal, any plan takes {} or more", plan.atLeast));
    case HoleState::Impossible:
        if (const auto free = freeIn(problem); free < plan.size)
            return fmt::format("{} devices are free on all nodes together, {} are needed", free, plan.size);
        return fmt::format("no node has {} devices that are free or held by pods that may move", plan.size);
    case HoleState::NotFound:
        return plan.proven
            ? fmt::format("no plan of up to {} moves exists", limits.moves)
            : fmt::format("no plan was found before the search gave up; any takes {} moves or more", plan.atLeast);
    }
    return {};
}

} // namespace

Result<HolePlan> openHole(const ShapeInput &input, const SkuRow &row, int size, const HoleOptions &options)
{
    if (size < 1)
        return fail(ErrorKind::Usage, fmt::format("a hole of {} devices makes no sense", size), "size");
    if (row.kind != DeviceKind::Card)
        return fail(ErrorKind::Unsupported, "slices, partitions and shares form no group", row.displayName,
                    "ask for whole cards");
    if (const auto known = checkUsageKnown(input.snapshot); !known)
        return std::unexpected(known.error());
    HoleBuilder builder(input, row, options);
    builder.problem().size = size;
    const auto answer = findHole(builder.problem(), options.limits);
    HolePlan plan;
    plan.size = size;
    plan.state = stateOf(answer);
    plan.node = answer.node ? builder.nodes()[*answer.node]->name : std::string();
    for (const auto &step : answer.steps)
        plan.moves.push_back(builder.move(step));
    plan.proven = answer.proven;
    plan.atLeast = answer.atLeast;
    plan.why = whyOf(plan, builder.problem(), options.limits);
    plan.notes = notesOf(builder, plan.moves);
    return plan;
}

} // namespace core
