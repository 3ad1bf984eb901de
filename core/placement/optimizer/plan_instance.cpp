// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimizer/plan_instance.h"

#include "core/placement/engine/json_fields.h"
#include "core/placement/optimizer/unique_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace core::optimizer {

namespace {

using Json = nlohmann::json;
using engine::JsonFields;

/// What a model asks of a SKU; the prices are in the problem.
struct SkuMemory {
    std::size_t kind = 0;
    double usableGib = 0;
    std::vector<std::string> precisions;
};
using Skus = std::map<std::string, SkuMemory>;

Result<Skus> readSkus(const Json &list, double usable, FleetProblem &problem)
{
    Skus skus;
    for (const auto &[name, value] : list.items()) {
        JsonFields sku(value, fmt::format("skus.{}", name));
        const double memory = sku.number("mem_gib");
        problem.kinds.push_back({.name = name, .usdPerGpuHour = sku.number("usd_per_gpu_hour")});
        skus[name] = {
            .kind = problem.kinds.size() - 1, .usableGib = memory * usable, .precisions = sku.texts("precisions")};
        if (!sku.good())
            return sku.fault();
        if (memory <= 0)
            return fail(ErrorKind::Parse, "is not above 0", sku.place() + ".mem_gib");
    }
    return skus;
}

std::string placeOf(const char *list, std::size_t index, const Json &value)
{
    const bool named = value.is_object() && value.contains("name") && value["name"].is_string();
    return named ? fmt::format("{}[{}] \"{}\"", list, index, value["name"].get<std::string>())
                 : fmt::format("{}[{}]", list, index);
}

Result<std::vector<int>> readFreeGpus(const Json &list, const std::string &place)
{
    std::vector<int> free;
    for (const auto &gpu : list) {
        if (!gpu.is_number_integer() || gpu < 0 || gpu > WholeGpu)
            return fail(ErrorKind::Parse,
                        fmt::format("holds something that is not a whole number from 0 to {}", WholeGpu), place);
        free.push_back(gpu.get<int>());
    }
    return free;
}

Result<FleetNode> readNode(const Json &value, const std::string &place, const Skus &skus)
{
    JsonFields fields(value, place);
    FleetNode node{
        .name = fields.text("name"), .kind = 0, .zone = fields.text("zone"), .taints = {}, .gpuFreeMilli = {}};
    const auto sku = fields.text("sku");
    if (auto taint = fields.text("taint"); !taint.empty())
        node.taints.push_back(std::move(taint));
    auto free = readFreeGpus(fields.list("gpus_free"), place + ".gpus_free");
    if (!fields.good())
        return fields.fault();
    if (!free)
        return std::unexpected(free.error());
    const auto known = skus.find(sku);
    if (known == skus.end())
        return fail(ErrorKind::Parse, fmt::format("\"{}\" is not a SKU of this instance", sku), place + ".sku");
    node.kind = known->second.kind;
    node.gpuFreeMilli = *std::move(free);
    return node;
}

/// What decides where a model fits.
struct ModelNeeds {
    std::string precision;
    double memoryGib = 0;
    int tp = 1;
    bool shareable = false;
};

/// The least whole number of `unit`s that hold `amount`; by remainder, so that rounding of a quotient adds none.
int unitsFor(double amount, double unit)
{
    const double rest = std::fmod(amount, unit);
    return static_cast<int>(std::lround((amount - rest) / unit)) + (rest > 0 ? 1 : 0);
}

std::optional<ReplicaOffer> offerOn(const ModelNeeds &needs, const SkuMemory &sku, double tps)
{
    const double each = needs.memoryGib / needs.tp;
    if (std::ranges::find(sku.precisions, needs.precision) == sku.precisions.end() || each > sku.usableGib)
        return std::nullopt;
    const bool share = needs.tp == 1 && needs.shareable;
    // Below one thousandth there is no share: a model without memory still takes the least there is.
    const int milli = share ? std::clamp(unitsFor(WholeGpu * each, sku.usableGib), 1, WholeGpu) : WholeGpu;
    return ReplicaOffer{.kind = sku.kind, .gpus = needs.tp, .milli = milli, .tokensPerSecond = tps};
}

Result<std::vector<ReplicaOffer>> readOffers(const Json &tps, const std::string &place, const ModelNeeds &needs,
                                             const Skus &skus)
{
    std::vector<ReplicaOffer> offers;
    JsonFields fields(tps, place);
    for (const auto &[name, value] : tps.items()) {
        const auto sku = skus.find(name);
        if (sku == skus.end())
            return fail(ErrorKind::Parse, "is not a SKU of this instance", fmt::format("{}.{}", place, name));
        const double speed = fields.number(name.c_str());
        if (!fields.good())
            return fields.fault();
        if (const auto offer = offerOn(needs, sku->second, speed))
            offers.push_back(*offer);
    }
    return offers;
}

Result<ServedModel> readModel(const Json &value, const std::string &place, const Skus &skus)
{
    static constexpr int MostTp = 64;
    static constexpr int MostReplicas = 1'000'000;
    JsonFields fields(value, place);
    ServedModel model{.name = fields.text("name"),
                      .demandTps = fields.number("demand_tps"),
                      .minReplicas = 1,
                      .offers = {},
                      .tolerates = fields.texts("tolerates"),
                      .zones = fields.texts("zones")};
    model.minReplicas = static_cast<int>(fields.whole("min_replicas", 1, MostReplicas));
    const ModelNeeds needs{.precision = fields.text("precision"),
                           .memoryGib = fields.number("mem_gib"),
                           .tp = static_cast<int>(fields.whole("tp", 1, MostTp)),
                           .shareable = fields.flag("shareable")};
    const auto &tps = fields.object("tps");
    if (!fields.good())
        return fields.fault();
    auto offers = readOffers(tps, place + ".tps", needs, skus);
    if (!offers)
        return std::unexpected(offers.error());
    model.offers = *std::move(offers);
    return model;
}

template <class Read>
auto readAll(const Json &list, const char *name, const Skus &skus, Read read)
    -> Result<std::vector<typename decltype(read(list, std::string(), skus))::value_type>>
{
    std::vector<typename decltype(read(list, std::string(), skus))::value_type> all;
    for (std::size_t i = 0; i < list.size(); ++i) {
        auto one = read(list[i], placeOf(name, i, list[i]), skus);
        if (!one)
            return std::unexpected(one.error());
        all.push_back(*std::move(one));
    }
    return all;
}

Result<FleetProblem> readDocument(const Json &document)
{
    FleetProblem problem;
    JsonFields fields(document, "instance");
    const double usable = fields.number("usable_memory");
    problem.unmetUsdPerTps = fields.number("unmet_usd_per_tps");
    problem.missingReplicaUsd = fields.number("missing_replica_usd");
    const auto &skuList = fields.object("skus");
    const auto &nodeList = fields.list("nodes");
    const auto &modelList = fields.list("models");
    if (!fields.good())
        return fields.fault();
    if (usable <= 0 || usable > 1)
        return fail(ErrorKind::Parse, "is not above 0 and at most 1", "instance.usable_memory");
    const auto skus = readSkus(skuList, usable, problem);
    if (!skus)
        return std::unexpected(skus.error());
    auto nodes = readAll(nodeList, "nodes", *skus, readNode);
    if (!nodes)
        return std::unexpected(nodes.error());
    auto models = readAll(modelList, "models", *skus, readModel);
    if (!models)
        return std::unexpected(models.error());
    problem.nodes = *std::move(nodes);
    problem.models = *std::move(models);
    return problem;
}

} // namespace

Result<FleetProblem> readPlanInstance(std::string_view json)
{
    const auto document = parseUniqueJson(json, "instance");
    if (!document)
        return std::unexpected(document.error());
    auto problem = readDocument(*document);
    if (problem)
        if (auto good = validate(*problem); !good)
            return std::unexpected(good.error());
    return problem;
}

std::string writePlanLines(const FleetProblem &problem, const std::vector<PlannedReplica> &plan)
{
    std::string lines;
    for (const auto &replica : plan) {
        lines +=
            Json::array({problem.models[replica.model].name, problem.nodes[replica.node].name, replica.gpus}).dump();
        lines += '\n';
    }
    return lines;
}

} // namespace core::optimizer
