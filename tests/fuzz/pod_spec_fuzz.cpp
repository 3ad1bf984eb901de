// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzz_target.h"

#include "core/scheduling/pod_spec.h"

namespace {

const core::Labels labels{{"zone", "a"}, {"nvidia.com/gpu.count", "8"}};

void affinity(const nlohmann::json &json)
{
    const core::NodeIdentity node{"node-1", labels};
    if (const auto terms = core::readNodeSelector(json)) {
        const bool good = core::check(*terms).has_value();
        for (const auto &term : *terms)
            mustHold(!core::matches(term, node) || !good || core::matches(*terms, node),
                     "a term that holds makes the selector hold", json.dump());
    }
    if (const auto terms = core::readPreferredTerms(json))
        (void)core::preferredScore(*terms, node);
    if (const auto requirements = core::readSelectorRequirements(json))
        (void)core::checkedRequirements(*requirements, "fuzz");
}

template <class Amount>
void requests(const nlohmann::json &json)
{
    auto ask = core::readPodAsk<Amount>(json);
    if (!ask)
        return;
    (void)core::podRequests(*ask);
    (void)core::podLimits(*ask, {.useStatus = true, .usePodLevelStatus = true, .missingRequests = {}});
    core::applyDefaults(*ask);
    (void)core::aggregateContainers(*ask);
}

} // namespace

FUZZ_TARGET(pod_spec)
{
    const auto json = nlohmann::json::parse(input, nullptr, false);
    if (json.is_discarded())
        return;
    for (const auto defaults : {core::PodDefaults::AsWritten, core::PodDefaults::AsStored})
        if (const auto pod = core::readSchedulingPod(json, defaults); !pod)
            mustHold(!pod.error().message.empty(), "an error says what is wrong", input);
    requests<std::int64_t>(json);
    requests<core::Quantity>(json);
    affinity(json);
    (void)core::readTaints(json);
    (void)core::readResources(json);
    const auto taint = core::readTaint(json);
    const auto toleration = core::readToleration(json);
    if (taint && toleration)
        (void)core::tolerates(*toleration, *taint, true);
}
