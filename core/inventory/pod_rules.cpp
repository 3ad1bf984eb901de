// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/pod_fields.h"

#include <algorithm>

namespace core::fields {

namespace {

constexpr auto whileScheduling = "requiredDuringSchedulingIgnoredDuringExecution";

/// What the admission plugin DefaultTolerationSeconds adds to every pod; nodes with those taints take nothing anyway.
bool isDefaultToleration(const Toleration &one)
{
    return one.seconds == 300 && one.op == "Exists" && one.effect == TaintEffect::NoExecute
        && (one.key == "node.kubernetes.io/not-ready" || one.key == "node.kubernetes.io/unreachable");
}

Toleration readToleration(const Object &json)
{
    Toleration one{
        std::string(text(json, "key")), std::string(text(json, "operator")), std::string(text(json, "value")), {}, {}};
    if (const auto effect = text(json, "effect"); !effect.empty()) {
        one.effect = taintEffect(effect);
        if (!one.effect)
            throw WrongType{"spec.tolerations.effect", "a taint effect"};
    }
    std::int64_t seconds = 0;
    if (const auto given = member(json, "tolerationSeconds"); given && given->get(seconds) == simdjson::SUCCESS)
        one.seconds = seconds;
    return one;
}

std::vector<NodeSelectorRequirement> readExpressions(const Object &term, const char *key)
{
    std::vector<NodeSelectorRequirement> out;
    const auto list = array(term, key);
    if (!list)
        return out;
    for (const auto element : *list) {
        const auto json = asObject(element, key);
        NodeSelectorRequirement one{std::string(text(json, "key")), std::string(text(json, "operator")), {}};
        if (const auto values = array(json, "values"))
            for (const auto value : *values) {
                std::string_view word;
                if (value.get(word) != simdjson::SUCCESS)
                    throw WrongType{"spec.affinity.nodeAffinity", "strings"};
                one.values.emplace_back(word);
            }
        out.push_back(std::move(one));
    }
    return out;
}

void readNodeAffinity(const Object &affinity, RequiredNodeAffinity &out)
{
    const auto node = object(affinity, "nodeAffinity");
    const auto required = node ? object(*node, whileScheduling) : std::nullopt;
    if (!required)
        return;
    out.terms.emplace();
    if (const auto terms = array(*required, "nodeSelectorTerms"))
        for (const auto element : *terms) {
            const auto term = asObject(element, "nodeSelectorTerms");
            out.terms->push_back({readExpressions(term, "matchExpressions"), readExpressions(term, "matchFields")});
        }
}

bool holdsAny(const std::optional<Object> &parent, const char *list)
{
    const auto items = parent ? array(*parent, list) : std::nullopt;
    return items && items->size() > 0;
}

void readAffinity(const Object &spec, PodRules &rules)
{
    const auto affinity = object(spec, "affinity");
    if (!affinity)
        return;
    readNodeAffinity(*affinity, rules.affinity);
    for (const auto *kind : {"podAffinity", "podAntiAffinity"})
        if (holdsAny(object(*affinity, kind), whileScheduling))
            rules.beyondNode.push_back(std::string("spec.affinity.") + kind);
}

bool isBoundToStorage(const Object &spec)
{
    if (const auto volumes = array(spec, "volumes"))
        for (const auto element : *volumes) {
            const auto volume = asObject(element, "spec.volumes");
            if (object(volume, "persistentVolumeClaim") || object(volume, "ephemeral"))
                return true;
        }
    return false;
}

/// The same rules as core/scheduling/pod_spec.cpp names them.
void readBeyondNode(const Object &spec, PodRules &rules)
{
    if (const auto spread = array(spec, "topologySpreadConstraints"))
        for (const auto element : *spread)
            if (text(asObject(element, "topologySpreadConstraints"), "whenUnsatisfiable") != "ScheduleAnyway") {
                rules.beyondNode.emplace_back("spec.topologySpreadConstraints");
                break;
            }
    if (isBoundToStorage(spec))
        rules.beyondNode.emplace_back("spec.volumes");
}

/// As core/scheduling/pod_claims.cpp reads them.
void readClaims(const Object &spec, const std::optional<Object> &status, PodRules &rules)
{
    for (const auto &one : objects(spec, "resourceClaims"))
        rules.claims.push_back({std::string(text(one, "name")), std::string(text(one, "resourceClaimName")),
                                std::string(text(one, "resourceClaimTemplateName"))});
    if (rules.claims.empty() || !status)
        return;
    for (const auto &made : objects(*status, "resourceClaimStatuses")) {
        const auto claim = std::ranges::find(rules.claims, text(made, "name"), &PodClaim::name);
        if (claim != rules.claims.end() && claim->claimName.empty())
            claim->claimName = text(made, "resourceClaimName");
    }
}

} // namespace

SharedPodRules readPodRules(const Object &spec, const std::optional<Object> &status)
{
    PodRules rules;
    if (const auto selector = object(spec, "nodeSelector"))
        for (const auto [key, value] : *selector) {
            std::string_view word;
            if (value.get(word) != simdjson::SUCCESS)
                throw WrongType{"spec.nodeSelector", "strings"};
            rules.affinity.nodeSelector.emplace(key, word);
        }
    readAffinity(spec, rules);
    if (const auto tolerations = array(spec, "tolerations"))
        for (const auto element : *tolerations)
            if (auto one = readToleration(asObject(element, "spec.tolerations")); !isDefaultToleration(one))
                rules.tolerations.push_back(std::move(one));
    readBeyondNode(spec, rules);
    readClaims(spec, status, rules);
    return rules == PodRules{} ? SharedPodRules{} : SharedPodRules{std::make_shared<const PodRules>(std::move(rules))};
}

} // namespace core::fields
