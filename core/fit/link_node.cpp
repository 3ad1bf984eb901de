// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/gpu_tolerations.h"
#include "core/fit/links.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

/// Below this a job on the node is noticeably late: what the probes call a little slow ends here.
constexpr double slowNode = 0.9;

std::optional<std::int64_t> amount(const Resources &resources, std::string_view name)
{
    const auto found = resources.find(name);
    return found == resources.end() ? std::nullopt : std::optional(found->second);
}

bool namesMig(std::string_view issue)
{
    return issue.contains("MIG") || issue.contains("mig");
}

std::string offererOf(const DevicePool &pool)
{
    return pool.driver.empty() ? "the device plugin" : "the driver " + pool.driver;
}

} // namespace

std::vector<Toleration> gpuTolerations(const DevicePool &pool)
{
    std::vector<std::string> keys;
    switch (pool.vendor) {
    case Vendor::Nvidia: keys = {"nvidia.com/gpu"}; break;
    case Vendor::Amd: keys = {"amd.com/gpu"}; break;
    case Vendor::Intel: keys = {"gpu.intel.com/i915", "gpu.intel.com/xe"}; break;
    }
    if (pool.driver.empty() && !pool.resource.empty() && std::ranges::find(keys, pool.resource) == keys.end())
        keys.push_back(pool.resource);
    std::vector<Toleration> tolerations;
    tolerations.reserve(keys.size());
    for (auto &key : keys)
        tolerations.push_back({std::move(key), "Exists", {}, std::nullopt, std::nullopt});
    return tolerations;
}

Reason deviceLink(const DevicePool &pool, std::int64_t requested, std::int64_t planned, std::int64_t needed,
                  bool usageKnown)
{
    const auto left = std::max<std::int64_t>(0, pool.allocatable - requested - planned);
    if (pool.allocatable == 0)
        return {Link::Device, Verdict::No, pool.capacity > 0 ? "all-withdrawn" : "no-device",
                pool.capacity > 0 ? fmt::format("{} offers none of its {}", offererOf(pool), pool.capacity)
                                  : "no device is offered",
                pool.capacity > 0 ? fmt::format("look at the log of {} on the node", offererOf(pool)) : ""};
    const auto counts =
        fmt::format("{} of {} free{}", left, pool.allocatable, planned > 0 ? fmt::format(", {} planned", planned) : "");
    if (left < needed) {
        // More than the node has is a matter of shape; what others hold is a matter of waiting.
        if (needed > pool.allocatable)
            return {Link::Device, Verdict::No, "too-few-devices", fmt::format("{}, needs {}", counts, needed),
                    "a node with more devices, or a lower tensor parallel"};
        return {Link::Device, Verdict::No, "devices-busy", fmt::format("{}, needs {}", counts, needed),
                fmt::format("free {} more", needed - left)};
    }
    if (!usageKnown)
        return {Link::Device, Verdict::Unknown, "usage-unknown",
                fmt::format("{} offered; pods cannot be read, so nobody knows how many are taken", pool.allocatable),
                "the right to list pods in all namespaces"};
    return {Link::Device, Verdict::Fits, "devices-free", counts, {}};
}

std::optional<Reason> claimLink(const ClusterSnapshot &snapshot, const DevicePool &pool)
{
    if (pool.driver.empty())
        return std::nullopt;
    const auto blindTo = [&snapshot](std::string_view kind) {
        return std::ranges::find(snapshot.blindSpots, kind, &BlindSpot::resource) != snapshot.blindSpots.end();
    };
    if (blindTo("resourceclaims"))
        return Reason{
            Link::Device, Verdict::Unknown, "usage-unknown",
            fmt::format("{} offered; claims cannot be read, so nobody knows how many are taken", pool.allocatable),
            "the right to list resourceclaims in all namespaces"};
    if (!pool.deviceClass.empty())
        return std::nullopt;
    if (blindTo("deviceclasses"))
        return Reason{Link::Device, Verdict::Unknown, "devices-unknown",
                      "device classes cannot be read, so nobody knows through which one these are claimed",
                      "the right to list deviceclasses"};
    return Reason{Link::Device, Verdict::No, "no-such-class",
                  fmt::format("no device class selects the devices of {}", pool.driver),
                  "create the device class, or install the driver that brings it"};
}

