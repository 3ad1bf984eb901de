// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/conformance/families.h"

#include "core/scheduling/pod_spec.h"

namespace conformance {

using nlohmann::json;
using Amounts = core::AmountsOf<core::Quantity>;
using Options = core::PodResourceOptions<core::Quantity>;

namespace {

json text(const Amounts &amounts)
{
    auto out = json::object();
    for (const auto &[name, amount] : amounts)
        out[name] = amount.text();
    return out;
}

/// The peer's PodResourcesOptions, in its own field names.
Options optionsOf(const json &in)
{
    Options options;
    options.useStatus = in.value("useStatusResources", false);
    options.usePodLevelStatus = in.value("inPlacePodLevelResourcesVerticalScalingEnabled", false);
    options.excludeOverhead = in.value("excludeOverhead", false);
    options.skipPodLevel = in.value("skipPodLevelResources", false);
    options.skipContainerLevel = in.value("skipContainerLevelResources", false);
    const auto missing = in.value("nonMissingContainerRequests", json::object());
    for (const auto &[name, quantity] : missing.items())
        if (const auto amount = core::Quantity::parse(quantity.get<std::string>()))
            options.missingRequests.try_emplace(name, *amount);
    return options;
}

core::Result<json> podResources(const json &in, bool requests, bool limits)
{
    const auto ask = core::readPodAsk<core::Quantity>(in.at("pod"));
    if (!ask)
        return std::unexpected(ask.error());
    json out;
    if (requests)
        out["requests"] = text(core::podRequests(*ask, optionsOf(in)));
    if (limits)
        out["limits"] = text(core::podLimits(*ask, optionsOf(in)));
    return out;
}

core::Result<json> aggregate(const json &in)
{
    const json pod{
        {"spec",
         {{"containers", in.value("containers", json())}, {"initContainers", in.value("initContainers", json())}}}};
    const auto ask = core::readPodAsk<core::Quantity>(pod);
    if (!ask)
        return std::unexpected(ask.error());
    const auto sums = core::aggregateContainers(*ask, optionsOf(in));
    return json{{"requests", text(sums.requests)}, {"limits", text(sums.limits)}};
}

} // namespace

Answer answerPodResources(const json &in)
{
    const auto op = in.value("op", "");
    if (op == "podRequests" || op == "podLimits" || op == "podRequestsAndLimits")
        return podResources(in, op != "podLimits", op != "podRequests");
    if (op == "aggregateContainers")
        return aggregate(in);
    if (op == "isSupportedPodLevelResource")
        return json{{"supported", core::isPodLevelResource(in.value("resource", ""))}};
    return std::nullopt;
}

} // namespace conformance
