// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/dra_cards.h"
#include "core/inventory/pod.h"
#include "core/scheduling/quota.h"

namespace core {

/// A kind the user may not read, or the cluster does not serve; the page that is blind says so.
struct BlindSpot {
    std::string resource;  ///< "pods"
    std::string nameSpace; ///< empty = everywhere
    std::string reason;    ///< "you may not list pods (get, list, watch needed)"
    bool operator==(const BlindSpot &) const = default;
};

/// A Deployment that Berth made (label app.kubernetes.io/managed-by=berth), with its rollout.
struct Workload {
    std::string nameSpace, name;
    std::string plan, model; ///< labels berth.dev/plan, berth.dev/model
    int replicas = 0, updated = 0, ready = 0, available = 0;
    std::string message; ///< of the Progressing/Available condition that is not True
    bool operator==(const Workload &) const = default;
};

/// The cluster at one moment. Never changed once published, so any thread may read it.
/// Two snapshots share every node and pod that did not change: same pointer means same object.
struct ClusterSnapshot {
    std::string context;                     ///< kubeconfig context it came from
    std::string serverVersion;               ///< "v1.36.3"
    std::vector<NodePtr> nodes;              ///< ordered by name
    std::vector<PodPtr> pods;                ///< ordered by key()
    std::vector<std::string> runtimeClasses; ///< names, ordered
    std::vector<Workload> workloads;         ///< ordered by namespace, name
    std::vector<BlindSpot> blindSpots;
    std::vector<Quota> quotas; ///< of the namespaces whose quotas were read
    /// Dynamic Resource Allocation: what the server serves of resource.k8s.io. Null while it was not read;
    /// `draServed` then says whether there is anything to read (nullopt: nobody has asked).
    std::shared_ptr<const dra::Resources> dra;
    std::optional<bool> draServed;
    DraCardsPtr draCards;     ///< made of `dra`: already in `nodes` and in the requests of `pods`
    bool nodesSynced = false; ///< the first complete list has arrived; an empty cluster is not a loading cluster
    bool podsSynced = false;
};
using SnapshotPtr = std::shared_ptr<const ClusterSnapshot>;

/// Position of a node by name, or nullptr.
const Node *findNode(const ClusterSnapshot &snapshot, std::string_view name);

} // namespace core
