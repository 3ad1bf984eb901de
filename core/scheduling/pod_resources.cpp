// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/pod_resources.h"

#include <limits>

namespace core {

namespace {

void addTo(std::int64_t &sum, std::int64_t amount)
{
    if (__builtin_add_overflow(sum, amount, &sum))
        sum = amount < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

void addTo(Quantity &sum, const Quantity &amount)
{
    sum.add(amount);
}

template <class Amount>
void addAll(AmountsOf<Amount> &into, const AmountsOf<Amount> &from)
{
    for (const auto &[name, amount] : from)
        if (const auto [entry, isNew] = into.try_emplace(name, amount); !isNew)
            addTo(entry->second, amount);
}

template <class Amount>
void raiseAll(AmountsOf<Amount> &into, const AmountsOf<Amount> &from)
{
    for (const auto &[name, amount] : from)
        if (const auto [entry, isNew] = into.try_emplace(name, amount); !isNew && entry->second < amount)
            entry->second = amount;
}

/// While a resize is under way the larger of wish and reality is held; a wish that cannot be met is not.
template <class Amount>
AmountsOf<Amount> effectiveRequests(const AmountsOf<Amount> &spec, const ResizeStatus<Amount> &status, bool infeasible)
{
    auto effective = infeasible ? status.actuated.requests : spec;
    raiseAll(effective, status.actuated.requests);
    raiseAll(effective, status.allocated);
    return effective;
}

template <class Amount>
AmountsOf<Amount> effectiveLimits(const AmountsOf<Amount> &spec, const ResizeStatus<Amount> &status, bool infeasible)
{
    auto effective = infeasible ? status.actuated.limits : spec;
    raiseAll(effective, status.actuated.limits);
    return effective;
}

/// The sum over the containers. `of` gives the amounts of one container and is told whether its status may have a say:
/// an ordinary init container has ended by the time its pod can be resized.
template <class Amount, class Of>
AmountsOf<Amount> aggregate(const PodAsk<Amount> &pod, const Of &of)
{
    AmountsOf<Amount> sum, sidecars, peak;
    for (const auto &container : pod.containers)
        addAll(sum, of(container, true));
    for (const auto &container : pod.initContainers) {
        auto amounts = of(container, container.restartable);
        if (container.restartable) {
            addAll(sum, amounts);
            addAll(sidecars, amounts);
            raiseAll(peak, sidecars);
        } else {
            addAll(amounts, sidecars);
            raiseAll(peak, amounts);
        }
    }
    raiseAll(sum, peak);
    return sum;
}

template <class Amount>
AmountsOf<Amount> containerRequests(const PodAsk<Amount> &pod, const PodResourceOptions<Amount> &options)
{
    return aggregate(pod, [&](const ContainerAsk<Amount> &one, bool statusCounts) {
        auto requests = options.useStatus && statusCounts && one.status
            ? effectiveRequests(one.resources.requests, *one.status, pod.resizeInfeasible)
            : one.resources.requests;
        for (const auto &[name, amount] : options.missingRequests)
            requests.try_emplace(name, amount);
        return requests;
    });
}

template <class Amount>
AmountsOf<Amount> containerLimits(const PodAsk<Amount> &pod, const PodResourceOptions<Amount> &options)
{
    return aggregate(pod, [&](const ContainerAsk<Amount> &one, bool statusCounts) {
        return options.useStatus && statusCounts && one.status
            ? effectiveLimits(one.resources.limits, *one.status, pod.resizeInfeasible)
            : one.resources.limits;
    });
}

/// Pod-level amounts replace the sum of the containers. `effective` holds the values where the status has a say.
template <class Amount>
void replaceByPodLevel(AmountsOf<Amount> &sum, const AmountsOf<Amount> &spec,
                       const std::optional<AmountsOf<Amount>> &effective)
{
    for (const auto &[name, amount] : spec) {
        if (!isPodLevelResource(name))
            continue;
        const auto found = effective ? effective->find(name) : spec.end();
        if (!effective)
            sum.insert_or_assign(name, amount);
        else
            sum.insert_or_assign(name, found == effective->end() ? Amount{} : found->second);
    }
}

bool isHugePages(std::string_view resource)
{
    return resource.starts_with("hugepages-");
}

template <class Amount>
void defaultContainer(Requirements<Amount> &resources)
{
    for (const auto &[name, limit] : resources.limits)
        resources.requests.try_emplace(name, limit);
}

/// defaultHugePagePodLimits, then defaultPodRequests: what containers sum up to comes before the pod's own limit.
template <class Amount>
void defaultPodLevel(const PodAsk<Amount> &pod, Requirements<Amount> &own)
{
    if (own.requests.empty() && own.limits.empty())
        return;
    const auto sums = aggregateContainers(pod);
    for (const auto &[name, limit] : sums.limits)
        if (isHugePages(name) && !own.requests.contains(name))
            own.limits.try_emplace(name, limit);
    if (own.limits.empty())
        return;
    for (const auto &[name, request] : sums.requests)
        if (isPodLevelResource(name) && !isHugePages(name))
            own.requests.try_emplace(name, request);
    for (const auto &[name, limit] : own.limits)
        if (isPodLevelResource(name))
            own.requests.try_emplace(name, limit);
}

} // namespace

bool isPodLevelResource(std::string_view resource)
{
    return resource == "cpu" || resource == "memory" || isHugePages(resource);
}

template <class Amount>
AmountsOf<Amount> podRequests(const PodAsk<Amount> &pod, const PodResourceOptions<Amount> &options)
{
    auto sum = options.skipContainerLevel ? AmountsOf<Amount>{} : containerRequests(pod, options);
    if (pod.podLevel && !options.skipPodLevel) {
        std::optional<AmountsOf<Amount>> effective;
        if (options.usePodLevelStatus && options.useStatus && pod.status)
            effective = effectiveRequests(pod.podLevel->requests, *pod.status, pod.resizeInfeasible);
        replaceByPodLevel(sum, pod.podLevel->requests, effective);
    }
    if (!options.excludeOverhead)
        addAll(sum, pod.overhead);
    return sum;
}

template <class Amount>
AmountsOf<Amount> podLimits(const PodAsk<Amount> &pod, const PodResourceOptions<Amount> &options)
{
    auto sum = containerLimits(pod, options);
    if (pod.podLevel && !options.skipPodLevel) {
        std::optional<AmountsOf<Amount>> effective;
        if (options.usePodLevelStatus && options.useStatus && pod.status)
            effective = effectiveLimits(pod.podLevel->limits, *pod.status, pod.resizeInfeasible);
        replaceByPodLevel(sum, pod.podLevel->limits, effective);
    }
    if (options.excludeOverhead)
        return sum;
    for (const auto &[name, amount] : pod.overhead)
        if (const auto limit = sum.find(name); limit != sum.end() && limit->second != Amount{})
            addTo(limit->second, amount);
    return sum;
}

template <class Amount>
Requirements<Amount> aggregateContainers(const PodAsk<Amount> &pod, const PodResourceOptions<Amount> &options)
{
    return {containerRequests(pod, options), containerLimits(pod, options)};
}

template <class Amount>
void applyDefaults(PodAsk<Amount> &pod)
{
    for (auto *containers : {&pod.containers, &pod.initContainers})
        for (auto &container : *containers)
            defaultContainer(container.resources);
    if (pod.podLevel)
        defaultPodLevel(pod, *pod.podLevel);
}

template AmountsOf<std::int64_t> podRequests(const PodAsk<std::int64_t> &, const PodResourceOptions<std::int64_t> &);
template AmountsOf<std::int64_t> podLimits(const PodAsk<std::int64_t> &, const PodResourceOptions<std::int64_t> &);
template Requirements<std::int64_t> aggregateContainers(const PodAsk<std::int64_t> &,
                                                        const PodResourceOptions<std::int64_t> &);
template void applyDefaults(PodAsk<std::int64_t> &);

template AmountsOf<Quantity> podRequests(const PodAsk<Quantity> &, const PodResourceOptions<Quantity> &);
template AmountsOf<Quantity> podLimits(const PodAsk<Quantity> &, const PodResourceOptions<Quantity> &);
template Requirements<Quantity> aggregateContainers(const PodAsk<Quantity> &, const PodResourceOptions<Quantity> &);
template void applyDefaults(PodAsk<Quantity> &);

} // namespace core
