// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Link the pkg-config target of cpp-httplib: it defines what the layout of httplib's structs depends on.
#include <httplib.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace test {

/// What the server does with one request.
struct Reply {
    enum class End {
        Complete, ///< the answer ends as it should
        Cut,      ///< the connection breaks after the body
        Stall     ///< nothing more comes, and the connection stays open
    };
    int status = 200;
    std::string body{};
    std::multimap<std::string, std::string> headers{};
    End end = End::Complete;
};

struct SeenRequest {
    std::string method, target, body; ///< target = path and query
    httplib::Headers headers;
    std::string header(const std::string &name) const
    {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string() : found->second;
    }
};

/// An API server on a loopback port that plays a script: each path answers with its replies in order, and the last one
/// again and again. A path without a script is 404 with a Status. Records every request.
class FakeApiServer {
public:
    FakeApiServer()
    {
        const auto handle = [this](const httplib::Request &request, httplib::Response &response) {
            answer(request, response);
        };
        m_server.Get(".*", handle).Post(".*", handle).Patch(".*", handle);
        m_server.set_keep_alive_timeout(1);
        m_server.set_tcp_nodelay(true);
        m_port = m_server.bind_to_any_port("127.0.0.1");
        m_thread = std::thread([this] { m_server.listen_after_bind(); });
        while (!m_server.is_running())
            std::this_thread::yield();
    }
    ~FakeApiServer()
    {
        {
            const std::lock_guard lock(m_mutex);
            m_stopping = true;
        }
        m_changed.notify_all();
        m_server.stop();
        m_thread.join();
    }
    FakeApiServer(const FakeApiServer &) = delete;
    FakeApiServer &operator=(const FakeApiServer &) = delete;

    /// `key` is the path; "watch:" before it means its watches.
    void script(const std::string &key, std::deque<Reply> replies)
    {
        const std::lock_guard lock(m_mutex);
        m_scripts[key] = std::move(replies);
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(m_port); }
    std::vector<SeenRequest> seen() const
    {
        const std::lock_guard lock(m_mutex);
        return m_seen;
    }
    /// Waits until so many requests came; false after ten seconds.
    bool waitForRequests(std::size_t count)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, std::chrono::seconds(10), [&] { return m_seen.size() >= count; });
    }

private:
    Reply next(const httplib::Request &request)
    {
        const std::lock_guard lock(m_mutex);
        m_seen.push_back({request.method, request.target, request.body, request.headers});
        const auto found = m_scripts.find((request.has_param("watch") ? "watch:" : "") + request.path);
        if (found == m_scripts.end())
            return {.status = 404, .body = R"({"kind":"Status","message":"not found","code":404})"};
        auto reply = found->second.front();
        if (found->second.size() > 1)
            found->second.pop_front();
        return reply;
    }

    void answer(const httplib::Request &request, httplib::Response &response)
    {
        const auto reply = next(request);
        m_changed.notify_all();
        response.status = reply.status;
        response.headers.insert(reply.headers.begin(), reply.headers.end());
        if (reply.end == Reply::End::Complete) {
            response.set_content(reply.body, "application/json");
            return;
        }
        response.set_chunked_content_provider(
            "application/json", [this, reply](std::size_t offset, httplib::DataSink &sink) {
                if (offset == 0 && !reply.body.empty() && !sink.write(reply.body.data(), reply.body.size()))
                    return false;
                std::unique_lock lock(m_mutex);
                if (reply.end == Reply::End::Stall)
                    while (!m_stopping && sink.is_writable())
                        m_changed.wait_for(lock, std::chrono::milliseconds(20));
                return false;
            });
    }

    httplib::Server m_server;
    std::thread m_thread;
    int m_port = 0;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_stopping = false; ///< guarded by m_mutex, like all below
    std::map<std::string, std::deque<Reply>> m_scripts;
    std::vector<SeenRequest> m_seen;
};

/// A loopback port on which nobody listens (any more).
inline std::string deadUrl()
{
    const FakeApiServer server;
    return server.url();
}

/// The Status object of a failed request.
inline std::string statusBody(int code, const std::string &reason, const std::string &message)
{
    return R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":")" + message
        + R"(","reason":")" + reason + R"(","code":)" + std::to_string(code) + "}";
}

/// One page of pods named `names`; empty token = the last page.
inline std::string podPage(const std::vector<std::string> &names, const std::string &version, const std::string &token)
{
    std::string items;
    for (const auto &name : names)
        items += (items.empty() ? "" : ",") + (R"({"metadata":{"name":")" + name + R"(","resourceVersion":"1"}})");
    return R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":")" + version
        + (token.empty() ? std::string("\"") : R"(","continue":")" + token + "\"") + R"(},"items":[)" + items + "]}";
}

inline std::string watchLine(const std::string &type, const std::string &name, const std::string &version)
{
    return R"({"type":")" + type + R"(","object":{"metadata":{"name":")" + name + R"(","resourceVersion":")" + version
        + "\"}}}\n";
}

} // namespace test
