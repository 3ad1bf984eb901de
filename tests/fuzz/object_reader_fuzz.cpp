// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzz_target.h"

#include "core/inventory/node_json.h"
#include "core/inventory/node_summary.h"
#include "core/kube/list_meta.h"

namespace {

void look(const core::NodePtr &node)
{
    (void)core::summariseNode(*node);
    for (const auto &pool : node->devices)
        mustHold(pool.capacity >= 0 && pool.allocatable >= 0, "no pool has a negative count", node->name);
}

} // namespace

// Pages and watch lines of nodes and pods: what a server, or whoever answers in its place, can send.
FUZZ_TARGET(object_reader)
{
    static const core::Catalog catalog;
    core::ObjectReader reader(catalog);
    (void)core::listMeta(input, "fuzz");
    if (const auto nodes = reader.nodeList(input))
        for (const auto &node : *nodes)
            look(node);
    if (const auto node = reader.node(input))
        look(*node);
    if (const auto node = reader.watchedNode(input))
        look(*node);
    (void)reader.podList(input);
    (void)reader.pod(input);
    (void)reader.watchedPod(input);
}
