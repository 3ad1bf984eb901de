// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/kube_client.h"

#include "core/kube/credentials.h"
#include "core/kube/paged_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <random>

namespace core {

namespace {

using namespace std::chrono_literals;

/// etcd refuses objects above 1.5 MiB; the rest is room for servers with a larger limit.
constexpr std::size_t maxLineBytes = 64U << 20;

std::string percentEncode(std::string_view text)
{
    std::string out;
    for (const unsigned char c : text) {
        if (std::isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~')
            out += static_cast<char>(c);
        else
            out += fmt::format("%{:02X}", c);
    }
    return out;
}

std::string withQuery(std::string path, std::string_view query)
{
    path += path.contains('?') ? '&' : '?';
    path += query;
    return path;
}

/// The message of a v1.Status, or the first line of whatever came instead.
std::string statusMessage(const HttpResponse &response)
{
    const auto json = nlohmann::json::parse(response.body, nullptr, false);
    if (json.is_object() && json.contains("message") && json["message"].is_string())
        return json["message"].get<std::string>();
    const auto line = response.body.substr(0, std::min<std::size_t>(response.body.find('\n'), 200));
    return line.empty() ? fmt::format("HTTP {}", response.status) : line;
}

ErrorKind kindOf(int status)
{
    switch (status) {
    case 400: return ErrorKind::Invalid;
    case 401: return ErrorKind::Unauthorized;
    case 403: return ErrorKind::Forbidden;
    case 404: return ErrorKind::NotFound;
    case 409: return ErrorKind::Conflict;
    case 410: return ErrorKind::Expired;
    case 422: return ErrorKind::Invalid;
    case 429: return ErrorKind::TooManyRequests;
    case 504: return ErrorKind::Timeout;
    default: return status >= 500 ? ErrorKind::Server : ErrorKind::Invalid;
    }
}

std::unexpected<Error> statusError(const HttpResponse &response, std::string place)
{
    const auto kind = kindOf(response.status);
    auto remedy = kind == ErrorKind::Unauthorized
        ? "the credential is not accepted: log in again, or check the user in the kubeconfig"
        : "";
    return fail(kind, fmt::format("{} (HTTP {})", statusMessage(response), response.status), std::move(place), remedy);
}

std::string textOf(const nlohmann::json &object, const char *key)
{
    return object.is_object() && object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : "?";
}

/// Names field and manager of every conflict, from the causes of the Status.
std::string conflictMessage(const HttpResponse &response)
{
    const auto json = nlohmann::json::parse(response.body, nullptr, false);
    std::string message;
    if (json.is_object() && json.contains("details") && json["details"].contains("causes"))
        for (const auto &cause : json["details"]["causes"])
            message +=
                fmt::format("{}{}: {}", message.empty() ? "" : "; ", textOf(cause, "field"), textOf(cause, "message"));
    return message.empty() ? statusMessage(response) : message;
}

/// Objects come from files and from people: a broken byte must not become an exception.
template <class Json>
std::string dump(const Json &document)
{
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Waits, but not longer than until somebody asks to stop.
void pause(std::chrono::milliseconds time, const std::stop_token &stop)
{
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, time, [] { return false; });
}

std::chrono::milliseconds retryDelay(const HttpResponse &response, int attempt, std::chrono::milliseconds first)
{
    if (const auto after = response.header("retry-after")) {
        int seconds = 0;
        const auto [end, status] = std::from_chars(after->data(), after->data() + after->size(), seconds);
        if (status == std::errc{} && end == after->data() + after->size() && seconds >= 0)
            return std::min<std::chrono::milliseconds>(std::chrono::seconds(seconds), 60s);
    }
    static thread_local std::minstd_rand random{std::random_device{}()};
    return first * (1 << attempt) * (50 + static_cast<int>(random() % 100)) / 100;
}

} // namespace

std::string apiPath(const ApiResource &resource, std::string_view nameSpace, std::string_view name)
{
    auto path =
        resource.group.empty() ? "/api/" + resource.version : "/apis/" + resource.group + "/" + resource.version;
    if (!nameSpace.empty())
        path += "/namespaces/" + percentEncode(nameSpace);
    path += "/" + resource.plural;
    return name.empty() ? path : path + "/" + percentEncode(name);
}

struct KubeClient::Private {
    std::unique_ptr<HttpClient> http;
    ClusterAccess access;
    KubeTimes times;
    std::unique_ptr<HttpClient> second = nullptr; ///< made when a list has more than one page
    std::mutex credentialMutex = {};              ///< two pages may be under way at once; a source is for one thread

    HttpClient &lane(int index)
    {
        if (index == 0)
            return *http;
        if (!second)
            second = http->another();
        return *second;
    }

    /// Without the query, and without a user that somebody wrote into the server's URL.
    std::string placeOf(const std::string &path) const
    {
        auto server = access.server;
        const auto host = server.find("://");
        const auto user = host == std::string::npos ? host : server.rfind('@', server.find('/', host + 3));
        if (user != std::string::npos)
            server.erase(host + 3, user - host - 2);
        return server + path.substr(0, path.find('?'));
    }

