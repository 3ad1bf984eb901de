// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster_reader.h"

#include "app/access_review.h"
#include "app/dra_reader.h"
#include "app/workload_json.h"
#include "core/cluster/dra_overlay.h"
#include "core/cluster/watch_event.h"
#include "core/inventory/node_json.h"
#include "core/kube/kubeconfig.h"
#include "core/kube/yaml_json.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace app {

using core::ErrorKind;

namespace {

/// Parses pages on its own thread. At most one page waits, so memory holds two page texts however long the list is.
template <class Object>
class PageParser {
public:
    using Parse = std::function<core::Result<std::vector<Object>>(std::string_view page)>;
    using Progress = std::function<void(std::size_t count)>;
    PageParser(Parse parse, Progress progress)
        : m_parse(std::move(parse))
        , m_progress(std::move(progress))
        , m_thread([this] { run(); })
    {
    }
    ~PageParser() { close(); }
    PageParser(const PageParser &) = delete;
    PageParser &operator=(const PageParser &) = delete;

    /// Waits until the page before is taken. The error is that of an earlier page.
    core::Result<void> push(std::string_view page)
    {
        std::unique_lock lock(m_mutex);
        m_wake.wait(lock, [this] { return m_page.empty(); });
        if (m_failure)
            return std::unexpected(*m_failure);
        m_page.assign(page);
        m_wake.notify_all();
        return {};
    }

    /// The list begins again: forgets what was parsed.
    void restart()
    {
        std::unique_lock lock(m_mutex);
        m_wake.wait(lock, [this] { return m_page.empty() && !m_busy; });
        m_objects.clear();
    }

    core::Result<std::vector<Object>> finish()
    {
        close();
        if (m_failure)
            return std::unexpected(*m_failure);
        return std::move(m_objects);
    }

private:
    void close()
    {
        {
            const std::lock_guard lock(m_mutex);
            m_closed = true;
        }
        m_wake.notify_all();
        if (m_thread.joinable())
            m_thread.join();
    }

    void run()
    {
        std::string page;
        for (std::unique_lock lock(m_mutex);;) {
            m_wake.wait(lock, [this] { return !m_page.empty() || m_closed; });
            if (m_page.empty())
                return;
            page.swap(m_page); // both buffers are reused page after page
            m_page.clear();
            m_busy = true;
            m_wake.notify_all();
            lock.unlock();
            auto parsed = m_parse(page);
            lock.lock();
            m_busy = false;
            if (parsed)
                m_objects.insert(m_objects.end(), std::move_iterator(parsed->begin()),
                                 std::move_iterator(parsed->end()));
            else if (!m_failure)
                m_failure = parsed.error();
            m_wake.notify_all();
            if (m_progress)
                m_progress(m_objects.size());
        }
    }

