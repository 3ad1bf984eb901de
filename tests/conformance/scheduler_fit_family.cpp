// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/conformance/families.h"

#include "core/scheduling/pod_spec.h"

#include <fmt/format.h>

#include <span>

namespace conformance {

using core::Result;
using core::SchedulingPod;
using nlohmann::json;

namespace {

constexpr auto beyondRepair = "UnschedulableAndUnresolvable";

json fits()
{
    return {{"fits", true}};
}

json refused(const char *code, json reasons)
{
    return {{"fits", false}, {"code", code}, {"reasons", std::move(reasons)}};
}

json metadataOf(const json &object)
{
    return object.value("metadata", json::object());
}

core::Labels labelsOf(const json &node)
{
    return metadataOf(node).value("labels", core::Labels());
}

Result<std::vector<SchedulingPod>> podsThere(const json &in)
{
    std::vector<SchedulingPod> pods;
    for (const auto &one : in.value("pods", json::array())) {
        auto pod = core::readSchedulingPod(one, core::PodDefaults::AsWritten);
        if (!pod)
            return std::unexpected(pod.error());
        pods.push_back(std::move(*pod));
    }
    return pods;
}

Result<json> resourcesFit(const json &in, const SchedulingPod &pod)
{
    const auto allocatable = core::readResources(in.at("node").at("status").value("allocatable", json::object()));
    const auto there = podsThere(in);
    if (!allocatable || !there)
        return std::unexpected(!allocatable ? allocatable.error() : there.error());
    core::Resources used{{"pods", static_cast<std::int64_t>(there->size())}};
    for (const auto &one : *there)
        core::add(used, one.requests);
    const core::IgnoredResources ignored{in.value("ignoredResources", std::set<std::string, std::less<>>()),
                                         in.value("ignoredResourceGroups", std::set<std::string, std::less<>>())};
    auto reasons = json::array(), insufficient = json::array();
    for (const auto &one : core::shortages(pod.requests, *allocatable, used, ignored)) {
        const bool slots = one.resource == "pods";
        reasons.push_back(slots ? "Too many pods" : "Insufficient " + one.resource);
        insufficient.push_back(
            {{"resource", one.resource}, {"requested", one.requested}, {"used", one.used}, {"capacity", one.capacity}});
    }
    if (reasons.empty())
        return fits();
    // The table is v1.23's: it knew no "beyond what the node has" yet.
    auto out = refused("Unschedulable", reasons);
    out["insufficient"] = insufficient;
    return out;
}

Result<json> taintsTolerated(const json &in, const SchedulingPod &pod)
{
    const auto taints = core::readTaints(in.at("node"));
    if (!taints)
        return std::unexpected(taints.error());
    const auto *taint = core::firstUntolerated(pod.tolerations, *taints, in.value("comparisonOperators", false));
    if (taint == nullptr)
        return fits();
    // The wording is the version's: only the newest table has the gate, and it no longer names the taint.
    return refused(
        beyondRepair,
        {in.contains("comparisonOperators")
             ? "node(s) had untolerated taint(s)"
             : fmt::format("node(s) had taint {{{}: {}}}, that the pod didn't tolerate", taint->key, taint->value)});
}

json addedAffinity(const json &in, const char *kind)
{
    return in.value("addedAffinity", json::object()).value(kind, json());
}

Result<json> affinityHolds(const json &in, const SchedulingPod &pod)
{
    const auto &node = in.at("node");
    const auto name = metadataOf(node).value("name", "");
    const auto labels = labelsOf(node);
    const core::NodeIdentity identity{name, labels};
    if (const auto added = addedAffinity(in, "requiredDuringSchedulingIgnoredDuringExecution"); !added.is_null()) {
        const auto terms = core::readNodeSelector(added);
        if (!terms)
            return std::unexpected(terms.error());
        if (!core::matches(*terms, identity))
            return refused(beyondRepair, {"node(s) didn't match scheduler-enforced node affinity"});
    }
    return core::matches(pod.affinity, identity)
        ? fits()
        : refused(beyondRepair, {"node(s) didn't match Pod's node affinity/selector"});
}

Result<json> portsFree(const json &in, const SchedulingPod &pod)
{
    const auto there = podsThere(in);
    if (!there)
        return std::unexpected(there.error());
    std::vector<core::HostPort> taken;
    for (const auto &one : *there)
        taken.insert(taken.end(), one.hostPorts.begin(), one.hostPorts.end());
    return core::firstConflict(pod.hostPorts, taken) == nullptr
        ? fits()
        : refused("Unschedulable", {"node(s) didn't have free ports for the requested pod ports"});
}

/// One node's raw score; the added affinity of the profile counts beside the pod's own.
Result<std::int64_t> rawScore(const json &in, const SchedulingPod &pod, const json &node)
{
    if (in.value("plugin", "") == "TaintToleration") {
        const auto taints = core::readTaints(node);
        if (!taints)
            return std::unexpected(taints.error());
        return core::countUnpreferred(pod.tolerations, *taints, in.value("comparisonOperators", false));
    }
    const auto added = core::readPreferredTerms(addedAffinity(in, "preferredDuringSchedulingIgnoredDuringExecution"));
    if (!added)
        return std::unexpected(added.error());
    const auto name = metadataOf(node).value("name", "");
    const auto labels = labelsOf(node);
    const auto own = core::preferredScore(pod.preferred, {name, labels});
    const auto profile = core::preferredScore(*added, {name, labels});
    if (!own || !profile)
        return std::unexpected(!own ? own.error() : profile.error());
    return *own + *profile;
}

Result<json> scores(const json &in, const SchedulingPod &pod)
{
    std::vector<std::int64_t> values;
    for (const auto &node : in.at("nodes")) {
        const auto score = rawScore(in, pod, node);
        if (!score)
            return std::unexpected(score.error());
        values.push_back(*score);
    }
    core::normalise(values, in.value("plugin", "") == "TaintToleration");
    auto out = json::object();
    for (std::size_t i = 0; i < values.size(); ++i)
        out[metadataOf(in.at("nodes")[i]).value("name", "")] = values[i];
    return json{{"scores", out}};
}

} // namespace

Answer answerSchedulerFit(const json &in)
{
    const auto pod = core::readSchedulingPod(in.value("pod", json::object()), core::PodDefaults::AsWritten);
    if (!pod)
        return std::unexpected(pod.error());
    const auto plugin = in.value("plugin", "");
    if (in.value("op", "") == "score")
        return plugin == "TaintToleration" || plugin == "NodeAffinity" ? Answer(scores(in, *pod)) : std::nullopt;
    if (plugin == "NodeResourcesFit")
        return resourcesFit(in, *pod);
    if (plugin == "TaintToleration")
        return taintsTolerated(in, *pod);
    if (plugin == "NodeAffinity")
        return affinityHolds(in, *pod);
    if (plugin == "NodePorts")
        return portsFree(in, *pod);
    const auto &node = in.at("node");
    if (plugin == "NodeName")
        return pod->nodeName.empty() || pod->nodeName == metadataOf(node).value("name", "")
            ? fits()
            : refused(beyondRepair, {"node(s) didn't match the requested node name"});
    if (plugin == "NodeUnschedulable")
        return !node.value("spec", json::object()).value("unschedulable", false)
                || core::toleratesCordon(pod->tolerations)
            ? fits()
            : refused(beyondRepair, {"node(s) were unschedulable"});
    return std::nullopt;
}

} // namespace conformance
