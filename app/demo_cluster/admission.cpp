// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo_cluster/admission.h"

#include "core/base/names.h"

#include <fmt/format.h>

#include <algorithm>

namespace app {

using nlohmann::json;

namespace {

struct Findings {
    json causes = json::array();
    void add(const std::string &field, const std::string &message, const std::string &reason = "FieldValueInvalid")
    {
        causes.push_back({{"reason", reason}, {"field", field}, {"message", message}});
    }
};

void setDefault(json &object, const std::string &field, const json &value)
{
    if (!object.contains(field))
        object[field] = value;
}

bool isObject(const json &parent, const std::string &field)
{
    return parent.contains(field) && parent.at(field).is_object();
}

void defaultPodSpec(json &spec)
{
    setDefault(spec, "restartPolicy", "Always");
    setDefault(spec, "dnsPolicy", "ClusterFirst");
    setDefault(spec, "schedulerName", "default-scheduler");
    setDefault(spec, "terminationGracePeriodSeconds", 30);
    setDefault(spec, "securityContext", json::object());
    for (auto &container : spec["containers"]) {
        setDefault(container, "imagePullPolicy", "IfNotPresent");
        setDefault(container, "terminationMessagePath", "/dev/termination-log");
        setDefault(container, "terminationMessagePolicy", "File");
        if (isObject(container, "resources") && isObject(container["resources"], "limits"))
            for (const auto &[resource, amount] : container["resources"]["limits"].items())
                setDefault(container["resources"]["requests"], resource, amount);
        if (container.contains("ports"))
            for (auto &port : container["ports"])
                setDefault(port, "protocol", "TCP");
    }
}

void checkContainer(const json &container, const std::string &field, Findings &findings)
{
    if (!container.contains("name") || !core::dns1123LabelProblems(container["name"].get<std::string>()).empty())
        findings.add(field + ".name", "a DNS label is needed", "FieldValueRequired");
    if (container.value("image", "").empty())
        findings.add(field + ".image", "Required value", "FieldValueRequired");
    if (!isObject(container, "resources"))
        return;
    const auto limits = container["resources"].value("limits", json::object());
    const auto requests = container["resources"].value("requests", json::object());
    for (const auto &[resource, amount] : requests.items())
        if (resource.contains('/') && limits.value(resource, json()) != amount)
            findings.add(fmt::format("{}.resources.limits[{}]", field, resource),
                         limits.contains(resource) ? "must be equal to " + resource + " request"
                                                   : "Limit must be set for non overcommitable resources");
}

void checkDeployment(json &object, Findings &findings)
{
    auto &spec = object["spec"];
    if (!spec.is_object() || !isObject(spec, "template") || !isObject(spec["template"], "spec")
        || !spec["template"]["spec"].value("containers", json()).is_array()
        || spec["template"]["spec"]["containers"].empty()) {
        findings.add("spec.template.spec.containers", "Required value", "FieldValueRequired");
        return;
    }
    setDefault(spec, "replicas", 1);
    setDefault(spec, "revisionHistoryLimit", 10);
    setDefault(spec, "progressDeadlineSeconds", 600);
    setDefault(spec, "strategy",
               {{"type", "RollingUpdate"}, {"rollingUpdate", {{"maxSurge", "25%"}, {"maxUnavailable", "25%"}}}});
    defaultPodSpec(spec["template"]["spec"]);
    if (!spec["replicas"].is_number_integer() || spec["replicas"].get<int>() < 0)
        findings.add("spec.replicas", "must be greater than or equal to 0");
    const auto labels = spec["template"].value("/metadata/labels"_json_pointer, json::object());
    const auto wanted = spec.value("/selector/matchLabels"_json_pointer, json::object());
    if (wanted.empty())
        findings.add("spec.selector", "empty selector is invalid for deployment", "FieldValueRequired");
    for (const auto &[key, value] : wanted.items())
        if (labels.value(key, json()) != value)
            findings.add("spec.template.metadata.labels", "`selector` does not match template `labels`");
    int index = 0;
    for (const auto &container : spec["template"]["spec"]["containers"])
        checkContainer(container, fmt::format("spec.template.spec.containers[{}]", index++), findings);
}

void checkService(json &object, Findings &findings)
{
    auto &spec = object["spec"];
    if (!spec.is_object() || !spec.value("ports", json()).is_array()) {
        findings.add("spec.ports", "Required value", "FieldValueRequired");
        return;
    }
    setDefault(spec, "type", "ClusterIP");
    setDefault(spec, "sessionAffinity", "None");
    setDefault(spec, "internalTrafficPolicy", "Cluster");
    if (!spec.contains("clusterIP"))
        spec["clusterIP"] = fmt::format("10.96.{}.{}", std::hash<std::string>{}(object["metadata"]["name"]) % 250 + 1,
                                        std::hash<std::string>{}(object["metadata"].value("namespace", "")) % 250 + 1);
    for (auto &port : spec["ports"]) {
        setDefault(port, "protocol", "TCP");
        setDefault(port, "targetPort", port.value("port", json()));
    }
}

void checkClaimTemplate(const json &object, Findings &findings)
{
    const auto requests = object.value("/spec/spec/devices/requests"_json_pointer, json::array());
    int index = 0;
    for (const auto &request : requests) {
        const auto field = fmt::format("spec.spec.devices.requests[{}]", index++);
        if (!isObject(request, "exactly") && !request.contains("firstAvailable"))
            findings.add(field, "exactly one of `exactly` or `firstAvailable` is required", "FieldValueRequired");
        else if (isObject(request, "exactly") && request["exactly"].value("deviceClassName", "").empty())
            findings.add(field + ".exactly.deviceClassName", "Required value", "FieldValueRequired");
    }
}

} // namespace

ApiResult<void> admit(const ServedKind &kind, json &object)
{
    Findings findings;
    const std::string name = object["metadata"]["name"];
    if (!core::dns1123LabelProblems(name).empty())
        findings.add("metadata.name",
                     "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-'");
    try {
        if (kind.plural == "deployments")
            checkDeployment(object, findings);
        else if (kind.plural == "services")
            checkService(object, findings);
        else if (kind.plural == "resourceclaimtemplates")
            checkClaimTemplate(object, findings);
    } catch (const json::exception &error) {
        return std::unexpected(ApiFailure{400, "BadRequest",
                                          fmt::format("{} in version \"{}\" cannot be handled as a {}: {}", kind.kind,
                                                      kind.version, kind.kind, error.what())});
    }
    if (findings.causes.empty())
        return {};
    std::string list;
    for (const auto &cause : findings.causes)
        list += fmt::format("{}{}: {}", list.empty() ? "" : ", ", cause["field"].get<std::string>(),
                            cause["message"].get<std::string>());
    return std::unexpected(ApiFailure{422, "Invalid",
                                      fmt::format("{}.{} \"{}\" is invalid: {}", kind.kind, kind.group, name, list),
                                      findings.causes});
}

} // namespace app
