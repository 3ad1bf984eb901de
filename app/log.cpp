// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/log.h"

#include <spdlog/sinks/null_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>

#include <chrono>

namespace app {

namespace {

constexpr std::size_t fileBytes = 2u << 20;
constexpr std::size_t olderFiles = 3;

class LoggedClient final : public core::HttpClient {
public:
    LoggedClient(std::unique_ptr<core::HttpClient> http, Log log) : m_http(std::move(http)), m_log(std::move(log)) {}

    core::Result<core::HttpResponse> send(const core::HttpRequest &request, std::stop_token stop) override
    {
        const auto begin = std::chrono::steady_clock::now();
        auto answer = m_http->send(request, std::move(stop));
        note(request, answer, begin);
        return answer;
    }

    core::Result<core::HttpResponse> stream(const core::HttpRequest &request,
                                            const std::function<bool(std::string_view)> &onData,
                                            std::stop_token stop) override
    {
        const auto begin = std::chrono::steady_clock::now();
        auto answer = m_http->stream(request, onData, std::move(stop));
        note(request, answer, begin);
        return answer;
    }

    std::unique_ptr<core::HttpClient> another() const override
    {
        return std::make_unique<LoggedClient>(m_http->another(), m_log);
    }

private:
    void note(const core::HttpRequest &request, const core::Result<core::HttpResponse> &answer,
              std::chrono::steady_clock::time_point begin)
    {
        const auto took =
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count();
        const auto address = addressForLog(request.url);
        if (answer)
            m_log->log(answer->status < 400 ? spdlog::level::debug : spdlog::level::warn, "{} {} {} in {} ms",
                       request.method, address, answer->status, took);
        else if (answer.error().kind == core::ErrorKind::Cancelled)
            m_log->debug("{} {} cancelled after {} ms", request.method, address, took);
        else
            m_log->warn("{} {} failed after {} ms: {}", request.method, address, took, answer.error().message);
    }

    std::unique_ptr<core::HttpClient> m_http;
    Log m_log;
};

} // namespace

OpenedLog openLog(const std::filesystem::path &folder, const std::string &name, const std::string &level)
{
    OpenedLog opened;
    try {
        std::filesystem::create_directories(folder);
        auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>((folder / (name + ".log")).string(),
                                                                           fileBytes, olderFiles);
        opened.log = std::make_shared<spdlog::logger>(name, std::move(sink));
    } catch (const std::exception &error) { // std::filesystem_error or spdlog_ex
        opened.problem = std::string("no log is kept: ") + error.what();
        opened.log = std::make_shared<spdlog::logger>(name, std::make_shared<spdlog::sinks::null_sink_mt>());
    }
    opened.log->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l [%P] %v");
    opened.log->set_level(spdlog::level::from_str(level == "error" ? "err" : level));
    opened.log->flush_on(spdlog::level::info);
    return opened;
}

std::unique_ptr<core::HttpClient> logged(std::unique_ptr<core::HttpClient> http, Log log)
{
    return std::make_unique<LoggedClient>(std::move(http), std::move(log));
}

std::string addressForLog(const std::string &url)
{
    auto shown = url.substr(0, url.find_first_of("?#"));
    const auto scheme = shown.find("://");
    const auto host = scheme == std::string::npos ? 0 : scheme + 3;
    const auto path = shown.find('/', host);
    const auto at = shown.rfind('@', path);
    if (at != std::string::npos && at >= host && (path == std::string::npos || at < path))
        shown.erase(host, at + 1 - host);
    return shown;
}

} // namespace app
