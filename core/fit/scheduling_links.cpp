// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/scheduling_links.h"

#include "core/fit/device_claims.h"
#include "core/fit/links.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace core {

namespace {

using Chain = std::vector<Reason>;
using PortsByNode = std::unordered_map<std::string_view, std::vector<HostPort>>;

int badness(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Fits: return 0;
    case Verdict::Tight: return 1;
    case Verdict::Unknown: return 2;
    case Verdict::No: return 3;
    }
    return 3;
}

std::string amountText(std::string_view resource, std::int64_t amount)
{
    if (resource == "cpu")
        return fmt::format("{}m", amount);
    if (resource == "memory" || resource == "ephemeral-storage" || resource.starts_with("hugepages-"))
        return gibText(amount);
    return std::to_string(amount);
}

Reason shortageReason(const Shortage &lack)
{
    const bool device = isExtendedResource(lack.resource);
    const auto link = device ? Link::Device : Link::HostResources;
    if (lack.resource == "pods")
        return {link, Verdict::No, "too-many-pods",
                fmt::format("{} of {} pod slots are taken", lack.used, lack.capacity), "move other pods away"};
    if (device && lack.capacity == 0)
        return {link, Verdict::No, "no-such-resource", "the node offers no " + lack.resource, {}};
    const auto free = std::max<std::int64_t>(0, lack.capacity - lack.used);
    const auto code = !device ? "insufficient-" + lack.resource
        : lack.isBeyondNode() ? "too-few-devices"
                              : "devices-busy";
    return {link, Verdict::No, code,
            fmt::format("needs {} of {}, {} of {} free", amountText(lack.resource, lack.requested), lack.resource,
                        amountText(lack.resource, free), amountText(lack.resource, lack.capacity)),
            lack.isBeyondNode() ? "a larger node" : "move other pods away"};
}

bool blindToPods(const ClusterSnapshot &snapshot)
{
    return !snapshot.podsSynced
        || std::ranges::any_of(snapshot.blindSpots, [](const auto &spot) { return spot.resource == "pods"; });
}

/// Ports that running pods hold. Only asked for when the pod wants some: it looks at every pod of the cluster.
PortsByNode takenPorts(const ClusterSnapshot &snapshot)
{
    PortsByNode ports;
    for (const auto &pod : snapshot.pods)
        if (pod->holdsResources() && !pod->hostPorts.empty()) {
            auto &taken = ports[pod->nodeName];
            taken.insert(taken.end(), pod->hostPorts.begin(), pod->hostPorts.end());
        }
    return ports;
}

/// The same on every node: the API server would not create the pod.
Reason quotaReason(const QuotaProblem &problem)
{
    using enum QuotaProblem::Kind;
    const auto quota = fmt::format("the quota {} of namespace {}", problem.quota->name, problem.quota->nameSpace);
    if (problem.kind == Unknown)
        return {Link::Schedulable,
                Verdict::Unknown,
                "not-judged",
                fmt::format("{} has the scope {}, which is not judged here", quota, problem.resource),
                {}};
    if (problem.kind == Unsaid)
        return {Link::Schedulable, Verdict::No, "quota-unsaid",
                fmt::format("{} counts {}, which a container does not name", quota, problem.resource),
                "name it in every container"};
    auto over = problem.needed;
    over.subtract(problem.left);
    return {Link::Schedulable, Verdict::No, "quota-exceeded",
            fmt::format("{} has {} of {} left, the pod needs {}: {} too many", quota, problem.left.text(),
                        problem.resource, problem.needed.text(), over.text()),
            "raise the quota, or remove pods that use it up"};
}

