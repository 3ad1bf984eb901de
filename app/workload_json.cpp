// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workload_json.h"

#include <algorithm>

namespace app {

namespace {

using nlohmann::json;

json valueAt(const json &object, const char *pointer)
{
    const json::json_pointer at(pointer);
    return object.is_object() && object.contains(at) ? object.at(at) : json();
}

std::string textAt(const json &object, const char *pointer)
{
    const auto value = valueAt(object, pointer);
    return value.is_string() ? value.get<std::string>() : std::string();
}

int countAt(const json &object, const char *pointer)
{
    const auto value = valueAt(object, pointer);
    return value.is_number_integer() ? value.get<int>() : 0;
}

} // namespace

core::Workload workloadOf(const json &deployment)
{
    core::Workload workload;
    workload.nameSpace = textAt(deployment, "/metadata/namespace");
    workload.name = textAt(deployment, "/metadata/name");
    workload.plan = textAt(deployment, "/metadata/labels/berth.dev~1plan");
    workload.model = textAt(deployment, "/metadata/labels/berth.dev~1model");
    workload.replicas = countAt(deployment, "/spec/replicas");
    workload.updated = countAt(deployment, "/status/updatedReplicas");
    workload.ready = countAt(deployment, "/status/readyReplicas");
    workload.available = countAt(deployment, "/status/availableReplicas");
    const auto conditions = valueAt(deployment, "/status/conditions");
    for (const auto &condition : conditions.is_array() ? conditions : json::array())
        if (textAt(condition, "/status") == "False" && workload.message.empty())
            workload.message = textAt(condition, "/message");
    return workload;
}

core::Result<std::vector<core::Workload>> parseWorkloads(std::string_view page)
{
    const auto list = json::parse(page, nullptr, false);
    if (!list.is_object() || !list.contains("items") || !list["items"].is_array())
        return core::fail(core::ErrorKind::Parse, "is no list of Deployments");
    std::vector<core::Workload> out;
    for (const auto &item : list["items"])
        out.push_back(workloadOf(item));
    return out;
}

core::Result<core::Workload> parseWatchedWorkload(std::string_view line)
{
    const auto event = json::parse(line, nullptr, false);
    if (!event.is_object() || !event.contains("object"))
        return core::fail(core::ErrorKind::Parse, "is no watch event");
    return workloadOf(event["object"]);
}

core::Result<std::vector<std::string>> readRuntimeClasses(core::KubeClient &client, const std::stop_token &stop)
{
    const auto list = client.get("/apis/node.k8s.io/v1/runtimeclasses", stop);
    if (!list)
        return std::unexpected(list.error());
    std::vector<std::string> names;
    for (const auto &item : valueAt(*list, "/items"))
        names.push_back(textAt(item, "/metadata/name"));
    std::ranges::sort(names);
    return names;
}

} // namespace app
