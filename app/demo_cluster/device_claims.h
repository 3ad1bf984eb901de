// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo_cluster/object_store.h"
#include "core/scheduling/dra/objects.h"

namespace app {

/// Dynamic Resource Allocation in the demo cluster: the controller that makes and removes claims, and what the
/// scheduler does with them. Reads the store when a pod with claims first asks; for one round of one thread.
class DeviceClaims {
public:
    explicit DeviceClaims(ObjectStore &store) : m_store(store) {}

    /// Makes a claim for each template that a pod names, and removes claims whose pod is gone or done; those with a
    /// name of their own give their devices back. True when something was changed.
    bool reconcile();
    /// Could the claims of the pod be allocated on the node? Also true for a pod without claims.
    bool fits(const nlohmann::json &pod, const nlohmann::json &node);
    /// Allocates the pod's claims on the node, and reserves them for it.
    void bind(const nlohmann::json &pod, const nlohmann::json &node);

private:
    bool isGone(const std::string &nameSpace, const std::string &pod) const;
    bool release(const nlohmann::json &claim);
    bool make(const nlohmann::json &pod, const nlohmann::json &reference);
    const core::dra::Resources &resources();
    std::vector<core::dra::ClaimPtr> claimsOf(const nlohmann::json &pod);

    ObjectStore &m_store;
    std::optional<core::dra::Resources> m_resources;
};

} // namespace app