class PodEvaluation {
public:
    PodEvaluation(const ClusterSnapshot &snapshot, const ClusterUsage &usage, const SchedulingPod &pod, Chain quotas)
        : m_quotas(std::move(quotas))
        , m_usage(usage)
        , m_pod(pod)
        , m_usageKnown(!blindToPods(snapshot))
        , m_claims(snapshot, pod)
    {
        if (!pod.hostPorts.empty())
            m_takenPorts = takenPorts(snapshot);
        const auto device = std::ranges::find_if(
            pod.requests, [](const auto &request) { return request.second > 0 && isExtendedResource(request.first); });
        if (device != pod.requests.end())
            m_device = device->first;
    }

    Candidate judge(const Node &node)
    {
        static const Resources nothing;
        const auto found = m_usage.find(node.name);
        const auto &used = found == m_usage.end() ? nothing : found->second.requested;
        Candidate candidate;
        candidate.node = node.name;
        candidate.resource = m_device;
        candidate.needed = amountOf(m_pod.requests, m_device);
        candidate.freeDevices =
            std::max<std::int64_t>(0, amountOf(node.allocatable, m_device) - amountOf(used, m_device));
        if (m_device.empty() && !m_claims.firstClass().empty()) {
            candidate.resource = m_claims.firstClass();
            candidate.needed = m_claims.firstCount();
            candidate.freeDevices = m_claims.freeOfFirstClass(node);
        }
        for (const auto &pool : node.devices)
            if (pool.resource == m_device)
                candidate.skuId = pool.skuId.empty() ? pool.productLabel : pool.skuId;
        auto lacking = shortages(m_pod.requests, node.allocatable, used);
        const auto delegated = m_claims.delegated(node);
        std::erase_if(lacking, [&delegated](const Shortage &lack) {
            return std::ranges::find(delegated, lack.resource) != delegated.end();
        });
        candidate.chain = m_claims.judge(node, delegated);
        const bool byClaim =
            !candidate.chain.empty() && (m_device.empty() || std::ranges::find(delegated, m_device) != delegated.end());
        appendAmounts(lacking, Link::Device, candidate.chain, byClaim);
        appendSchedulable(node, candidate.chain);
        appendAmounts(lacking, Link::HostResources, candidate.chain);
        candidate.verdict = Verdict::Fits;
        for (const auto &reason : candidate.chain)
            if (badness(reason.verdict) > badness(candidate.verdict))
                candidate.verdict = reason.verdict;
        return candidate;
    }

private:
    /// `answered`: when nothing lacks, the link has said so already.
    void appendAmounts(const std::vector<Shortage> &lacking, Link link, Chain &chain, bool answered = false) const
    {
        const auto before = chain.size();
        for (const auto &lack : lacking)
            if (auto reason = shortageReason(lack); reason.link == link)
                chain.push_back(std::move(reason));
        if (chain.size() != before)
            return;
        if (answered)
            return;
        if (!m_usageKnown)
            chain.push_back({link, Verdict::Unknown, "usage-unknown",
                             "the node offers enough, but who uses it cannot be read",
                             "the right to list pods in all namespaces"});
        else if (link == Link::Device)
            chain.push_back({link,
                             Verdict::Fits,
                             "devices-free",
                             m_device.empty() ? "no device is asked for" : "enough devices are free",
                             {}});
        else
            chain.push_back(
                {link, Verdict::Fits, "host-resources-free", "enough CPU, memory and pod slots are free", {}});
    }

    void appendSchedulable(const Node &node, Chain &chain) const
    {
        const auto before = chain.size();
        const auto no = [&chain](const char *code, std::string detail, std::string remedy) {
            chain.push_back({Link::Schedulable, Verdict::No, code, std::move(detail), std::move(remedy)});
        };
        if (!m_pod.nodeName.empty() && m_pod.nodeName != node.name)
            no("other-node", "the pod names the node " + m_pod.nodeName, {});
        if (node.unschedulable && !toleratesCordon(m_pod.tolerations))
            no("cordoned", "the node is cordoned", "kubectl uncordon " + node.name);
        if (!matches(m_pod.affinity, {node.name, node.labels}))
            no("selector", "the node selector or required affinity does not match the node", {});
        if (const auto *taint = firstUntolerated(m_pod.tolerations, node.taints))
            no("untolerated-taint", "the pod does not tolerate the taint " + taintText(*taint),
               "add a toleration to the pod");
        if (const auto ports = m_takenPorts.find(node.name); ports != m_takenPorts.end())
            if (const auto *port = firstConflict(m_pod.hostPorts, ports->second))
                no("host-port-taken", fmt::format("host port {}/{} is taken", port->port, port->protocol), {});
        chain.insert(chain.end(), m_quotas.begin(), m_quotas.end());
        if (!m_pod.gates.empty())
            no("scheduling-gated", fmt::format("scheduling gates hold the pod back: {}", fmt::join(m_pod.gates, ", ")),
               "whoever set the gate must remove it");
        if (chain.size() == before)
            appendDoubts(node, chain);
    }

