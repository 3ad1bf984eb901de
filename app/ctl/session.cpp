// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/session.h"

#include "app/resource_paths.h"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <unistd.h>

namespace app::ctl {

namespace {

core::Result<core::ClusterAccess> accessOf(const GlobalOptions &options)
{
    auto config = readKubeconfig(options);
    const bool chosen = options.kubeconfig || !options.context.empty();
    if (!chosen && (!config || (config->contexts.empty() && config->currentContext.empty())))
        if (auto inside = core::inClusterAccess())
            return *std::move(inside);
    if (!config)
        return std::unexpected(config.error());
    return core::clusterAccess(*config, options.context);
}

} // namespace

core::Result<core::Kubeconfig> readKubeconfig(const GlobalOptions &options)
{
    auto config = core::loadKubeconfig(core::kubeconfigPaths(options.kubeconfig), options.kubeconfig.has_value());
    if (config)
        for (const auto &error : config->fileErrors)
            fmt::print(stderr, "berthctl: {}\n", core::describe(error));
    return config;
}

core::Result<Session> Session::open(const GlobalOptions &options)
{
    const auto resources = resourceFolder();
    if (!resources)
        return std::unexpected(resources.error());
    auto catalog = core::loadCatalog(*resources / "catalog");
    if (!catalog)
        return std::unexpected(catalog.error());
    auto images = core::loadImages(*resources / "catalog");
    if (!images)
        return std::unexpected(images.error());
    Session session;
    session.m_catalog = std::move(*catalog);
    session.m_images = std::move(*images);
    if (options.demo) {
        auto demo = DemoCluster::start(*resources / "demo" / "demo-cluster.yaml");
        if (!demo)
            return std::unexpected(demo.error());
        session.m_demo = std::move(*demo);
    }
    auto access = options.demo ? accessFromText(session.m_demo->kubeconfig()) : accessOf(options);
    if (!access)
        return std::unexpected(access.error());
    for (const auto &warning : access->warnings)
        fmt::print(stderr, "berthctl: {}\n", warning);
    for (auto *client : {&session.m_client, &session.m_podClient})
        *client = std::make_unique<core::KubeClient>(logged(core::makeCurlClient(), options.log), *access);
    return session;
}

core::Result<core::SnapshotPtr> Session::snapshot(bool workloads, bool podRules)
{
    ReadOptions options;
    options.workloads = workloads;
    options.devices = true;
    options.podRules = podRules;
    options.podClient = m_podClient.get();
    const bool watched = isatty(STDERR_FILENO) != 0; // progress is for a person, never for a log file
    std::mutex mutex;
    std::map<std::string, std::size_t> counts;
    if (watched)
        options.progress = [&](const std::string &kind, std::size_t count) {
            const std::lock_guard lock(mutex);
            counts[kind] = count;
            fmt::print(stderr, "\r\033[Kreading {} nodes, {} pods …", counts["nodes"], counts["pods"]);
        };
    auto snapshot = readCluster(*m_client, m_catalog, options);
    if (watched)
        fmt::print(stderr, "\r\033[K");
    return snapshot;
}

} // namespace app::ctl
