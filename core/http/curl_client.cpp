// SPDX-License-Identifier: GPL-3.0-or-later
// The only user of curl.h.
#include "core/http/http_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <mutex>

namespace core {

namespace {

using Clock = std::chrono::steady_clock;

/// curl_global_init is not thread safe on its own.
void initialiseCurlOnce()
{
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

struct EasyDeleter {
    void operator()(CURL *easy) const { curl_easy_cleanup(easy); }
};
struct ListDeleter {
    void operator()(curl_slist *list) const { curl_slist_free_all(list); }
};

/// "https://host:port/path" without query and user: the place of an error. Both may carry what nobody should log.
std::string placeOf(const std::string &url)
{
    auto place = url.substr(0, url.find('?'));
    const auto host = place.find("://");
    const auto path = host == std::string::npos ? host : place.find('/', host + 3);
    const auto user = host == std::string::npos ? host : place.rfind('@', path);
    if (user != std::string::npos && user > host)
        place.erase(host + 3, user - host - 2);
    return place;
}

/// A line break in a header would let its text become headers of its own.
bool breaksLine(const HttpHeader &header)
{
    constexpr std::string_view forbidden("\r\n\0", 3);
    return header.name.find_first_of(forbidden) != std::string::npos
        || header.value.find_first_of(forbidden) != std::string::npos;
}

struct UrlParts {
    std::string scheme, host, port;
};

UrlParts splitUrl(const std::string &url)
{
    UrlParts parts;
    auto *handle = curl_url();
    curl_url_set(handle, CURLUPART_URL, url.c_str(), 0);
    const auto part = [handle](CURLUPart which, unsigned flags) {
        char *text = nullptr;
        std::string value;
        if (curl_url_get(handle, which, &text, flags) == CURLUE_OK && text)
            value = text;
        curl_free(text);
        return value;
    };
    parts = {part(CURLUPART_SCHEME, 0), part(CURLUPART_HOST, 0), part(CURLUPART_PORT, CURLU_DEFAULT_PORT)};
    curl_url_cleanup(handle);
    return parts;
}

/// One request under way.
struct Transfer {
    const HttpRequest &request;
    const std::function<bool(std::string_view)> *onData = nullptr;
    HttpResponse response{};
    CURL *easy = nullptr;
    Clock::time_point lastByte = Clock::now();
    bool endedByReader = false;
    bool tooLarge = false;
    char errorText[CURL_ERROR_SIZE] = {};

    std::size_t receive(std::string_view data)
    {
        lastByte = Clock::now();
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        if (onData && status == 200) {
            if ((*onData)(data))
                return data.size();
            endedByReader = true;
            return 0;
        }
        if (response.body.size() + data.size() > request.maxBodyBytes) {
            tooLarge = true;
            return 0;
        }
        response.body.append(data);
        if (request.onBody && status == 200)
            request.onBody(response.body);
        return data.size();
    }

    void receiveHeader(std::string_view line)
    {
        lastByte = Clock::now();
        const auto colon = line.find(':');
        if (line.starts_with("HTTP/"))
            response.headers.clear();
        if (colon == std::string_view::npos)
            return endHeaders(line);
        std::string name(line.substr(0, colon));
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        auto value = line.substr(colon + 1);
        const auto first = value.find_first_not_of(" \t");
        const auto last = value.find_last_not_of(" \t\r\n");
        response.headers.push_back(
            {std::move(name),
             first == std::string_view::npos ? std::string() : std::string(value.substr(first, last - first + 1))});
    }

    /// A line without a colon: the status line, or the empty one after the last header.
    void endHeaders(std::string_view line) const
    {
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        if (onData && request.onAccepted && status == 200 && line.find_first_not_of("\r\n") == std::string_view::npos)
            request.onAccepted();
    }
};

std::size_t onBody(char *data, std::size_t, std::size_t size, void *self)
{
    return static_cast<Transfer *>(self)->receive({data, size});
}
std::size_t onHeader(char *data, std::size_t, std::size_t size, void *self)
{
    static_cast<Transfer *>(self)->receiveHeader({data, size});
    return size;
}

void setBlob(CURL *easy, CURLoption option, const std::string &pem)
{
    curl_blob blob{const_cast<char *>(pem.data()), pem.size(), CURL_BLOB_COPY};
    curl_easy_setopt(easy, option, &blob);
}

class CurlClient final : public HttpClient {
public:
    CurlClient()
    {
        initialiseCurlOnce();
        m_multi = curl_multi_init();
    }
    ~CurlClient() override { curl_multi_cleanup(m_multi); }
    CurlClient(const CurlClient &) = delete;
    CurlClient &operator=(const CurlClient &) = delete;

    Result<HttpResponse> send(const HttpRequest &request, std::stop_token stop) override
    {
        return perform(request, nullptr, stop);
    }
    Result<HttpResponse> stream(const HttpRequest &request, const std::function<bool(std::string_view)> &onData,
                                std::stop_token stop) override
    {
        return perform(request, &onData, stop);
    }
    std::unique_ptr<HttpClient> another() const override { return std::make_unique<CurlClient>(); }

private:
    Result<HttpResponse> perform(const HttpRequest &request, const std::function<bool(std::string_view)> *onData,
                                 const std::stop_token &stop)
    {
        for (const auto &header : request.headers)
            if (breaksLine(header))
                return fail(ErrorKind::Usage,
                            fmt::format("the header {} holds a line break", header.name.substr(0, 40)),
                            placeOf(request.url), "check the credential in the kubeconfig");
        const std::unique_ptr<CURL, EasyDeleter> easy(curl_easy_init());
        std::unique_ptr<curl_slist, ListDeleter> headers, connectTo;
        Transfer transfer{.request = request, .onData = onData, .easy = easy.get()};
        configure(transfer, headers, connectTo);
        curl_multi_add_handle(m_multi, easy.get());
        auto outcome = drive(transfer, stop);
        curl_multi_remove_handle(m_multi, easy.get());
        if (!outcome)
            return std::unexpected(outcome.error());
        long status = 0;
        curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
        transfer.response.status = static_cast<int>(status);
        return std::move(transfer.response);
    }

    static void configure(Transfer &transfer, std::unique_ptr<curl_slist, ListDeleter> &headers,
                          std::unique_ptr<curl_slist, ListDeleter> &connectTo)
    {
        const auto &request = transfer.request;
        auto *easy = transfer.easy;
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.errorText);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, onBody);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
        curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, onHeader);
        curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
        curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 512L * 1024L);
        // One connection, one stream at a time: HTTP/2 framing would only cost.
        curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connectTimeout.count()));
        curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.totalTimeout.count()));
        // A watch may be quiet for minutes: probes find a dead peer and keep middleboxes from forgetting the
        // connection.
        curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
        curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, 30L);
        curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 15L);
        if (!request.proxyUrl.empty())
            curl_easy_setopt(easy, CURLOPT_PROXY, request.proxyUrl.c_str());
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
        if (!request.body.empty() || request.method == "POST" || request.method == "PATCH" || request.method == "PUT") {
            curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
            curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
        }
        curl_slist *list = curl_slist_append(nullptr, "Expect:");
        for (const auto &header : request.headers)
            list = curl_slist_append(list, (header.name + ": " + header.value).c_str());
        headers.reset(list);
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
        configureTls(transfer, connectTo);
    }

    static void configureTls(Transfer &transfer, std::unique_ptr<curl_slist, ListDeleter> &connectTo)
    {
        const auto &tls = transfer.request.tls;
        auto *easy = transfer.easy;
        curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, tls.insecureSkipVerify ? 0L : 1L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, tls.insecureSkipVerify ? 0L : 2L);
        if (!tls.caPem.empty())
            setBlob(easy, CURLOPT_CAINFO_BLOB, tls.caPem);
        else if (!tls.caFile.empty())
            curl_easy_setopt(easy, CURLOPT_CAINFO, tls.caFile.c_str());
        if (!tls.certPem.empty())
            setBlob(easy, CURLOPT_SSLCERT_BLOB, tls.certPem);
        else if (!tls.certFile.empty())
            curl_easy_setopt(easy, CURLOPT_SSLCERT, tls.certFile.c_str());
        if (!tls.keyPem.empty())
            setBlob(easy, CURLOPT_SSLKEY_BLOB, tls.keyPem);
        else if (!tls.keyFile.empty())
            curl_easy_setopt(easy, CURLOPT_SSLKEY, tls.keyFile.c_str());

        // curl checks the certificate against the URL's host; another server name is asked for by putting that name
        // into the URL and sending the connection to the real host.
        auto url = transfer.request.url;
        if (!tls.serverName.empty()) {
            const auto parts = splitUrl(url);
            const auto from = url.find("://") + 3;
            url.replace(from, url.find_first_of("/?", from) - from, tls.serverName + ":" + parts.port);
            connectTo.reset(curl_slist_append(
                nullptr, fmt::format("{}:{}:{}:{}", tls.serverName, parts.port, parts.host, parts.port).c_str()));
            curl_easy_setopt(easy, CURLOPT_CONNECT_TO, connectTo.get());
        }
        curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    }

    /// Runs the transfer to its end. Returns early when asked to stop, or when no byte came for the silence limit.
    Result<void> drive(Transfer &transfer, const std::stop_token &stop)
    {
        const auto place = placeOf(transfer.request.url);
        const std::stop_callback wake(stop, [this] { curl_multi_wakeup(m_multi); });
        const auto silence = transfer.request.silenceLimit;
        int running = 1;
        while (true) {
            if (stop.stop_requested())
                return fail(ErrorKind::Cancelled, "stopped", place);
            curl_multi_perform(m_multi, &running);
            if (running == 0)
                break;
            if (silence.count() > 0 && Clock::now() - transfer.lastByte > silence)
                return fail(ErrorKind::Timeout, fmt::format("no byte for {} s", silence.count() / 1000), place,
                            "check the network between here and the API server");
            curl_multi_poll(
                m_multi, nullptr, 0,
                silence.count() > 0 ? static_cast<int>(std::min<long>(silence.count() / 4 + 1, 1000)) : 1000, nullptr);
        }
        return outcome(transfer, place);
    }

    Result<void> outcome(const Transfer &transfer, const std::string &place)
    {
        int left = 0;
        const auto *message = curl_multi_info_read(m_multi, &left);
        const auto code = message ? message->data.result : CURLE_OK;
        if (code == CURLE_OK || transfer.endedByReader)
            return {};
        const std::string text = transfer.errorText[0] ? transfer.errorText : curl_easy_strerror(code);
        if (transfer.tooLarge)
            return fail(ErrorKind::Parse,
                        fmt::format("the answer is larger than {} MiB", transfer.request.maxBodyBytes >> 20), place);
        switch (code) {
        case CURLE_OPERATION_TIMEDOUT:
            return fail(ErrorKind::Timeout, "does not answer: " + text, place,
                        "check that the server is up and reachable from here");
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_INVALIDCERTSTATUS:
            return fail(ErrorKind::Tls, text, place,
                        "check certificate-authority, client-certificate and tls-server-name in the kubeconfig");
        case CURLE_COULDNT_RESOLVE_HOST:
            return fail(ErrorKind::Network, text, place, "check the server name in the kubeconfig and your DNS");
        case CURLE_COULDNT_CONNECT:
            return fail(ErrorKind::Network, text, place, "check that the server runs and the port is right");
        default: return fail(ErrorKind::Network, text, place);
        }
    }

    CURLM *m_multi = nullptr;
};

} // namespace

std::unique_ptr<HttpClient> makeCurlClient()
{
    return std::make_unique<CurlClient>();
}

} // namespace core
