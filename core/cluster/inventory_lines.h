// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/accounting.h"

namespace core {

/// What the lines of the inventory are put together by.
enum class Grouping { Sku, Vendor, Zone, Node };

/// The zone a node says it is in (label topology.kubernetes.io/zone); empty when it does not say.
const std::string &zoneOf(const Node &node);

/// The cluster's devices by vendor, zone or node, a line each, ordered by name; nodes without a zone come last, as "no
/// zone". What may differ below a line (`sku`, `resource`, `architecture` ...) is empty in it, and a node that needs a
/// look counts once however many pools it has. By SKU the lines are those of summarise(), and none are made here. Pure.
std::vector<SkuRow> linesBy(Grouping by, const ClusterSnapshot &snapshot, const ClusterUsage &usage);

/// Whether a pool of a node stands below a line of that grouping.
bool isOfLine(const SkuRow &line, Grouping by, const Node &node, const DevicePool &pool);

} // namespace core
