// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/snapshot.h"

namespace core {

// A node's devices are those that its device plugins count and those that only drivers publish. Where both serve cards
// of one vendor they are the same cards: then the device plugin's count stands, claimed devices count as taken from it
// (accounting.h), and the node says so in `issues`.

/// The node with the pools of its drivers; the same pointer when it has none.
NodePtr withDraPools(const NodePtr &plain, const DraCards &cards);
/// Undoes withDraPools().
NodePtr withoutDraPools(const NodePtr &node);
/// The pod with the devices its claims hold among its requests; the same pointer when they hold none.
PodPtr withDraRequests(const PodPtr &plain, const DraCards &cards);
PodPtr withoutDraRequests(const PodPtr &pod);

/// Makes `draCards` of `dra`, from those that the snapshot had, and puts on its nodes and pods what is different. What
/// stays equal keeps its pointer.
void addDraCards(ClusterSnapshot &snapshot, const Catalog &catalog);

} // namespace core
