// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/node_factors.h"

#include "core/probe_report/plain_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

/// The node a host name means: probes in pods are kept under their node's name, those run by hand under the host's.
const Node *nodeOf(const ClusterSnapshot &snapshot, const std::string &host)
{
    if (const auto *node = findNode(snapshot, host))
        return node;
    const auto found = std::ranges::find_if(snapshot.nodes, [&host](const NodePtr &node) {
        const auto label = node->labels.find("kubernetes.io/hostname");
        return label != node->labels.end() && label->second == host;
    });
    return found == snapshot.nodes.end() ? nullptr : found->get();
}

/// The node says now that its driver takes another CUDA version than the card's did when it was measured.
bool driverChanged(const ProbeResult &result, const Node &node)
{
    if (result.device.backend != "cuda" || result.device.driver.empty())
        return false;
    return std::ranges::any_of(node.devices, [&result](const DevicePool &pool) {
        return pool.vendor == Vendor::Nvidia && !pool.cudaVersion.empty() && pool.cudaVersion != result.device.driver;
    });
}

/// Broken rather than slow: time does not heal it.
const ProbeFinding *broken(const CardVerdict &card)
{
    const auto found = std::ranges::find_if(card.findings, [](const ProbeFinding &finding) {
        return finding.severity == ProbeVerdict::Fail
            && (finding.code == FindingCode::WrongData || finding.code == FindingCode::DriverError
                || finding.code == FindingCode::Hang);
    });
    return found == card.findings.end() ? nullptr : &*found;
}

std::string worstWords(const CardVerdict &card)
{
    return card.findings.empty() ? std::string() : plainWords(card.findings.front()).what;
}

void take(const CardVerdict &card, std::int64_t now, NodeFactor &into)
{
    const auto weight = resultWeight(card.result.time, now);
    const auto factor = 1 - weight * (1 - card.speed.value_or(1));
    if (factor < into.factor || into.time == 0) {
        into.factor = factor;
        into.card = factor < 1 ? card.card : std::string();
        into.time = card.result.time;
        into.weight = weight;
        into.reason = factor < 1 ? worstWords(card) : std::string();
    }
    const auto *why = broken(card);
    if (why == nullptr && (card.verdict != ProbeVerdict::Fail || weight <= 0))
        return;
    into.proposeCordon = true;
    const auto &device = card.result.device;
    into.cordonReason = fmt::format("{} ({}): {}", device.name, device.pci.empty() ? card.card : device.pci,
                                    why == nullptr ? worstWords(card) : plainWords(*why).what);
}

} // namespace

bool isVoid(const ProbeResult &result, const std::vector<ProbeVoid> &voids)
{
    const auto card = cardOf(result);
    return std::ranges::any_of(voids, [&](const ProbeVoid &gone) {
        return gone.host == result.host && (gone.card.empty() || gone.card == card) && result.time < gone.before;
    });
}

std::map<std::string, NodeFactor> nodeFactors(const std::vector<CardVerdict> &newest,
                                              const std::vector<ProbeVoid> &voids, const ClusterSnapshot &snapshot,
                                              std::int64_t now)
{
    std::map<std::string, NodeFactor> out;
    for (const auto &card : newest) {
        const auto *node = nodeOf(snapshot, card.host);
        if (node != nullptr && !isVoid(card.result, voids) && !driverChanged(card.result, *node))
            take(card, now, out[node->name]);
    }
    return out;
}

} // namespace core
