// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/fit/verdict.h"
#include "core/scheduling/pod_spec.h"

#include <nlohmann/json.hpp>

namespace core {

/// Judges every node of the snapshot for one copy of `pod` (a v1.Pod, or a template with `spec`) by the filters of the
/// default kube-scheduler v1.36: NodeName, NodeUnschedulable, NodeAffinity, TaintToleration, NodePorts,
/// NodeResourcesFit and DynamicResources, with the defaults that the API server fills in, and by the quotas of its
/// namespace. Ordered by node; each chain
/// holds everything that keeps the pod off, not only the first. Pure. An error names the field of the pod that cannot
/// be read.
///
/// Candidate.resource is the first extended resource the pod asks for, else the device class of its first claim, or
/// empty. Verdicts:
///   No       the scheduler would not bind the pod there now
///   Unknown  it depends on what is not known here: other pods (pod affinity, spread), volumes, pods or device claims
///            that cannot be listed, a device selector that is not computed
///   Tight    the scheduler would bind it, but the node reports that it is not ready: readiness itself is no filter,
///            the taints that the node controller derives from it are
///   Fits     the scheduler would bind it
/// Codes: "devices-free", "devices-busy", "too-few-devices", "no-such-resource"; of claims also those of dra::Outcome,
/// "no-dra", "devices-unknown", "no-such-claim", "claim-deleted", "claim-in-use", "claim-elsewhere"; "schedulable",
/// "other-node", "cordoned", "selector", "untolerated-taint", "host-port-taken", "quota-exceeded", "quota-unsaid",
/// "scheduling-gated", "not-judged", "not-ready"; "host-resources-free", "insufficient-cpu", "insufficient-memory",
/// "insufficient-ephemeral-storage", "insufficient-<other>", "too-many-pods"; "usage-unknown".
Result<std::vector<Candidate>> evaluatePod(const ClusterSnapshot &snapshot, const ClusterUsage &usage,
                                           const nlohmann::json &pod);
/// The same for a pod that is read already and counts in its quotas.
std::vector<Candidate> evaluatePod(const ClusterSnapshot &snapshot, const ClusterUsage &usage,
                                   const SchedulingPod &pod);

/// What a running pod asks of the scheduler, wherever it stands now.
SchedulingPod schedulingPod(const Pod &pod);

} // namespace core
