// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/probe_report/probe_report.h"

#include "core/probe_report/probe_json.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

using Json = nlohmann::json;

constexpr std::size_t longestLine = 1U << 20, mostLog = 200, mostProblems = 50, mostFigures = 10'000;

ProbeReport::Backend backendOf(ProbeFields &fields)
{
    return {fields.text("name"), fields.flag("ok"), fields.text("why"), fields.text("note")};
}

void readHello(ProbeFields &fields, ProbeReport &report)
{
    report.begun = true;
    report.version = fields.text("version");
    report.kernels = fields.text("kernels");
    report.host = fields.text("host");
    report.profile = fields.text("profile");
    report.lacks = fields.text("lacks");
    report.time = fields.whole("time");
}

std::optional<ProbeEvent::Kind> eventKind(const std::string &name)
{
    if (name == "skip")
        return ProbeEvent::Kind::Skip;
    if (name == "inconclusive")
        return ProbeEvent::Kind::Inconclusive;
    if (name == "error")
        return ProbeEvent::Kind::Error;
    return name == "stopped" ? std::optional(ProbeEvent::Kind::Stopped) : std::nullopt;
}

ProbeEvent eventOf(ProbeEvent::Kind kind, ProbeFields &fields)
{
    return {kind,
            fields.text("device"),
            fields.text("probe"),
            static_cast<int>(fields.whole("code").value_or(0)),
            fields.text("name"),
            fields.text(kind == ProbeEvent::Kind::Error ? "what" : "why")};
}

/// What a line adds to the report; lines about progress add nothing.
void readEvent(const std::string &event, ProbeFields &fields, ProbeReport &report)
{
    if (event == "hello")
        readHello(fields, report);
    else if (event == "backend")
        report.backends.push_back(backendOf(fields));
    else if (event == "device")
        report.devices.push_back(readProbeDevice(fields));
    else if (event == "plan")
        report.planned = fields.texts("devices");
    else if (event == "done")
        report.finished.push_back(fields.text("device"));
    else if (event == "metric" && report.figures.size() < mostFigures)
        report.figures.push_back({fields.text("device"), readProbeMetric(fields)});
    else if (const auto kind = eventKind(event))
        report.events.push_back(eventOf(*kind, fields));
    else if (event == "bye") {
        const auto code = fields.whole("exit");
        report.exitCode = code ? std::optional(static_cast<int>(*code)) : std::nullopt;
        report.seconds = fields.number("seconds").value_or(0);
    }
}

} // namespace

void ProbeReader::problem(std::string what)
{
    if (m_report.problems.size() < mostProblems)
        m_report.problems.push_back(fmt::format("line {}: {}", m_number, std::move(what)));
}

/// What others print is kept; what should have been an event is a problem.
void ProbeReader::noEvent(std::string_view text)
{
    if (text.front() == '{')
        problem(text.size() > longestLine ? "is longer than 1 MiB" : "was cut short or is no line of berth-probe");
    else if (m_report.log.size() < mostLog)
        m_report.log.emplace_back(text.substr(0, 500));
}

std::optional<ProbeProgress> ProbeReader::line(std::string_view text)
{
    ++m_number;
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.remove_suffix(1);
    if (text.empty())
        return {};
    const auto json = text.front() == '{' && text.size() <= longestLine ? Json::parse(text, nullptr, false)
                                                                        : Json(Json::value_t::discarded);
    if (!json.is_object() || !json.contains("ev")) {
        noEvent(text);
        return {};
    }
    ProbeFields fields(json);
    if (const auto version = fields.whole("v"); version != probeSchemaVersion) {
        if (!std::exchange(m_otherVersion, true))
            problem(version ? fmt::format("speaks version {} of the probe's lines, this Berth reads version {}: use a "
                                          "Berth as new as the probe",
                                          *version, probeSchemaVersion)
                            : "has no version");
        return {};
    }
    const auto event = fields.text("ev");
    ProbeReport with;
    readEvent(event, fields, with);
    if (!fields.good()) {
        problem(fields.fault());
        return {};
    }
    readEvent(event, fields, m_report);
    return progress(event, fields);
}

std::optional<ProbeProgress> ProbeReader::progress(const std::string &event, ProbeFields &fields)
{
    const auto before = m_progress;
    m_progress.devices = static_cast<int>(m_report.planned.size());
    m_progress.devicesDone = static_cast<int>(m_report.finished.size());
    if (event == "start" || event == "progress") {
        m_progress.device = fields.text("device");
        m_progress.probe = fields.text("probe");
        m_progress.done = static_cast<int>(fields.whole("done").value_or(0));
        m_progress.of = static_cast<int>(fields.whole("of").value_or(0));
        m_progress.what = fields.text("what");
    }
    return m_progress == before ? std::nullopt : std::optional(m_progress);
}

ProbeReport readProbeReport(std::string_view text)
{
    ProbeReader reader;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        reader.line(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return reader.report();
}

} // namespace core
