// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/pod_fit.h"

#include "core/base/file.h"
#include "core/inventory/pod_json.h"
#include "core/kube/yaml_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace app::ctl {

using core::Link;
using core::Reason;
using core::Verdict;
using nlohmann::json;

namespace {

std::optional<core::TaintEffect> effectOf(const std::string &word)
{
    if (word == "NoSchedule")
        return core::TaintEffect::NoSchedule;
    if (word == "PreferNoSchedule")
        return core::TaintEffect::PreferNoSchedule;
    return word == "NoExecute" ? std::optional(core::TaintEffect::NoExecute) : std::nullopt;
}

std::vector<core::Toleration> tolerationsOf(const json &spec)
{
    std::vector<core::Toleration> tolerations;
    for (const auto &entry : spec.value("tolerations", json::array()))
        tolerations.push_back({entry.value("key", ""),
                               entry.value("operator", ""),
                               entry.value("value", ""),
                               effectOf(entry.value("effect", "")),
                               {}});
    return tolerations;
}

std::optional<std::int64_t> integer(std::string_view text)
{
    std::int64_t value = 0;
    const auto *end = text.data() + text.size();
    const auto [rest, failed] = std::from_chars(text.data(), end, value);
    return failed == std::errc() && rest == end ? std::optional(value) : std::nullopt;
}

/// One node selector requirement against a label or a field (nullptr = absent).
bool holds(const json &expression, const std::string *value)
{
    const auto word = expression.value("operator", "");
    if (word == "Exists" || word == "DoesNotExist")
        return (value != nullptr) == (word == "Exists");
    const auto values = expression.value("values", std::vector<std::string>{});
    const bool listed = value != nullptr && std::ranges::find(values, *value) != values.end();
    if (word == "In" || word == "NotIn")
        return listed == (word == "In");
    if (value == nullptr || values.size() != 1)
        return false;
    const auto have = integer(*value);
    const auto limit = integer(values.front());
    return have && limit && (word == "Gt" ? *have > *limit : word == "Lt" && *have < *limit);
}

bool termHolds(const json &term, const core::Node &node)
{
    const auto expressions = term.value("matchExpressions", json::array());
    const auto fields = term.value("matchFields", json::array());
    const auto byLabel = [&](const json &one) {
        const auto label = node.labels.find(one.value("key", ""));
        return holds(one, label == node.labels.end() ? nullptr : &label->second);
    };
    const auto byField = [&](const json &one) {
        return one.value("key", "") == "metadata.name" && holds(one, &node.name);
    };
    return !(expressions.empty() && fields.empty()) && std::ranges::all_of(expressions, byLabel)
        && std::ranges::all_of(fields, byField);
}

bool selects(const json &spec, const core::Node &node)
{
    const auto nodeSelector = spec.value("nodeSelector", json::object());
    for (const auto &[key, value] : nodeSelector.items()) {
        const auto label = node.labels.find(key);
        if (label == node.labels.end() || label->second != value)
            return false;
    }
    const auto terms = spec.value(
        "/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms"_json_pointer, json());
    return terms.is_null() || std::ranges::any_of(terms, [&](const json &term) { return termHolds(term, node); });
}

Reason schedulable(const json &spec, const std::vector<core::Toleration> &tolerations, const core::Node &node)
{
    const auto no = [](std::string code, std::string detail, std::string remedy = {}) {
        return Reason{Link::Schedulable, Verdict::No, std::move(code), std::move(detail), std::move(remedy)};
    };
    if (!node.ready.value_or(false))
        return no("not-ready",
                  node.notReadyReason.empty() ? "the node is not ready"
                                              : "the node is not ready: " + node.notReadyReason);
    if (node.unschedulable)
        return no("cordoned", "the node is cordoned", "kubectl uncordon " + node.name);
    if (const auto *taint = core::firstUntolerated(tolerations, node.taints))
        return no("untolerated-taint",
                  fmt::format("the pod does not tolerate the taint {}={}", taint->key, taint->value),
                  "add a toleration to the pod");
    if (!selects(spec, node))
        return no("selector", "the node selector or required affinity does not match the node");
    return {
        Link::Schedulable, Verdict::Fits, "schedulable", "ready, not cordoned, taints tolerated, selector matches", {}};
}

bool isExtended(const std::string &resource)
{
    return resource.find('/') != std::string::npos;
}

/// All amounts of one group, extended or of the host, against what is free.
Reason amounts(Link link, const core::Resources &wanted, bool extended, const core::Node &node,
               const core::NodeUsage *usage, bool usageKnown)
{
    for (const auto &[resource, amount] : wanted) {
        if (isExtended(resource) != extended || amount == 0)
            continue;
        const auto has = core::amountOf(node.allocatable, resource);
        const auto used = usage == nullptr ? 0 : core::amountOf(usage->requested, resource);
        const auto unit = resource == "cpu" ? " milli" : "";
        if (amount > has - used)
            return {link,
                    Verdict::No,
                    has == 0 ? "no-such-resource" : "insufficient-" + resource,
                    fmt::format("needs {}{} of {}, {} of {} free", amount, unit, resource,
                                std::max<std::int64_t>(0, has - used), has),
                    {}};
    }
    if (!usageKnown)
        return {link, Verdict::Unknown, "usage-unknown", "the node offers enough, but who uses it cannot be read", {}};
    return {link, Verdict::Fits, extended ? "devices-free" : "host-resources-free", "enough is free", {}};
}

core::Candidate judge(const core::ClusterSnapshot &snapshot, const core::ClusterUsage &usage, const json &spec,
                      const std::vector<core::Toleration> &tolerations, const core::Resources &wanted,
                      const core::Node &node, const std::string &resource)
{
    const auto found = usage.find(node.name);
    const auto *used = found == usage.end() ? nullptr : &found->second;
    core::Candidate candidate;
    candidate.node = node.name;
    candidate.resource = resource;
    for (const auto &pool : node.devices)
        if (pool.resource == resource)
            candidate.skuId = pool.skuId.empty() ? pool.productLabel : pool.skuId;
    candidate.needed = core::amountOf(wanted, resource);
    candidate.freeDevices = std::max<std::int64_t>(
        0,
        core::amountOf(node.allocatable, resource) - (used == nullptr ? 0 : core::amountOf(used->requested, resource)));
    auto host = wanted;
    host["pods"] = 1;
    candidate.chain = {amounts(Link::Device, wanted, true, node, used, snapshot.podsSynced),
                       schedulable(spec, tolerations, node),
                       amounts(Link::HostResources, host, false, node, used, snapshot.podsSynced)};
    candidate.verdict = Verdict::Fits;
    for (const auto &reason : candidate.chain)
        if (reason.verdict == Verdict::No || candidate.verdict == Verdict::Fits)
            candidate.verdict = reason.verdict;
    return candidate;
}

} // namespace

