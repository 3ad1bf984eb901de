// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/probe_report/verdict.h"

#include "core/probe_report/finding_rules.h"
#include "core/probe_report/reference_values.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>

namespace core {

namespace {

constexpr double unsteady = 0.05;     ///< variation above which a bad figure proves nothing
constexpr double limitLowered = 0.98; ///< of the usual power limit

ProbeVerdict byBands(double ratio, const SpeedBands &bands)
{
    return ratio >= bands.pass ? ProbeVerdict::Pass : ratio >= bands.fail ? ProbeVerdict::Warn : ProbeVerdict::Fail;
}

ProbeVerdict worstOf(const CardVerdict &card)
{
    auto worst = ProbeVerdict::NoReference;
    for (const auto &figure : card.figures)
        if (figure.judged && figure.metric != "load.held") // steady is not yet fast
            worst = worst == ProbeVerdict::NoReference ? ProbeVerdict::Pass : worst;
    for (const auto &finding : card.findings)
        if (finding.severity > ProbeVerdict::NoReference)
            worst = std::max(worst, finding.severity);
    return worst;
}

/// Its compared memory and arithmetic figures, the slowest of them.
std::optional<double> speedOf(const std::vector<FigureVerdict> &figures, const std::vector<ProbeMetric> &metrics)
{
    std::optional<double> slowest;
    for (const auto &figure : figures) {
        const auto metric = std::ranges::find(metrics, figure.metric, &ProbeMetric::fullName);
        if (figure.judged && figure.ratio && metric != metrics.end() && figureKind(*metric) == FigureKind::Throughput
            && figure.verdict != ProbeVerdict::Inconclusive)
            slowest = std::min(slowest.value_or(1.0), std::clamp(figure.ratio.value_or(1.0), 0.5, 1.0));
    }
    return slowest;
}

/// What runs of one card, taken by time, found broken and no later run showed to be right.
class Unrefuted {
public:
    void take(const ProbeResult &result)
    {
        if (result.finished)
            for (const auto &metric : result.metrics)
                if (metric.valid)
                    std::erase_if(m_open, [&metric](const ProbeFinding &one) {
                        return one.metric == metric.fullName() || one.text.starts_with(metric.probe + ":");
                    });
        for (auto &finding : ownFindings(result))
            if (finding.code == FindingCode::WrongData || finding.code == FindingCode::DriverError
                || finding.code == FindingCode::Hang) {
                finding.time = result.time;
                m_open.push_back(std::move(finding));
            }
        // A hang has no figure of its own: any run that ended by itself shows that the driver answers again.
        if (result.finished)
            std::erase_if(m_open, [&result](const ProbeFinding &one) {
                return one.code == FindingCode::Hang && one.time < result.time;
            });
    }
    void addEarlierTo(CardVerdict &card) const
    {
        for (const auto &finding : m_open)
            if (finding.time != card.result.time)
                card.findings.insert(card.findings.begin(), finding);
    }

private:
    std::vector<ProbeFinding> m_open;
};

const FigureVerdict *hostCopy(const std::vector<FigureVerdict> &figures)
{
    const auto found = std::ranges::find(figures, "link.h2d_pinned", &FigureVerdict::metric);
    return found == figures.end() ? nullptr : &*found;
}

} // namespace

const char *word(ProbeVerdict verdict)
{
    switch (verdict) {
    case ProbeVerdict::Pass: return "pass";
    case ProbeVerdict::NoReference: return "no reference";
    case ProbeVerdict::Warn: return "warn";
    case ProbeVerdict::Inconclusive: return "inconclusive";
    case ProbeVerdict::Fail: return "fail";
    }
    return "no reference";
}

std::optional<double> failsAt(const FigureVerdict &figure)
{
    const auto dot = figure.metric.find('.');
    if (!figure.judged || figure.reference.kind == ReferenceKind::None || dot == std::string::npos)
        return {};
    ProbeMetric metric;
    metric.probe = figure.metric.substr(0, dot);
    metric.name = figure.metric.substr(dot + 1);
    const auto share = bandsFor(figureKind(metric), figure.reference.kind).fail;
    if (share <= 0)
        return {};
    return lowerIsBetter(metric) ? figure.reference.value / share : figure.reference.value * share;
}

double resultWeight(std::int64_t time, std::int64_t now)
{
    const double hours = static_cast<double>(now - time) / 3600;
    return std::clamp((72 - hours) / 48, 0.0, 1.0);
}

ProbeReference ProbeJudge::reference(const Known &of, const ProbeMetric &metric,
                                     const std::optional<SheetReference> &sheet) const
{
    if (figureKind(metric) == FigureKind::Load)
        return {ReferenceKind::Sheet, 1, 0, 0, "a steady card ends as it began"};
    if (auto all = fleet(of, metric.fullName()); all.kind != ReferenceKind::None)
        return all;
    if (auto near = peers(of, metric); near.kind != ReferenceKind::None)
        return near;
    if (sheet && sheet->share)
        return {ReferenceKind::Sheet, sheet->sheet * *sheet->share, 0, 0, sheet->source};
    return {};
}

/// A second look at a figure: again in the same run, or in the run before.
struct ProbeJudge::SecondLook {
    double value = 0;
    bool sameRun = false;
};

std::optional<ProbeJudge::SecondLook> ProbeJudge::secondLook(const Known &of, const ProbeMetric &metric) const
{
    auto own = valuesOf(of.result, metric.fullName());
    if (own.size() > 1) {
        own.erase(own.begin());
        if (const auto best = bestOf(own, lowerIsBetter(metric)))
            return SecondLook{*best, true};
    }
    const auto *before = runBefore(of);
    const auto earlier =
        before == nullptr ? std::nullopt : bestOf(valuesOf(before->result, metric.fullName()), lowerIsBetter(metric));
    return earlier ? std::optional(SecondLook{*earlier, false}) : std::nullopt;
}

/// Two strikes: a figure that fails counts when the second look failed too. A second look of the same run that did
/// better stands in its place.
void ProbeJudge::judgeSpeed(const Known &of, const ProbeMetric &metric, FigureVerdict &out) const
{
    const auto bands = bandsFor(figureKind(metric), out.reference.kind);
    const auto ratioOf = [&](double value) { return speedRatio(value, out.reference.value, lowerIsBetter(metric)); };
    out.judged = true;
    out.verdict = byBands(ratioOf(out.measured), bands);
    if (out.verdict != ProbeVerdict::Fail)
        return;
    const auto again = secondLook(of, metric);
    const auto verdictAgain = again ? byBands(ratioOf(again->value), bands) : ProbeVerdict::Pass;
    if (again && verdictAgain == ProbeVerdict::Fail) {
        out.strikes = 2;
        out.other = again->value;
    } else if (again && again->sameRun) {
        out.other = std::exchange(out.measured, again->value);
        out.ratio = ratioOf(out.measured);
        out.verdict = verdictAgain;
    } else {
        out.strikes = 1;
        out.verdict = ProbeVerdict::Warn;
    }
}

FigureVerdict ProbeJudge::figure(const Known &of, const ProbeMetric &metric) const
{
    FigureVerdict out;
    out.metric = metric.fullName();
    out.unit = metric.unit;
    out.counts = metric.counts;
    out.measured = metric.value;
    // Nobody states which part of its sheet a slice has.
    const auto sheet = of.key.partition.empty()
        ? sheetReference(m_shares, skuOf(of.result.device, m_catalog), of.result.device, out.metric)
        : std::nullopt;
    if (sheet)
        out.sheet = sheet->sheet;
    out.reference = reference(of, metric, sheet);
    if ((metric.probe == "memtest" || metric.probe == "ecc") && metric.valid) // needs no reference, is no speed
        out.verdict = metric.value > 0 ? ProbeVerdict::Warn : ProbeVerdict::Pass;
    if (!metric.valid || out.reference.kind == ReferenceKind::None)
        return out;
    out.ratio = speedRatio(out.measured, out.reference.value, lowerIsBetter(metric));
    if (figureKind(metric) != FigureKind::Shown)
        judgeSpeed(of, metric, out);
    return out;
}

ProbeFinding ProbeJudge::speedFinding(const ProbeMetric &metric, const FigureVerdict &figure)
{
    ProbeFinding out;
    out.metric = figure.metric;
    out.value = figure.measured;
    out.expected = figure.reference.value;
    out.unit = figure.unit;
    out.reference = figure.reference.kind;
    out.severity = figure.verdict;
    out.code = figure.verdict == ProbeVerdict::Inconclusive ? FindingCode::Unsteady
        : figureKind(metric) == FigureKind::Launch          ? FindingCode::HostSlow
        : figure.strikes == 2                               ? FindingCode::Slow
        : figure.strikes == 1                               ? FindingCode::SlowOnce
                                                            : FindingCode::SlowPath;
    return out;
}

void ProbeJudge::judgeFigures(const Known &of, bool limited, CardVerdict &out) const
{
    std::set<std::string> seen;
    for (const auto &metric : of.result.metrics) {
        if (!seen.insert(metric.fullName()).second)
            continue;
        auto one = figure(of, metric);
        const bool bad = one.judged && one.verdict != ProbeVerdict::Pass;
        const bool shaky = figureKind(metric) == FigureKind::Throughput && metric.variation.value_or(0) > unsteady;
        if (bad && (!of.usable || limited || shaky))
            one.verdict = ProbeVerdict::Inconclusive;
        if (bad && (one.verdict != ProbeVerdict::Inconclusive || shaky))
            out.findings.push_back(speedFinding(metric, one));
        out.figures.push_back(std::move(one));
    }
}

CardVerdict ProbeJudge::judge(const ProbeResult &result) const
{
    const Known of{result, cardOf(result), baselineKey(result, m_catalog), !isInconclusive(result)};
    CardVerdict out;
    out.card = of.card;
    out.host = result.host;
    out.baseline = of.key;
    out.result = result;
    out.findings = ownFindings(result);
    const auto usualLimit = usualPowerLimit(of);
    const auto limit = result.device.powerLimitW;
    const bool limited = usualLimit && limit && *limit < limitLowered * *usualLimit;
    if (limited) {
        ProbeFinding lowered;
        lowered.code = FindingCode::PowerLimited;
        lowered.severity = ProbeVerdict::Inconclusive;
        lowered.value = *limit;
        lowered.expected = *usualLimit;
        lowered.unit = "W";
        out.findings.push_back(std::move(lowered));
    }
    judgeFigures(of, limited, out);
    // First of its severity: it is why the copies are slow.
    const auto links = linkFindings(result.device, hostCopy(out.figures));
    out.findings.insert(out.findings.begin(), links.begin(), links.end());
    std::ranges::stable_sort(out.findings, std::greater{}, &ProbeFinding::severity);
    out.verdict = worstOf(out);
    out.speed = speedOf(out.figures, result.metrics);
    return out;
}

std::vector<CardVerdict> ProbeJudge::newestVerdicts(const std::function<bool(const ProbeResult &)> &isVoid) const
{
    std::vector<CardVerdict> out;
    for (const auto &[card, runs] : m_byCard) {
        Unrefuted unrefuted;
        const Known *newest = nullptr;
        for (const auto *run : runs) {
            if (isVoid && isVoid(run->result))
                continue;
            newest = run;
            unrefuted.take(run->result);
        }
        if (newest == nullptr)
            continue;
        auto verdict = judge(newest->result);
        unrefuted.addEarlierTo(verdict);
        verdict.verdict = worstOf(verdict);
        out.push_back(std::move(verdict));
    }
    std::ranges::sort(out, {}, [](const CardVerdict &one) { return std::tie(one.host, one.card); });
    return out;
}

} // namespace core