    Parse m_parse;
    Progress m_progress; ///< told after each page; may be empty
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::string m_page; ///< waits to be parsed
    bool m_busy = false, m_closed = false;
    std::optional<core::Error> m_failure;
    std::vector<Object> m_objects;
    std::jthread m_thread; ///< last: uses the others
};

/// The kind is the path's last part: "nodes", "pods".
template <class Object>
core::Result<std::vector<Object>> readKind(core::KubeClient &client, const std::string &kind,
                                           const ReadOptions &options, typename PageParser<Object>::Parse parse,
                                           const std::stop_token &stop)
{
    typename PageParser<Object>::Progress progress;
    if (options.progress)
        progress = [&](std::size_t count) { options.progress(kind, count); };
    PageParser<Object> parser(std::move(parse), std::move(progress));
    const auto listed = client.list(
        core::apiPath({"", "v1", kind}), options.pageSize,
        [&parser](std::string_view page) { return parser.push(page); }, [&parser] { parser.restart(); }, stop);
    auto objects = parser.finish();
    if (!listed && listed.error().kind != ErrorKind::Parse)
        return std::unexpected(listed.error());
    if (!objects)
        return std::unexpected(objects.error());
    return listed ? std::move(objects) : std::unexpected(listed.error());
}

bool isBlindness(const core::Error &error)
{
    return error.kind == ErrorKind::Forbidden || error.kind == ErrorKind::NotFound;
}

/// Small lists that are read as documents. A failure other than blindness is returned.
core::Result<void> readItems(core::KubeClient &client, const std::string &path, const std::string &resource,
                             core::ClusterSnapshot &snapshot, const std::function<void(const nlohmann::json &)> &take,
                             const std::stop_token &stop)
{
    const auto list = client.get(path, stop);
    if (!list && isBlindness(list.error())) {
        snapshot.blindSpots.push_back({resource, {}, list.error().message});
        return {};
    }
    if (!list)
        return std::unexpected(list.error());
    try {
        for (const auto &item : list->value("items", nlohmann::json::array()))
            take(item);
    } catch (const nlohmann::json::exception &) {
        return core::fail(ErrorKind::Parse, "the list has fields of the wrong type", path);
    }
    return {};
}

core::Result<void> readWorkloads(core::KubeClient &client, core::ClusterSnapshot &snapshot, const std::stop_token &stop)
{
    const auto classes = readItems(
        client, core::apiPath({"node.k8s.io", "v1", "runtimeclasses"}), "runtimeclasses", snapshot,
        [&](const auto &item) { snapshot.runtimeClasses.push_back(item.at("metadata").at("name")); }, stop);
    if (!classes)
        return classes;
    std::ranges::sort(snapshot.runtimeClasses);
    const auto deployments = readItems(
        client, core::apiPath({"apps", "v1", "deployments"}) + "?labelSelector=app.kubernetes.io%2Fmanaged-by%3Dberth",
        "deployments", snapshot, [&](const auto &item) { snapshot.workloads.push_back(workloadOf(item)); }, stop);
    std::ranges::sort(snapshot.workloads, {},
                      [](const auto &workload) { return std::pair(workload.nameSpace, workload.name); });
    return deployments;
}

core::Result<void> readQuotas(core::KubeClient &client, core::ClusterSnapshot &snapshot, const std::stop_token &stop)
{
    std::optional<core::Error> broken;
    const auto take = [&](const nlohmann::json &item) {
        if (auto quota = core::readQuota(item))
            snapshot.quotas.push_back(*std::move(quota));
        else
            broken = quota.error();
    };
    const auto quotas =
        readItems(client, core::apiPath({"", "v1", "resourcequotas"}), "resourcequotas", snapshot, take, stop);
    return broken ? std::unexpected(*broken) : quotas;
}

core::Result<void> readRest(core::KubeClient &client, const core::Catalog &catalog, const ReadOptions &options,
                            core::ClusterSnapshot &snapshot, const std::stop_token &stop)
{
    if (options.workloads)
        if (auto read = readWorkloads(client, snapshot, stop); !read)
            return read;
    if (options.podRules)
        if (auto read = readQuotas(client, snapshot, stop); !read)
            return read;
    if (!options.devices && !options.podRules)
        return {};
    if (auto read = readDra(client, snapshot, options.pageSize, options.podRules, stop); !read)
        return read;
    core::addDraCards(snapshot, catalog);
    return {};
}

/// Asked first: who may not list a kind is told so without a list that fails.
core::Result<std::vector<core::NodePtr>> readNodes(core::KubeClient &client, const core::Catalog &catalog,
                                                   const ReadOptions &options, const std::stop_token &stop)
{
    if (auto refused = refusedByReview(client, {"", "v1", "nodes"}, {"list"}, stop))
        return std::unexpected(*std::move(refused));
    core::ObjectReader reader(catalog);
    return readKind<core::NodePtr>(client, "nodes", options, [&](auto page) { return reader.nodeList(page); }, stop);
}

core::Result<std::vector<core::PodPtr>> readPods(core::KubeClient &client, const core::Catalog &catalog,
                                                 const ReadOptions &options, const std::stop_token &stop)
{
    if (auto refused = refusedByReview(client, {"", "v1", "pods"}, {"list"}, stop))
        return std::unexpected(*std::move(refused));
    core::ObjectReader reader(catalog);
    return readKind<core::PodPtr>(client, "pods", options, [&](auto page) { return reader.podList(page); }, stop);
}

struct Lists {
    core::Result<std::vector<core::NodePtr>> nodes;
    core::Result<std::vector<core::PodPtr>> pods;
};

/// Both at once when there is a second connection: the server makes the one list while it sends the other. Pods that
/// nobody needs, because the nodes cannot be had, are given up.
Lists readLists(core::KubeClient &client, const core::Catalog &catalog, const ReadOptions &options,
                const std::stop_token &stop)
{
    Lists lists;
    const auto pods = [&](core::KubeClient &over, const std::stop_token &token) {
        if (options.pods)
            lists.pods = readPods(over, catalog, options, token);
    };
    std::stop_source giveUp;
    const std::stop_callback passOn(stop, [&giveUp] { giveUp.request_stop(); });
    std::jthread second;
    if (options.podClient)
        second = std::jthread([&] { pods(*options.podClient, giveUp.get_token()); });
    lists.nodes = readNodes(client, catalog, options, stop);
    if (!lists.nodes)
        giveUp.request_stop();
    else if (!options.podClient)
        pods(client, stop);
    if (second.joinable())
        second.join();
    return lists;
}

} // namespace

