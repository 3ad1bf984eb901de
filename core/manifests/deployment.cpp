// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifests/deployment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <ranges>

namespace core {

using Json = nlohmann::ordered_json;

std::string labelValue(std::string_view text)
{
    std::string out(text.substr(0, 63));
    std::ranges::replace_if(
        out, [](unsigned char c) { return !std::isalnum(c) && c != '-' && c != '_' && c != '.'; }, '-');
    const auto outer = [](unsigned char c) { return std::isalnum(c) != 0; };
    out.erase(out.begin(), std::ranges::find_if(out, outer));
    out.erase(std::ranges::find_if(std::views::reverse(out), outer).base(), out.end());
    return out;
}

namespace {

ManifestObject claimTemplate(const PlacedModel &placed, const Json &labels)
{
    ManifestObject made;
    const auto &pool = *placed.places.front().pool;
    made.json = {{"apiVersion", "resource.k8s.io/" + placed.claimVersion},
                 {"kind", "ResourceClaimTemplate"},
                 {"metadata", {{"name", placed.name}, {"namespace", placed.requirement.nameSpace}, {"labels", labels}}},
                 {"spec", claimTemplateSpec(placed)}};
    made.reasons.push_back(fmt::format(
        "{} × {} of the device class {}, for each pod a claim of its own", placed.requirement.tensorParallel,
        pool.productLabel.empty() ? pool.resource : pool.productLabel, pool.deviceClass));
    return made;
}

/// The labels of a plan's objects beside those that select pods.
Json withPlan(Json labels, const std::string &plan, const std::string &model)
{
    labels["app.kubernetes.io/part-of"] = labelValue(plan);
    labels["berth.dev/plan"] = labelValue(plan);
    labels["berth.dev/model"] = labelValue(model);
    return labels;
}

Json serviceOf(const Json &metadata, const Json &selector)
{
    return {{"apiVersion", "v1"},
            {"kind", "Service"},
            {"metadata", metadata},
            {"spec",
             {{"selector", selector},
              {"ports",
               Json::array({Json{{"name", "http"}, {"port", 8000}, {"targetPort", "http"}, {"protocol", "TCP"}}})}}}};
}

} // namespace

ManifestObject setService(const Requirement &requirement, std::size_t members, const std::string &plan)
{
    ManifestObject service;
    const Json selector{{"app.kubernetes.io/managed-by", "berth"}, {"berth.dev/set", labelValue(requirement.name)}};
    service.json = serviceOf({{"name", requirement.name},
                              {"namespace", requirement.nameSpace},
                              {"labels", withPlan(selector, plan, requirement.name)}},
                             selector);
    service.reasons.push_back(fmt::format(
        "one Service over {} Deployments: clients find every member of the placement set under one name", members));
    return service;
}

std::vector<ManifestObject> servingObjects(const PlacedModel &placed, const std::string &plan)
{
    const auto &name = placed.name;
    const auto &requirement = placed.requirement;
    const Json selector{{"app.kubernetes.io/name", name}, {"app.kubernetes.io/managed-by", "berth"}};
    auto labels = withPlan(selector, plan, requirement.name);
    if (!placed.set.empty())
        labels["berth.dev/set"] = labelValue(placed.set);

    ManifestObject deployment, service;
    for (const auto &reason : placed.image.reasons)
        deployment.reasons.push_back(fmt::format("image {}: {}", placed.image.image->reference, reason));
    if (!placed.image.certain)
        deployment.warnings.push_back(
            "whether the image runs on these nodes is not certain: "
            + (placed.image.reasons.empty() ? std::string("no data") : placed.image.reasons.back()));
    auto podSpec = podTemplate(placed, labels, deployment);
    Json metadata{{"name", name}, {"namespace", requirement.nameSpace}, {"labels", labels}};
    metadata["annotations"] = {
        {"berth.dev/model-id", requirement.modelId},
        {"berth.dev/image-reason", placed.image.reasons.empty() ? "" : placed.image.reasons.front()}};
    deployment.json = {{"apiVersion", "apps/v1"},
                       {"kind", "Deployment"},
                       {"metadata", metadata},
                       {"spec",
                        {{"replicas", placed.placement.replicas},
                         {"strategy", {{"type", "Recreate"}}},
                         {"selector", {{"matchLabels", selector}}},
                         {"template", podSpec}}}};
    deployment.reasons.emplace_back("strategy Recreate: a rolling update would need a second set of GPUs");
    std::vector<ManifestObject> objects{std::move(deployment)};
    if (placed.set.empty()) {
        service.json = serviceOf({{"name", name}, {"namespace", requirement.nameSpace}, {"labels", labels}}, selector);
        objects.push_back(std::move(service));
    }
    if (claimsDevices(placed)) // first: a pod without its template waits
        objects.insert(objects.begin(), claimTemplate(placed, labels));
    return objects;
}

} // namespace core
