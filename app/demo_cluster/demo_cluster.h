// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace app {

struct DemoClusterOptions {
    bool changes = false;                    ///< play the scenario's changes over time
    std::vector<std::string> forbidden = {}; ///< plural names that answer 403, e.g. "pods"
    std::vector<std::string> readOnly = {};  ///< plural names whose writes answer 403
    std::size_t historyLimit = 4096;         ///< watch events kept; a watch from before them gets 410 Expired
};

/// A cluster in a box: a real HTTP server on a free port of 127.0.0.1 that speaks the part of the Kubernetes API that
/// Berth uses, fed by a scenario file, with a small scheduler behind it. Nothing in Berth treats it specially: it is
/// reached through its kubeconfig like any other. Stops in the destructor (within about a second). Any thread.
class DemoCluster {
public:
    static core::Result<std::unique_ptr<DemoCluster>> start(const std::filesystem::path &scenario,
                                                            const DemoClusterOptions &options = {});
    ~DemoCluster();

    /// YAML text with one context "demo" for http://127.0.0.1:PORT. It holds no credential: Berth and kubectl send none
    /// over plain http.
    std::string kubeconfig() const;
    int port() const;

private:
    DemoCluster();
    struct Private;
    std::unique_ptr<Private> m;
};

} // namespace app
