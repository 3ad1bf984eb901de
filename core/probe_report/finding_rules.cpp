// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/probe_report/finding_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace core {

namespace {

/// Errors that speak of the installation or of another user of the card, never of the card.
constexpr std::array notTheCard{"DRIVER_TOO_OLD",
                                "NO_KERNELS",
                                "KERNELS_NOT_COMPILED",
                                "NO_BINARY_FOR_GPU",
                                "NO_DRIVER",
                                "NO_DEVICE",
                                "UNSUPPORTED_PTX_VERSION",
                                "INVALID_PTX",
                                "INVALID_IMAGE",
                                "INVALID_DEVICE",
                                "NOT_INITIALIZED",
                                "OUT_OF_MEMORY",
                                "SYSTEM_NOT_READY",
                                "SYSTEM_DRIVER_MISMATCH",
                                "DEVICE_UNAVAILABLE",
                                "NO_LIBRARY"};
constexpr double throttledShare = 0.05; ///< of the samples; DCGM fails at 0 seconds and is wrong (DCGM#242)
constexpr double slowUnitShare = 0.90;  ///< of the median clock

ProbeFinding finding(FindingCode code, ProbeVerdict severity, std::string text = {}, std::string metric = {})
{
    ProbeFinding out;
    out.code = code;
    out.severity = severity;
    out.text = std::move(text);
    out.metric = std::move(metric);
    return out;
}

ProbeFinding wrongData(const ProbeMetric &metric)
{
    auto out = finding(FindingCode::WrongData, ProbeVerdict::Fail, {}, metric.fullName());
    out.value = static_cast<double>(metric.wrong);
    if (!metric.findings.empty()) {
        const auto &first = metric.findings.front();
        out.text = fmt::format("{}, byte {}, want {}, got {}{}{}", first.pattern, first.byte, first.want, first.got,
                               first.unit.empty() ? std::string() : fmt::format(", {}", first.unit),
                               first.secondRead.empty()            ? ""
                                   : first.secondRead == first.got ? "; the cell holds it"
                                                                   : "; read right the second time");
    }
    return out;
}

ProbeFinding eventFinding(const ProbeEvent &event)
{
    const auto where = event.probe.empty() ? std::string() : fmt::format("{}: ", event.probe);
    if (event.kind == ProbeEvent::Kind::Stopped)
        return finding(FindingCode::Stopped, ProbeVerdict::Inconclusive, event.what);
    if (event.kind == ProbeEvent::Kind::Inconclusive)
        return finding(FindingCode::NotMeasured, ProbeVerdict::Inconclusive, where + event.what);
    if (std::ranges::find(notTheCard, event.name) != notTheCard.end())
        return finding(FindingCode::NotMeasured, ProbeVerdict::Inconclusive, event.what, event.name);
    if (event.name == "HANG")
        return finding(FindingCode::Hang, ProbeVerdict::Fail, event.what, event.name);
    return finding(FindingCode::DriverError, ProbeVerdict::Fail, where + event.what, event.name);
}

/// "hardware thermal in 12 % of samples, power cap in 90 % of samples": the share of a reason that hurts.
void addThrottling(const ProbeMetric &metric, std::vector<ProbeFinding> &out)
{
    const auto words = metric.words.find("throttled");
    if (words == metric.words.end())
        return;
    for (const auto *reason : {"hardware thermal", "hardware power brake"}) {
        const auto at = words->second.find(fmt::format("{} in ", reason));
        if (at == std::string::npos)
            continue;
        int percent = 0;
        const auto *from = words->second.data() + at + std::char_traits<char>::length(reason) + 4;
        std::from_chars(from, words->second.data() + words->second.size(), percent);
        if (percent <= throttledShare * 100)
            continue;
        auto one = finding(FindingCode::Throttled, ProbeVerdict::Fail, reason, metric.fullName());
        one.value = percent;
        one.unit = std::string("%");
        out.push_back(std::move(one));
        return;
    }
}

void addUnits(const ProbeMetric &metric, std::vector<ProbeFinding> &out)
{
    const auto number = [&metric](const char *key) {
        const auto found = metric.numbers.find(key);
        return found == metric.numbers.end() ? 0.0 : found->second;
    };
    if (number("slowest_mhz") > 0 && number("slowest_mhz") < slowUnitShare * metric.value) {
        const auto unit = metric.words.find("slowest_unit");
        auto one = finding(FindingCode::SlowUnit, ProbeVerdict::Warn,
                           unit == metric.words.end() ? "one unit" : unit->second, metric.fullName());
        one.value = number("slowest_mhz");
        one.expected = metric.value;
        one.unit = metric.unit;
        out.push_back(std::move(one));
    }
    if (number("units_seen") < number("units")) {
        auto one = finding(FindingCode::MissingUnits, ProbeVerdict::Warn, {}, metric.fullName());
        one.value = number("units_seen");
        one.expected = number("units");
        out.push_back(std::move(one));
    }
}

void addDevice(const ProbeResult &result, std::vector<ProbeFinding> &out)
{
    if (!result.device.otherPids.empty()) {
        auto busy = finding(FindingCode::Busy, ProbeVerdict::Inconclusive);
        busy.value = static_cast<double>(result.device.otherPids.size());
        out.push_back(std::move(busy));
    }
    if (const auto errors = result.device.eccUncorrected.value_or(0); errors > 0) {
        auto ecc = finding(FindingCode::EccErrors, ProbeVerdict::Warn);
        ecc.value = static_cast<double>(errors);
        out.push_back(std::move(ecc));
    }
}

} // namespace