Reason schedulableLink(const Node &node, std::span<const Toleration> tolerations)
{
    if (node.unschedulable)
        return {Link::Schedulable, Verdict::No, "cordoned", "the node is cordoned", "kubectl uncordon " + node.name};
    if (!node.ready)
        return {Link::Schedulable, Verdict::Unknown, "readiness-unknown",
                node.notReadyReason.empty() ? "the node does not report whether it is ready" : node.notReadyReason,
                "check the kubelet of the node"};
    if (!*node.ready)
        return {Link::Schedulable, Verdict::No, "not-ready",
                node.notReadyReason.empty() ? "the node is not ready" : node.notReadyReason,
                "check the kubelet of the node"};
    if (const auto *taint = firstUntolerated(tolerations, node.taints))
        return {Link::Schedulable, Verdict::No, "untolerated-taint", "taint " + taintText(*taint),
                fmt::format("kubectl taint nodes {} {}-, or a toleration of your own", node.name, taintText(*taint))};
    return {Link::Schedulable,
            Verdict::Fits,
            "schedulable",
            node.taints.empty() ? "ready, no taints" : "ready, its taints are tolerated",
            {}};
}

Reason healthLink(const Node &node, const DevicePool &pool, const ProbedNode *probed)
{
    if (probed && probed->failed)
        return {Link::Healthy, Verdict::No, "probe-failed", probed->reason,
                fmt::format("kubectl cordon {}, and have the card replaced; a new measurement that passes lifts this",
                            node.name)};
    for (const auto &issue : node.issues)
        if (pool.vendor == Vendor::Nvidia && namesMig(issue))
            return {Link::Healthy, Verdict::No, "mig-invalid", issue, "apply a valid MIG configuration to the node"};
    if (!node.issues.empty())
        return {Link::Healthy, Verdict::Tight, "node-issue", node.issues.front(), {}};
    if (probed && probed->speed < slowNode)
        return {Link::Healthy, Verdict::Tight, "probe-slow",
                fmt::format("{:.0f} % of the usual speed: {}", 100 * probed->speed, probed->reason),
                "look at what the probe says of its cards"};
    if (pool.withdrawn() > 0)
        return {Link::Healthy, Verdict::Fits, "devices-withdrawn",
                fmt::format("{} of {} withdrawn by {}, the others are offered", pool.withdrawn(), pool.capacity,
                            offererOf(pool)),
                fmt::format("look at the log of {} on the node", offererOf(pool))};
    return {Link::Healthy, Verdict::Fits, "healthy", "nothing is reported against it", {}};
}

Reason hostLink(const Node &node, const NodeUsage *usage, const HostRequest &host)
{
    static const Resources nothing;
    const auto &used = usage ? usage->requested : nothing;
    const auto cpu = amount(node.allocatable, "cpu"), memory = amount(node.allocatable, "memory");
    if (!cpu || !memory)
        return {
            Link::HostResources, Verdict::Unknown, "host-unknown", "the node does not report its CPU and memory", {}};
    const auto cpuFree = *cpu - amount(used, "cpu").value_or(0),
               memoryFree = *memory - amount(used, "memory").value_or(0);
    if (cpuFree < host.cpuMilli)
        return {Link::HostResources, Verdict::No, "insufficient-cpu",
                fmt::format("needs {}m CPU, {}m free", host.cpuMilli, std::max<std::int64_t>(0, cpuFree)),
                "move other pods away"};
    if (memoryFree < host.memoryBytes)
        return {Link::HostResources, Verdict::No, "insufficient-host-memory",
                fmt::format("needs {} of RAM, {} free", gibText(host.memoryBytes),
                            gibText(std::max<std::int64_t>(0, memoryFree))),
                "move other pods away"};
    // Nodes that do not count local storage (an option of the kubelet) limit nothing.
    if (const auto disk = amount(node.allocatable, "ephemeral-storage"); disk && host.ephemeralBytes)
        if (const auto free = *disk - amount(used, "ephemeral-storage").value_or(0); free < *host.ephemeralBytes)
            return {Link::HostResources, Verdict::No, "insufficient-ephemeral-storage",
                    fmt::format("the weights take {} of the node's disk, {} free", gibText(*host.ephemeralBytes),
                                gibText(std::max<std::int64_t>(0, free))),
                    "a node with a larger disk, or weights on a volume"};
    if (const auto pods = amount(node.allocatable, "pods"); pods && *pods - amount(used, "pods").value_or(0) < 1)
        return {Link::HostResources, Verdict::No, "too-many-pods", fmt::format("all {} pod slots are taken", *pods),
                "move other pods away"};
    return {Link::HostResources,
            Verdict::Fits,
            "host-free",
            fmt::format("{}m CPU and {} of RAM free", cpuFree, gibText(memoryFree)),
            {}};
}

} // namespace core
