// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo_cluster/device_claims.h"
#include "app/demo_cluster/object_store.h"
#include "app/demo_cluster/scenario.h"

#include <chrono>
#include <stop_token>

namespace app {

/// A Kubernetes quantity in thousandths ("500m" -> 500, "2" -> 2000, "1Gi" -> 1073741824000); 0 when malformed.
std::int64_t quantityMilli(const std::string &text);

/// The node a pod may be bound to, by readiness, cordon, taints, node selector, required node affinity and free
/// resources, and where its device claims can be allocated; among those the one with the least left over. The error is
/// the scheduler's sentence.
std::expected<std::string, std::string> chooseNode(const nlohmann::json &pod, const std::vector<ObjectPtr> &nodes,
                                                   const std::vector<ObjectPtr> &pods, DeviceClaims &claims);

/// Deployment controller, scheduler and kubelet of the demo cluster in one loop. One thread runs it.
class Controllers {
public:
    Controllers(ObjectStore &store, std::vector<ScenarioChange> changes);
    /// Runs until asked to stop.
    void run(std::stop_token stop);
    /// One round; true when something was changed.
    bool step();

private:
    bool reconcileDeployment(const nlohmann::json &deployment);
    /// A ReplicaSet of the deployment, current or old, made the pod.
    bool ofDeployment(const nlohmann::json &pod, const std::string &deployment) const;
    bool createPods(const nlohmann::json &deployment, const std::string &replicaSet, std::size_t present);
    bool collectOrphans();
    bool schedulePods();
    bool startPods();
    bool playChanges();
    bool play(const ScenarioChange &change);
    void putReplicaSet(const nlohmann::json &deployment, const std::string &name);

    ObjectStore &m_store;
    std::vector<ScenarioChange> m_changes;
    std::chrono::steady_clock::time_point m_started = std::chrono::steady_clock::now();
    std::size_t m_played = 0;
    std::uint64_t m_nextPod = 1;
};

} // namespace app
