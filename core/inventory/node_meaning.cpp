// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/node_meaning.h"

#include "core/inventory/node_summary.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

/// Which tool of the vendor's speaks for the cards themselves.
const char *vendorTool(Vendor vendor)
{
    switch (vendor) {
    case Vendor::Nvidia: return "nvidia-smi";
    case Vendor::Amd: return "amd-smi";
    case Vendor::Intel: break;
    }
    return "xpu-smi";
}

void addScheduling(const Node &node, Meaning &out)
{
    if (!node.ready.value_or(false)) {
        out.means.push_back(
            node.notReadyReason.empty()
                ? "The node is not ready: nothing new starts there."
                : fmt::format("The node is not ready, nothing new starts there: {}", node.notReadyReason));
        out.todo.push_back(fmt::format("Look at the machine and its kubelet; when its pods have to move: kubectl drain "
                                       "{} --ignore-daemonsets",
                                       node.name));
    }
    if (node.unschedulable) {
        out.means.emplace_back("Cordoned: what runs there stays, nothing new starts.");
        out.todo.push_back(fmt::format("When its work is done: kubectl uncordon {}", node.name));
    }
}

void addWithdrawn(const Node &node, const DevicePool &pool, const std::string &holders, Meaning &out)
{
    if (pool.withdrawn() == 0)
        return;
    out.means.push_back(fmt::format("The device plugin withdrew {} of {} devices: no pod gets them. It does so when a "
                                    "device fails its health check.",
                                    pool.withdrawn(), pool.capacity));
    out.means.push_back(holders.empty()
                            ? "No pod holds a device of this node."
                            : fmt::format("Pods that hold its devices, and may have lost one: {}.", holders));
    out.todo.push_back(fmt::format("Read the device plugin's log and the kernel's ({} on {}); drain the node before a "
                                   "card is reset or replaced.",
                                   vendorTool(pool.vendor), node.name));
}

void addLabels(const Node &node, const DevicePool &pool, const NodeSummary &summary, Meaning &out)
{
    for (const auto &issue : node.issues)
        out.means.push_back(fmt::format("Its labels cannot be believed: {}.", issue));
    if (!node.issues.empty())
        out.todo.push_back(fmt::format("Restart the feature discovery of {} and compare with {} there.", node.name,
                                       vendorTool(pool.vendor)));
    if (std::ranges::find(summary.issues, "labelled-but-no-schedulable-gpu") != summary.issues.end()) {
        out.means.emplace_back("Labels name GPUs, but the node offers none.");
        out.todo.push_back(fmt::format("See that the device plugin runs on {}.", node.name));
    }
    if (pool.skuId.empty()) {
        out.means.push_back(fmt::format("The catalogue does not know this device{}: its memory and speed are open.",
                                        pool.productLabel.empty() ? "" : fmt::format(" ({})", pool.productLabel)));
        out.todo.emplace_back("Add the SKU to the catalogue, or label the node.");
    }
}

/// How the devices share their cards: what a pod that asks for one gets.
std::string sharingWords(const DevicePool &pool, const NodeSummary &summary)
{
    const auto cards = pool.physicalCards ? pool.physicalCards : summary.physicalGpus;
    const auto of = cards ? fmt::format(" of {} {}", *cards, *cards == 1 ? "card" : "cards") : std::string();
    switch (pool.kind) {
    case DeviceKind::Card: return "A device is a whole card.";
    case DeviceKind::MigSlice: return fmt::format("A device is a MIG slice{}; memory is kept apart.", of);
    case DeviceKind::Partition: return fmt::format("A device is a partition{}.", of);
    case DeviceKind::Share: break;
    }
    const auto how = pool.sharing == "mps" ? "MPS" : pool.sharing.empty() ? "sharing" : pool.sharing;
    return fmt::format("A device is a share{} ({}): pods on one card draw on the same memory.", of, how);
}

} // namespace

Meaning explain(const Node &node, const DevicePool &pool, std::int64_t requested, const std::string &holders)
{
    Meaning out;
    const auto summary = summariseNode(node);
    addScheduling(node, out);
    addWithdrawn(node, pool, holders, out);
    addLabels(node, pool, summary, out);
    if (node.acceptsPods())
        out.means.push_back(fmt::format("{} of {} devices are free.",
                                        std::max<std::int64_t>(0, pool.allocatable - requested), pool.capacity));
    out.means.push_back(sharingWords(pool, summary));
    return out;
}

} // namespace core
