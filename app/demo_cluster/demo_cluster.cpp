// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo_cluster/demo_cluster.h"

#include "app/demo_cluster/api_server.h"
#include "app/demo_cluster/controllers.h"
#include "app/demo_cluster/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace app {

namespace {

const ServedKind &kindOf(std::string_view plural)
{
    return *std::ranges::find(servedKinds(), plural, &ServedKind::plural);
}

void fill(ObjectStore &store, const Scenario &scenario)
{
    for (const auto &[plural, objects] : {std::pair{"namespaces", &scenario.namespaces},
                                          {"runtimeclasses", &scenario.runtimeClasses},
                                          {"nodes", &scenario.nodes},
                                          {"resourceslices", &scenario.slices},
                                          {"deviceclasses", &scenario.deviceClasses},
                                          {"resourceclaims", &scenario.claims},
                                          {"pods", &scenario.pods}})
        for (const auto &object : *objects)
            store.put(kindOf(plural), object, "demo-scenario");
}

} // namespace

struct DemoCluster::Private {
    explicit Private(std::size_t historyLimit) : store(historyLimit) {}
    ObjectStore store;
    std::unique_ptr<Controllers> controllers;
    std::unique_ptr<ApiServer> server;
    std::jthread loop; ///< last: stops first
};

DemoCluster::DemoCluster() = default;
DemoCluster::~DemoCluster() = default;

core::Result<std::unique_ptr<DemoCluster>> DemoCluster::start(const std::filesystem::path &scenario,
                                                              const DemoClusterOptions &options)
{
    auto loaded = loadScenario(scenario);
    if (!loaded)
        return std::unexpected(loaded.error());
    auto cluster = std::unique_ptr<DemoCluster>(new DemoCluster);
    cluster->m = std::make_unique<Private>(options.historyLimit);
    auto &m = *cluster->m;
    fill(m.store, *loaded);
    auto server = ApiServer::start(
        m.store, {loaded->serverVersion, options.forbidden, options.readOnly, std::move(loaded->logs)});
    if (!server)
        return std::unexpected(server.error());
    m.server = std::move(*server);
    m.controllers =
        std::make_unique<Controllers>(m.store, options.changes ? loaded->changes : std::vector<ScenarioChange>{});
    m.loop = std::jthread([&m](std::stop_token stop) { m.controllers->run(stop); });
    return cluster;
}

std::string DemoCluster::kubeconfig() const
{
    return fmt::format(
        "apiVersion: v1\nkind: Config\ncurrent-context: demo\n"
        "clusters:\n- name: demo\n  cluster:\n    server: http://127.0.0.1:{}\n"
        "users:\n- name: demo\n  user: {{}}\n"
        "contexts:\n- name: demo\n  context:\n    cluster: demo\n    user: demo\n    namespace: default\n",
        port());
}

int DemoCluster::port() const
{
    return m->server->port();
}

} // namespace app
