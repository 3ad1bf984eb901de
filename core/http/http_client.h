// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace core {

struct HttpHeader {
    std::string name, value;
};

/// How to trust the server and prove who we are. PEM texts are held in memory only; never logged.
struct TlsOptions {
    std::string caFile, caPem;     ///< at most one; none = the system's store
    std::string certFile, certPem; ///< client certificate
    std::string keyFile, keyPem;
    std::string serverName; ///< tls-server-name; empty = host of the URL
    bool insecureSkipVerify = false;
};

struct HttpRequest {
    std::string method = "GET";
    std::string url;
    std::vector<HttpHeader> headers;
    std::string body;
    TlsOptions tls;
    std::string proxyUrl;
    std::chrono::milliseconds connectTimeout{10'000};
    std::chrono::milliseconds totalTimeout{60'000}; ///< 0 = none (watches)
    std::chrono::milliseconds silenceLimit{60'000}; ///< no byte for so long = Timeout; 0 = none
    std::size_t maxBodyBytes = 512u << 20;          ///< larger answers are an error, not an allocation
    /// send() tells it what has come of a 200 answer's body, each time more has; on the sending thread. May be empty.
    std::function<void(std::string_view soFar)> onBody = {};
    /// stream() calls it when the server has answered 200, before any data: a watch may be silent for minutes. May be
    /// empty.
    std::function<void()> onAccepted = {};
};

struct HttpResponse {
    int status = 0;
    std::vector<HttpHeader> headers; ///< names lower-cased
    std::string body;
    std::optional<std::string> header(std::string_view lowerName) const;
};

/// One connection pool; blocking; used by one thread at a time.
class HttpClient {
public:
    virtual ~HttpClient() = default;
    /// Sends and waits for the whole answer. Any HTTP status is a value; only transport failures are errors.
    virtual Result<HttpResponse> send(const HttpRequest &request, std::stop_token stop) = 0;
    /// Streams the body of a 200 answer to `onData` (return false to end). Other statuses collect the body in the
    /// response.
    virtual Result<HttpResponse> stream(const HttpRequest &request, const std::function<bool(std::string_view)> &onData,
                                        std::stop_token stop) = 0;
    /// A second pool alike, for requests at the same time on another thread.
    virtual std::unique_ptr<HttpClient> another() const = 0;
};

/// libcurl multi; wakes within a millisecond when `stop` is requested.
std::unique_ptr<HttpClient> makeCurlClient();

} // namespace core
