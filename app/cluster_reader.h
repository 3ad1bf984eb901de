// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/cluster/snapshot.h"
#include "core/kube/kube_client.h"

namespace app {

struct ReadOptions {
    int pageSize = 500;
    bool pods = true;
    bool workloads = true; ///< also Berth's own Deployments and the runtime classes
    bool devices = false;  ///< also what drivers of Dynamic Resource Allocation publish, and the claims that hold it
    bool podRules = false; ///< also what only verdicts on pods need: quotas, devices and claim templates
    /// Lists the pods while the other client lists the nodes; null: the pods come after them, over the same connection.
    core::KubeClient *podClient = nullptr;
    /// How many "nodes" or "pods" were read so far, after each page; called on the reading threads.
    std::function<void(const std::string &kind, std::size_t count)> progress;
};

/// One complete look at a cluster, for programs that do not stay. Pages are parsed on another thread while the next
/// one downloads, and are not kept. A kind the user may not read (403) or that is not served (404) becomes a blind
/// spot; without nodes there is nothing to show, so that one is an error. Blocks.
core::Result<core::SnapshotPtr> readCluster(core::KubeClient &client, const core::Catalog &catalog,
                                            const ReadOptions &options, const std::stop_token &stop = {});

/// The access data of the current context in a kubeconfig that is text, not a file (the demo cluster's).
core::Result<core::ClusterAccess> accessFromText(const std::string &kubeconfig);

} // namespace app
