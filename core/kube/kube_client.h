// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/http/http_client.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace core {

/// How to reach and prove oneself to one API server; made from a kubeconfig context by `clusterAccess()`.
class CredentialSource;
struct ClusterAccess {
    std::string context, server; ///< "https://127.0.0.1:6443"
    std::string nameSpace = "default";
    TlsOptions tls;
    std::string proxyUrl;
    std::vector<HttpHeader> headers;               ///< impersonation
    std::shared_ptr<CredentialSource> credentials; ///< token, tokenFile, exec plugin; may be null
    std::vector<std::string> warnings;             ///< "certificate checks are off (insecure-skip-tls-verify)"
};

/// group/version and plural name, e.g. {"apps", "v1", "deployments"}; group empty for core.
struct ApiResource {
    std::string group, version, plural;
};
/// "/apis/apps/v1/namespaces/ns/deployments/name"; empty ns = all namespaces or cluster scope. Parts are
/// percent-encoded.
std::string apiPath(const ApiResource &resource, std::string_view nameSpace = {}, std::string_view name = {});

struct ApplyOptions {
    bool dryRun = false;
    bool force = false;
    std::string fieldManager = "berth";
};
/// What the server stored (or would store), and its Warning headers.
struct ApplyAnswer {
    nlohmann::json object;
    std::vector<std::string> warnings;
    bool created = false;
};

/// How long a client waits. Tests shorten them.
struct KubeTimes {
    std::chrono::milliseconds silence{60'000}; ///< a request without a byte for so long is a Timeout
    /// The server is asked to end a watch after this time; one that is silent for 30 s longer is dead.
    std::chrono::seconds watch{300};
    std::chrono::milliseconds watchSilence{330'000};
    std::chrono::milliseconds retry{200}; ///< first pause before a retry; doubled each time
};

/// Talks to one API server over one connection. Blocking; one instance belongs to one thread. All calls return early
/// (Cancelled) when `stop` is requested. 401 refreshes the credential once; 429 and 5xx on reads are retried with
/// backoff and Retry-After. Errors carry the Status message and the URL without its query.
class KubeClient {
public:
    KubeClient(std::unique_ptr<HttpClient> http, ClusterAccess access, KubeTimes times = {});
    ~KubeClient();

    const ClusterAccess &access() const;
    Result<std::string> serverVersion(std::stop_token stop = {}); ///< gitVersion
    Result<nlohmann::json> get(const std::string &path, std::stop_token stop = {});
    /// What a pod's container printed so far (pods/log), at most `limitBytes` of it from the beginning. `container` may
    /// be empty where the pod has one; of several the server then says their names (Invalid).
    Result<std::string> podLog(std::string_view nameSpace, std::string_view pod, std::int64_t limitBytes,
                               std::stop_token stop = {}, std::string_view container = {});
    Result<nlohmann::json> post(const std::string &path, const nlohmann::json &body, std::stop_token stop = {});
    /// Server-side apply. A conflict is ErrorKind::Conflict whose message names field and manager.
    Result<ApplyAnswer> apply(const std::string &path, const nlohmann::ordered_json &object,
                              const ApplyOptions &options, std::stop_token stop = {});

    /// Pages through a list (limit/continue). `onPage` gets each raw page body; a 410 in the middle calls onRestart and
    /// begins again. Returns the list's resourceVersion (opaque).
    Result<std::string> list(const std::string &path, int pageSize,
                             const std::function<Result<void>(std::string_view page)> &onPage,
                             const std::function<void()> &onRestart, std::stop_token stop = {});
    /// Streams watch lines until the server closes (ok), the stream is silent for `silenceLimit` (Timeout) or stop.
    /// `onOpen`, which may be empty, is called when the server has accepted, before the first line.
    Result<void> watch(const std::string &path, const std::string &resourceVersion,
                       const std::function<Result<void>(std::string_view line)> &onLine, std::stop_token stop = {},
                       const std::function<void()> &onOpen = {});

    struct Access {
        std::string verb, group, resource, nameSpace;
    };
    /// SelfSubjectAccessReview: may the user do this? The reason is the server's own text.
    Result<bool> mayI(const Access &access, std::stop_token stop = {});

private:
    struct Private;
    std::unique_ptr<Private> m;
};

} // namespace core
