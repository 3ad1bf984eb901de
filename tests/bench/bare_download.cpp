// SPDX-License-Identifier: GPL-3.0-or-later
// The floor that `berthctl inventory` is measured against: the same lists, the same page size, one connection,
// every page thrown away.
#include "core/kube/credentials.h"
#include "core/kube/kubeconfig.h"
#include "core/kube/list_meta.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

namespace {

/// The bytes of one list, page after page.
core::Result<std::size_t> download(core::HttpClient &http, const core::ClusterAccess &access, const std::string &path)
{
    std::size_t bytes = 0;
    std::string token;
    do {
        core::HttpRequest request;
        request.url = access.server + path + "?limit=500" + (token.empty() ? "" : "&continue=" + token);
        request.tls = access.tls;
        request.headers = {{"Accept", "application/json"}};
        if (access.credentials) {
            const auto credential = access.credentials->credential({});
            if (!credential)
                return std::unexpected(credential.error());
            request.headers.push_back({"Authorization", credential->authorization});
        }
        const auto page = http.send(request, {});
        if (!page)
            return std::unexpected(page.error());
        if (page->status != 200)
            return core::fail(core::ErrorKind::Server, fmt::format("HTTP {}", page->status), path);
        const auto meta = core::listMeta(page->body, path);
        if (!meta)
            return std::unexpected(meta.error());
        bytes += page->body.size();
        token = meta->continueToken;
    } while (!token.empty());
    return bytes;
}

int failed(const core::Error &error)
{
    fmt::print(stderr, "{}\n", core::describe(error));
    return 3;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 2) {
        fmt::print(stderr, "usage: bare_download KUBECONFIG\n");
        return 2;
    }
    const auto config = core::loadKubeconfig({argv[1]}, true);
    if (!config)
        return failed(config.error());
    const auto access = core::clusterAccess(*config);
    if (!access)
        return failed(access.error());
    const auto http = core::makeCurlClient();
    const auto start = std::chrono::steady_clock::now();
    std::size_t bytes = 0;
    for (const auto *path : {"/api/v1/nodes", "/api/v1/pods"}) {
        const auto got = download(*http, *access, path);
        if (!got)
            return failed(got.error());
        bytes += *got;
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    fmt::print("{:.3f} s, {} bytes\n", seconds.count(), bytes);
    return 0;
}
