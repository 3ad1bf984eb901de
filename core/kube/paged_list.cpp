// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/paged_list.h"

#include "core/kube/list_meta.h"

#include <future>
#include <memory>
#include <utility>

namespace core {

namespace {

/// The list's own metadata are a few hundred bytes; a server that hides them behind the items is not read ahead.
constexpr std::size_t headBytes = 64U << 10;

/// One page under way. Its end is awaited before it goes.
class PageFetch {
public:
    PageFetch(const PageReader &reader, int lane, std::string token, const std::stop_token &stop)
        : m_lane(lane)
        , m_next(m_told.get_future())
        , m_body(std::async(std::launch::async,
                            [this, &reader, token = std::move(token), stop] { return run(reader, token, stop); }))
    {
    }

    int lane() const { return m_lane; }
    /// Waits until the page has said what comes after it; empty: nothing, or it did not say so early.
    std::string nextToken() { return m_next.get(); }
    Result<std::string> body() { return m_body.get(); }

private:
    Result<std::string> run(const PageReader &reader, const std::string &token, const std::stop_token &stop)
    {
        bool told = false;
        const auto tell = [this, &told](std::string next) {
            if (!std::exchange(told, true))
                m_told.set_value(std::move(next));
        };
        auto body = reader.fetch(
            m_lane, token,
            [&](std::string_view soFar) {
                if (told)
                    return;
                if (const auto meta = listMeta(soFar.substr(0, headBytes), reader.place))
                    tell(meta->continueToken);
                else if (soFar.size() > headBytes)
                    tell({});
            },
            stop);
        tell({});
        return body;
    }

    int m_lane;
    std::promise<std::string> m_told;
    std::future<std::string> m_next;
    std::future<Result<std::string>> m_body; ///< last: its thread uses the others
};

/// The pages from the first to the last, once.
Result<std::string> readOnce(const PageReader &reader, bool &begun, const std::stop_token &stop)
{
    std::stop_source giveUp; // a page ahead is not waited for when the one before it fails
    const std::stop_callback passOn(stop, [&giveUp] { giveUp.request_stop(); });
    const auto fetch = [&](int lane, const std::string &token) {
        return std::make_unique<PageFetch>(reader, lane, token, giveUp.get_token());
    };
    const auto stopped = [&giveUp](const Error &error) {
        giveUp.request_stop();
        return std::unexpected(error);
    };
    auto page = fetch(0, {});
    while (true) {
        const auto token = page->nextToken();
        auto ahead = token.empty() ? nullptr : fetch(1 - page->lane(), token);
        const auto body = page->body();
        if (!body)
            return stopped(body.error());
        const auto meta = listMeta(*body, reader.place);
        if (!meta)
            return stopped(meta.error());
        if (const auto taken = reader.onPage(*body); !taken)
            return stopped(taken.error());
        if (meta->continueToken.empty())
            return meta->resourceVersion;
        begun = true;
        page = ahead ? std::move(ahead) : fetch(1 - page->lane(), meta->continueToken);
    }
}

} // namespace

Result<std::string> readPages(const PageReader &reader, const std::stop_token &stop)
{
    for (int restarts = 0;; ++restarts) {
        bool begun = false;
        auto version = readOnce(reader, begun, stop);
        // A consistent list must begin again; a server that expires every token is an error, not a loop.
        if (version || version.error().kind != ErrorKind::Expired || !begun || restarts == 3)
            return version;
        reader.onRestart();
    }
}

} // namespace core
