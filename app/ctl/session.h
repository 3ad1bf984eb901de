// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cluster_reader.h"
#include "app/demo_cluster/demo_cluster.h"
#include "app/log.h"
#include "core/images/image_catalog.h"
#include "core/kube/kubeconfig.h"

#include <optional>

namespace app::ctl {

enum class Format { Table, Json, Yaml };

/// The options every command takes.
struct GlobalOptions {
    std::optional<std::filesystem::path> kubeconfig;
    std::string context;
    bool demo = false;
    Format format = Format::Table;
    std::string logLevel = "info"; ///< one of logLevels
    Log log;                       ///< opened by the program before a command runs; never null then
};

/// One run of a command against one cluster: the catalogue, the connection, and the demo cluster when asked for.
class Session {
public:
    static core::Result<Session> open(const GlobalOptions &options);

    core::KubeClient &client() { return *m_client; }
    /// Everything a command may ask to read, over two connections.
    core::Result<core::SnapshotPtr> snapshot(bool workloads = true, bool podRules = false);
    const core::Catalog &catalog() const { return m_catalog; }
    const core::ImageCatalog &images() const { return m_images; }

private:
    Session() = default;
    std::unique_ptr<DemoCluster> m_demo; ///< null unless --demo
    core::Catalog m_catalog;
    core::ImageCatalog m_images;
    std::unique_ptr<core::KubeClient> m_client, m_podClient;
};

/// The merged kubeconfig the options speak of; warnings about files that do not parse go to standard error.
core::Result<core::Kubeconfig> readKubeconfig(const GlobalOptions &options);

} // namespace app::ctl
