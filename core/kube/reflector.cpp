// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/reflector.h"

#include <condition_variable>
#include <mutex>
#include <random>

namespace core {

namespace {

using namespace std::chrono_literals;

/// Doubles from 0.5 s to 30 s, with jitter so that a fleet of clients does not come back in step.
class Backoff {
public:
    void reset() { m_attempt = 0; }
    void wait(const std::stop_token &stop)
    {
        const auto full = std::min<std::chrono::milliseconds>(500ms * (1 << std::min(m_attempt++, 6)), 30s);
        std::uniform_real_distribution<double> share(0.5, 1.0);
        std::unique_lock lock(m_mutex);
        m_wake.wait_for(lock, stop, full * share(m_random), [] { return false; });
    }

private:
    int m_attempt = 0;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::minstd_rand m_random{std::random_device{}()};
};

/// The value of the first `"key":"value"` in a line. The type of a watch event stands before its object, and a
/// bookmark's object has no other resourceVersion; changed objects are read by the caller.
std::string_view firstText(std::string_view line, std::string_view key)
{
    const auto at = line.find(key);
    if (at == std::string_view::npos)
        return {};
    const auto open = line.find('"', line.find(':', at + key.size()) + 1);
    const auto close = line.find('"', open + 1);
    return open == std::string_view::npos || close == std::string_view::npos ? std::string_view()
                                                                             : line.substr(open + 1, close - open - 1);
}

std::string objectVersion(std::string_view line)
{
    const auto event = nlohmann::json::parse(line, nullptr, false);
    if (!event.is_object() || !event.contains("object") || !event["object"].is_object())
        return {};
    const auto &object = event["object"];
    if (!object.contains("metadata") || !object["metadata"].is_object())
        return {};
    return object["metadata"].value("resourceVersion", std::string());
}

/// An ERROR event as the error it stands for.
Error eventError(std::string_view line, const std::string &path)
{
    const auto event = nlohmann::json::parse(line, nullptr, false);
    Error error{ErrorKind::Server, "the watch failed", path, {}};
    if (event.is_object() && event.contains("object") && event["object"].is_object()) {
        const auto &status = event["object"];
        if (status.contains("code") && status["code"].is_number_integer() && status["code"].get<int>() == 410)
            error.kind = ErrorKind::Expired;
        if (status.contains("message") && status["message"].is_string())
            error.message = status["message"];
    }
    return error;
}

bool isBlind(ErrorKind kind)
{
    return kind == ErrorKind::Forbidden || kind == ErrorKind::NotFound || kind == ErrorKind::Unauthorized;
}

class Reflector {
public:
    Reflector(KubeClient &client, const std::string &path, const ReflectorHandlers &handlers,
              const std::stop_token &stop)
        : m_client(client)
        , m_path(path)
        , m_handlers(handlers)
        , m_stop(stop)
    {
    }

    void run()
    {
        while (!m_stop.stop_requested()) {
            const auto outcome = m_version.empty() ? list() : watch();
            if (m_stop.stop_requested())
                return;
            if (outcome) {
                m_backoff.reset();
                continue;
            }
            if (outcome.error().kind == ErrorKind::Expired) { // relist at once: nothing is wrong with the connection
                m_version.clear();
                continue;
            }
            if (isBlind(outcome.error().kind))
                m_handlers.onBlind(outcome.error());
            else
                m_handlers.onTrouble(outcome.error());
            m_backoff.wait(m_stop);
        }
    }

private:
    Result<void> list()
    {
        m_handlers.onListBegin();
        const auto version = m_client.list(m_path, 500, m_handlers.onListPage, m_handlers.onListBegin, m_stop);
        if (!version)
            return std::unexpected(version.error());
        m_handlers.onListDone();
        m_version = *version;
        // Without a version there is nothing to watch from: an old or odd server is asked again later.
        return m_version.empty() ? fail(ErrorKind::Parse, "the list has no resourceVersion", m_path) : Result<void>();
    }

    Result<void> watch()
    {
        const auto start = std::chrono::steady_clock::now();
        bool any = false;
        const auto outcome = m_client.watch(
            m_path, m_version,
            [this, &any](std::string_view line) {
                any = true;
                return take(line);
            },
            m_stop);
        // A stream that ends at once without a word is a fault, not a normal end.
        if (outcome && !any && std::chrono::steady_clock::now() - start < 1s)
            return fail(ErrorKind::Network, "the watch ended at once", m_path);
        return outcome;
    }

    Result<void> take(std::string_view line)
    {
        const auto type = firstText(line, "\"type\"");
        if (type == "ERROR")
            return std::unexpected(eventError(line, m_path));
        if (type != "BOOKMARK" && type != "ADDED" && type != "MODIFIED" && type != "DELETED")
            return fail(ErrorKind::Parse, "the watch sent a line that is no event", m_path);
        auto version = objectVersion(line);
        if (version.empty())
            return fail(ErrorKind::Parse, "the watch sent an object without resourceVersion", m_path);
        if (type != "BOOKMARK")
            if (auto taken = m_handlers.onEvent(type, line); !taken)
                return taken;
        m_version = std::move(version);
        return {};
    }

    KubeClient &m_client;
    const std::string &m_path;
    const ReflectorHandlers &m_handlers;
    std::stop_token m_stop;
    std::string m_version; ///< opaque; empty = a list is needed
    Backoff m_backoff;
};

} // namespace

void runReflector(KubeClient &client, const std::string &path, const ReflectorHandlers &handlers, std::stop_token stop)
{
    Reflector(client, path, handlers, stop).run();
}

} // namespace core
