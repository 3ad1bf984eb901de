// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/probe_report/plain_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

/// Four significant digits: what is beyond is noise.
std::string amount(double value)
{
    return value >= 1000 ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
}

std::string usual(ReferenceKind reference)
{
    switch (reference) {
    case ReferenceKind::Fleet: return "usual for this model";
    case ReferenceKind::Peers: return "of the best card in this host";
    case ReferenceKind::Sheet:
    case ReferenceKind::None: return "expected of this model";
    }
    return "expected";
}

std::string slower(const ProbeFinding &finding)
{
    const auto percent = finding.expected > 0 ? 100 * (1 - finding.value / finding.expected) : 0;
    if (finding.unit == "ratio")
        return fmt::format("loses speed under load: {:.0f} % of its rate at the start", 100 * finding.value);
    return fmt::format("{} {} {}, {:.0f} % below the {} {} {}", figureName(finding.metric), amount(finding.value),
                       figureUnit(finding.unit), percent, amount(finding.expected), figureUnit(finding.unit),
                       usual(finding.reference));
}

std::string linkText(const ProbeLink &link)
{
    return fmt::format("running at PCIe gen {} x{}, capable of gen {} x{}", link.gen, link.width, link.maxGen,
                       link.maxWidth);
}

/// What to do about a figure that was low twice: a link's reasons are not the card's.
std::string nextStep(std::string_view metric)
{
    if (metric.starts_with("link."))
        return "look at the slot (lanes, generation, riser) and the host's memory (NUMA)";
    if (metric.starts_with("p2p."))
        return "look at the NVLink or xGMI counters, and at ACS and IOMMU settings";
    return "look at throttling and clocks; keep synchronous jobs off it, the whole job runs at its speed";
}

PlainWords speedWords(const ProbeFinding &finding)
{
    switch (finding.code) {
    case FindingCode::Slow: return {slower(finding) + ", in 2 of 2 runs", nextStep(finding.metric)};
    case FindingCode::SlowOnce: return {slower(finding) + ", seen once", "measure again before anything is decided"};
    case FindingCode::Unsteady:
        return {fmt::format("{} varies by more than 5 % from one repetition to the next", figureName(finding.metric)),
                "measure again while nothing else runs on the machine"};
    case FindingCode::HostSlow:
        return {fmt::format("a launch takes {} {}, {} {} is usual", amount(finding.value), figureUnit(finding.unit),
                            amount(finding.expected), figureUnit(finding.unit)),
                "this points at the host (CPU governor, IOMMU, virtualisation), never at the card"};
    default: return {slower(finding), "watch it; compare after the next run"};
    }
}

PlainWords hardwareWords(const ProbeFinding &finding)
{
    switch (finding.code) {
    case FindingCode::LinkNarrow:
    case FindingCode::LinkSlow:
        return {linkText(finding.link.value_or(ProbeLink{})), "reseat the card; then look at riser and BIOS"};
    case FindingCode::Throttled:
        return {fmt::format("throttled by {} in {:.0f} % of the samples under load", finding.text, finding.value),
                finding.text == "hardware thermal" ? "check airflow, fans and coolant of this host"
                                                   : "check the power supplies and the power cap of this host"};
    case FindingCode::SlowUnit:
        return {fmt::format("{} runs at {} {}, the others at {}", finding.text, amount(finding.value), finding.unit,
                            amount(finding.expected)),
                "measure again; if the same unit stays behind, send the report to the vendor"};
    case FindingCode::MissingUnits:
        return {fmt::format("{:.0f} of {:.0f} units answered", finding.value, finding.expected),
                "measure again; if they stay silent, send the report to the vendor"};
    case FindingCode::EccErrors:
        return {fmt::format("{:.0f} uncorrectable memory errors were counted before this run", finding.value),
                "drain and reset the card; if they return: RMA"};
    case FindingCode::EccCorrected:
        return {
            fmt::format("{:.0f} memory errors were corrected during the run; every result was right", finding.value),
            "watch whether they grow; a reset lets the card replace the rows they were in"};
    default: return {};
    }
}

PlainWords unknownWords(const ProbeFinding &finding)
{
    switch (finding.code) {
    case FindingCode::Busy:
        return {
            fmt::format("{:.0f} other process{} computed on the card", finding.value, finding.value == 1 ? "" : "es"),
            "measure again when the card is free: this run says nothing about its speed"};
    case FindingCode::PowerLimited:
        return {fmt::format("its power limit is {:.0f} W, {:.0f} W is usual for this model", finding.value,
                            finding.expected),
                "a lowered limit explains lower speed; raise it or compare cards of the same limit"};
    case FindingCode::Stopped: return {"the run was stopped before it was done", "measure again"};
    case FindingCode::Unfinished:
        return {"the report ends before this card was done", "measure again; if it happens twice, read the pod's log"};
    default:
        return {finding.text.empty() ? "nothing could be measured" : finding.text,
                finding.metric == "DRIVER_TOO_OLD" ? "update the driver" : "remove the cause and measure again"};
    }
}

} // namespace

