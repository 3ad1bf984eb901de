// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/probe_report/probe_run.h"

#include "core/base/process.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace core {

namespace {

constexpr std::size_t mostKept = 16U << 20;

ProcessRequest requestOf(const ProbeRunOptions &options)
{
    ProcessRequest request;
    request.command = options.program;
    request.environment = options.environment;
    request.timeLimit = options.timeLimit;
    request.silenceLimit = options.silenceLimit;
    request.grace = options.grace;
    const auto add = [&request](const char *flag, const std::string &value) {
        if (!value.empty())
            request.arguments.insert(request.arguments.end(), {flag, value});
    };
    if (options.list)
        request.arguments.emplace_back("--list");
    add("--profile", options.list ? std::string() : options.profile);
    add("--device", options.device);
    add("--probe", fmt::format("{}", fmt::join(options.probes, ",")));
    add("--expect", options.expectFile);
    return request;
}

/// An exit that says more than the lines did: the command line or the --expect file was refused, or nothing was said.
std::optional<Error> unusable(const ProcessResult &process, const ProbeReport &report, const std::string &program)
{
    constexpr int usage = 4;
    if (report.exitCode && process.exitCode != usage)
        return {};
    const auto said = process.errorText.substr(0, process.errorText.find_last_not_of('\n') + 1).substr(0, 500);
    if (process.exitCode == usage)
        return Error{ErrorKind::Usage, said.empty() ? "berth-probe refuses its command line" : said, program, {}};
    return Error{ErrorKind::Parse,
                 fmt::format("ended with exit code {} before its report was complete{}{}", process.exitCode,
                             said.empty() ? "" : ": ", said),
                 program, report.begun ? "measure again" : "check that this program is berth-probe"};
}

} // namespace

ProbeRunEnd runProbe(const ProbeRunOptions &options, const std::function<void(const ProbeProgress &)> &onProgress,
                     const std::function<void(std::string_view line)> &onLine, std::stop_token stop)
{
    ProbeRunEnd end;
    ProbeReader reader;
    auto request = requestOf(options);
    request.onLine = [&](std::string_view line) {
        if (end.lines.size() + line.size() < mostKept)
            end.lines.append(line).push_back('\n');
        const auto progress = reader.line(line);
        if (onLine)
            onLine(line);
        if (progress && onProgress)
            onProgress(*progress);
    };
    const auto process = runProcess(request, std::move(stop));
    end.report = reader.report();
    if (!process)
        end.error = process.error();
    else
        end.error = unusable(*process, end.report, options.program);
    return end;
}

} // namespace core
