// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/reflector.h"

#include <simdjson.h>

#include <condition_variable>
#include <mutex>
#include <random>

namespace core {

namespace {

using namespace std::chrono_literals;

class Backoff {
public:
    explicit Backoff(ReflectorTimes times) : m_times(times) {}
    void reset() { m_attempt = 0; }
    /// How long to wait this time; longer the next.
    std::chrono::milliseconds pause()
    {
        const auto full =
            std::min<std::chrono::milliseconds>(m_times.first * (1 << std::min(m_attempt++, 16)), m_times.longest);
        std::uniform_real_distribution<double> share(0.5, 1.0);
        return std::chrono::duration_cast<std::chrono::milliseconds>(full * share(m_random));
    }
    void wait(std::chrono::milliseconds pause, const std::stop_token &stop)
    {
        std::unique_lock lock(m_mutex);
        m_wake.wait_for(lock, stop, pause, [] { return false; });
    }

private:
    ReflectorTimes m_times;
    int m_attempt = 0;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::minstd_rand m_random{std::random_device{}()};
};

/// What a watch line says about itself. The views live as long as the parser's last document.
struct EventHead {
    std::string_view type;
    simdjson::dom::object object;
};

Result<EventHead> eventHead(simdjson::dom::parser &parser, std::string_view line, const std::string &path)
{
    simdjson::dom::element event;
    EventHead head;
    if (parser.parse(line.data(), line.size()).get(event) != simdjson::SUCCESS
        || event["type"].get(head.type) != simdjson::SUCCESS || event["object"].get(head.object) != simdjson::SUCCESS)
        return fail(ErrorKind::Parse, "the watch sent a line that is no event", path);
    return head;
}

/// An ERROR event as the error it stands for.
Error statusError(const simdjson::dom::object &status, const std::string &path)
{
    Error error{ErrorKind::Server, "the watch failed", path, {}};
    std::int64_t code = 0;
    std::string_view message;
    if (status["code"].get(code) == simdjson::SUCCESS && code == 410)
        error.kind = ErrorKind::Expired;
    if (status["message"].get(message) == simdjson::SUCCESS)
        error.message = message;
    return error;
}

bool isBlind(ErrorKind kind)
{
    return kind == ErrorKind::Forbidden || kind == ErrorKind::NotFound || kind == ErrorKind::Unauthorized;
}

class Reflector {
public:
    Reflector(KubeClient &client, std::string path, const ReflectorHandlers &handlers, std::stop_token stop,
              ReflectorTimes times)
        : m_client(client)
        , m_path(std::move(path))
        , m_handlers(handlers)
        , m_stop(std::move(stop))
        , m_backoff(times)
    {
    }

    void run()
    {
        while (!m_stop.stop_requested()) {
            const auto outcome = m_version.empty() ? list() : watch();
            if (m_stop.stop_requested())
                return;
            if (outcome)
                continue;
            const bool expired = outcome.error().kind == ErrorKind::Expired;
            // Not at once for a second time in a row: a server that expires everything must not be hammered.
            const auto pause = expired && !m_expiredBefore ? 0ms : m_backoff.pause();
            if (expired) // list again; nothing is wrong with the connection
                m_version.clear();
            else if (isBlind(outcome.error().kind))
                m_handlers.onBlind(outcome.error());
            else
                m_handlers.onTrouble(outcome.error(), pause);
            m_backoff.wait(pause, m_stop);
            m_expiredBefore = expired;
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
                auto taken = take(line);
                if (taken) {
                    any = true;
                    m_backoff.reset();
                    m_expiredBefore = false;
                }
                return taken;
            },
            m_stop, m_handlers.onWatching);
        // A stream that ends at once without a word is a fault, not a normal end.
        if (outcome && !any && std::chrono::steady_clock::now() - start < 1s)
            return fail(ErrorKind::Network, "the watch ended at once", m_path);
        return outcome;
    }

    Result<void> take(std::string_view line)
    {
        const auto head = eventHead(m_parser, line, m_path);
        if (!head)
            return std::unexpected(head.error());
        if (head->type == "ERROR")
            return std::unexpected(statusError(head->object, m_path));
        if (head->type != "BOOKMARK" && head->type != "ADDED" && head->type != "MODIFIED" && head->type != "DELETED")
            return fail(ErrorKind::Parse, "the watch sent an event of an unknown type", m_path);
        std::string_view version;
        if (head->object["metadata"]["resourceVersion"].get(version) != simdjson::SUCCESS || version.empty())
            return fail(ErrorKind::Parse, "the watch sent an object without resourceVersion", m_path);
        if (head->type != "BOOKMARK")
            if (auto taken = m_handlers.onEvent(head->type, line); !taken)
                return taken;
        m_version = version;
        return {};
    }

    KubeClient &m_client;
    std::string m_path;
    const ReflectorHandlers &m_handlers;
    std::stop_token m_stop;
    std::string m_version;        ///< opaque; empty = a list is needed
    bool m_expiredBefore = false; ///< the last thing that happened was a 410
    Backoff m_backoff;
    simdjson::dom::parser m_parser;
};

} // namespace

void runReflector(KubeClient &client, const std::string &path, const ReflectorHandlers &handlers, std::stop_token stop,
                  ReflectorTimes times)
{
    Reflector(client, path, handlers, stop, times).run();
}

} // namespace core
