// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/quantity.h"
#include "core/scheduling/resources.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

// What a pod asks for, by the arithmetic of component-helpers v0.36 resource (PodRequests, PodLimits). Templates over
// the amount, because two are needed: std::int64_t in the scheduler's units for lists of 100,000 pods, and Quantity
// where the sum must be exact and printed. Both are instantiated in pod_resources.cpp.

/// v1.ResourceRequirements.
template <class Amount>
struct Requirements {
    AmountsOf<Amount> requests, limits;
};

/// What the kubelet reports of a container or pod that is being resized in place.
template <class Amount>
struct ResizeStatus {
    Requirements<Amount> actuated; ///< status.resources: what runs now
    AmountsOf<Amount> allocated;   ///< status.allocatedResources: what the kubelet has set aside
};

template <class Amount>
struct ContainerAsk {
    Requirements<Amount> resources;
    bool restartable = false; ///< an init container with restartPolicy Always: a sidecar
    std::optional<ResizeStatus<Amount>> status;
};

template <class Amount>
struct PodAsk {
    std::vector<ContainerAsk<Amount>> containers, initContainers;
    std::optional<Requirements<Amount>> podLevel; ///< spec.resources
    std::optional<ResizeStatus<Amount>> status;   ///< of the pod as a whole
    AmountsOf<Amount> overhead;
    bool resizeInfeasible = false; ///< condition PodResizePending with reason Infeasible: the wish does not count
};

template <class Amount>
struct PodResourceOptions {
    bool useStatus = false;         ///< InPlacePodVerticalScaling: running pods hold what status says, too
    bool usePodLevelStatus = false; ///< InPlacePodLevelResourcesVerticalScaling
    bool excludeOverhead = false;
    bool skipPodLevel = false; ///< PodLevelResources is off
    bool skipContainerLevel = false;
    AmountsOf<Amount> missingRequests; ///< what a container that does not name the resource counts for
};

/// cpu, memory and huge pages: what spec.resources of a pod may name.
bool isPodLevelResource(std::string_view resource);

/// Containers and sidecars run together; an ordinary init container runs beside the sidecars that started before it, so
/// each resource is the larger of both; pod-level amounts replace the sum; overhead comes on top.
template <class Amount>
AmountsOf<Amount> podRequests(const PodAsk<Amount> &pod, const PodResourceOptions<Amount> &options = {});
/// As podRequests, for limits; overhead is added only to limits that are there and not zero.
template <class Amount>
AmountsOf<Amount> podLimits(const PodAsk<Amount> &pod, const PodResourceOptions<Amount> &options = {});
/// The container part of podRequests and podLimits.
template <class Amount>
Requirements<Amount> aggregateContainers(const PodAsk<Amount> &pod, const PodResourceOptions<Amount> &options = {});

/// Fills in what the API server fills in when the pod is created (pkg/apis/core/v1 SetDefaults_Pod): a limit is the
/// request where there is none; pod-level huge page limits and requests come from the containers. Overhead from a
/// RuntimeClass and a namespace's LimitRange are not applied: nothing here knows them.
template <class Amount>
void applyDefaults(PodAsk<Amount> &pod);

} // namespace core