    /// The request with the credential of the moment.
    Result<HttpRequest> request(const std::string &method, const std::string &path, const std::stop_token &stop)
    {
        HttpRequest request;
        request.method = method;
        request.url = access.server + path;
        request.tls = access.tls;
        request.proxyUrl = access.proxyUrl;
        request.silenceLimit = times.silence;
        request.headers = access.headers;
        request.headers.push_back({"Accept", "application/json"});
        request.headers.push_back({"User-Agent", "berth/" BERTH_VERSION});
        if (access.credentials) {
            const std::lock_guard lock(credentialMutex);
            const auto credential = access.credentials->credential(stop);
            if (!credential)
                return std::unexpected(credential.error());
            if (!credential->authorization.empty())
                request.headers.push_back({"Authorization", credential->authorization});
            if (!credential->certPem.empty()) {
                request.tls.certPem = credential->certPem;
                request.tls.keyPem = credential->keyPem;
            }
        }
        return request;
    }

    void refuseCredential()
    {
        const std::lock_guard lock(credentialMutex);
        access.credentials->invalidate();
    }

    using Prepare = std::function<void(HttpRequest &)>;

    /// Sends; a 401 refreshes the credential once, 429 and (for reads) 5xx are tried again up to four times.
    Result<HttpResponse> send(HttpClient &over, const std::string &method, const std::string &path,
                              const Prepare &prepare, const std::stop_token &stop)
    {
        bool refreshed = false;
        for (int attempt = 0;; ++attempt) {
            auto made = request(method, path, stop);
            if (!made)
                return std::unexpected(made.error());
            if (prepare)
                prepare(*made);
            auto response = over.send(*made, stop);
            if (!response)
                return response;
            if (response->status == 401 && access.credentials && !refreshed) {
                refuseCredential();
                refreshed = true;
                continue;
            }
            const bool again = response->status == 429 || (method == "GET" && response->status >= 500);
            if (!again || attempt == 4 || stop.stop_requested())
                return response;
            pause(retryDelay(*response, attempt, times.retry), stop);
        }
    }

    /// Opens a watch and hands its bytes on; a refused credential is renewed once, 429 waits as the server says.
    Result<HttpResponse> stream(const std::string &path, const std::function<bool(std::string_view)> &onData,
                                const std::function<void()> &onOpen, const std::stop_token &stop)
    {
        bool refreshed = false;
        for (int attempt = 0;; ++attempt) {
            auto made = request("GET", path, stop);
            if (!made)
                return std::unexpected(made.error());
            made->totalTimeout = 0ms;
            made->silenceLimit = times.watchSilence;
            made->onAccepted = onOpen;
            auto response = http->stream(*made, onData, stop);
            if (!response || response->status == 200 || attempt == 4 || stop.stop_requested())
                return response;
            if (response->status == 401 && access.credentials && !refreshed) {
                refuseCredential();
                refreshed = true;
            } else if (response->status == 429) {
                pause(retryDelay(*response, attempt, times.retry), stop);
            } else {
                return response;
            }
        }
    }

