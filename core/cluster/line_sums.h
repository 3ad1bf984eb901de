// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/accounting.h"

namespace core {

/// A line of the inventory while the pools below it are added up.
class LineSums {
public:
    LineSums() = default;
    explicit LineSums(SkuRow head) : row(std::move(head)) {}

    SkuRow row;

    void add(const Node &node, const DevicePool &pool, const ClusterUsage &usage);
    /// The line with what needs a look, in words.
    SkuRow finish() &&;

private:
    int m_cordoned = 0, m_notReady = 0, m_issues = 0; ///< nodes and label problems, each node once
};

} // namespace core
