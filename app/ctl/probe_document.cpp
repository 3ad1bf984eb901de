// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/probe_document.h"
#include "app/ctl/output.h"

#include "app/resource_paths.h"

#include <fmt/chrono.h>

#include <algorithm>

namespace app::ctl {

using nlohmann::ordered_json;

namespace {

const char *word(core::ReferenceKind kind)
{
    switch (kind) {
    case core::ReferenceKind::Fleet: return "fleet";
    case core::ReferenceKind::Peers: return "peers";
    case core::ReferenceKind::Sheet: return "sheet";
    case core::ReferenceKind::None: return "none";
    }
    return "none";
}

/// For programs; stable.
const char *word(core::FindingCode code)
{
    using enum core::FindingCode;
    switch (code) {
    case WrongData: return "wrong-data";
    case DriverError: return "driver-error";
    case Hang: return "hang";
    case Slow: return "slow";
    case SlowOnce: return "slow-once";
    case SlowPath: return "a-little-slow";
    case LinkNarrow: return "link-narrow";
    case LinkSlow: return "link-slow";
    case Throttled: return "throttled";
    case SlowUnit: return "slow-unit";
    case MissingUnits: return "missing-units";
    case EccErrors: return "ecc-errors";
    case EccCorrected: return "ecc-corrected";
    case HostSlow: return "host-slow";
    case Busy: return "busy";
    case PowerLimited: return "power-limited";
    case Unsteady: return "unsteady";
    case NotMeasured: return "not-measured";
    case Stopped: return "stopped";
    case Unfinished: return "unfinished";
    }
    return "not-measured";
}

std::string speedText(const core::CardVerdict &card)
{
    return card.speed ? fmt::format("{:.0f} %", 100 * *card.speed) : "-";
}

std::string figureLine(const core::FigureVerdict &figure)
{
    auto text = fmt::format("  {:<20} {}", figure.metric, core::sideBySide(figure));
    if (figure.judged)
        text += fmt::format(" · {}", core::word(figure.verdict));
    if (figure.strikes > 0)
        text += fmt::format(" ({} of 2 looks)", figure.strikes);
    return text + " · " + core::describe(figure.reference, figure.sheet) + "\n";
}

/// What a failed probe proposes; Berth does it only when told to. Empty: nothing.
std::string proposed(const core::CardVerdict &card)
{
    return card.verdict == core::ProbeVerdict::Fail ? core::cordonCommand(card.host) : std::string();
}

} // namespace

std::string timeText(std::int64_t secondsSince1970)
{
    return fmt::format("{:%Y-%m-%d %H:%M:%S}Z", fmt::gmtime(static_cast<std::time_t>(secondsSince1970)));
}

core::Result<ProbeBasis> loadProbeBasis()
{
    const auto resources = resourceFolder();
    if (!resources)
        return std::unexpected(resources.error());
    auto catalog = core::loadCatalog(*resources / "catalog");
    if (!catalog)
        return std::unexpected(catalog.error());
    auto shares = core::loadExpectedShares(*resources / "catalog");
    if (!shares)
        return std::unexpected(shares.error());
    return ProbeBasis{*std::move(catalog), *std::move(shares)};
}

ordered_json figureDocument(const core::FigureVerdict &figure)
{
    return {
        {"metric", figure.metric},
        {"unit", figure.unit},
        {"counts", figure.counts},
        {"measured", figure.measured},
        {"measuredOther", orNull(figure.other)},
        {"expected",
         figure.reference.kind == core::ReferenceKind::None ? ordered_json() : ordered_json(figure.reference.value)},
        {"sheet", orNull(figure.sheet)},
        {"ratio", orNull(figure.ratio)},
        {"reference", word(figure.reference.kind)},
        {"referenceText", core::describe(figure.reference, figure.sheet)},
        {"verdict", figure.judged ? ordered_json(core::word(figure.verdict)) : ordered_json()},
        {"strikes", figure.strikes}};
}

ordered_json cardDocument(const core::CardVerdict &card)
{
    ordered_json json{{"card", card.card},
                      {"host", card.host},
                      {"name", card.result.device.name},
                      {"sku", card.baseline.sku},
                      {"partition", card.baseline.partition},
                      {"time", timeText(card.result.time)},
                      {"source", card.result.source},
                      {"profile", card.result.profile},
                      {"kernels", card.result.kernels},
                      {"driver", card.result.device.driver},
                      {"verdict", core::word(card.verdict)},
                      {"speed", orNull(card.speed)},
                      {"proposed", proposed(card)}};
    json["findings"] = ordered_json::array();
    for (const auto &finding : card.findings) {
        const auto words = core::plainWords(finding);
        json["findings"].push_back({{"code", word(finding.code)},
                                    {"verdict", core::word(finding.severity)},
                                    {"metric", finding.metric},
                                    {"time", timeText(finding.time > 0 ? finding.time : card.result.time)},
                                    {"what", words.what},
                                    {"toDo", words.toDo}});
    }
    json["figures"] = ordered_json::array();
    for (const auto &figure : card.figures)
        json["figures"].push_back(figureDocument(figure));
    return json;
}

std::string cardText(const core::CardVerdict &card, bool figures)
{
    auto text = fmt::format("{} on {} ({}): {}\n", printable(card.result.device.name), printable(card.host),
                            printable(card.card), core::word(card.verdict));
    for (const auto &finding : card.findings) {
        const auto words = core::plainWords(finding);
        const auto when = finding.time > 0 ? fmt::format(" (run of {})", timeText(finding.time)) : std::string();
        text += fmt::format("  {}: {}{}\n      -> {}\n", core::word(finding.severity), printable(words.what), when,
                            printable(words.toDo));
    }
    if (const auto command = proposed(card); !command.empty())
        text += fmt::format("  proposed, where {} is a node: {}\n", printable(card.host), printable(command));
    if (figures)
        for (const auto &figure : card.figures)
            text += figureLine(figure);
    return text;
}

std::string cardTable(const std::vector<core::CardVerdict> &cards)
{
    Table table({"TIME", "HOST", "CARD", "SKU", "PROFILE", "VERDICT", "SPEED", "FOUND"});
    for (const auto &card : cards)
        table.add({timeText(card.result.time), card.host, card.card,
                   card.baseline.sku + (card.baseline.partition.empty() ? "" : " " + card.baseline.partition),
                   card.result.profile, core::word(card.verdict), speedText(card),
                   card.findings.empty() ? "" : core::plainWords(card.findings.front()).what});
    return table.text();
}

ExitCode exitCodeOf(const std::vector<core::CardVerdict> &cards)
{
    const auto any = [&cards](core::ProbeVerdict verdict) {
        return std::ranges::find(cards, verdict, &core::CardVerdict::verdict) != cards.end();
    };
    if (any(core::ProbeVerdict::Fail))
        return No;
    return cards.empty() || any(core::ProbeVerdict::Inconclusive) ? BadInput : Yes;
}

} // namespace app::ctl
