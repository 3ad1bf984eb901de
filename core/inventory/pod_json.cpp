// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/pod_json.h"

#include "core/inventory/pod_fields.h"
#include "core/scheduling/pod_resources.h"

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

Requirements<std::int64_t> requirements(const Object &parent)
{
    const auto both = object(parent, "resources");
    if (!both)
        return {};
    return {resources(*both, "requests"), resources(*both, "limits")};
}

std::optional<ResizeStatus<std::int64_t>> resizeStatus(const Object &status)
{
    if (!object(status, "resources"))
        return std::nullopt;
    return ResizeStatus<std::int64_t>{requirements(status), resources(status, "allocatedResources")};
}

/// The status of the container of that name; a pod has few, so looking is cheaper than a map.
std::optional<ResizeStatus<std::int64_t>> statusOf(const std::optional<Object> &status, const char *list,
                                                   std::string_view name)
{
    const auto statuses = status ? array(*status, list) : std::nullopt;
    if (!statuses)
        return std::nullopt;
    for (const auto element : *statuses)
        if (const auto one = asObject(element, list); text(one, "name") == name)
            return resizeStatus(one);
    return std::nullopt;
}

bool resizeInfeasible(const Object &status)
{
    if (const auto conditions = array(status, "conditions"))
        for (const auto element : *conditions)
            if (const auto condition = asObject(element, "status.conditions");
                text(condition, "type") == "PodResizePending")
                return text(condition, "reason") == "Infeasible";
    return false;
}

std::int64_t number(const Object &parent, std::string_view key)
{
    const auto value = member(parent, key);
    std::int64_t out = 0;
    if (value && value->get(out) != simdjson::SUCCESS)
        throw WrongType{std::string(key), "a whole number"};
    return out;
}

void readHostPorts(const Object &container, std::vector<HostPort> &out)
{
    const auto ports = array(container, "ports");
    if (!ports)
        return;
    for (const auto element : *ports) {
        const auto port = asObject(element, "ports");
        const auto taken = number(port, "hostPort");
        if (taken <= 0)
            continue;
        HostPort one;
        one.port = taken;
        if (const auto ip = text(port, "hostIP"); !ip.empty())
            one.ip = ip;
        if (const auto protocol = text(port, "protocol"); !protocol.empty())
            one.protocol = protocol;
        out.push_back(std::move(one));
    }
}

/// The containers or init containers of a pod; ports of those that stay.
std::vector<ContainerAsk<std::int64_t>> readContainers(const Object &spec, const char *list,
                                                       const std::optional<Object> &status, const char *statuses,
                                                       std::vector<HostPort> &ports)
{
    std::vector<ContainerAsk<std::int64_t>> out;
    const auto containers = array(spec, list);
    if (!containers)
        return out;
    const bool ordinary = std::string_view(list) == "containers";
    for (const auto element : *containers) {
        const auto container = asObject(element, list);
        const bool sidecar = text(container, "restartPolicy") == "Always";
        out.push_back({requirements(container), sidecar, statusOf(status, statuses, text(container, "name"))});
        if (ordinary || sidecar)
            readHostPorts(container, ports);
    }
    return out;
}

/// What the pod holds on its node by the scheduler's arithmetic (CalculateResource: the status of a resize counts).
void readHoldings(const Object &spec, const std::optional<Object> &status, Pod &pod)
{
    PodAsk<std::int64_t> ask;
    ask.initContainers = readContainers(spec, "initContainers", status, "initContainerStatuses", pod.hostPorts);
    ask.containers = readContainers(spec, "containers", status, "containerStatuses", pod.hostPorts);
    if (object(spec, "resources"))
        ask.podLevel = requirements(spec);
    ask.overhead = resources(spec, "overhead");
    if (status) {
        ask.status = resizeStatus(*status);
        ask.resizeInfeasible = resizeInfeasible(*status);
    }
    // The API server has done so already; a document from elsewhere need not have.
    applyDefaults(ask);
    PodResourceOptions<std::int64_t> options;
    options.useStatus = options.usePodLevelStatus = true;
    pod.requests = podRequests(ask, options);
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
    const auto status = object(json, "status");
    if (const auto spec = object(json, "spec")) {
        pod->nodeName = text(*spec, "nodeName");
        readHoldings(*spec, status, *pod);
        pod->rules = readPodRules(*spec, status);
    }
    if (status) {
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
