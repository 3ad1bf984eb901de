// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/sizing/requirement.h"

#include <optional>

namespace core {

/// What one replica takes of its host. CPU and memory are requests, not limits: they reserve a place, they do not stop
/// a load peak.
struct HostRequest {
    std::int64_t cpuMilli = 0;
    std::int64_t memoryBytes = 0;
    /// Of the node's disk: the weights are fetched into an emptyDir. nullopt when nobody knows how large they are.
    std::optional<std::int64_t> ephemeralBytes;
    bool operator==(const HostRequest &) const = default;
};

/// One core for the server and one for each device's worker; 4 GiB for the server and 4 GiB for each worker (Python,
/// pinned buffers). Weights are mapped from files, so their pages are cache and need no request. `model` may be null.
HostRequest hostRequest(const Model *model, const Requirement &requirement);

} // namespace core
