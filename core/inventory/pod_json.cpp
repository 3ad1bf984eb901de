// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/pod_json.h"

#include "core/inventory/pod_fields.h"

namespace core {

namespace fields {

namespace {

PodPhase phaseOf(std::string_view text)
{
    if (text == "Pending")
        return PodPhase::Pending;
    if (text == "Running")
        return PodPhase::Running;
    if (text == "Succeeded")
        return PodPhase::Succeeded;
    return text == "Failed" ? PodPhase::Failed : PodPhase::Unknown;
}

/// Requests of one container; a limit stands in for a missing request, as the API server defaults it.
Resources containerRequests(const Object &container)
{
    const auto requirements = object(container, "resources");
    if (!requirements)
        return {};
    auto requests = resources(*requirements, "requests");
    for (const auto &[name, amount] : resources(*requirements, "limits"))
        requests.try_emplace(name, amount);
    return requests;
}

/// The scheduler's arithmetic (component-helpers resource.PodRequests): containers and sidecars run together; an
/// ordinary init container runs beside the sidecars started before it; pod-level cpu and memory win; overhead comes on
/// top.
Resources podRequests(const Object &spec)
{
    Resources sum;
    if (const auto containers = array(spec, "containers"))
        for (const auto element : *containers)
            add(sum, containerRequests(asObject(element, "spec.containers")));
    Resources sidecars, peak;
    if (const auto inits = array(spec, "initContainers"))
        for (const auto element : *inits) {
            const auto container = asObject(element, "spec.initContainers");
            auto requests = containerRequests(container);
            if (text(container, "restartPolicy") == "Always") {
                add(sum, requests);
                add(sidecars, requests);
                raise(peak, sidecars);
            } else {
                add(requests, sidecars);
                raise(peak, requests);
            }
        }
    raise(sum, peak);
    if (const auto podLevel = object(spec, "resources"))
        for (const auto &[name, amount] : containerRequests(spec))
            if (name == "cpu" || name == "memory" || name.starts_with("hugepages-"))
                sum.insert_or_assign(name, amount);
    add(sum, resources(spec, "overhead"));
    return sum;
}

std::string ownerOf(const Object &metadata)
{
    const auto owners = array(metadata, "ownerReferences");
    if (!owners || owners->size() == 0)
        return {};
    const auto owner = asObject(owners->at(0), "metadata.ownerReferences");
    return fmt::format("{}/{}", text(owner, "kind"), text(owner, "name"));
}

/// Why it does not run: the PodScheduled condition that is False, else the first waiting container's reason.
std::string waitingReason(const Object &status)
{
    if (const auto conditions = array(status, "conditions"))
        for (const auto element : *conditions) {
            const auto condition = asObject(element, "status.conditions");
            if (text(condition, "type") == "PodScheduled" && text(condition, "status") == "False")
                return fmt::format("{}: {}", text(condition, "reason"), text(condition, "message"));
        }
    if (const auto containers = array(status, "containerStatuses"))
        for (const auto element : *containers) {
            const auto state = object(asObject(element, "status.containerStatuses"), "state");
            const auto waiting = state ? object(*state, "waiting") : std::nullopt;
            if (waiting)
                return std::string(text(*waiting, "reason"));
        }
    return {};
}

} // namespace

PodPtr readPod(const Object &json)
{
    auto pod = std::make_shared<Pod>();
    const auto metadata = object(json, "metadata");
    if (!metadata || text(*metadata, "name").empty())
        throw WrongType{"metadata.name", "a name"};
    pod->name = text(*metadata, "name");
    pod->nameSpace = text(*metadata, "namespace");
    pod->deleting = member(*metadata, "deletionTimestamp").has_value();
    pod->owner = ownerOf(*metadata);
    if (const auto labels = object(*metadata, "labels")) {
        pod->berthPlan = text(*labels, "berth.dev/plan");
        pod->berthModel = text(*labels, "berth.dev/model");
    }
    if (const auto spec = object(json, "spec")) {
        pod->nodeName = text(*spec, "nodeName");
        pod->requests = podRequests(*spec);
    }
    if (const auto status = object(json, "status")) {
        pod->phase = phaseOf(text(*status, "phase"));
        if (pod->phase == PodPhase::Pending)
            pod->waitingReason = waitingReason(*status);
    }
    return pod;
}

} // namespace fields

namespace {

const Catalog emptyCatalog; // pods need none

} // namespace

Result<std::vector<PodPtr>> parsePodList(std::string_view page)
{
    return ObjectReader(emptyCatalog).podList(page);
}
Result<PodPtr> parsePod(std::string_view object)
{
    return ObjectReader(emptyCatalog).pod(object);
}

} // namespace core
