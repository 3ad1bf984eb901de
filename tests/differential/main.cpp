// SPDX-License-Identifier: GPL-3.0-or-later
// berth-scheduler-differential KUBECONFIG SEED PODS: asks the real kube-scheduler of an otherwise empty cluster and
// core::evaluatePod the same questions, one a (pod, node), and prints where they disagree. Exit 1 when they do.
#include "tests/differential/random_cluster.h"

#include "app/cluster_reader.h"
#include "core/fit/scheduling_links.h"
#include "core/kube/kubeconfig.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <thread>

using namespace std::chrono_literals;
using core::Result;
using nlohmann::json;

namespace {

constexpr int nodeCount = 14;
constexpr int holderCount = 24;
const std::string podsPath = "/api/v1/namespaces/default/pods";
const std::string nodesPath = "/api/v1/nodes";

/// The few calls that Berth itself does not make: deleting, and writing a status.
class Api {
public:
    explicit Api(core::ClusterAccess access) : m_access(std::move(access)), m_http(core::makeCurlClient()) {}

    Result<json> call(const std::string &method, const std::string &path, const json &body = nullptr)
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

private:
    core::ClusterAccess m_access;
    std::unique_ptr<core::HttpClient> m_http;
};

[[noreturn]] void die(const core::Error &error)
{
    fmt::print(stderr, "differential: {}\n", core::describe(error));
    std::exit(2);
}

template <class T>
T need(Result<T> result)
{
    if (!result)
        die(result.error());
    return std::move(*result);
}

void fill(Api &api, differential::RandomCluster &random)
{
    for (int i = 0; i < nodeCount; ++i)
        need(api.call("POST", nodesPath, random.node("node-" + std::to_string(i))));
    for (int i = 0; i < holderCount; ++i) {
        const auto name = "holder-" + std::to_string(i);
        const auto pod = random.holder(name, "node-" + std::to_string(i % nodeCount));
        const auto status = random.holderStatus(pod);
        auto created = api.call("POST", podsPath, pod);
        if (!created || status.is_null())
            continue; // what the server refuses (a port twice in one pod) holds nothing
        (*created)["status"].update(status);
        // The controllers may have touched it already: they set other fields of the status.
        (*created)["metadata"].erase("resourceVersion");
        need(api.call("PUT", podsPath + "/" + name + "/status", *created));
    }
}

/// Waits until the controllers have nothing to add: taints that follow conditions, cordons and evictions.
void settle(Api &api)
{
    std::string before;
    for (int quiet = 0; quiet < 6;) {
        std::string now;
        for (const auto &path : {nodesPath, podsPath})
            for (const auto list = need(api.call("GET", path)); const auto &item : list.at("items"))
                now += item.at("metadata").at("resourceVersion").get<std::string>() + " ";
        quiet = now == before ? quiet + 1 : 0;
        before = std::move(now);
        std::this_thread::sleep_for(500ms);
    }
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

/// What the scheduler says to one copy a node; empty when the API server refuses the pod.
std::map<std::string, bool> askScheduler(Api &api, const json &pod)
{
    for (int i = 0; i < nodeCount; ++i) {
        const auto node = "node-" + std::to_string(i);
        auto copy = differential::pinned(pod, node);
        copy["metadata"] = {{"name", "asked-" + node}, {"labels", {{"asked", "yes"}, {"node", node}}}};
        if (const auto created = api.call("POST", podsPath, copy); !created && i == 0)
            return {};
        else if (!created)
            die(created.error());
    }
    std::map<std::string, bool> said;
    for (int tries = 0; said.size() < nodeCount; ++tries) {
        if (tries == 600)
            die({core::ErrorKind::Timeout, "the scheduler has not decided after 60 s", "kube-scheduler", {}});
        std::this_thread::sleep_for(tries < 20 ? 25ms : 100ms);
        const auto copies = need(api.call("GET", podsPath + "?labelSelector=asked%3Dyes"));
        for (const auto &copy : copies.at("items"))
            if (const auto bound = decision(copy))
                said[copy.at("metadata").at("labels").at("node").get<std::string>()] = *bound;
    }
    need(api.call("DELETE", podsPath + "?labelSelector=asked%3Dyes",
                  {{"kind", "DeleteOptions"}, {"apiVersion", "v1"}, {"gracePeriodSeconds", 0}}));
    return said;
}

struct Tally {
    int cases = 0, bound = 0, refusedPods = 0, disagreements = 0;
};

void compare(const json &pod, const std::map<std::string, bool> &said, const std::vector<core::Candidate> &judged,
             Tally &tally)
{
    for (const auto &candidate : judged) {
        const bool fits = candidate.verdict == core::Verdict::Fits || candidate.verdict == core::Verdict::Tight;
        const bool bound = said.at(candidate.node);
        ++tally.cases;
        tally.bound += bound ? 1 : 0;
        if (fits == bound)
            continue;
        ++tally.disagreements;
        fmt::print("DISAGREE {}: the scheduler {} it, Berth says {} ({})\n  {}\n", candidate.node,
                   bound ? "bound" : "refused", fits ? "fits" : "no", candidate.headline().detail, pod.dump());
    }
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 4) {
        fmt::print(stderr, "usage: berth-scheduler-differential KUBECONFIG SEED PODS\n");
        return 2;
    }
    const auto config = need(core::loadKubeconfig({argv[1]}, true));
    Api api(need(core::clusterAccess(config, "")));
    core::KubeClient client(core::makeCurlClient(), need(core::clusterAccess(config, "")));
    differential::RandomCluster random(std::stoull(argv[2]));
    fill(api, random);
    settle(api);
    const core::Catalog catalog;
    const auto snapshot = need(app::readCluster(client, catalog, {}));
    const auto usage = core::account(*snapshot);
    Tally tally;
    for (int i = 0; i < std::stoi(argv[3]); ++i) {
        const auto pod = random.pod();
        const auto said = askScheduler(api, pod);
        if (said.empty())
            ++tally.refusedPods;
        else
            compare(pod, said, need(core::evaluatePod(*snapshot, usage, pod)), tally);
    }
    fmt::print("seed {}: {} cases, {} bound, {} disagreements; {} pods were refused by the API server\n", argv[2],
               tally.cases, tally.bound, tally.disagreements, tally.refusedPods);
    return tally.disagreements == 0 && tally.cases > 0 ? 0 : 1;
}
