// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/engine/judge_session.h"

#include "core/placement/engine/batch_planner.h"
#include "core/placement/engine/json_fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <unordered_set>

namespace core::engine {

namespace {

constexpr int MostGpus = 1024; // of one node

std::vector<std::string> splitModels(const std::string &spec)
{
    std::vector<std::string> names;
    for (std::size_t at = 0; at <= spec.size();) {
        const auto end = std::min(spec.find('|', at), spec.size());
        if (end > at)
            names.push_back(spec.substr(at, end - at));
        at = end + 1;
    }
    return names;
}

Demand readDemand(JsonFields &fields, const Fleet &fleet)
{
    Demand demand{.cpuMilli = fields.whole("cpu_milli")};
    demand.gpus = static_cast<int>(fields.whole("num_gpu", 0, MostGpus));
    demand.milli = static_cast<int>(fields.whole("gpu_milli", demand.gpus > 0 ? 1 : 0, WholeGpu));
    if (const auto names = splitModels(fields.text("gpu_spec")); demand.gpus > 0 && !names.empty())
        demand.skus = fleet.skuIds(names);
    return demand;
}

Result<std::vector<FleetNode>> readNodes(const nlohmann::json &list)
{
    std::vector<FleetNode> nodes;
    std::unordered_set<std::string> names;
    for (const auto &one : list) {
        JsonFields fields(one, fmt::format("nodes[{}]", nodes.size()));
        FleetNode node{
            fields.text("name"), fields.whole("cpu_milli"), fields.whole("memory_mib"), fields.text("gpu_model"), {}};
        node.gpuFreeMilli.assign(static_cast<std::size_t>(fields.whole("gpus", 0, MostGpus)), WholeGpu);
        if (!fields.good())
            return fields.fault();
        if (!names.insert(node.name).second) // an answer names its node
            return fail(ErrorKind::Parse, "two nodes have this name", node.name);
        nodes.push_back(std::move(node));
    }
    return nodes;
}

Result<DemandMix> readMix(const nlohmann::json &list, const Fleet &fleet)
{
    DemandMix mix;
    for (const auto &one : list) {
        JsonFields fields(one, fmt::format("typical_pods[{}]", mix.classes.size()));
        MixClass known{readDemand(fields, fleet), fields.number("share")};
        if (!fields.good())
            return fields.fault();
        mix.classes.push_back(std::move(known));
    }
    return mix;
}

std::string spotLine(const Fleet &fleet, const std::optional<Spot> &spot)
{
    if (!spot)
        return "none";
    const auto &name = fleet.name(spot->node);
    return spot->gpus.empty() ? name : fmt::format("{} {}", name, fmt::join(spot->gpus, ","));
}

} // namespace

Result<std::string> JudgeSession::answer(std::string_view line)
{
    const auto document = parseJson(line, "line");
    if (!document)
        return std::unexpected(document.error());
    JsonFields fields(*document, "line");
    const auto type = fields.text("type");
    if (!fields.good())
        return fields.fault();
    if (type == "end") {
        m_over = true;
        return "";
    }
    if (type == "init")
        return start(fields);
    if (type != "pod" && type != "solve")
        return fail(ErrorKind::Parse, "is none of init, pod, solve, end", "line.type");
    if (!m_started)
        return fail(ErrorKind::Parse, "comes before init", "line.type");
    return type == "solve" ? solve(*m_started) : pod(fields, *m_started);
}

Result<std::string> JudgeSession::start(JsonFields &fields)
{
    if (m_started)
        return fail(ErrorKind::Parse, "is a second init", "line.type");
    const auto mode = fields.has("mode") ? fields.text("mode") : "online";
    const double limit = fields.has("time_limit_s") ? fields.number("time_limit_s") : DefaultTimeLimit;
    auto nodes = readNodes(fields.list("nodes"));
    if (!fields.good())
        return fields.fault();
    if (mode != "online" && mode != "plan")
        return fail(ErrorKind::Parse, "is neither online nor plan", "line.mode");
    if (!nodes)
        return std::unexpected(nodes.error());
    auto fleet = Fleet::make(*std::move(nodes));
    if (!fleet)
        return std::unexpected(fleet.error());
    auto mix = fields.has("typical_pods") ? readMix(fields.list("typical_pods"), *fleet) : DemandMix{};
    if (!fields.good())
        return fields.fault();
    if (!mix)
        return std::unexpected(mix.error());
    m_started.emplace(Started{OnlinePlacer(std::move(*fleet), *mix), mode == "plan", limit, {}});
    return "ready";
}

Result<std::string> JudgeSession::pod(JsonFields &fields, Started &run)
{
    auto demand = readDemand(fields, run.placer.fleet());
    demand.memoryMib = fields.whole("memory_mib");
    if (!fields.good())
        return fields.fault();
    if (run.plan) {
        run.pods.push_back(std::move(demand));
        return "";
    }
    return spotLine(run.placer.fleet(), run.placer.place(demand).spot);
}

Result<std::string> JudgeSession::solve(const Started &run)
{
    if (!run.plan)
        return fail(ErrorKind::Parse, "asks for a plan in online mode", "line.type");
    const auto &fleet = run.placer.fleet();
    const auto limit = std::chrono::duration<double>(std::min(MostTimeLimit, run.timeLimit) * UsedShareOfLimit);
    const auto plan = planBatch(fleet, run.pods, std::chrono::duration_cast<std::chrono::milliseconds>(limit));
    std::string lines;
    for (const auto &spot : plan.spots)
        lines += spotLine(fleet, spot) + '\n';
    return lines + fmt::format("bound {:.3f}", plan.boundMilli);
}

} // namespace core::engine
