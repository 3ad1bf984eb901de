// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For drain_places.cpp only: the free resources of every node as columns of numbers, so that a pod is compared with ten
// thousand nodes without looking a name up.

#include "core/cluster/accounting.h"

#include <map>

namespace core {

class DrainRoom {
public:
    /// Columns for the resources named; what the scheduler does not count is left out.
    DrainRoom(const ClusterSnapshot &snapshot, const ClusterUsage &usage, const Resources &named);

    void take(const Resources &requests, std::size_t node);
    /// NodePorts: none of the wanted ports is taken there.
    bool portsFree(const std::vector<HostPort> &wanted, std::size_t node);
    void takePorts(const std::vector<HostPort> &ports, std::size_t node);
    void close(std::size_t node) { m_closed[node] = true; }

    /// NodeResourcesFit: the open nodes on which every amount asked for is left, and a pod slot; in order.
    std::vector<std::size_t> nodesFor(const Resources &requests) const;

private:
    struct Column {
        std::string resource;
        std::vector<std::int64_t> free;
    };
    std::vector<Column> m_columns; ///< the first is "pods"
    std::vector<bool> m_closed;
    const ClusterSnapshot &m_snapshot;
    /// By node; read from the pods when the first pod with ports asks, which looks at every pod of the cluster.
    std::map<std::size_t, std::vector<HostPort>> m_ports;
    bool m_portsRead = false;
};

} // namespace core