    /// What no filter of one node settles, or no filter at all.
    void appendDoubts(const Node &node, Chain &chain) const
    {
        const auto before = chain.size();
        if (!m_pod.beyondNode.empty())
            chain.push_back({Link::Schedulable,
                             Verdict::Unknown,
                             "not-judged",
                             fmt::format("not judged here: {}", fmt::join(m_pod.beyondNode, ", ")),
                             {}});
        if (node.ready ? !*node.ready : !node.notReadyReason.empty())
            chain.push_back({Link::Schedulable, Verdict::Tight, "not-ready",
                             node.notReadyReason.empty() ? "the node is not ready"
                                                         : "the node is not ready: " + node.notReadyReason,
                             "check the kubelet of the node"});
        if (chain.size() == before)
            chain.push_back({Link::Schedulable,
                             Verdict::Fits,
                             "schedulable",
                             "not cordoned, taints tolerated, selector matches, ports free",
                             {}});
    }

    Chain m_quotas;
    const ClusterUsage &m_usage;
    const SchedulingPod &m_pod;
    bool m_usageKnown;
    DeviceClaims m_claims;
    PortsByNode m_takenPorts;
    std::string m_device;
};

std::vector<Candidate> judgeAll(const ClusterSnapshot &snapshot, const ClusterUsage &usage, const SchedulingPod &pod,
                                Chain quotas)
{
    PodEvaluation evaluation(snapshot, usage, pod, std::move(quotas));
    std::vector<Candidate> candidates;
    candidates.reserve(snapshot.nodes.size());
    for (const auto &node : snapshot.nodes)
        candidates.push_back(evaluation.judge(*node));
    return candidates;
}

} // namespace

Result<std::vector<Candidate>> evaluatePod(const ClusterSnapshot &snapshot, const ClusterUsage &usage,
                                           const nlohmann::json &pod)
{
    const auto parsed = readSchedulingPod(pod, PodDefaults::AsStored);
    if (!parsed)
        return std::unexpected(parsed.error());
    const auto problems =
        quotaProblems(snapshot.quotas, pod, parsed->nameSpace.empty() ? std::string("default") : parsed->nameSpace);
    if (!problems)
        return std::unexpected(problems.error());
    Chain quotas;
    std::ranges::transform(*problems, std::back_inserter(quotas), quotaReason);
    return judgeAll(snapshot, usage, *parsed, std::move(quotas));
}

std::vector<Candidate> evaluatePod(const ClusterSnapshot &snapshot, const ClusterUsage &usage, const SchedulingPod &pod)
{
    return judgeAll(snapshot, usage, pod, {});
}

SchedulingPod schedulingPod(const Pod &pod)
{
    SchedulingPod out;
    out.name = pod.name;
    out.nameSpace = pod.nameSpace;
    out.requests = pod.requests;
    out.hostPorts = pod.hostPorts;
    if (pod.rules.value) {
        out.affinity = pod.rules.value->affinity;
        out.tolerations = pod.rules.value->tolerations;
        out.beyondNode = pod.rules.value->beyondNode;
        out.claims = pod.rules.value->claims;
    }
    return out;
}

} // namespace core
