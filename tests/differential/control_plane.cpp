// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/differential/control_plane.h"

#include <fmt/format.h>

#include <thread>

using namespace std::chrono_literals;

namespace differential {

using core::Result;
using nlohmann::json;

namespace {

constexpr int holderCount = 24;
constexpr int deviceHolderCount = 10;
const std::string nodesPath = "/api/v1/nodes", podsPath = "/api/v1/namespaces/default/pods",
                  namespacePath = "/api/v1/namespaces/default",
                  claimsPath = "/apis/resource.k8s.io/v1/namespaces/default/resourceclaims",
                  slicesPath = "/apis/resource.k8s.io/v1/resourceslices",
                  classesPath = "/apis/resource.k8s.io/v1/deviceclasses";
const json atOnce{{"kind", "DeleteOptions"}, {"apiVersion", "v1"}, {"gracePeriodSeconds", 0}};

std::string byRole(const std::string &role)
{
    return "?labelSelector=role%3D" + role;
}

std::string nodeName(int index)
{
    return "node-" + std::to_string(index);
}

/// Bound or refused; nullopt = the scheduler has not said yet.
std::optional<bool> decision(const json &pod)
{
    if (pod.at("spec").contains("nodeName"))
        return true;
    for (const auto &condition : pod.at("status").value("conditions", json::array()))
        if (condition.at("type") == "PodScheduled" && condition.at("status") == "False")
            return false;
    return std::nullopt;
}

} // namespace

void die(const core::Error &error)
{
    fmt::print(stderr, "differential: {}\n", core::describe(error));
    std::exit(2);
}

ControlPlane::ControlPlane(core::ClusterAccess access) : m_access(std::move(access)), m_http(core::makeCurlClient()) {}

Result<json> ControlPlane::call(const std::string &method, const std::string &path, const json &body)
{
    core::HttpRequest request;
    request.method = method;
    request.url = m_access.server + path;
    request.tls = m_access.tls;
    request.headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}};
    if (!body.is_null())
        request.body = body.dump();
    const auto answer = m_http->send(request, {});
    if (!answer)
        return std::unexpected(answer.error());
    auto document = json::parse(answer->body, nullptr, false);
    if (answer->status >= 300)
        return core::fail(core::ErrorKind::Server, document.value("message", answer->body), path);
    return document;
}

// ---- contents -------------------------------------------------------------------------------------------------------

void ControlPlane::fill(RandomCluster &random, RandomDevices &devices)
{
    for (int i = 0; i < nodeCount; ++i)
        need(call("POST", nodesPath, random.node(nodeName(i))));
    fillPods(random);
    fillDevices(devices);
    settle();
    holdDevices(devices);
    settle();
}

void ControlPlane::fillPods(RandomCluster &random)
{
    for (int i = 0; i < holderCount; ++i) {
        const auto name = "holder-" + std::to_string(i);
        const auto pod = random.holder(name, nodeName(i % nodeCount));
        const auto status = random.holderStatus(pod);
        auto created = call("POST", podsPath, pod);
        if (!created || status.is_null())
            continue; // what the server refuses (a port twice in one pod) holds nothing
        (*created)["status"].update(status);
        // The controllers may have touched it already: they set other fields of the status.
        (*created)["metadata"].erase("resourceVersion");
        need(call("PUT", podsPath + "/" + name + "/status", *created));
    }
}

void ControlPlane::fillDevices(RandomDevices &devices)
{
    // Only where the namespace says so may a claim ask for admin access.
    auto space = need(call("GET", namespacePath));
    space["metadata"]["labels"]["resource.kubernetes.io/admin-access"] = "true";
    need(call("PUT", namespacePath, space));
    for (const auto &one : RandomDevices::classes())
        need(call("POST", classesPath, one));
    for (const auto &one : devices.fabric())
        need(call("POST", slicesPath, one));
    for (int i = 0; i < nodeCount; ++i)
        for (const auto &one : devices.slices(nodeName(i)))
            need(call("POST", slicesPath, one));
}

