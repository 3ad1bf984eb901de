// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/snapshot.h"
#include "core/history/history.h"
#include "core/probe_report/verdict.h"

#include <map>

namespace core {

/// What probes say about a node, for estimates and for the placement engine.
struct NodeFactor {
    /// Share of the usual speed that a job on this node reaches, 0.5 … 1: its slowest card's, since a job over several
    /// cards runs at the speed of the slowest. 1 when nothing speaks against it.
    double factor = 1;
    std::string card;      ///< the one that decides; empty when none was slow
    std::int64_t time = 0; ///< of that card's run
    double weight = 0;     ///< how much of the measured slowness still counts: 1 up to 24 hours, 0 from 72
    std::string reason;    ///< plain words of what was found; empty when nothing was
    /// A card of it failed: it should take no new work. Berth proposes, and cordons only when told to.
    bool proposeCordon = false;
    std::string cordonReason;
    bool operator==(const NodeFactor &) const = default;
};

/// `newest` is ProbeJudge::newestVerdicts() without the void ones. By node name; only nodes of the snapshot whose cards
/// were measured. Pure. A run is void once its card's driver changed (a later run, or the node's labels, name another
/// one) or `voids` says so (reset, replaced). Slowness fades; wrong data and driver errors do not: they stay proposed
/// until the card was measured again or declared void.
std::map<std::string, NodeFactor> nodeFactors(const std::vector<CardVerdict> &newest,
                                              const std::vector<ProbeVoid> &voids, const ClusterSnapshot &snapshot,
                                              std::int64_t now);

/// True when the run says nothing any more about the card as it is.
bool isVoid(const ProbeResult &result, const std::vector<ProbeVoid> &voids);

} // namespace core