    Result<nlohmann::json> json(const HttpResponse &response, const std::string &path) const
    {
        if (response.status < 200 || response.status >= 300)
            return statusError(response, placeOf(path));
        auto document = nlohmann::json::parse(response.body, nullptr, false);
        if (document.is_discarded())
            return fail(ErrorKind::Parse, "the answer is not JSON; it may have been cut short", placeOf(path));
        return document;
    }
};

KubeClient::KubeClient(std::unique_ptr<HttpClient> http, ClusterAccess access, KubeTimes times)
    : m(std::make_unique<Private>(std::move(http), std::move(access), times))
{
}

KubeClient::~KubeClient() = default;

const ClusterAccess &KubeClient::access() const
{
    return m->access;
}

Result<std::string> KubeClient::serverVersion(std::stop_token stop)
{
    const auto document = get("/version", stop);
    if (!document)
        return std::unexpected(document.error());
    if (!document->is_object() || !document->contains("gitVersion") || !(*document)["gitVersion"].is_string())
        return fail(ErrorKind::Parse, "gitVersion is missing: this is no Kubernetes API server",
                    m->placeOf("/version"));
    return (*document)["gitVersion"].get<std::string>();
}

Result<nlohmann::json> KubeClient::get(const std::string &path, std::stop_token stop)
{
    const auto response = m->send(*m->http, "GET", path, {}, stop);
    return response ? m->json(*response, path) : std::unexpected(response.error());
}

Result<std::string> KubeClient::podLog(std::string_view nameSpace, std::string_view pod, std::int64_t limitBytes,
                                       std::stop_token stop, std::string_view container)
{
    const auto path = apiPath({"", "v1", "pods"}, nameSpace, pod) + "/log";
    auto query = fmt::format("limitBytes={}", limitBytes);
    if (!container.empty())
        query += fmt::format("&container={}", percentEncode(container));
    // A log is text, whatever the client takes otherwise.
    const auto prepare = [](HttpRequest &request) {
        std::erase_if(request.headers, [](const HttpHeader &header) { return header.name == "Accept"; });
        request.headers.push_back({"Accept", "text/plain, */*"});
    };
    auto response = m->send(*m->http, "GET", withQuery(path, query), prepare, stop);
    if (!response)
        return std::unexpected(response.error());
    if (response->status != 200)
        return statusError(*response, m->placeOf(path));
    return std::move(response->body);
}

Result<nlohmann::json> KubeClient::post(const std::string &path, const nlohmann::json &body, std::stop_token stop)
{
    const auto prepare = [&body](HttpRequest &request) {
        request.body = dump(body);
        request.headers.push_back({"Content-Type", "application/json"});
    };
    const auto response = m->send(*m->http, "POST", path, prepare, stop);
    return response ? m->json(*response, path) : std::unexpected(response.error());
}

Result<ApplyAnswer> KubeClient::apply(const std::string &path, const nlohmann::ordered_json &object,
                                      const ApplyOptions &options, std::stop_token stop)
{
    auto full = withQuery(path,
                          fmt::format("fieldManager={}&force={}&fieldValidation=Strict",
                                      percentEncode(options.fieldManager), options.force));
    if (options.dryRun)
        full += "&dryRun=All";
    const auto prepare = [&object](HttpRequest &request) {
        request.body = dump(object);
        request.headers.push_back({"Content-Type", "application/apply-patch+yaml"});
    };
    const auto response = m->send(*m->http, "PATCH", full, prepare, stop);
    if (!response)
        return std::unexpected(response.error());
    if (response->status == 409)
        return fail(ErrorKind::Conflict, conflictMessage(*response), m->placeOf(path),
                    "take the field over by applying with force, or leave it to its manager");
    auto document = m->json(*response, path);
    if (!document)
        return std::unexpected(document.error());
    ApplyAnswer answer{std::move(*document), {}, response->status == 201};
    for (const auto &header : response->headers)
        if (header.name == "warning")
            answer.warnings.push_back(header.value);
    return answer;
}

Result<std::string> KubeClient::list(const std::string &path, int pageSize,
                                     const std::function<Result<void>(std::string_view page)> &onPage,
                                     const std::function<void()> &onRestart, std::stop_token stop)
{
    const auto fetch = [&](int lane, const std::string &token, const BodyWatcher &watcher,
                           const std::stop_token &over) -> Result<std::string> {
        auto page = withQuery(path, fmt::format("limit={}", pageSize));
        if (!token.empty())
            page += "&continue=" + percentEncode(token);
        auto response = m->send(m->lane(lane), "GET", page, [&](auto &request) { request.onBody = watcher; }, over);
        if (!response)
            return std::unexpected(response.error());
        return response->status == 200 ? Result<std::string>(std::move(response->body))
                                       : statusError(*response, m->placeOf(path));
    };
    return readPages({fetch, onPage, onRestart, m->placeOf(path)}, stop);
}

Result<void> KubeClient::watch(const std::string &path, const std::string &resourceVersion,
                               const std::function<Result<void>(std::string_view line)> &onLine, std::stop_token stop,
                               const std::function<void()> &onOpen)
{
    const auto full = withQuery(path,
                                fmt::format("watch=1&allowWatchBookmarks=true&resourceVersion={}&timeoutSeconds={}",
                                            percentEncode(resourceVersion), m->times.watch.count()));
    std::string pending;
    Result<void> taken;
    const auto onData = [&](std::string_view data) {
        pending.append(data);
        std::size_t start = 0;
        for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n', start)) {
            if (end > start)
                taken = onLine(std::string_view(pending).substr(start, end - start));
            if (!taken)
                return false;
            start = end + 1;
        }
        pending.erase(0, start);
        if (pending.size() > maxLineBytes)
            taken = fail(ErrorKind::Parse, "the watch sent a line without end", m->placeOf(path));
        return taken.has_value();
    };
    const auto response = m->stream(full, onData, onOpen, stop);
    if (!response)
        return std::unexpected(response.error());
    if (!taken)
        return taken;
    if (response->status != 200)
        return statusError(*response, m->placeOf(path));
    // Half a line is a connection that broke, not an event.
    if (!pending.empty())
        return fail(ErrorKind::Network, "the watch broke in the middle of an event", m->placeOf(path));
    return {};
}

Result<bool> KubeClient::mayI(const Access &access, std::stop_token stop)
{
    nlohmann::json attributes{{"verb", access.verb}, {"group", access.group}, {"resource", access.resource}};
    if (!access.nameSpace.empty())
        attributes["namespace"] = access.nameSpace;
    const nlohmann::json review{{"apiVersion", "authorization.k8s.io/v1"},
                                {"kind", "SelfSubjectAccessReview"},
                                {"spec", {{"resourceAttributes", attributes}}}};
    const std::string path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    const auto answer = post(path, review, stop);
    if (!answer)
        return std::unexpected(answer.error());
    if (!answer->contains("status") || !(*answer)["status"].is_object())
        return fail(ErrorKind::Parse, "the access review has no status", m->placeOf(path));
    const auto &status = (*answer)["status"];
    return status.contains("allowed") && status["allowed"].is_boolean() && status["allowed"].get<bool>();
}

} // namespace core
