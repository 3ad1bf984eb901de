// SPDX-License-Identifier: GPL-3.0-or-later
// The floor that `berthctl inventory` is measured against: the same lists, the same page size, one connection,
// every page thrown away.
#include "core/kube/kubeconfig.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

int main(int argc, char **argv)
{
    if (argc != 2) {
        fmt::print(stderr, "usage: bare_download KUBECONFIG\n");
        return 2;
    }
    const auto config = core::loadKubeconfig({argv[1]}, true);
    const auto access =
        config ? core::clusterAccess(*config) : core::Result<core::ClusterAccess>(std::unexpected(config.error()));
    if (!access) {
        fmt::print(stderr, "{}\n", core::describe(access.error()));
        return 3;
    }
    core::KubeClient client(core::makeCurlClient(), *access);
    const auto start = std::chrono::steady_clock::now();
    std::size_t bytes = 0;
    for (const auto *path : {"/api/v1/nodes", "/api/v1/pods"}) {
        const auto listed = client.list(
            path, 500,
            [&bytes](std::string_view page) {
                bytes += page.size();
                return core::Result<void>();
            },
            [] {});
        if (!listed) {
            fmt::print(stderr, "{}\n", core::describe(listed.error()));
            return 3;
        }
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    fmt::print("{:.3f} s, {} bytes\n", seconds.count(), bytes);
    return 0;
}
