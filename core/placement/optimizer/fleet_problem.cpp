// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimizer/fleet_problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace core::optimizer {

namespace {

constexpr std::size_t MostGpus = 64; ///< a node's GPUs are one word of bits
constexpr double MostNumber = 1e12;  ///< sums of many such numbers stay exact enough
constexpr int MostReplicas = 1'000'000;

std::unexpected<Error> wrong(const std::string &place, std::string message, std::string remedy = {})
{
    return fail(ErrorKind::Parse, std::move(message), place, std::move(remedy));
}

bool isAmount(double value)
{
    return std::isfinite(value) && value >= 0 && value <= MostNumber;
}

/// Names of one list: present and different.
template <class T>
Result<void> checkNames(const std::vector<T> &things, const char *list)
{
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < things.size(); ++i) {
        if (things[i].name.empty())
            return wrong(fmt::format("{}[{}].name", list, i), "is empty");
        if (!seen.insert(things[i].name).second)
            return wrong(fmt::format("{}[{}].name", list, i), fmt::format("\"{}\" is there twice", things[i].name));
    }
    return {};
}

Result<void> checkNode(const FleetProblem &problem, const FleetNode &node, const std::string &place)
{
    if (node.kind >= problem.kinds.size())
        return wrong(place, "is of a kind of GPU that is not listed");
    if (node.gpuFreeMilli.size() > MostGpus)
        return wrong(place, fmt::format("has {} GPUs; at most {} are understood", node.gpuFreeMilli.size(), MostGpus));
    if (std::ranges::any_of(node.gpuFreeMilli, [](int free) { return free < 0 || free > WholeGpu; }))
        return wrong(place, fmt::format("has a GPU that is not 0 to {} thousandths free", WholeGpu));
    return {};
}

Result<void> checkOffer(const FleetProblem &problem, const ReplicaOffer &offer, const std::string &place)
{
    if (offer.kind >= problem.kinds.size())
        return wrong(place, "names a kind of GPU that is not listed");
    if (offer.gpus < 1 || offer.milli < 1 || offer.milli > WholeGpu || (offer.gpus > 1 && offer.milli < WholeGpu))
        return wrong(place, "is neither whole GPUs nor a share of one");
    if (!isAmount(offer.tokensPerSecond))
        return wrong(place, "has a throughput that is not a number of at least 0");
    return {};
}

Result<void> checkModel(const FleetProblem &problem, const ServedModel &model, const std::string &place)
{
    if (!isAmount(model.demandTps))
        return wrong(place + ".demand", "is not a number of at least 0");
    if (model.minReplicas < 1 || model.minReplicas > MostReplicas)
        return wrong(place + ".min_replicas", fmt::format("is not a whole number from 1 to {}", MostReplicas),
                     "ask for one replica at least, or leave the model out");
    for (const auto &offer : model.offers) {
        const auto kind = offer.kind < problem.kinds.size() ? problem.kinds[offer.kind].name : std::string("?");
        if (auto good = checkOffer(problem, offer, fmt::format("{} on \"{}\"", place, kind)); !good)
            return good;
    }
    return {};
}

Result<void> checkPrices(const FleetProblem &problem)
{
    for (std::size_t i = 0; i < problem.kinds.size(); ++i)
        if (!isAmount(problem.kinds[i].usdPerGpuHour))
            return wrong(fmt::format("skus[{}] \"{}\".usd_per_gpu_hour", i, problem.kinds[i].name),
                         "is not a price of at least 0");
    if (!isAmount(problem.unmetUsdPerTps) || !isAmount(problem.missingReplicaUsd))
        return wrong("unmet_usd_per_tps, missing_replica_usd", "are not prices of at least 0");
    return {};
}

Result<void> checkAllNames(const FleetProblem &problem)
{
    if (auto good = checkNames(problem.kinds, "skus"); !good)
        return good;
    if (auto good = checkNames(problem.nodes, "nodes"); !good)
        return good;
    return checkNames(problem.models, "models");
}