/// Pods that the scheduler itself gives devices; those it refuses go again, or it would try them later.
void ControlPlane::holdDevices(RandomDevices &devices)
{
    for (int i = 0; i < deviceHolderCount; ++i) {
        const auto node = nodeName(i % nodeCount), name = "device-holder-" + std::to_string(i);
        Question holder{{{"apiVersion", "v1"},
                         {"kind", "Pod"},
                         {"spec",
                          {{"containers", json::array({{{"name", "c"}, {"image", "none"}}})},
                           {"tolerations", json::array({{{"operator", "Exists"}}})}}}},
                        json::array({devices.claim()})};
        const auto role = fmt::format("holds-{}", i);
        if (!createCopy(holder, node, name, role) || awaitDecisions(1, role).begin()->second)
            continue;
        need(call("DELETE", podsPath + byRole(role), atOnce));
        need(call("DELETE", claimsPath + byRole(role), atOnce));
    }
}

/// Waits until the controllers have nothing to add: taints that follow conditions, cordons and evictions.
void ControlPlane::settle()
{
    std::string before;
    for (int quiet = 0; quiet < 6;) {
        std::string now;
        for (const auto &path : {nodesPath, podsPath, claimsPath})
            for (const auto list = need(call("GET", path)); const auto &item : list.at("items"))
                now += item.at("metadata").at("resourceVersion").get<std::string>() + " ";
        quiet = now == before ? quiet + 1 : 0;
        before = std::move(now);
        std::this_thread::sleep_for(500ms);
    }
}

// ---- questions ------------------------------------------------------------------------------------------------------

std::optional<Decisions> ControlPlane::ask(const Question &question)
{
    Decisions said;
    for (int i = 0; i < nodeCount; ++i) {
        if (!createCopy(question, nodeName(i), "asked-" + nodeName(i), "asked")) {
            removeCopies();
            return std::nullopt;
        }
        if (question.competes() || i == nodeCount - 1) {
            said.merge(awaitDecisions(question.competes() ? 1 : nodeCount, "asked"));
            removeCopies();
        }
    }
    return said;
}

/// False when the API server refuses the claims or the pod.
bool ControlPlane::createCopy(const Question &question, const std::string &node, const std::string &name,
                              const std::string &role)
{
    const json labels{{"role", role}, {"node", node}};
    auto copy = pinned(question.pod, node);
    copy["metadata"] = {{"name", name}, {"labels", labels}};
    for (std::size_t i = 0; i < question.claims.size(); ++i) {
        const auto claim = fmt::format("{}-{}", name, i);
        if (!call("POST", claimsPath,
                  {{"apiVersion", "resource.k8s.io/v1"},
                   {"kind", "ResourceClaim"},
                   {"metadata", {{"name", claim}, {"labels", labels}}},
                   {"spec", question.claims[i]}}))
            return false;
        copy["spec"]["resourceClaims"].push_back({{"name", fmt::format("c{}", i)}, {"resourceClaimName", claim}});
    }
    return call("POST", podsPath, copy).has_value();
}

Decisions ControlPlane::awaitDecisions(std::size_t count, const std::string &role)
{
    Decisions said;
    for (int tries = 0; said.size() < count; ++tries) {
        if (tries == 1200)
            die({core::ErrorKind::Timeout, "the scheduler has not decided after 120 s", "kube-scheduler", {}});
        std::this_thread::sleep_for(tries < 20 ? 25ms : 100ms);
        const auto copies = need(call("GET", podsPath + byRole(role)));
        for (const auto &copy : copies.at("items"))
            if (const auto bound = decision(copy))
                said[copy.at("metadata").at("labels").at("node").get<std::string>()] = *bound;
    }
    return said;
}

/// Devices are free again once the claims are gone: those asked with, and those that the scheduler made for extended
/// resources.
void ControlPlane::removeCopies()
{
    need(call("DELETE", podsPath + byRole("asked"), atOnce));
    need(call("DELETE", claimsPath + byRole("asked"), atOnce));
    for (int tries = 0;; ++tries) {
        const auto claims = need(call("GET", claimsPath));
        bool gone = true;
        for (const auto &claim : claims.at("items"))
            gone = gone && claim.at("metadata").at("name").get<std::string>().starts_with("device-holder");
        if (gone)
            return;
        if (tries == 600)
            die({core::ErrorKind::Timeout, "claims are still there after 60 s", claimsPath, {}});
        std::this_thread::sleep_for(tries < 20 ? 25ms : 100ms);
    }
}

} // namespace differential