FigureKind figureKind(const ProbeMetric &metric)
{
    if (metric.probe == "membw" || metric.probe == "compute" || metric.probe == "matrix" || metric.probe == "library")
        return FigureKind::Throughput;
    if (metric.probe == "link" || metric.probe == "p2p")
        return FigureKind::Link;
    if (metric.fullName() == "load.held")
        return FigureKind::Load;
    return metric.fullName() == "launch.roundtrip" ? FigureKind::Launch : FigureKind::Shown;
}

bool lowerIsBetter(const ProbeMetric &metric)
{
    return metric.probe == "launch" || metric.probe == "latency";
}

SpeedBands bandsFor(FigureKind kind, ReferenceKind reference)
{
    if (kind == FigureKind::Load)
        return loadBands;
    if (kind == FigureKind::Link)
        return linkBands;
    if (kind == FigureKind::Launch)
        return {0.5, 0}; // twice the usual time is a warning; a launch never fails a card
    return reference == ReferenceKind::Fleet ? fleetBands : reference == ReferenceKind::Peers ? peerBands : sheetBands;
}

bool isInconclusive(const ProbeResult &result)
{
    return !result.device.otherPids.empty() || std::ranges::any_of(result.events, [](const ProbeEvent &event) {
        // One probe that had too little memory says nothing about the figures of the others.
        return event.kind == ProbeEvent::Kind::Stopped
            || (event.kind == ProbeEvent::Kind::Inconclusive && event.probe.empty());
    });
}

std::vector<ProbeFinding> ownFindings(const ProbeResult &result)
{
    std::vector<ProbeFinding> out;
    for (const auto &metric : result.metrics) {
        if (!metric.valid)
            out.push_back(wrongData(metric));
        addThrottling(metric, out);
        if (metric.fullName() == "clock.core")
            addUnits(metric, out);
        if (metric.fullName() == "ecc.corrected" && metric.value > 0) {
            out.push_back(finding(FindingCode::EccCorrected, ProbeVerdict::Warn, {}, metric.fullName()));
            out.back().value = metric.value;
        }
    }
    bool explained = false;
    for (const auto &event : result.events) {
        if (event.kind == ProbeEvent::Kind::Skip)
            continue;
        explained = true;
        out.push_back(eventFinding(event));
    }
    addDevice(result, out);
    if (!result.finished && !explained)
        out.push_back(finding(FindingCode::Unfinished, ProbeVerdict::Inconclusive));
    if (result.finished && result.metrics.empty() && !explained)
        out.push_back(
            finding(FindingCode::NotMeasured, ProbeVerdict::Inconclusive, "no probe could run on this device"));
    return out;
}

std::vector<ProbeFinding> linkFindings(const ProbeDevice &device, const FigureVerdict *copy)
{
    if (!device.link)
        return {};
    const auto &link = *device.link;
    const bool slow =
        copy != nullptr && copy->judged && (copy->verdict == ProbeVerdict::Warn || copy->verdict == ProbeVerdict::Fail);
    const bool narrow = link.width > 0 && link.width < link.maxWidth;
    // An idle card lowers its generation and raises it under load: only a slow copy makes it a finding.
    const bool lowered = link.gen > 0 && link.gen < link.maxGen;
    if (!narrow && !(slow && lowered))
        return {};
    auto one =
        finding(narrow ? FindingCode::LinkNarrow : FindingCode::LinkSlow, slow ? copy->verdict : ProbeVerdict::Warn);
    one.link = link;
    return {one};
}

} // namespace core