core::Result<json> loadPod(const std::filesystem::path &file)
{
    const auto text = core::readFile(file);
    if (!text)
        return std::unexpected(text.error());
    auto document = core::yamlToJson(*text, file.string());
    if (!document)
        return std::unexpected(document.error());
    try {
        if (document->value("kind", "") == "Pod")
            return *document;
        for (const auto *pointer : {"/spec/template", "/spec/jobTemplate/spec/template"})
            if (const json::json_pointer path(pointer); document->contains(path)) {
                auto pod = document->at(path);
                pod["metadata"]["name"] = document->at("metadata").at("name");
                pod["metadata"]["namespace"] = document->at("metadata").value("namespace", "default");
                return pod;
            }
    } catch (const json::exception &) {
        return core::fail(core::ErrorKind::Parse, "metadata or spec has the wrong type", file.string());
    }
    return core::fail(core::ErrorKind::Parse, "is neither a Pod nor an object with a pod template", file.string());
}

core::Result<std::vector<core::Candidate>> evaluatePod(const core::ClusterSnapshot &snapshot,
                                                       const core::ClusterUsage &usage, const json &pod)
{
    const auto parsed = core::parsePod(pod.dump(-1, ' ', false, json::error_handler_t::replace));
    if (!parsed)
        return std::unexpected(parsed.error());
    const auto &wanted = (*parsed)->requests;
    const auto extended =
        std::ranges::find_if(wanted, [](const auto &entry) { return isExtended(entry.first) && entry.second > 0; });
    const auto resource = extended == wanted.end() ? std::string() : extended->first;
    try {
        const auto &spec = pod.at("spec");
        const auto tolerations = tolerationsOf(spec);
        std::vector<core::Candidate> candidates;
        for (const auto &node : snapshot.nodes)
            if (resource.empty() || node->capacity.contains(resource))
                candidates.push_back(judge(snapshot, usage, spec, tolerations, wanted, *node, resource));
        return candidates;
    } catch (const json::exception &) {
        return core::fail(core::ErrorKind::Parse, "tolerations, nodeSelector or affinity have the wrong type", "spec");
    }
}

} // namespace app::ctl