core::Result<core::SnapshotPtr> readCluster(core::KubeClient &client, const core::Catalog &catalog,
                                            const ReadOptions &options, const std::stop_token &stop)
{
    auto snapshot = std::make_shared<core::ClusterSnapshot>();
    snapshot->context = client.access().context;
    auto version = client.serverVersion(stop);
    if (!version)
        return std::unexpected(version.error());
    snapshot->serverVersion = std::move(*version);
    auto [nodes, pods] = readLists(client, catalog, options, stop);
    if (!nodes)
        return std::unexpected(nodes.error());
    snapshot->nodes = std::move(*nodes);
    std::ranges::sort(snapshot->nodes, {}, [](const auto &node) -> const std::string & { return node->name; });
    snapshot->nodesSynced = true;
    if (options.pods) {
        if (!pods && !isBlindness(pods.error()))
            return std::unexpected(pods.error());
        if (pods)
            snapshot->pods = std::move(*pods);
        else
            snapshot->blindSpots.push_back({"pods", {}, core::describe(pods.error())});
        snapshot->podsSynced = pods.has_value();
        std::ranges::sort(snapshot->pods, {}, [](const auto &pod) { return std::tie(pod->nameSpace, pod->name); });
    }
    if (const auto read = readRest(client, catalog, options, *snapshot, stop); !read)
        return std::unexpected(read.error());
    return snapshot;
}

core::Result<core::ClusterAccess> accessFromText(const std::string &kubeconfig)
{
    const auto document = core::yamlToJson(kubeconfig, "kubeconfig");
    if (!document)
        return std::unexpected(document.error());
    core::Kubeconfig config;
    try {
        config.currentContext = document->at("current-context");
        for (const auto &entry : document->at("clusters"))
            config.clusters[entry.at("name")] = {entry.at("cluster"), {}};
        for (const auto &entry : document->at("users"))
            config.users[entry.at("name")] = {entry.at("user"), {}};
        for (const auto &entry : document->at("contexts"))
            config.contexts[entry.at("name")] = {entry.at("context"), {}};
    } catch (const nlohmann::json::exception &) {
        return core::fail(ErrorKind::Parse, "the kubeconfig text lacks a field", "kubeconfig");
    }
    return core::clusterAccess(config);
}

} // namespace app
