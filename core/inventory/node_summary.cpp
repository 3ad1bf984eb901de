// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/node_summary.h"

#include "core/inventory/vendor_labels.h"

#include <algorithm>
#include <set>

namespace core {

namespace {

/// Devices of the node by what they are, of the list the node has (capacity, else allocatable).
struct Counts {
    std::int64_t plain = 0, shared = 0, mig = 0; ///< NVIDIA
    std::int64_t amd = 0, amdPartitions = 0, volcano = 0;
    std::string amdPartition; ///< "cpx_nps4"
    int amdPartitionKinds = 0;
};

void countNvidia(const DeviceResource &kind, std::int64_t amount, Counts &out)
{
    if (kind.shared)
        out.shared += amount;
    else
        (kind.kind == DeviceKind::MigSlice ? out.mig : out.plain) += amount;
}

void countAmd(const DeviceResource &kind, std::int64_t amount, Counts &out)
{
    if (kind.kind != DeviceKind::Partition) {
        out.amd += amount;
        return;
    }
    out.amdPartitions += amount;
    out.amdPartition = kind.profile;
    ++out.amdPartitionKinds;
}

Counts countsOf(const Node &node)
{
    Counts out;
    for (const auto &[name, amount] : node.capacity.empty() ? node.allocatable : node.capacity) {
        if (name == "volcano.sh/vgpu-number")
            out.volcano += amount;
        const auto kind = classifyResource(name);
        if (!kind || amount <= 0)
            continue;
        if (kind->vendor == Vendor::Nvidia)
            countNvidia(*kind, amount, out);
        else if (kind->vendor == Vendor::Amd)
            countAmd(*kind, amount, out);
    }
    return out;
}

/// How the cards are handed out; empty when the labels do not say.
std::string nvidiaSharing(const NvidiaLabels &labels, const Counts &counts)
{
    if (labels.vgpuPresent.value_or(false))
        return "vgpu";
    if (!labels.product.migProfile.empty())
        return "mig-single";
    if (counts.mig > 0 || !labels.mig.empty())
        return counts.plain > 0 && counts.mig > 0 ? "mixed" : "mig-mixed";
    if (auto shared = labels.effectiveSharing(); !shared.empty())
        return shared;
    if (counts.shared > 0)
        return "shared";
    const bool agrees = !labels.productLabel.empty() || labels.count == counts.plain;
    return counts.plain > 0 && agrees ? "exclusive" : "";
}

void summariseNvidia(const NvidiaLabels &labels, const Counts &counts, NodeSummary &out)
{
    const bool positive = labels.count.value_or(0) > 0;
    const auto shared = labels.effectiveSharing();
    const bool single = !labels.product.migProfile.empty();
    if (labels.product.migInvalid)
        return;
    if (positive && !single) // under strategy single the count is of MIG devices
        out.physicalGpus = labels.count;
    if (auto sharing = nvidiaSharing(labels, counts); !sharing.empty())
        out.sharing = std::move(sharing);
    if (!out.physicalGpus && !single && counts.plain > 0 && out.sharing == "exclusive")
        out.physicalGpus = counts.plain;
    // Only the replicas are labelled: the shares divide evenly, or the labels are of another day.
    const auto replicas = labels.replicas.value_or(0);
    if (!out.physicalGpus && !single && !shared.empty() && replicas > 0
        && (counts.plain + counts.shared) % replicas == 0)
        out.physicalGpus = (counts.plain + counts.shared) / replicas;
    if (out.physicalGpus == 0)
        out.physicalGpus.reset();
}

void summariseAmd(const AmdLabels *labels, const Counts &counts, NodeSummary &out)
{
    const auto labelled = labels ? labels->computeMemoryPartition : std::string();
    const bool allParted = !labelled.empty() && !labelled.starts_with("spx") && counts.amd > 0;
    const auto parted = counts.amdPartitions + (allParted ? counts.amd : 0);
    if (parted > 0) {
        out.sharing = counts.amd > 0 && !allParted ? "mixed" : "amd-partition";
        const auto each =
            amdPartitionsPerCard(allParted ? labelled : counts.amdPartition, labels ? labels->deviceId : "");
        if (counts.amdPartitionKinds <= 1 && out.sharing != "mixed" && each > 0 && parted % each == 0)
            out.physicalGpus = parted / each;
        return;
    }
    if (counts.amd > 0 && labelled.starts_with("spx"))
        out.sharing = "exclusive";
    if (out.sharing == "exclusive")
        out.physicalGpus = counts.amd;
    else if (labels && labels->count && labelled.empty())
        out.physicalGpus = labels->count;
}

void addIssues(const Node &node, bool labelled, NodeSummary &out)
{
    for (const auto &[name, amount] : node.capacity) {
        if (!isAcceleratorResource(name))
            continue;
        if (node.allocatable.contains(name) && amountOf(node.allocatable, name) < amount)
            out.issues.push_back("allocatable-below-capacity:" + name);
    }
    const bool offersNone = !node.allocatable.empty() && out.schedulableUnits.value_or(0) == 0;
    if (labelled && offersNone)
        out.issues.emplace_back("labelled-but-no-schedulable-gpu");
}

void addVendors(const Node &node, NodeSummary &out)
{
    std::set<std::string> vendors;
    for (const auto *list : {&node.capacity, &node.allocatable})
        for (const auto &[name, amount] : *list)
            if (const auto vendor = acceleratorVendor(name); !vendor.empty())
                vendors.emplace(vendor);
    if (readNvidiaLabels(node.labels))
        vendors.emplace("nvidia");
    if (readAmdLabels(node.labels))
        vendors.emplace("amd");
    if (readIntelLabels(node.labels))
        vendors.emplace("intel");
    out.vendors.assign(vendors.begin(), vendors.end());
}

} // namespace

NodeSummary summariseNode(const Node &node)
{
    NodeSummary out;
    addVendors(node, out);
    for (const auto &[name, amount] : node.allocatable)
        if (isAcceleratorResource(name))
            out.schedulableUnits = out.schedulableUnits.value_or(0) + std::max<std::int64_t>(0, amount);
    const auto counts = countsOf(node);
    const auto nvidia = readNvidiaLabels(node.labels);
    const auto amd = readAmdLabels(node.labels);
    const bool describesCards = nvidia && (!nvidia->productLabel.empty() || nvidia->count || nvidia->replicas);
    if (describesCards)
        summariseNvidia(*nvidia, counts, out);
    else if (counts.mig > 0 && counts.plain == 0 && counts.shared == 0)
        out.sharing = "mig-mixed"; // only strategy mixed names profiles
    else if (counts.shared > 0 && counts.plain == 0 && counts.mig == 0)
        out.sharing = "shared";
    else if (counts.volcano > 0)
        out.sharing = "volcano-vgpu";
    if (amd || counts.amdPartitions > 0)
        summariseAmd(amd ? &*amd : nullptr, counts, out);
    const bool amdLabelled = amd && (!amd->productLabel.empty() || !amd->deviceId.empty() || !amd->family.empty());
    addIssues(node, (nvidia && nvidia->count.value_or(0) > 0) || amdLabelled, out);
    return out;
}

} // namespace core