/// The free GPUs of every node while a plan is recounted.
struct Recount {
    std::vector<std::vector<int>> free;
    std::vector<double> served;
    std::vector<std::int64_t> replicas;
    double gpuUsd = 0;
};

bool takesItsGpus(std::vector<int> &free, const std::vector<int> &gpus, const ReplicaOffer &offer)
{
    if (std::cmp_not_equal(gpus.size(), offer.gpus)
        || std::ranges::adjacent_find(gpus, std::ranges::greater_equal()) != gpus.end())
        return false;
    return std::ranges::all_of(gpus, [&](int gpu) {
        if (gpu < 0 || std::cmp_greater_equal(gpu, free.size()) || free[static_cast<std::size_t>(gpu)] < offer.milli)
            return false;
        free[static_cast<std::size_t>(gpu)] -= offer.milli;
        return true;
    });
}

Result<void> count(const FleetProblem &problem, const PlannedReplica &replica, Recount &into)
{
    if (replica.model >= problem.models.size() || replica.node >= problem.nodes.size())
        return fail(ErrorKind::Invalid, "names a model or a node that does not exist");
    const auto &model = problem.models[replica.model];
    const auto &node = problem.nodes[replica.node];
    const auto place = fmt::format("{} on {}", model.name, node.name);
    if (replica.offer >= model.offers.size() || model.offers[replica.offer].kind != node.kind || !admits(model, node))
        return fail(ErrorKind::Invalid, "may not run there", place);
    const auto &offer = model.offers[replica.offer];
    if (!takesItsGpus(into.free[replica.node], replica.gpus, offer))
        return fail(ErrorKind::Invalid, "has the wrong number of GPUs, or no room", place);
    into.served[replica.model] += offer.tokensPerSecond;
    ++into.replicas[replica.model];
    into.gpuUsd += problem.kinds[offer.kind].usdPerGpuHour * offer.gpus * offer.milli / WholeGpu;
    return {};
}

} // namespace

Result<void> validate(const FleetProblem &problem)
{
    if (auto good = checkAllNames(problem); !good)
        return good;
    if (auto good = checkPrices(problem); !good)
        return good;
    for (std::size_t i = 0; i < problem.nodes.size(); ++i)
        if (auto good = checkNode(problem, problem.nodes[i], fmt::format("nodes[{}] \"{}\"", i, problem.nodes[i].name));
            !good)
            return good;
    for (std::size_t i = 0; i < problem.models.size(); ++i)
        if (auto good =
                checkModel(problem, problem.models[i], fmt::format("models[{}] \"{}\"", i, problem.models[i].name));
            !good)
            return good;
    return {};
}

bool admits(const ServedModel &model, const FleetNode &node)
{
    const auto has = [](const std::vector<std::string> &list, const std::string &text) {
        return std::ranges::find(list, text) != list.end();
    };
    return (model.zones.empty() || has(model.zones, node.zone))
        && std::ranges::all_of(node.taints, [&](const std::string &taint) { return has(model.tolerates, taint); });
}

Result<PlanScore> score(const FleetProblem &problem, const std::vector<PlannedReplica> &plan)
{
    Recount recount{.free = {},
                    .served = std::vector<double>(problem.models.size()),
                    .replicas = std::vector<std::int64_t>(problem.models.size())};
    for (const auto &node : problem.nodes)
        recount.free.push_back(node.gpuFreeMilli);
    for (const auto &replica : plan)
        if (auto good = count(problem, replica, recount); !good)
            return std::unexpected(good.error());
    PlanScore score{.gpuUsdPerHour = recount.gpuUsd};
    for (std::size_t i = 0; i < problem.models.size(); ++i) {
        score.unmetTps += std::max(0.0, problem.models[i].demandTps - recount.served[i]);
        score.missingReplicas += std::max<std::int64_t>(0, problem.models[i].minReplicas - recount.replicas[i]);
    }
    score.usdPerHour = recount.gpuUsd + problem.unmetUsdPerTps * score.unmetTps
        + problem.missingReplicaUsd * static_cast<double>(score.missingReplicas);
    return score;
}

} // namespace core::optimizer