PlainWords plainWords(const ProbeFinding &finding)
{
    switch (finding.code) {
    case FindingCode::WrongData:
        return {fmt::format("gave wrong results: {}, {:.0f} wrong{}{}", figureName(finding.metric), finding.value,
                            finding.text.empty() ? "" : "; ", finding.text),
                "drain it now and start no job on it; run once more after a reset; attach this report to the RMA"};
    case FindingCode::DriverError:
        return {fmt::format("{}: {}", finding.metric, finding.text),
                "look for an Xid or RAS event in the kernel log and reset the card; if it repeats: RMA"};
    case FindingCode::Hang:
        return {finding.text,
                "drain it; look for an Xid or RAS event in the kernel log; reset the card or the machine"};
    case FindingCode::Slow:
    case FindingCode::SlowOnce:
    case FindingCode::SlowPath:
    case FindingCode::Unsteady:
    case FindingCode::HostSlow: return speedWords(finding);
    case FindingCode::LinkNarrow:
    case FindingCode::LinkSlow:
    case FindingCode::Throttled:
    case FindingCode::SlowUnit:
    case FindingCode::MissingUnits:
    case FindingCode::EccErrors:
    case FindingCode::EccCorrected: return hardwareWords(finding);
    case FindingCode::Busy:
    case FindingCode::PowerLimited:
    case FindingCode::NotMeasured:
    case FindingCode::Stopped:
    case FindingCode::Unfinished: return unknownWords(finding);
    }
    return {};
}

std::string figureName(std::string_view metric)
{
    static constexpr std::pair<std::string_view, std::string_view> Names[] = {
        {"link.h2d_pinned", "host → device"},      {"link.d2h_pinned", "device → host"},
        {"link.both_ways", "host ↔ device"},       {"p2p.copy", "peer to peer"},
        {"launch.roundtrip", "launch and wait"},   {"launch.back_to_back", "launches in a row"},
        {"latency.memory", "memory latency"},      {"memtest.bad_words", "wrong words in memory"},
        {"load.held", "speed held under load"},    {"clock.core", "clock of the units"},
        {"ecc.corrected", "errors ECC corrected"}, {"ecc.uncorrected", "uncorrectable memory errors"},
    };
    const auto *known = std::ranges::find(Names, metric, &std::pair<std::string_view, std::string_view>::first);
    if (known != std::end(Names))
        return std::string(known->second);
    const auto dot = metric.find('.');
    const auto probe = metric.substr(0, dot), rest = dot == metric.npos ? metric.substr(0, 0) : metric.substr(dot + 1);
    if (probe == "membw" && !rest.empty())
        return fmt::format("memory {}", rest);
    if (probe == "compute" && !rest.empty())
        return fmt::format("{} vector", rest);
    if (probe == "matrix" && rest.ends_with("_wgmma"))
        return fmt::format("{} matrix (wgmma)", rest.substr(0, rest.find('_')));
    if ((probe == "matrix" || probe == "library") && !rest.empty())
        return fmt::format("{} {}", rest, probe);
    return std::string(metric);
}

std::string figureUnit(std::string_view unit)
{
    return unit == "us" ? "µs" : std::string(unit);
}

std::string cordonCommand(std::string_view node)
{
    return fmt::format("kubectl cordon {}", node);
}

std::string sideBySide(const FigureVerdict &figure)
{
    auto text = fmt::format("measured {} {}", amount(figure.measured), figureUnit(figure.unit));
    if (figure.reference.kind != ReferenceKind::None)
        text += " · expected " + amount(figure.reference.value);
    if (figure.sheet)
        text += " · sheet " + amount(*figure.sheet);
    return text + " · " + figure.counts;
}

std::string describe(const ProbeReference &reference, std::optional<double> sheet)
{
    switch (reference.kind) {
    case ReferenceKind::None: return "no reference yet";
    case ReferenceKind::Fleet:
        return reference.cards == 1 ? fmt::format("its own {} runs", reference.runs)
                                    : fmt::format("median of {} cards, {} runs", reference.cards, reference.runs);
    case ReferenceKind::Peers:
        return reference.cards == 1 ? "the other card in this host"
                                    : fmt::format("best of {} other cards in this host", reference.cards);
    case ReferenceKind::Sheet:
        return sheet && *sheet > 0 ? fmt::format("data sheet × {:.2f} ({})", reference.value / *sheet, reference.source)
                                   : reference.source;
    }
    return {};
}

} // namespace core
